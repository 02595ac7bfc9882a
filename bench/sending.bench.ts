/**
 * One run of new members, end to end: the real engine in a process of its own against the sandbox without delays. Options: --members N
 * (default 100,000), --in-flight N (default 2). After it a second run, in which one member in a hundred leaves and as many come.
 */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import os, { tmpdir } from 'node:os';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { runNow } from '@/db/campaign-states';
import { createDraft, scheduleCampaign } from '@/db/campaigns';
import { type Database, openDatabase } from '@/db/client';
import { saveConnection } from '@/db/connections';
import { migrate } from '@/db/migrate';
import { createWorkspace } from '@/db/workspaces';
import type { WorkspaceId } from '@/lib/auth';
import { parseEncryptionKeys } from '@/lib/crypto';
import { identifierBit } from '@/lib/identity/identifiers';
import { openCluster } from '@/scripts/local-postgres';
import { type Sandbox, sandboxAccounts, startSandbox, systemUserToken } from '@/tests/support/sandbox';

const { values } = parseArgs({
  options: { members: { type: 'string', default: '100000' }, 'in-flight': { type: 'string', default: '2' } },
});
const members = Number(values.members);
const say = (text: string) => process.stdout.write(`${text}\n`);
const whole = (value: number) => Math.round(value).toLocaleString('en');
const megabytes = (bytes: number) => `${whole(bytes / 2 ** 20)} MB`;

/** Everybody with e-mail, phone, first and last name, country; `tier` says who is in. */
async function insertPeople(db: Database, workspaceId: WorkspaceId): Promise<void> {
  const mask = (['email', 'phone', 'firstName', 'lastName', 'country'] as const).reduce((bits, name) => bits | identifierBit[name], 0);
  const people = Math.ceil(members * 1.01);
  await db.sql`
    insert into profiles (workspace_id, profile_id, first_seen, last_seen, bucket, identifier_mask, properties)
    select ${workspaceId}, i, '2026-01-01', '2026-01-01', i % 1000, ${mask}, jsonb_build_object('tier', case when i <= ${members}::int then 'in' else 'next' end)
    from generate_series(1, ${people}::int) i`;
  await db.sql`
    insert into profile_identifiers (workspace_id, profile_id, email, phone, first_name, last_name, country, fingerprint)
    select ${workspaceId}, i, sha256(('e' || i)::bytea), sha256(('p' || i)::bytea), sha256(('f' || i)::bytea), sha256(('l' || i)::bytea), sha256('in'), i
    from generate_series(1, ${people}::int) i`;
  await db.sql`analyze profiles, profile_identifiers`;
}

/** As many leave as come. */
async function changeOneInAHundred(db: Database): Promise<void> {
  await db.sql`
    update profiles set properties = jsonb_build_object('tier', case when properties ->> 'tier' = 'next' then 'in' else 'out' end)
    where profile_id % 100 = 0 and properties ->> 'tier' = 'in' or properties ->> 'tier' = 'next'`;
}

type Measured = { counts: Record<string, number>; seconds: number; atRestBytes: number; peakBytes: number };

