/**
 * Live campaigns under load: from the answer to the event until its row reaches Facebook. The real intake, pump and heartbeat in one process, the
 * sandbox behind a recorder, the load generator beside them. Every fourth campaign filters, every fifth has an exit event, every tenth is narrowed.
 * Options: --campaigns N (default 100), --rate N events a second (1,000), --seconds N (60), --accounts N ad accounts (20).
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { Agent, createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import os, { tmpdir } from 'node:os';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { createDraft, scheduleCampaign } from '@/db/campaigns';
import { type Database, openDatabase } from '@/db/client';
import { saveConnection } from '@/db/connections';
import { migrate } from '@/db/migrate';
import { createWorkspace } from '@/db/workspaces';
import type { WorkspaceId } from '@/lib/auth';
import { parseEncryptionKeys } from '@/lib/crypto';
import { identifierBit } from '@/lib/identity/identifiers';
import { gatherMs } from '@/lib/live/settle';
import { integer, seededRandom } from '@/scripts/demo-people';
import { openCluster } from '@/scripts/local-postgres';
import { sandboxAccounts, startSandbox, systemUserToken } from '@/tests/support/sandbox';

const { values } = parseArgs({
  options: {
    campaigns: { type: 'string', default: '100' },
    rate: { type: 'string', default: '1000' },
    seconds: { type: 'string', default: '60' },
    accounts: { type: 'string', default: '20' },
  },
});
const campaigns = Number(values.campaigns);
const people = 100_000;
const names = 40;
const eventsOfBatch = 100;
const say = (text: string) => process.stdout.write(`${text}\n`);
const whole = (value: number) => Math.round(value).toLocaleString('en');
const percentile = (sorted: readonly number[], share: number) =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;

const digestOf = (person: number) => createHash('sha256').update(`e${person}`).digest('hex');

async function insertPeople(db: Database, workspaceId: WorkspaceId): Promise<void> {
  await db.sql`
    insert into profiles (workspace_id, profile_id, first_seen, last_seen, bucket, identifier_mask, properties)
    select ${workspaceId}, i, '2026-01-01', '2026-01-01', i % 1000, ${identifierBit.email}, jsonb_build_object('plan', case when i % 2 = 0 then 'paid' else 'free' end)
    from generate_series(1, ${people}::int) i`;
  await db.sql`
    insert into profile_ids (workspace_id, kind, value, profile_id, created_at)
    select ${workspaceId}, 'user', 'user-' || i, i, '2026-01-01' from generate_series(1, ${people}::int) i`;
  await db.sql`
    insert into profile_identifiers (workspace_id, profile_id, email, fingerprint)
    select ${workspaceId}, i, sha256(('e' || i)::bytea), i from generate_series(1, ${people}::int) i`;
  await db.sql`select setval('profile_id_sequence', ${people}::int)`;
  await db.sql`analyze profiles, profile_ids, profile_identifiers`;
}

type Planned = { name: string; filters: boolean; exits: boolean; narrowed: boolean };

const planned = (i: number): Planned => ({ name: `Event ${i % names}`, filters: i % 4 === 0, exits: i % 5 === 0, narrowed: i % 10 === 3 });
const exitOf = (i: number) => `Event ${(i + names / 2) % names}`;

async function scheduleAll(db: Database, workspaceId: WorkspaceId): Promise<string[]> {
  const ids: string[] = [];
  for (let i = 0; i < campaigns; i++) {
    const { name, filters, exits, narrowed } = planned(i);
    const where = filters ? { where: [{ property: 'price', op: 'gte' as const, value: 100 }] } : {};
    const plan = {
      name: `Live ${i}`,
      trigger: { on: [{ did: name, ...where }] },
      ...(exits ? { exit: [{ did: exitOf(i) }] } : {}),
      ...(narrowed ? { definition: { property: 'plan', op: 'is' as const, value: 'paid' } } : {}),
      schedule: { kind: 'live' as const, zone: 'UTC' },
      adAccountId: accountOf(i),
      audience: { new: { name: `Live ${i}` } },
      mode: 'mirror' as const,
      adSets: [],
    };
    const { id } = await createDraft(db, workspaceId, plan, null, new Date());
    await scheduleCampaign(db, workspaceId, id, new Date(), null);
    ids.push(id);
  }
  return ids;
}

const accountOf = (i: number) => `act_4802000000000${String(10 + (i % Number(values.accounts)))}`;

type Recorder = {
  url: string /** Milliseconds by audience and digest, of the first request. */;
  seen: Map<string, number>;
  requests: number;
  close(): void;
};

