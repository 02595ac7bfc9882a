import { sql } from 'drizzle-orm';
import { beforeAll, beforeEach, expect, it } from 'vitest';
import type { WorkspaceId } from '@/lib/auth';
import { testDatabase, testWorkspace } from '@/tests/support/database';
import type { Database } from './client';
import { halveBatch, leaveInDoubt, memberCount, requestRows, rowsOfBatch, settleAdded, settleRemoved } from './ledger';
import { compareMembers, type Freeze } from './ledger-compare';
import { type Frozen, writeChanges } from './ledger-freeze';
import type { Qualified } from './ledger-wanted';

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

const chosen = (ids: number[]) => sql`select unnest(${`{${ids.join(',')}}`}::text::bigint[]) as profile_id`;

/** A run of the given people, with the given mode or other rules. */
function freeze(ids: number[], rules: Partial<Freeze> = {}): Promise<Qualified & Frozen & { joining: number }> {
  runId++;
  const plain = {
    mode: 'mirror',
    refused: [],
    values: null,
    stayedSince: null,
    cap: null,
    controlPercent: null,
    seed: 7n,
    purpose: 'sync',
    undoes: null,
  } as const;
  const all: Freeze = { ...plain, workspaceId, audienceId, runId, segment: chosen(ids), schema, at: new Date(), now: new Date(), ...rules };
  return db.orm.transaction(
    async (tx) => {
      const compared = await compareMembers(tx, all);
      const { qualified, excluded, control, overCap, joining } = compared;
      return { qualified, excluded, control, overCap, joining, ...(await writeChanges(tx, all, compared)) };
    },
    { isolationLevel: 'repeatable read' },
  );
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
      else await settleRemoved(tx, key(op, seq), true, new Date());
      await tx.execute(sql`update sync_batches set state = 'sent' where run_id = ${runId} and seq = ${seq}`);
    });
}

const counted = async () => (await db.sql<{ members: number }[]>`select members from audiences where id = ${audienceId}`)[0]?.members;

it('sends nobody whose addition was answered, and everybody whose was not, whatever the ledger’s row says', async () => {
  await people([1, 2, 3]);
  expect(await freeze([1, 2, 3])).toEqual({
    qualified: 3,
    excluded: 0,
    control: 0,
    overCap: 0,
    joining: 0,
    unreachable: 0,
    toAdd: 3,
    toRemove: 0,
  });
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
    data: Buffer.from(`["${hex(2)}","",""],["${hex(3)}","",""]`),
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
  expect(await requestRows(db, key('add', 3), schema)).toEqual({ rows: 0, data: Buffer.alloc(0) });
});

