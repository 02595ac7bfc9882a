/** The real intake, live pump and heartbeat in one process, as a running Beckon has them, behind a bare HTTP server. Prints its port. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { Door } from '@/app/v1/door';
import { openDatabase } from '@/db/client';
import { syncWorld } from '@/lib/engine';
import { parseEnv } from '@/lib/env';
import { pump } from '@/lib/live/pump';
import { tick } from '@/lib/sync/tick';

const env = parseEnv(process.env);
const db = openDatabase(env.databaseUrl);
const door = new Door(db);
const world = { ...syncWorld(db, env), log: (event: string, facts: object) => process.stderr.write(`${event} ${JSON.stringify(facts)}\n`) };

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

async function beat(): Promise<never> {
  for (;;) {
    await tick(world, 50_000);
    await delay(10_000);
  }
}

server.listen(0, '127.0.0.1', () => process.stdout.write(`${(server.address() as AddressInfo).port}\n`));
void pump({ ...syncWorld(openDatabase(env.databaseUrl, 6, true), env), log: world.log }, new AbortController().signal);
void beat();
process.once('SIGTERM', () => process.exit(0));
