/**
 * Two days of many campaigns: each runs daily at a minute of its own in one of five zones, over a segment of fifty people, one of whom
 * changes between the days; minute by minute, as the cron route would be called. Every occurrence must have run exactly once. The audiences
 * are there already: one ad account with more than Facebook's 500 of them stands for many, and looking through them all would be measured.
 * Options: --campaigns N (default 10,000).
 */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import os, { tmpdir } from 'node:os';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { createDraft, scheduleCampaign } from '@/db/campaigns';
import { type Database, openDatabase } from '@/db/client';
import { saveConnection } from '@/db/connections';
import { migrate } from '@/db/migrate';
import { createWorkspace } from '@/db/workspaces';
import type { WorkspaceId } from '@/lib/auth';
import { parseEncryptionKeys } from '@/lib/crypto';
import { syncWorld } from '@/lib/engine';
import { parseEnv } from '@/lib/env';
import { createAudience } from '@/lib/facebook/ads';
import type { Graph } from '@/lib/facebook/transport';
import { identifierBit } from '@/lib/identity/identifiers';
import type { SyncWorld } from '@/lib/sync/advance-run';
import { tick } from '@/lib/sync/tick';
import { openCluster } from '@/scripts/local-postgres';
import { type Sandbox, sandboxAccounts, startSandbox, systemUserToken } from '@/tests/support/sandbox';

const { values } = parseArgs({ options: { campaigns: { type: 'string', default: '10000' } } });
const campaigns = Number(values.campaigns);
const groups = 100;
const zones = ['Asia/Kathmandu', 'America/Sao_Paulo', 'Europe/London', 'America/New_York', 'Pacific/Auckland'];
const say = (text: string) => process.stdout.write(`${text}\n`);
const minuteMs = 60_000;
const dayMs = 86_400_000;
/** Between two minutes: every 24 hours from here hold one occurrence of each campaign. */
const scheduledAt = Date.parse('2026-06-01T12:00:30Z');

async function insertPeople(db: Database, workspaceId: WorkspaceId): Promise<void> {
  await db.sql`
    insert into profiles (workspace_id, profile_id, first_seen, last_seen, bucket, identifier_mask, properties)
    select ${workspaceId}, i, '2026-01-01', '2026-01-01', i % 1000, ${identifierBit.email}, jsonb_build_object('group', (i % ${groups}::int)::text)
    from generate_series(1, ${groups * 50}::int) i`;
  await db.sql`
    insert into profile_identifiers (workspace_id, profile_id, email, fingerprint)
    select ${workspaceId}, i, sha256(('e' || i)::bytea), i from generate_series(1, ${groups * 50}::int) i`;
  await db.sql`analyze profiles, profile_identifiers`;
}

