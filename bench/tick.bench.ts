/** A tick with 10,000 scheduled campaigns and nothing due. Option: --campaigns N. */
import { mkdtemp, rm } from 'node:fs/promises';
import os, { tmpdir } from 'node:os';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { type Database, openDatabase } from '@/db/client';
import { migrate } from '@/db/migrate';
import { createWorkspace } from '@/db/workspaces';
import type { SyncWorld } from '@/lib/sync/advance-run';
import { tick } from '@/lib/sync/tick';
import { openCluster } from '@/scripts/local-postgres';

const { values } = parseArgs({ options: { campaigns: { type: 'string', default: '10000' } } });
const say = (text: string) => process.stdout.write(`${text}\n`);
const now = new Date('2026-06-01T09:00:00Z');

/** Each with a next occurrence ahead and thirty runs behind it. */
async function insertCampaigns(db: Database): Promise<void> {
  const { workspaceId } = await createWorkspace(db, { name: 'Bench', zone: 'UTC', defaultCountry: 'IN' }, now);
  await db.sql`
    insert into campaigns (workspace_id, name, state, next_at, created_at, updated_at)
    select ${workspaceId}, 'c' || i, 'awaiting_next', ${now}::timestamptz + i * interval '1 minute', ${now}, ${now}
    from generate_series(1, ${Number(values.campaigns)}::int) i`;
  await db.sql`
    insert into audiences (workspace_id, campaign_id, ad_account_id, mark, name, made, schema, created_at)
    select workspace_id, id, 'act_1', 'mark' || id, name, true, '{EMAIL}', ${now} from campaigns`;
  await db.sql`
    insert into sync_runs (workspace_id, campaign_id, version_id, audience_id, occurrence_at, trigger, state, created_at, finished_at)
    select a.workspace_id, a.campaign_id, 1, a.id, ${now}::timestamptz - i * interval '1 day', 'schedule', 'confirmed', ${now}, ${now}
    from audiences a, generate_series(1, 30) i`;
  await db.sql`vacuum analyze`;
}

async function median(run: () => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  for (let i = 0; i < 41; i++) {
    const began = performance.now();
    await run();
    times.push(performance.now() - began);
  }
  return times.sort((a, b) => a - b)[20] ?? 0;
}

async function measure(db: Database): Promise<void> {
  await insertCampaigns(db);
  const world: SyncWorld = {
    db,
    graphFor: () => Promise.reject(new Error('nothing is due')),
    clock: () => now,
    lease: { engine: 'bench', ms: 60_000 },
    inFlight: 2,
    log: () => {},
  };
  const ms = await median(() => tick(world, 50_000));
  const bare = await median(() => db.sql`select 1`);
  say(
    `tick with ${Number(values.campaigns).toLocaleString('en')} campaigns and nothing due: ${ms.toFixed(1)} ms (median); ` +
      `a bare query ${bare.toFixed(1)} ms; load average ${os.loadavg()[0]?.toFixed(1)} on ${os.cpus().length} cores`,
  );
}

const dir = await mkdtemp(path.join(tmpdir(), 'beckon-bench-'));
const cluster = await openCluster({ dir });
const db = openDatabase(cluster.url(), 4);
try {
  await migrate(cluster.url());
  await measure(db);
} finally {
  await db.close();
  await cluster.stop();
  await rm(dir, { recursive: true, force: true });
}