/** In front of the sandbox: notes when which row of which audience comes, and passes everything on. */
async function recorder(target: string): Promise<Recorder> {
  const agent = new Agent({ keepAlive: true });
  const found: Recorder = { url: '', seen: new Map(), requests: 0, close: () => server.close() };
  const server = createServer((incoming, outgoing) => {
    const at = performance.now();
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      const body = Buffer.concat(chunks);
      const audience = /\/(\d+)\/users/.exec(incoming.url ?? '')?.[1];
      if (audience && incoming.method === 'POST') note(found, audience, body.toString('latin1'), at);
      const passed = request(target + (incoming.url ?? ''), { method: incoming.method, headers: incoming.headers, agent }, (answer) => {
        outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
        answer.pipe(outgoing);
      });
      passed.on('error', () => outgoing.destroy());
      passed.end(body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  found.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return found;
}

function note(found: Recorder, audience: string, body: string, at: number): void {
  found.requests++;
  for (const [digest] of body.matchAll(/[0-9a-f]{64}/g)) {
    const key = `${audience} ${digest}`;
    if (!found.seen.has(key)) found.seen.set(key, at);
  }
}

type Sent = { person: number; name: string; price: number; acceptedAt: number };

/** Batches at an even pace, whatever the answers take. */
async function load(origin: string, key: string): Promise<Sent[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: 32 });
  const random = seededRandom(11);
  const sent: Sent[] = [];
  const pending: Promise<void>[] = [];
  const batches = (Number(values.rate) * Number(values.seconds)) / eventsOfBatch;
  const began = performance.now();
  for (let i = 0; i < batches; i++) {
    await delay(Math.max(0, began + (i * eventsOfBatch * 1000) / Number(values.rate) - performance.now()));
    const timestamp = new Date().toISOString();
    const events = Array.from({ length: eventsOfBatch }, (_, n) => ({
      type: 'track',
      messageId: `live-${i}-${n}`,
      userId: `user-${1 + Math.floor(people * random())}`,
      event: `Event ${Math.min(names - 1, Math.floor(names ** random()) - 1)}`,
      timestamp,
      properties: { price: integer(random, 100, 20_000) / 100, category: `category ${integer(random, 1, 30)}` },
    }));
    pending.push(
      post(`${origin}/v1/batch`, key, agent, Buffer.from(JSON.stringify({ batch: events }))).then(() => {
        const acceptedAt = performance.now();
        for (const { userId, event, properties } of events)
          sent.push({ person: Number(userId.slice(5)), name: event, price: properties.price, acceptedAt });
      }),
    );
  }
  await Promise.all(pending);
  agent.destroy();
  return sent;
}

function post(url: string, key: string, agent: Agent, body: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Basic ${Buffer.from(`${key}:`).toString('base64')}`, 'content-length': body.length };
    const outgoing = request(url, { method: 'POST', agent, headers }, (answer) => {
      answer.resume();
      answer.once('end', () => (answer.statusCode === 200 ? resolve() : reject(new Error(`HTTP ${answer.statusCode}`))));
    });
    outgoing.once('error', reject);
    outgoing.end(body);
  });
}

/** Who has to be sent, each once: by campaign and person the first event that qualifies. Of campaigns with exits only those who did not exit. */
function wanted(sent: readonly Sent[]): Map<string, number> {
  const first = new Map<string, number>();
  const exited = new Set(sent.map(({ person, name }) => `${name} ${person}`));
  for (const { person, name, price, acceptedAt } of [...sent].sort((a, b) => a.acceptedAt - b.acceptedAt)) {
    for (let i = Number(name.slice(6)); i < campaigns; i += names) {
      const { filters, exits, narrowed } = planned(i);
      if ((filters && price < 100) || (narrowed && person % 2 === 1) || (exits && exited.has(`${exitOf(i)} ${person}`))) continue;
      const key = `${i} ${person}`;
      if (!first.has(key)) first.set(key, acceptedAt);
    }
  }
  return first;
}

async function portOf(child: ChildProcess): Promise<number> {
  for await (const chunk of child.stdout ?? []) return Number(String(chunk).trim());
  throw new Error('the server did not start');
}

async function facebookIds(db: Database, campaignIds: readonly string[]): Promise<string[]> {
  for (;;) {
    const rows = await db.sql<{ campaignId: string; facebookId: string }[]>`
      select a.campaign_id as "campaignId", a.facebook_id as "facebookId" from audiences a join sync_runs r on r.audience_id = a.id where r.state = 'frozen'`;
    const byCampaign = new Map(rows.map((row) => [row.campaignId, row.facebookId]));
    if (campaignIds.every((id) => byCampaign.has(id))) return campaignIds.map((id) => byCampaign.get(id) ?? '');
    await delay(500);
  }
}

async function measure(db: Database, url: string, sandboxUrl: string): Promise<void> {
  const { workspaceId, writeKey } = await createWorkspace(db, { name: 'Bench', zone: 'UTC', defaultCountry: 'IN' }, new Date());
  const keys = `bench:${randomBytes(32).toString('base64')}`;
  const connection = { kind: 'system' as const, facebookUserId: '1', name: 'Robot', token: systemUserToken, scopes: [], expiresAt: null };
  await saveConnection(db, workspaceId, connection, { userId: null, keys: parseEncryptionKeys(keys) }, new Date());
  await insertPeople(db, workspaceId);
  const campaignIds = await scheduleAll(db, workspaceId);
  const front = await recorder(sandboxUrl);
  const server = spawn(process.execPath, ['--import', 'tsx', path.join(import.meta.dirname, 'live-server.ts')], {
    env: {
      ...process.env,
      DATABASE_URL: url,
      NEXTAUTH_SECRET: randomBytes(32).toString('hex'),
      ENCRYPTION_KEYS: keys,
      BECKON_SANDBOX_URL: front.url,
      FACEBOOK_APP_ID: 'sandbox-app',
      FACEBOOK_APP_SECRET: 'sandbox-app-secret',
      FACEBOOK_GRAPH_URL: front.url,
      FACEBOOK_DIALOG_URL: front.url,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    const origin = `http://127.0.0.1:${await portOf(server)}`;
    const audiences = await facebookIds(db, campaignIds);
    say(`${campaigns} campaigns listen in ${values.accounts} ad accounts`);
    front.requests = 0;
    const began = performance.now();
    const sent = await load(origin, writeKey);
    const seconds = (performance.now() - began) / 1000;
    const requests = front.requests;
    await delay(10_000);
    const due = [...wanted(sent)].map(([key, acceptedAt]) => {
      const [i, person] = key.split(' ').map(Number);
      const at = front.seen.get(`${audiences[i ?? 0]} ${digestOf(person ?? 0)}`);
      return at === undefined ? null : Math.max(0, at - acceptedAt);
    });
    const latencies = due.filter((ms) => ms !== null).sort((a, b) => a - b);
    say(`${whole(sent.length / seconds)} events/s for ${seconds.toFixed(0)} s; ${whole(requests / seconds)} requests/s with members`);
    say(
      `event accepted → request: median ${whole(percentile(latencies, 0.5))} ms, 95 % ${whole(percentile(latencies, 0.95))} ms, 99 % ${whole(percentile(latencies, 0.99))} ms, longest ${whole(percentile(latencies, 1))} ms, of ${whole(due.length)} people and campaigns; ${due.length - latencies.length} were not sent`,
    );
    say(
      `of which ${gatherMs} ms are waited so that others may join the request: 95 % is ${(percentile(latencies, 0.95) / gatherMs).toFixed(1)} times that; load average ${os.loadavg()[0]?.toFixed(1)} on ${os.cpus().length} cores`,
    );
    if (due.length > latencies.length) process.exitCode = 1;
  } finally {
    server.kill('SIGTERM');
    front.close();
  }
}

const dir = await mkdtemp(path.join(tmpdir(), 'beckon-bench-live-'));
const cluster = await openCluster({ dir });
const sandbox = await startSandbox();
try {
  await sandbox.control.settings({ matchingMs: 0 });
  for (let i = 0; i < Number(values.accounts); i++) await sandbox.control.addAccount(accountOf(i), sandboxAccounts.main);
  await migrate(cluster.url());
  const db = openDatabase(cluster.url(), 2);
  await measure(db, cluster.url(), sandbox.url);
  await db.close();
} finally {
  await sandbox.stop();
  await cluster.stop();
  await rm(dir, { recursive: true, force: true });
}
