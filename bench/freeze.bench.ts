/**
 * The difference against a ledger of 500,000 members, written into it: 25,000 come, as many leave, 10,000 have changed their e-mail. The
 * segment is a table of ids here, so its query costs next to nothing. Option: --members N.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import os, { tmpdir } from 'node:os';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { sql } from 'drizzle-orm';
import { type Database, openDatabase } from '@/db/client';
import { compareMembers, type Freeze } from '@/db/ledger-compare';
import { writeChanges } from '@/db/ledger-freeze';
import { migrate } from '@/db/migrate';
import { createWorkspace } from '@/db/workspaces';
import type { WorkspaceId } from '@/lib/auth';
import { openCluster } from '@/scripts/local-postgres';

const { values } = parseArgs({ options: { members: { type: 'string', default: '500000' } } });
const members = Number(values.members);
const change = { come: Math.round(members / 20), leave: Math.round(members / 20), renewed: Math.round(members / 50) };
const say = (text: string) => process.stdout.write(`${text}\n`);
const seconds = (ms: number) => `${(ms / 1000).toFixed(2)} s`;
const audienceId = 1;
const schema = ['EMAIL', 'PHONE', 'FN', 'LN', 'COUNTRY'];

async function insertPeople(db: Database, workspaceId: WorkspaceId): Promise<void> {
  await db.sql`
    insert into profile_identifiers (workspace_id, profile_id, email, phone, first_name, last_name, country, fingerprint)
    select ${workspaceId}, i, sha256(('e' || i)::bytea), sha256(('p' || i)::bytea), sha256(('f' || i)::bytea), sha256(('l' || i)::bytea), sha256('in'), i
    from generate_series(1, ${members * 2}::int) i`;
  await db.sql`create table chosen (profile_id bigint primary key)`;
  // Every other one, as a segment picks them.
  await db.sql`insert into chosen select i * 2 from generate_series(1, ${members}::int) i`;
  await db.sql`analyze profile_identifiers, chosen`;
}

async function changePeople(db: Database, workspaceId: WorkspaceId): Promise<void> {
  await db.sql`delete from chosen where profile_id % 40 = 0`;
  await db.sql`insert into chosen select i * 40 + 1 from generate_series(1, ${change.come}::int) i`;
  await db.sql`
    update profile_identifiers set email = sha256(('n' || profile_id)::bytea), fingerprint = -fingerprint
    where workspace_id = ${workspaceId} and profile_id % 100 = 2 and profile_id <= ${members * 2}`;
  await db.sql`analyze chosen`;
}

const segment = sql`select profile_id from chosen`;

async function frozen(db: Database, workspaceId: WorkspaceId, runId: number): Promise<{ ms: number; toAdd: number; toRemove: number }> {
  const began = performance.now();
  const { toAdd, toRemove } = await db.orm.transaction(
    async (tx) => {
      await tx.execute(sql`set local jit = off`);
      await tx.execute(sql`set local work_mem = '128MB'`);
      const rules = { mode: 'mirror', refused: [], values: null, stayedSince: null, cap: null, controlPercent: null, seed: 1n } as const;
      const now = new Date('2026-06-01T09:00:00Z');
      const freeze: Freeze = { ...rules, workspaceId, audienceId, runId, segment, schema, purpose: 'sync', undoes: null, at: now, now };
      return writeChanges(tx, freeze, await compareMembers(tx, freeze));
    },
    { isolationLevel: 'repeatable read' },
  );
  return { ms: performance.now() - began, toAdd, toRemove };
}

/** What no difference can do without: both sides read once and joined. */
async function bare(db: Database): Promise<number> {
  const began = performance.now();
  await db.sql.begin(async (tx) => {
    await tx`set local work_mem = '128MB'`;
    await tx`set local enable_nestloop = off`;
    await tx`
      select count(*) from (select profile_id, fingerprint from audience_members where audience_id = ${audienceId}) l
      full join (select c.profile_id, i.fingerprint from chosen c join profile_identifiers i on i.profile_id = c.profile_id) w
        on w.profile_id = l.profile_id
      where l.fingerprint is distinct from w.fingerprint`;
  });
  return performance.now() - began;
}

async function measure(db: Database): Promise<void> {
  const { workspaceId } = await createWorkspace(db, { name: 'Bench', zone: 'UTC', defaultCountry: 'IN' }, new Date());
  await insertPeople(db, workspaceId);
  // The runs are only numbers here.
  await db.sql`alter table sync_batches drop constraint sync_batches_run_id_sync_runs_id_fk`;
  const first = await frozen(db, workspaceId, 1);
  say(`first: ${first.toAdd.toLocaleString('en')} newcomers in ${seconds(first.ms)}`);
  await db.sql`update sync_batches set state = 'sent'`;
  // By the next day autovacuum has been here.
  await db.sql`vacuum analyze audience_members`;
  await changePeople(db, workspaceId);
  const second = await frozen(db, workspaceId, 2);
  const limit = await bare(db);
  say(
    `difference: ${second.toAdd.toLocaleString('en')} to add, ${second.toRemove.toLocaleString('en')} to remove in ${seconds(second.ms)}; ` +
      `bare join of both sides ${seconds(limit)}, ratio ${(second.ms / limit).toFixed(1)}`,
  );
  await db.sql`update sync_batches set state = 'sent'`;
  await db.sql`delete from audience_members where state = 'removing'`;
  await db.sql`update audience_members set stale_rows = null where stale_rows is not null`;
  const third = await frozen(db, workspaceId, 3);
  say(`no difference: ${seconds(third.ms)}; load average ${os.loadavg()[0]?.toFixed(1)} on ${os.cpus().length} cores`);
  if (second.toRemove !== change.leave || third.toAdd + third.toRemove > 0) throw new Error('the difference is not what was changed');
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