async function engine(variables: Record<string, string>, at: string): Promise<Measured> {
  const child = spawn(process.execPath, ['--import', 'tsx', path.join(import.meta.dirname, 'sending-engine.ts'), at], {
    env: { ...process.env, ...variables },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  for await (const chunk of child.stdout) text += String(chunk);
  return JSON.parse(text.slice(text.lastIndexOf('{"counts"'))) as Measured;
}

/** What no engine can do without: reading the same rows, encoding their digests, writing the same JSON. */
async function bare(db: Database, workspaceId: WorkspaceId): Promise<number> {
  const began = performance.now();
  let rows = 0;
  for (let last = '0', more = true; more; ) {
    const page = await db.sql<{ id: string; row: string[] }[]>`
      select profile_id::text as id, array[encode(email, 'hex'), encode(phone, 'hex'), encode(first_name, 'hex'), encode(last_name, 'hex'), encode(country, 'hex')] as row
      from profile_identifiers where workspace_id = ${workspaceId} and profile_id > ${last} order by profile_id limit 10000`;
    last = page.at(-1)?.id ?? last;
    more = page.length === 10_000;
    rows += page.length;
    JSON.stringify({ payload: { schema: ['EMAIL', 'PHONE', 'FN', 'LN', 'COUNTRY'], data: page.map((each) => each.row) } });
  }
  return rows / ((performance.now() - began) / 1000);
}

async function steps(db: Database, campaignId: string): Promise<string> {
  const [row] = await db.sql<{ freeze: number; send: number; confirm: number; added: number; removed: number }[]>`
    select extract(epoch from frozen_at - created_at)::float8 as freeze, extract(epoch from sent_at - frozen_at)::float8 as send,
      extract(epoch from finished_at - sent_at)::float8 as confirm, added, removed
    from sync_runs where campaign_id = ${campaignId} and state = 'confirmed' order by occurrence_at desc limit 1`;
  if (!row) throw new Error('the run was not confirmed');
  return `added ${whole(row.added)}, removed ${whole(row.removed)}; frozen in ${row.freeze.toFixed(1)} s, sent in ${row.send.toFixed(1)} s, confirmed in ${row.confirm.toFixed(1)} s`;
}

async function measure(db: Database, url: string, sandbox: Sandbox): Promise<void> {
  const { workspaceId } = await createWorkspace(db, { name: 'Bench', zone: 'UTC', defaultCountry: 'IN' }, new Date());
  const keys = `bench:${randomBytes(32).toString('base64')}`;
  const connection = { kind: 'system' as const, facebookUserId: '1', name: 'Robot', token: systemUserToken, scopes: [], expiresAt: null };
  await saveConnection(db, workspaceId, connection, { userId: null, keys: parseEncryptionKeys(keys) }, new Date());
  await insertPeople(db, workspaceId);
  const variables = {
    DATABASE_URL: url,
    NEXTAUTH_SECRET: randomBytes(32).toString('hex'),
    ENCRYPTION_KEYS: keys,
    BECKON_SANDBOX_URL: sandbox.url,
    FACEBOOK_APP_ID: 'sandbox-app',
    FACEBOOK_APP_SECRET: 'sandbox-app-secret',
    FACEBOOK_GRAPH_URL: sandbox.url,
    FACEBOOK_DIALOG_URL: sandbox.url,
    SYNC_BUDGET_SECONDS: '900',
    SYNC_REQUESTS_IN_FLIGHT: values['in-flight'],
  };
  const now = new Date('2026-06-01T09:00:00Z');
  const plan = {
    name: 'Bench',
    definition: { property: 'tier', op: 'is' as const, value: 'in' },
    schedule: { kind: 'now' as const },
    adAccountId: sandboxAccounts.main,
    audience: { new: { name: 'Bench' } },
    mode: 'mirror' as const,
    adSets: [],
  };
  const { id } = await createDraft(db, workspaceId, plan, null, now);
  await scheduleCampaign(db, workspaceId, id, now, null);
  const first = await engine(variables, now.toISOString());
  const rate = members / first.seconds;
  say(
    `first run of ${whole(members)} members: ${first.seconds.toFixed(1)} s, ${whole(rate)} rows/s; engine ${megabytes(first.atRestBytes)} at rest, ${megabytes(first.peakBytes)} at its peak`,
  );
  say(`  ${await steps(db, id)}`);
  const limit = await bare(db, workspaceId);
  say(
    `bare read, encode and serialise of the same rows: ${whole(limit)} rows/s; the run reaches ${((rate / limit) * 100).toFixed(0)} % of it`,
  );
  await changeOneInAHundred(db);
  const later = new Date('2026-06-02T09:00:00Z');
  await runNow(db, workspaceId, id, later);
  const second = await engine(variables, later.toISOString());
  say(`second run, one in a hundred changed: ${second.seconds.toFixed(1)} s; engine ${megabytes(second.peakBytes)} at its peak`);
  say(`  ${await steps(db, id)}`);
  const held = (await sandbox.control.audiences()).find((each) => each.name === 'Bench')?.members ?? 0;
  say(`the sandbox holds ${whole(held)} members; load average ${os.loadavg()[0]?.toFixed(1)} on ${os.cpus().length} cores`);
  if (held !== members) throw new Error(`the audience should hold ${members} members`);
}

const dir = await mkdtemp(path.join(tmpdir(), 'beckon-bench-'));
const cluster = await openCluster({ dir });
const db = openDatabase(cluster.url(), 4);
const sandbox = await startSandbox();
try {
  await migrate(cluster.url());
  await sandbox.control.settings({ matchingMs: 0, limitScale: 1_000_000 });
  await measure(db, cluster.url(), sandbox);
} finally {
  await sandbox.stop();
  await db.close();
  await cluster.stop();
  await rm(dir, { recursive: true, force: true });
}