it('keeps from an add-only audience nobody but those who were on the way out, and makes an addition in doubt again', async () => {
  await people([1, 2, 3]);
  await freeze([1, 2], { mode: 'add' });
  await answerAll();
  await freeze([3], { mode: 'add' });
  expect(await freeze([], { mode: 'add' })).toMatchObject({ toAdd: 1, toRemove: 0 });
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

const states = async () => {
  const rows = await db.sql<{ id: string; state: string }[]>`
    select profile_id::text as id, state from audience_members where audience_id = ${audienceId} order by profile_id`;
  return Object.fromEntries(rows.map((row) => [row.id, row.state]));
};

it('lets a member go whose stay is over, and takes them in again only after they have left the segment', async () => {
  await people([1, 2]);
  await freeze([1, 2]);
  await answerAll();
  const stayedSince = new Date(Date.now() + 1000);
  expect(await freeze([1], { stayedSince })).toMatchObject({ toAdd: 0, toRemove: 2 });
  await answerAll();
  expect(await states()).toEqual({ '1': 'out' });
  expect(await counted()).toBe(0);
  expect(await freeze([1], { stayedSince })).toMatchObject({ toAdd: 0, toRemove: 0 });
  expect(await db.sql`select cells from audience_members where audience_id = ${audienceId}`).toEqual([{ cells: [] }]);
  await freeze([], { stayedSince });
  expect(await states()).toEqual({});
  expect(await freeze([1], { stayedSince: new Date(0) })).toMatchObject({ toAdd: 1 });
});

it('takes in again whoever had their stay once stays are not limited any more', async () => {
  await people([1]);
  await freeze([1]);
  await answerAll();
  await freeze([1], { stayedSince: new Date(Date.now() + 1000) });
  await answerAll();
  expect(await freeze([1])).toMatchObject({ toAdd: 1 });
  expect(await requestRows(db, key('add', 1), schema)).toMatchObject({ rows: 1 });
});

it('fills a cap always with the same people, and lets the next one in when one of them leaves', async () => {
  const ids = Array.from({ length: 20 }, (_, i) => i + 1);
  await people(ids);
  expect(await freeze(ids, { cap: 5 })).toMatchObject({ toAdd: 5, overCap: 15 });
  const first = Object.keys(await states());
  await answerAll();
  expect(await freeze(ids.reverse(), { cap: 5 })).toMatchObject({ toAdd: 0, toRemove: 0, overCap: 15 });
  expect(
    await freeze(
      ids.filter((id) => String(id) !== first[0]),
      { cap: 5 },
    ),
  ).toMatchObject({ toAdd: 1, toRemove: 1 });
});

it('fills the places of a cap that are left by those who have had their stay, and does not forget that they had it', async () => {
  const ids = [1, 2, 3, 4, 5, 6];
  await people(ids);
  const cap = { cap: 3, stayedSince: new Date(0) };
  await freeze(ids, cap);
  const first = Object.keys(await states());
  await answerAll();
  const stayedSince = new Date(Date.now() + 1000);
  expect(await freeze(ids, { cap: 3, stayedSince })).toMatchObject({ toAdd: 3, toRemove: 3, overCap: 0 });
  await answerAll();
  expect(await freeze(ids, cap)).toMatchObject({ toAdd: 0, toRemove: 0, overCap: 0 });
  const now = await states();
  expect(first.map((id) => now[id])).toEqual(['out', 'out', 'out']);
  expect(Object.values(now).filter((state) => state === 'in')).toHaveLength(3);
});

it('takes out whose stay is over also where they are in doubt, and fills their places of a cap once', async () => {
  await people([1, 2, 3, 4, 5, 6]);
  await freeze([1, 2, 3], { cap: 3, stayedSince: new Date(0) });
  await answerAll();
  await people([1, 2, 3], 1);
  await freeze([1, 2, 3], { cap: 3, stayedSince: new Date(0) });
  const over = { cap: 3, stayedSince: new Date(Date.now() + 1000) };
  expect(await freeze([1, 2, 3, 4, 5, 6], over)).toMatchObject({ toAdd: 3, toRemove: 3 });
  await answerAll();
  expect(await states()).toEqual({ '1': 'out', '2': 'out', '3': 'out', '4': 'in', '5': 'in', '6': 'in' });
});

it('counts in an add-only audience those towards the cap who stay without qualifying', async () => {
  await people([1, 2, 3, 4]);
  await freeze([1, 2], { mode: 'add', cap: 3 });
  await answerAll();
  expect(await freeze([2, 3, 4], { mode: 'add', cap: 3 })).toMatchObject({ toAdd: 1, overCap: 1 });
});

it('never sends the control group, draws it alike each time, and remembers from when until when', async () => {
  const ids = Array.from({ length: 400 }, (_, i) => i + 1);
  await people(ids);
  const first = await freeze(ids, { controlPercent: 25 });
  expect(first.control).toBeGreaterThan(60);
  expect(first.control).toBeLessThan(140);
  expect(first.toAdd).toBe(400 - first.control);
  await answerAll();
  expect(await freeze(ids, { controlPercent: 25 })).toMatchObject({ toAdd: 0, toRemove: 0, control: first.control });
  expect((await freeze(ids, { controlPercent: 25, seed: 8n })).toRemove).toBeGreaterThan(0);
  await freeze([]);
  const open = await db.sql`select count(*)::int as n from audience_stays where audience_id = ${audienceId} and control and until is null`;
  expect(open).toEqual([{ n: 0 }]);
});

it('sends nobody who may not be sent, and takes them out of an add-only audience, too', async () => {
  await people([1, 2, 3]);
  await freeze([1, 2], { mode: 'add' });
  await answerAll();
  expect(await freeze([1, 2, 3], { mode: 'add', refused: [chosen([2]), chosen([2, 3])] })).toMatchObject({
    excluded: 2,
    toAdd: 0,
    toRemove: 1,
  });
});

it('takes out by a remove-only run whoever qualifies, once as long as they do', async () => {
  await people([1, 2, 3]);
  expect(await freeze([1, 2], { mode: 'remove' })).toMatchObject({ toAdd: 0, toRemove: 2 });
  expect((await batches()).map((batch) => [batch.op, batch.ids])).toEqual([['remove', ['1', '2']]]);
  await answerAll();
  expect(await freeze([1, 2, 3], { mode: 'remove' })).toMatchObject({ toRemove: 1 });
  await answerAll();
  await people([2], 1);
  expect(await freeze([2, 3], { mode: 'remove' })).toMatchObject({ toRemove: 1 });
  expect(await requestRows(db, key('remove', 1), schema)).toEqual({ rows: 1, data: Buffer.from(`["${hex(1002)}","",""]`) });
  await answerAll();
  expect(await states()).toEqual({ '2': 'out', '3': 'out' });
});

it('takes a run back: who joined leaves, who left comes back, who was sent again stays', async () => {
  await people([1, 2, 3]);
  await freeze([1, 2, 3]);
  await answerAll();
  await people([4]);
  await people([2], 1);
  await freeze([1, 2, 4]);
  await answerAll();
  expect(await states()).toEqual({ '1': 'in', '2': 'in', '4': 'in' });
  expect(await freeze([], { purpose: 'undo', undoes: runId })).toMatchObject({ toAdd: 1, toRemove: 1 });
  await answerAll();
  expect(await states()).toEqual({ '1': 'in', '2': 'in', '3': 'in' });
});

it('takes out by name whose consent is withdrawn, and leaves everybody else as they are, in doubt or not', async () => {
  await people([1, 2, 3]);
  await freeze([1, 2]);
  await answerAll();
  await freeze([1, 2, 3]);
  expect(await freeze([], { purpose: 'withdraw', refused: [chosen([1])] })).toMatchObject({ toAdd: 0, toRemove: 1 });
  await answerAll();
  expect(await freeze([2, 3])).toMatchObject({ toAdd: 1, toRemove: 0 });
});

it('keeps of members the stays that are over', async () => {
  await people([1, 2]);
  await freeze([1, 2]);
  await answerAll();
  await freeze([2]);
  await answerAll();
  const stays =
    await db.sql`select profile_id::text as id, control, until is null as open from audience_stays where audience_id = ${audienceId}`;
  expect(stays).toEqual([{ id: '1', control: false, open: false }]);
});

it('counts nobody as a member whom a batch names that was not taken', async () => {
  await people([1, 2]);
  await freeze([1]);
  await answerAll();
  await freeze([1, 2]);
  expect(await memberCount(db.orm, audienceId)).toBe(1);
});

it('keeps as members whom a batch only sends again that was not taken, and counts them as no newcomers', async () => {
  await people([1, 2]);
  await freeze([1, 2]);
  await answerAll();
  await people([1, 2], 1);
  await freeze([1, 2]);
  expect(await memberCount(db.orm, audienceId)).toBe(2);
  expect(await freeze([1, 2])).toMatchObject({ joining: 0, toAdd: 2 });
  expect((await batches()).map((batch) => [batch.op, batch.again])).toEqual([
    ['remove', null],
    ['add', ['1', '2']],
  ]);
  await answerAll();
  expect(await counted()).toBe(2);
});

it('sends again whom a batch was to send again that was not taken, though their row is as it was: old digests, or a sharer’s removal, may have taken them out', async () => {
  await people([1, 2, 3], 0, 7);
  await freeze([1, 2, 3]);
  await answerAll();
  await people([1], 1);
  // 3 leaves and shares a phone with both; the removals are answered, the additions are not.
  await freeze([1, 2]);
  await db.orm.transaction(async (tx) => {
    await settleRemoved(tx, key('remove', 1), true, new Date());
    await tx.execute(sql`update sync_batches set state = 'sent' where run_id = ${runId} and seq = 1`);
  });
  expect(await freeze([1, 2])).toMatchObject({ joining: 0, toAdd: 2, toRemove: 0 });
  expect((await batches()).map((batch) => [batch.op, batch.ids, batch.again])).toEqual([['add', ['1', '2'], ['1', '2']]]);
  await answerAll();
  expect(await freeze([1, 2])).toMatchObject({ toAdd: 0 });
});
