/** The real intake behind a bare HTTP server, in a process of its own: what Next's routing adds is left out. Prints its port. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { Door } from '@/app/v1/door';
import { openDatabase } from '@/db/client';

const db = openDatabase(process.argv[2] ?? '');
const door = new Door(db);

const server = createServer((incoming, outgoing) => {
  const request = new Request(`http://local${incoming.url}`, {
    method: 'POST',
    headers: incoming.headers as Record<string, string>,
    body: Readable.toWeb(incoming) as ReadableStream,
    duplex: 'half',
  } as RequestInit);
  void door.accept((incoming.url ?? '').split('/')[2] ?? '', request).then(async (response) => {
    outgoing.writeHead(response.status, Object.fromEntries(response.headers)).end(await response.text());
  });
});

server.listen(0, '127.0.0.1', () => process.stdout.write(`${(server.address() as AddressInfo).port}\n`));

process.once('SIGTERM', () => process.exit(0));
