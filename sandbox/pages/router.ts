import type { IncomingMessage, ServerResponse } from 'node:http';
import type { World } from '../store/world';
import { escapeHtml, page } from './page';

export interface PageRequest {
  message: IncomingMessage;
  url: URL;
  body: Buffer;
  response: ServerResponse;
}

/** The pages for people: Ads Manager, terms, pictures. */
export function answerPages(_world: World, { url, response }: PageRequest): void {
  response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' });
  response.end(page({ title: 'Ads Manager', body: `<h1>${escapeHtml(url.pathname)}</h1>` }));
}
