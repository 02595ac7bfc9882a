/**
 * Intake through HTTP: batches of 100 events, durable, load generator on the same machine. Options: --seconds N, --to ORIGIN --key KEY (a running
 * Beckon in place of a fresh database and the bare server), --profiles N.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import os, { tmpdir } from 'node:os';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { type Database, openDatabase } from '@/db/client';
import { migrate } from '@/db/migrate';
import { createWorkspace } from '@/db/workspaces';
import { integer, type Random, seededRandom } from '@/scripts/demo-people';
import { openCluster } from '@/scripts/local-postgres';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '20' },
    profiles: { type: 'string', default: '100000' },
    to: { type: 'string' },
    key: { type: 'string' },
  },
});

const eventsOfBatch = 100;
const connections = 128;
const warmUpSeconds = 5;
const seconds = Number(values.seconds);

type Event = { type: 'track'; messageId: string; userId: string; event: string; timestamp: string; properties: Record<string, unknown> };

/** Forty names by Zipf, people by a power law, six properties, the last 30 days. */
function eventOf(random: Random, number: number, now: number): Event {
  const name = Math.min(39, Math.floor(40 ** random()) - 1);
  const user = Math.floor(Number(values.profiles) * random() ** 2);
  return {
    type: 'track',
    messageId: `bench-${process.pid}-${number}`,
    userId: `user-${user}`,
    event: `Event ${name}`,
    timestamp: new Date(now - Math.floor(random() * 30 * 86_400_000)).toISOString(),
    properties: {
      price: integer(random, 100, 20_000) / 100,
      category: `category ${integer(random, 1, 30)}`,
      sku: `sku-${integer(random, 1, 5_000)}`,
      quantity: integer(random, 1, 4),
      campaign: `campaign ${integer(random, 1, 12)}`,
      member: random() < 0.3,
    },
  };
}

/** Bodies are made beforehand: the measured time has none of the generator's own work but sending. */
function bodies(count: number, offset: number): Buffer[] {
  const random = seededRandom(7 + offset);
  const now = Date.now();
  return Array.from({ length: count }, (_, i) => {
    const batch = Array.from({ length: eventsOfBatch }, (_, n) => eventOf(random, (offset + i) * eventsOfBatch + n, now));
    return Buffer.from(JSON.stringify({ batch }));
  });
}

function send(origin: string, key: string, agent: Agent, body: Buffer): Promise<number> {
  return new Promise((resolve, reject) => {
    const outgoing = request(
      `${origin}/v1/batch`,
      {
        method: 'POST',
        agent,
        headers: { authorization: `Basic ${Buffer.from(`${key}:`).toString('base64')}`, 'content-length': body.length },
      },
      (answer) => {
        answer.resume();
        answer.once('end', () => resolve(answer.statusCode ?? 0));
      },
    );
    outgoing.once('error', reject);
    outgoing.end(body);
  });
}

type Load = { events: number; seconds: number; refused: number; latencies: number[] };

async function load(origin: string, key: string, forSeconds: number, prepared: Buffer[]): Promise<Load> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const result: Load = { events: 0, seconds: 0, refused: 0, latencies: [] };
  const started = performance.now();
  const end = started + forSeconds * 1000;
  await Promise.all(
    Array.from({ length: connections }, async () => {
      for (let body = prepared.pop(); body && performance.now() < end; body = prepared.pop()) {
        const at = performance.now();
        const status = await send(origin, key, agent, body);
        if (status === 200) {
          result.events += eventsOfBatch;
          result.latencies.push(performance.now() - at);
        } else result.refused += 1;
      }
    }),
  );
  result.seconds = (performance.now() - started) / 1000;
  agent.destroy();
  return result;
}

/** The same rows into a table without index, key or anything else: what this Postgres could do at most by the same kind of statement. */
async function bareInsert(db: Database, prepared: Buffer[]): Promise<number> {
  await db.sql`create table bare (workspace_id int, profile_id bigint, event_id int, time timestamptz, amount float8, label text, properties jsonb)`;
  const events = prepared.flatMap((body) => (JSON.parse(body.toString()) as { batch: Event[] }).batch);
  const started = performance.now();
  for (let at = 0; at < events.length; at += 5_000) {
    const rows = events.slice(at, at + 5_000);
    await db.sql`
      insert into bare select 1, * from unnest(
        ${rows.map((row) => row.userId.slice(5))}::bigint[], ${rows.map((row) => row.event.slice(6))}::int[], ${rows.map((row) => row.timestamp)}::timestamptz[],
        ${rows.map((row) => Number(row.properties.price))}::float8[], ${rows.map((row) => String(row.properties.category))}::text[],
        ${rows.map((row) => JSON.stringify(row.properties))}::text[]::jsonb[])`;
  }
  const rate = events.length / ((performance.now() - started) / 1000);
  await db.sql`drop table bare`;
  return rate;
}

const percentile = (sorted: number[], share: number) => sorted[Math.floor(sorted.length * share)] ?? 0;
const say = (text: string) => process.stdout.write(`${text}\n`);
const whole = (value: number) => Math.round(value).toLocaleString('en');

async function measure(origin: string, key: string, db: Database | null): Promise<void> {
  const perSecond = 500;
  await load(origin, key, warmUpSeconds, bodies(warmUpSeconds * perSecond, 0));
  const result = await load(origin, key, seconds, bodies(seconds * perSecond, 1_000_000));
  const rate = result.events / result.seconds;
  const sorted = result.latencies.sort((a, b) => a - b);
  say(
    `${whole(rate)} events/s durable over HTTP (${whole(result.events)} in ${result.seconds.toFixed(1)} s, ${connections} connections, ${result.refused} refused)`,
  );
  say(
    `request of ${eventsOfBatch} events: median ${whole(percentile(sorted, 0.5))} ms, 95 % ${whole(percentile(sorted, 0.95))} ms, 99 % ${whole(percentile(sorted, 0.99))} ms`,
  );
  if (!db) return;
  const bare = await bareInsert(db, bodies(1_500, 2_000_000));
  say(`bare unnest insert of the same rows, no index: ${whole(bare)} events/s; intake reaches ${((rate / bare) * 100).toFixed(0)} % of it`);
  const [row] = await db.sql<{ stored: number; rolled: number }[]>`
    select (select count(*)::float8 from events) as stored, (select sum(count)::float8 from profile_events) as rolled`;
  say(
    `stored ${whole(row?.stored ?? 0)}, in roll-ups ${whole(row?.rolled ?? 0)}; load average ${os.loadavg()[0]?.toFixed(1)} on ${os.cpus().length} cores`,
  );
}

async function fresh(): Promise<void> {
  const dir = await mkdtemp(path.join(tmpdir(), 'beckon-bench-'));
  const cluster = await openCluster({ dir });
  let server: ChildProcess | undefined;
  const db = openDatabase(cluster.url(), 4);
  try {
    await migrate(cluster.url());
    const { writeKey } = await createWorkspace(db, { name: 'Bench', zone: 'Asia/Kolkata', defaultCountry: 'IN' }, new Date());
    server = spawn(process.execPath, ['--import', 'tsx', path.join(import.meta.dirname, 'intake-server.ts'), cluster.url()], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const port = await new Promise<string>((resolve) => server?.stdout?.once('data', (chunk: Buffer) => resolve(chunk.toString().trim())));
    await measure(`http://127.0.0.1:${port}`, writeKey, db);
  } finally {
    server?.kill();
    await db.close();
    await cluster.stop();
    await rm(dir, { recursive: true, force: true });
  }
}

if (values.to && values.key) await measure(values.to, values.key, null);
else await fresh();
