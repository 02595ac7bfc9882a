import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Webhook = { url: string; bodies: { text: string }[]; answerWith(status: number): void; close(): Promise<void> };

/** Takes what is posted to it, as a chat's incoming webhook does. */
export async function openWebhook(): Promise<Webhook> {
  const bodies: { text: string }[] = [];
  let status = 200;
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => {
      body += chunk.toString('utf8');
    });
    request.on('end', () => {
      if (status === 200) bodies.push(JSON.parse(body) as { text: string });
      response.writeHead(status, { connection: 'close' }).end(status === 200 ? 'ok' : 'invalid_token');
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/services/T000/B000/secret`,
    bodies,
    answerWith: (next) => {
      status = next;
    },
    close: async () => {
      server.close();
      await once(server, 'close');
    },
  };
}
