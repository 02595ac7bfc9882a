import { sql } from 'drizzle-orm';
import { beforeAll, beforeEach, expect, it } from 'vitest';
import type { WorkspaceId } from '@/lib/auth';
import { testDatabase, testWorkspace } from '@/tests/support/database';
import type { Database } from './client';
import { halveBatch, leaveInDoubt, memberCount, requestRows, rowsOfBatch, settleAdded, settleRemoved } from './ledger';
import { freezeMembers } from './ledger-freeze';
import type { CampaignMode } from './schema';

/** The ledger by itself: what a freeze intends, what an answer makes true. */

let db: Database;
let workspaceId: WorkspaceId;
let audienceId = 0;
let runId = 0;
beforeAll(async () => {
  ({ db } = await testDatabase());
  workspaceId = await testWorkspace(db);
  // The runs are only numbers here.
  await db.sql`alter table sync_batches drop constraint sync_batches_run_id_sync_runs_id_fk`;
});
beforeEach(async () => {
  const [campaign] = await db.sql<{ id: string }[]>`
    insert into campaigns (workspace_id, name, state, created_at, updated_at) values (${workspaceId}, 'c', 'running', now(), now()) returning id`;
  const [audience] = await db.sql<{ id: number }[]>`
    insert into audiences (workspace_id, campaign_id, ad_account_id, mark, name, made, schema, created_at)
    values (${workspaceId}, ${campaign?.id ?? ''}, 'act_1', ${crypto.randomUUID()}, 'a', true, ${schema}, now()) returning id`;
  audienceId = audience?.id ?? 0;
  await db.sql`delete from profile_identifiers`;
});

const schema = ['EMAIL', 'PHONE', 'MADID'];
const hex = (n: number) => n.toString(16).padStart(64, '0');

/** Person n has the e-mail n; a version makes another one of it. */
async function people(ids: number[], version = 0, phone: number | null = null): Promise<void> {
  for (const id of ids)
    await db.sql`
      insert into profile_identifiers (workspace_id, profile_id, email, phone, fingerprint)
      values (${workspaceId}, ${id}, decode(${hex(id + version * 1000)}, 'hex'), decode(${phone === null ? null : hex(phone)}, 'hex'), ${id + version * 1000})
      on conflict (workspace_id, profile_id) do update set email = excluded.email, phone = excluded.phone, fingerprint = excluded.fingerprint`;
}

function freeze(ids: number[], mode: CampaignMode = 'mirror') {
  runId++;
  const segment = sql`select unnest(${`{${ids.join(',')}}`}::text::bigint[]) as profile_id`;
  return db.orm.transaction((tx) => freezeMembers(tx, { workspaceId, audienceId, runId, segment, schema, mode, now: new Date() }), {
    isolationLevel: 'repeatable read',
  });
}

const batches = () =>
  db.sql<{ seq: number; op: 'add' | 'remove'; rows: number; ids: string[]; again: string[] | null }[]>`
    select b.seq, b.op, b.rows, m.profile_ids::text[] as ids, m.again::text[] as again
    from sync_batches b join batch_members m on m.run_id = b.run_id and m.seq = b.seq where b.run_id = ${runId} order by b.seq`;

const key = (op: 'add' | 'remove', seq: number) => ({ audienceId, runId, seq, op });

/** As the engine does when Facebook has taken everything. */
async function answerAll(): Promise<void> {
  for (const { seq, op, rows } of await batches())
    await db.orm.transaction(async (tx) => {
      if (op === 'add') await settleAdded(tx, key(op, seq), rows, []);
      else await settleRemoved(tx, key(op, seq));
      await tx.execute(sql`update sync_batches set state = 'sent' where run_id = ${runId} and seq = ${seq}`);
    });
}

const counted = async () => (await db.sql<{ members: number }[]>`select members from audiences where id = ${audienceId}`)[0]?.members;

it('sends nobody whose addition was answered, and everybody whose was not, whatever the ledger’s row says', async () => {
  await people([1, 2, 3]);
  expect(await freeze([1, 2, 3])).toEqual({ qualified: 3, unreachable: 0, toAdd: 3, toRemove: 0 });
  expect(await freeze([1, 2, 3])).toMatchObject({ toAdd: 3 });
  await answerAll();
  expect(await freeze([1, 2, 3])).toMatchObject({ toAdd: 0, toRemove: 0 });
  expect(await db.sql`select state from sync_batches where run_id = ${runId - 2}`).toEqual([{ state: 'dropped' }]);
});

