import type { IncomingMessage, ServerResponse } from 'node:http';
import { ControlError } from '../control/control';
import type { Usage } from '../graph/usage';
import type { World } from '../store/world';
import { accountsPage } from './accounts-page';
import { adSetsPage } from './ad-sets-page';
import { askEmail, audiencePage } from './audience-page';
import { audiencesPage } from './audiences-page';
import { doAction } from './form-actions';
import { escapeHtml, page } from './page';
import { requestsPage } from './requests-page';
import { switchesPage } from './switches-page';
import { termsPage, valueTermsPage } from './terms-page';

export interface PageRequest {
  message: IncomingMessage;
  url: URL;
  body: Buffer;
  response: ServerResponse;
}

/** The pages for people: Ads Manager, terms, pictures. */
export function answerPages(world: World, usage: Usage, request: PageRequest): ServerResponse {
  const { url, response, message, body } = request;
  if (url.pathname === '/') return redirect(response, '/ads-manager');
  const picture = /^\/_picture\/(\d+)\.svg$/.exec(url.pathname)?.[1];
  if (picture !== undefined) return answer(response, 200, drawing(world.people.get(picture)?.name ?? '?'), 'image/svg+xml');
  if (message.method === 'POST') {
    if (!fromHere(message)) return answer(response, 403, 'A form of another site may not do this.', 'text/plain');
    return answerForm(world, usage, request, new URLSearchParams(body.toString('utf8')));
  }
  const html = pageAt(world, url);
  if (html === null) return notFound(response);
  return answer(response, 200, html);
}

/** Browsers name the site a form comes from. */
function fromHere(message: IncomingMessage): boolean {
  const { origin, host } = message.headers;
  return origin === undefined || origin === `http://${host}`;
}

function answerForm(world: World, usage: Usage, { url, response }: PageRequest, fields: URLSearchParams): ServerResponse {
  const audience = world.audiences.get(/^\/ads-manager\/audiences\/(\d+)$/.exec(url.pathname)?.[1] ?? '');
  if (audience && audience.deletedAt === null) {
    return answer(response, 200, audiencePage(world, audience, askEmail(world, audience, fields.get('email') ?? '')));
  }
  if (url.pathname !== '/ads-manager/do') return notFound(response);
  try {
    const back = doAction(world, usage, fields);
    return back === null ? notFound(response) : redirect(response, back);
  } catch (error) {
    if (!(error instanceof ControlError)) throw error;
    return answer(response, error.status, page({ title: 'Not done', body: `<h1>Not done</h1><p>${escapeHtml(error.message)}</p>` }));
  }
}

function pageAt(world: World, url: URL): string | null {
  const path = url.pathname.replace(/\/$/, '');
  const account = url.searchParams.get('account');
  if (path === '/ads-manager') return accountsPage(world);
  if (path === '/ads-manager/audiences') return audiencesPage(world, account);
  if (path === '/ads-manager/ad-sets') return adSetsPage(world, account, url.searchParams.get('q') ?? '');
  if (path === '/ads-manager/switches') return switchesPage(world);
  if (path === '/ads-manager/requests') return requestsPage(world);
  const asked = world.accounts.get((url.searchParams.get('act') ?? '').replace('act_', ''));
  if (path === '/ads/manage/customaudiences/tos') return asked ? termsPage(world, asked) : null;
  if (path === '/customaudiences/value_based/tos') return asked ? valueTermsPage(world, asked) : null;
  const audience = world.audiences.get(/^\/ads-manager\/audiences\/(\d+)$/.exec(path)?.[1] ?? '');
  return audience && audience.deletedAt === null ? audiencePage(world, audience, null) : null;
}

function answer(response: ServerResponse, status: number, body: string, type = 'text/html; charset=utf-8'): ServerResponse {
  response.writeHead(status, {
    'content-type': type,
    'cache-control': 'no-store',
    'content-security-policy':
      "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; form-action 'self'; frame-ancestors 'none'",
  });
  return response.end(body);
}

function notFound(response: ServerResponse): ServerResponse {
  return answer(
    response,
    404,
    page({
      title: 'Not found',
      body: '<h1>Nothing here</h1><p class="lead">It may have been deleted. <a href="/ads-manager">All ad accounts</a></p>',
    }),
  );
}

function redirect(response: ServerResponse, location: string): ServerResponse {
  response.writeHead(303, { location });
  return response.end();
}

function drawing(name: string): string {
  const initials = name
    .split(' ')
    .map((part) => part.charAt(0))
    .join('')
    .slice(0, 2);
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 50 50" width="50" height="50"><rect width="50" height="50" fill="#3d5a80"/><text x="25" y="32" font-family="system-ui,sans-serif" font-size="19" font-weight="600" fill="#fff" text-anchor="middle">${escapeHtml(initials)}</text></svg>`;
}