async function scheduleAll(db: Database, workspaceId: WorkspaceId, graph: Graph): Promise<void> {
  for (let i = 0; i < campaigns; i++) {
    const minute = (i * 487) % 1440;
    const time = `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
    const zone = zones[i % zones.length] ?? 'UTC';
    const plan = {
      name: `Campaign ${i}`,
      definition: { property: 'group', op: 'is' as const, value: String(i % groups) },
      schedule: { kind: 'every' as const, every: { days: 1 }, time, zone, start: '2026-06-01' },
      adAccountId: sandboxAccounts.main,
      audience: { new: { name: `Audience ${i}` } },
      mode: 'mirror' as const,
      adSets: [],
      changeBrakePercent: null,
    };
    const { id } = await createDraft(db, workspaceId, plan, null, new Date(scheduledAt));
    await scheduleCampaign(db, workspaceId, id, new Date(scheduledAt), null);
    const facts = { name: plan.name, description: '', source: 'USER_PROVIDED_ONLY', valued: false } as const;
    const facebookId = await createAudience(graph, sandboxAccounts.main, facts);
    await db.sql`update audiences set facebook_id = ${facebookId} where campaign_id = ${id}`;
  }
}

/** One person of every group goes to the next group. */
const moveSome = (db: Database) => db.sql`
  update profiles set properties = jsonb_build_object('group', (((properties ->> 'group')::int + 1) % ${groups}::int)::text) where profile_id <= ${groups}`;

type Day = { seconds: number; slowest: number; finished: number; failed: number };

/** Ticks of 24 hours, a minute apart, and one a minute after them. */
async function day(worldAt: (at: number) => SyncWorld, from: number): Promise<Day> {
  const counts: Day = { seconds: 0, slowest: 0, finished: 0, failed: 0 };
  for (let at = from; at <= from + dayMs; at += minuteMs) {
    const began = performance.now();
    const { finished, failed } = await tick(worldAt(at), minuteMs);
    const seconds = (performance.now() - began) / 1000;
    counts.seconds += seconds;
    counts.slowest = Math.max(counts.slowest, seconds);
    counts.finished += finished;
    counts.failed += failed;
  }
  return counts;
}

/** Runs that a campaign lacks or has too many of, and members that the sandbox lacks. */
async function faults(db: Database, runs: number): Promise<number> {
  const [found] = await db.sql<{ wrong: number }[]>`
    select count(*)::int as wrong from campaigns c
    where (select count(*) filter (where state = 'confirmed') from sync_runs r where r.campaign_id = c.id) <> ${runs}
      or (select count(*) from sync_runs r where r.campaign_id = c.id) <> ${runs}
      or (select members from audiences a where a.campaign_id = c.id) <> 50`;
  return found?.wrong ?? campaigns;
}

function worlds(db: Database, url: string, sandbox: Sandbox, keys: string): (at: number) => SyncWorld {
  const env = parseEnv({
    DATABASE_URL: url,
    NEXTAUTH_SECRET: randomBytes(32).toString('hex'),
    ENCRYPTION_KEYS: keys,
    BECKON_SANDBOX_URL: sandbox.url,
    FACEBOOK_APP_ID: 'sandbox-app',
    FACEBOOK_APP_SECRET: 'sandbox-app-secret',
    FACEBOOK_GRAPH_URL: sandbox.url,
    FACEBOOK_DIALOG_URL: sandbox.url,
  });
  return (at) => {
    const began = performance.now();
    return syncWorld(db, env, () => new Date(at + performance.now() - began));
  };
}

async function measure(db: Database, url: string, sandbox: Sandbox): Promise<void> {
  const { workspaceId } = await createWorkspace(db, { name: 'Bench', zone: 'UTC', defaultCountry: 'IN' }, new Date(scheduledAt));
  const keys = `bench:${randomBytes(32).toString('base64')}`;
  const connection = { kind: 'system' as const, facebookUserId: '1', name: 'Robot', token: systemUserToken, scopes: [], expiresAt: null };
  const connectionId = await saveConnection(
    db,
    workspaceId,
    connection,
    { userId: null, keys: parseEncryptionKeys(keys) },
    new Date(scheduledAt),
  );
  await insertPeople(db, workspaceId);
  const worldAt = worlds(db, url, sandbox, keys);
  const graph = await worldAt(scheduledAt).graphFor(workspaceId, connectionId, sandboxAccounts.main);
  const began = performance.now();
  await scheduleAll(db, workspaceId, graph);
  say(
    `${campaigns.toLocaleString('en')} campaigns scheduled, and their audiences made, in ${((performance.now() - began) / 1000).toFixed(0)} s`,
  );
  for (const i of [1, 2]) {
    const { seconds, slowest, finished, failed } = await day(worldAt, scheduledAt + (i - 1) * dayMs);
    say(
      `day ${i}: ${finished.toLocaleString('en')} runs confirmed, ${failed} failed in ${seconds.toFixed(0)} s of work, ` +
        `${((seconds * 1000) / Math.max(1, finished)).toFixed(1)} ms a run; the slowest of 1,441 ticks ${slowest.toFixed(2)} s`,
    );
    const wrong = await faults(db, i);
    if (wrong > 0) throw new Error(`${wrong} campaigns did not run each occurrence exactly once`);
    await moveSome(db);
  }
  say(`every occurrence ran exactly once; load average ${os.loadavg()[0]?.toFixed(1)} on ${os.cpus().length} cores`);
}

const dir = await mkdtemp(path.join(tmpdir(), 'beckon-bench-'));
const cluster = await openCluster({ dir });
const db = openDatabase(cluster.url(), 8);
const sandbox = await startSandbox();
try {
  await migrate(cluster.url());
  await sandbox.control.settings({ matchingMs: 0, limitScale: 1_000_000, maxAudiences: campaigns });
  await measure(db, cluster.url(), sandbox);
} finally {
  await sandbox.stop();
  await db.close();
  await cluster.stop();
  await rm(dir, { recursive: true, force: true });
}