it('has those in doubt whose addition Facebook put off', async () => {
  await people([1, 2]);
  await freeze([1, 2]);
  await db.sql`update sync_batches set state = 'deferred' where run_id = ${runId}`;
  expect(await freeze([1])).toMatchObject({ toAdd: 1, toRemove: 1 });
});

it('takes a changed person’s old row out in one batch and the new one in in a later one, and counts nobody twice', async () => {
  await people([1, 2, 3]);
  await freeze([1, 2, 3]);
  await answerAll();
  await people([2], 1);
  await people([4]);
  expect(await freeze([1, 2, 4])).toMatchObject({ toAdd: 2, toRemove: 1 });
  expect(await batches()).toEqual([
    { seq: 1, op: 'remove', rows: 2, ids: ['2', '3'], again: null },
    { seq: 2, op: 'add', rows: 2, ids: ['2', '4'], again: ['2'] },
  ]);
  expect(await requestRows(db, key('remove', 1), schema)).toEqual({
    rows: 2,
    data: `["${hex(2)}","",""],["${hex(3)}","",""]`,
  });
  await answerAll();
  expect(await counted()).toBe(3);
  expect(await memberCount(db.orm, audienceId)).toBe(3);
  expect(await freeze([1, 2, 4])).toMatchObject({ toAdd: 0, toRemove: 0 });
});

it('adds those again who share an identifier with one who leaves, and not the one who leaves', async () => {
  await people([1, 2, 3], 0, 7);
  await people([4]);
  await freeze([1, 2, 3, 4]);
  await answerAll();
  expect(await freeze([1, 2, 4])).toMatchObject({ toAdd: 2, toRemove: 1 });
  expect((await batches()).map((batch) => [batch.op, batch.ids, batch.again])).toEqual([
    ['remove', ['3'], null],
    ['add', ['1', '2'], ['1', '2']],
  ]);
});

it('writes a row as JSON.stringify would, the advertiser id plain', async () => {
  await db.sql`
    insert into profile_identifiers (workspace_id, profile_id, mobile_advertiser_id, fingerprint)
    values (${workspaceId}, 1, 'aece52e7-03ee-455a-b3c4-e57283966239', 1)`;
  await freeze([1]);
  expect(await rowsOfBatch(db, key('add', 1), schema)).toEqual([
    { profileId: '1', row: JSON.stringify(['', '', 'aece52e7-03ee-455a-b3c4-e57283966239']) },
  ]);
});

it('halves a batch down to the one who is refused, and leaves that one in doubt', async () => {
  await people([1, 2, 3]);
  await freeze([1, 2, 3]);
  const half = (seq: number, next: number) => db.orm.transaction((tx) => halveBatch(tx, key('add', seq), next, schema));
  expect(await half(1, 2)).toEqual({ kept: 1, moved: 2 });
  expect(await half(2, 3)).toEqual({ kept: 1, moved: 1 });
  expect(await half(3, 4)).toBeNull();
  expect(await db.orm.transaction((tx) => leaveInDoubt(tx, key('add', 3)))).toEqual(['3']);
  expect(await requestRows(db, key('add', 3), schema)).toEqual({ rows: 0, data: '' });
});

it('keeps from an add-only audience nobody but those who were on the way out, and makes an addition in doubt again', async () => {
  await people([1, 2, 3]);
  await freeze([1, 2], 'add');
  await answerAll();
  await freeze([3], 'add');
  expect(await freeze([], 'add')).toMatchObject({ toAdd: 1, toRemove: 0 });
  expect((await batches()).map((batch) => batch.ids)).toEqual([['3']]);
});

it('leaves a row alone that somebody else has decided on since it was frozen', async () => {
  await people([1, 2]);
  await freeze([1, 2]);
  await answerAll();
  await freeze([1]);
  await db.sql`update audience_members set run_id = 0 where audience_id = ${audienceId} and profile_id = 2`;
  await answerAll();
  expect(await db.sql`select profile_id::text as id, state from audience_members where audience_id = ${audienceId} order by 1`).toEqual([
    { id: '1', state: 'in' },
    { id: '2', state: 'removing' },
  ]);
});
