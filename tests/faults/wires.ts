import { createServer as createHttp, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import type { Step } from './steps';

/** What lies between the engine and the world: everything it says and hears passes here, and can be held, changed or cut. */

export type Moment = 'before' | 'after' | 'uncommitted' | 'committed';
/** null: it passes. */
export type Interference = { cut: true } | { status: number; body: string } | { half: true } | null;
export type Meet = (step: Step | 'other', moment: Moment) => Promise<Interference>;
export type Wire = { port: number; close(): Promise<void> };

async function listening(server: Server): Promise<Wire> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { port, close: () => new Promise((resolve) => server.close(() => resolve())) };
}

/** Sandbox answers by number of requests, rows at most in each: 1/99 above. */
export type FacebookWire = Wire & { mostRows: number | null };

export async function facebookWire(sandboxUrl: string, meet: Meet, delivered: (step: Step | 'other') => void): Promise<FacebookWire> {
  const wire = { mostRows: null as number | null };
  const server = createHttp((request, response) => {
    relay(request, response).catch(() => response.destroy());
  });
  const relay = async (request: IncomingMessage, response: ServerResponse) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    const step = stepOf(request.method ?? 'GET', new URL(request.url ?? '/', sandboxUrl));
    if (interfere(response, await meet(step, 'before'))) return;
    if (wire.mostRows !== null && rowsIn(body) > wire.mostRows) return void refuseSize(response);
    const url = new URL(request.url ?? '/', sandboxUrl);
    const answer = await fetch(url, { method: request.method, headers: plain(request.headers), body: body.length > 0 ? body : undefined });
    const text = await answer.text();
    const late = await meet(step, 'after');
    if (late && 'half' in late) return void send(response, 200, text.slice(0, Math.max(1, Math.floor(text.length / 2))));
    if (interfere(response, late)) return;
    delivered(step);
    response.writeHead(answer.status, Object.fromEntries([...answer.headers].filter(([name]) => !hopByHop.includes(name))));
    response.end(text);
  };
  server.on('clientError', (_, socket) => socket.destroy());
  return Object.assign(wire, await listening(server));
}

const hopByHop = ['connection', 'content-length', 'transfer-encoding', 'keep-alive', 'content-encoding', 'host'];

const plain = (headers: IncomingHttpHeaders): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).flatMap(([name, value]) => (hopByHop.includes(name) ? [] : [[name, String(value)]])));

function interfere(response: ServerResponse, what: Interference): boolean {
  if (what === null) return false;
  if ('status' in what) send(response, what.status, what.body);
  else response.socket?.resetAndDestroy();
  return true;
}

function send(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, { 'content-type': 'text/html' });
  response.end(body);
}

function refuseSize(response: ServerResponse): void {
  response.writeHead(500, { 'content-type': 'application/json' });
  response.end(
    JSON.stringify({
      error: { message: 'An unknown error occurred', type: 'OAuthException', code: 1, error_subcode: 99, fbtrace_id: 'A' },
    }),
  );
}

function rowsIn(body: Buffer): number {
  if (!body.includes('"payload"')) return 0;
  const { payload } = JSON.parse(body.toString()) as { payload?: { data?: unknown[] } };
  return payload?.data?.length ?? 0;
}

function stepOf(method: string, url: URL): Step | 'other' {
  const path = url.pathname.replace(/^\/v\d+\.\d+/, '');
  if (/^\/act_\d+\/customaudiences$/.test(path)) return method === 'GET' ? 'find' : 'make';
  if (/^\/\d+\/users$/.test(path)) return method === 'POST' ? 'add' : 'remove';
  if (/^\/\d+\/usersreplace$/.test(path)) return 'replace';
  if (!/^\/\d+$/.test(path)) return 'other';
  if (method === 'POST') return 'point';
  return url.searchParams.get('fields')?.includes('targeting') ? 'read' : 'look';
}

/** A transaction by the statement that only it makes. */
const transactions: [RegExp, Step][] = [
  [/insert into sync_runs/i, 'queue'],
  [/create temp table intents/i, 'freeze'],
  [/insert into "audience_sizes"/i, 'confirm'],
  [/delete from live_arrivals where id/i, 'settle'],
  [/delete from live_wakes l using woken/i, 'wake'],
  [/delete from live_touched t using/i, 'flush'],
];

/**
 * Passes a Postgres connection on, to whatever port it is at now. Statements are read as they pass, so that a transaction is known when it
 * commits. @param pass told of everything that passes, one by one.
 */
export async function postgresWire(target: () => number, meet: Meet, pass: () => Promise<void> = async () => {}): Promise<Wire> {
  const open = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(target(), '127.0.0.1');
    for (const [one, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      open.add(one);
      one.on('error', () => other.destroy());
      one.on('close', () => {
        open.delete(one);
        other.destroy();
      });
    }
    relayPostgres(client, upstream, meet, pass);
  });
  const wire = await listening(server);
  return {
    port: wire.port,
    close: async () => {
      for (const socket of open) socket.destroy();
      await wire.close();
    },
  };
}

function relayPostgres(client: Socket, upstream: Socket, meet: Meet, pass: () => Promise<void>): void {
  const statements = new StatementReader();
  let within: Step | 'other' = 'other';
  let committing: Step | 'other' | null = null;
  let up = Promise.resolve();
  let down = Promise.resolve();
  client.on('data', (chunk: Buffer) => {
    up = up.then(async () => {
      for (const text of statements.read(chunk)) {
        if (/^begin/i.test(text)) within = 'other';
        for (const [pattern, step] of transactions) if (pattern.test(text)) within = step;
        if (/^commit/i.test(text)) {
          if (await meet(within, 'uncommitted')) return void upstream.destroy();
          committing = within;
        }
      }
      await pass();
      upstream.write(chunk);
    });
  });
  upstream.on('data', (chunk: Buffer) => {
    down = down.then(async () => {
      if (committing !== null) {
        const step = committing;
        committing = null;
        if (await meet(step, 'committed')) return void client.destroy();
      }
      await pass();
      client.write(chunk);
    });
  });
}

/** The statements in the client's half of the protocol: simple ones, and prepared ones each time they are bound. */
class StatementReader {
  private rest = Buffer.alloc(0);
  private started = false;
  private readonly prepared = new Map<string, string>();

  read(chunk: Buffer): string[] {
    this.rest = Buffer.concat([this.rest, chunk]);
    const found: string[] = [];
    for (;;) {
      const head = this.started ? 1 : 0;
      if (this.rest.length < head + 4) return found;
      const end = head + this.rest.readInt32BE(head);
      if (this.rest.length < end) return found;
      const body = this.rest.subarray(head + 4, end);
      const type = this.started ? String.fromCharCode(this.rest[0] ?? 0) : 'startup';
      this.rest = this.rest.subarray(end);
      this.started = true;
      const text = this.statement(type, body);
      if (text !== null) found.push(text);
    }
  }

  private statement(type: string, body: Buffer): string | null {
    const [first = '', second = ''] = body.toString('latin1').split('\0');
    if (type === 'Q') return first;
    if (type === 'P') this.prepared.set(first, second);
    return type === 'B' ? (this.prepared.get(second) ?? '') : null;
  }
}
