import { type SQL, sql } from 'drizzle-orm';
import { PgDialect } from 'drizzle-orm/pg-core';
import type { Database } from './client';
import { rowText } from './ledger-row';
import type { BatchOp } from './schema';

type Tx = Parameters<Parameters<Database['orm']['transaction']>[0]>[0];
type Reader = Pick<Tx, 'execute'>;

const dialect = new PgDialect();

export type BatchKey = { audienceId: number; runId: number; seq: number; op: BatchOp };

const members = ({ audienceId, runId, seq }: BatchKey): SQL =>
  sql`(select profile_ids from batch_members where audience_id = ${audienceId} and run_id = ${runId} and seq = ${seq})::bigint[]`;

const leaving = sql`l.state in ('removing', 'retiring')`;

/**
 * The ledger's rows of a batch, under the alias `l`. Whoever is not to be in any more by what somebody else has decided since is left out; of
 * removals everybody that somebody else has decided on: such a row has another run. An addition that another run has made as well is made all
 * the same, for what was removed by this one may have taken it out.
 */
function inBatch(key: BatchKey): SQL {
  const named = sql`l.audience_id = ${key.audienceId} and l.profile_id = any(${members(key)})`;
  if (key.op !== 'remove') return sql`${named} and l.state = 'in'`;
  return sql`${named} and l.run_id = ${key.runId} and (${leaving} or l.stale_rows is not null)`;
}

/** Of a removal, one member may have several rows: the older digests first. */
function batchRows(key: BatchKey, schema: readonly string[]): SQL {
  const row = rowText(schema, 'l.cells');
  return key.op !== 'remove'
    ? sql`select l.profile_id, ${row} as row from audience_members l where ${inBatch(key)}`
    : sql`
      select l.profile_id, r.row from audience_members l
      cross join lateral unnest(case when ${leaving} then array_append(l.stale_rows, ${row}) else l.stale_rows end) as r(row)
      where ${inBatch(key)}`;
}

export type RequestRows = { rows: number /** Their JSON texts, joined by commas, in UTF-8. */; data: Buffer };

/**
 * One request's rows, 10,000 at most: made into text by Postgres, in one piece, because Node would look at each four times; and never a
 * string here, because a request's worth of text lies on the heap until Node is in need of it.
 */
export async function requestRows(db: Database, key: BatchKey, schema: readonly string[]): Promise<RequestRows> {
  const query = dialect.sqlToQuery(sql`select count(*)::int as rows, string_agg(row, ',') as data from (${batchRows(key, schema)}) b`);
  const [found] = await db.sql.unsafe(query.sql, query.params as number[]).raw();
  return { rows: Number(found?.[0] ?? 0), data: found?.[1] ?? Buffer.alloc(0) };
}

export type BatchRow = { profileId: string; row: string };

/** The same rows one by one, with whose they are. */
export async function rowsOfBatch(db: Database, key: BatchKey, schema: readonly string[]): Promise<BatchRow[]> {
  return db.orm.execute<BatchRow>(sql`select profile_id::text as "profileId", row from (${batchRows(key, schema)}) b`);
}

/** After Facebook's answer to additions. @param sent how many went out. */
export async function settleAdded(tx: Tx, key: BatchKey, sent: number, invalidIds: readonly string[]): Promise<void> {
  await forgetInvalid(tx, key, invalidIds);
  const added = sent - invalidIds.length;
  await tx.execute(sql`
    update audiences set members = members + ${added}::int - (
      select coalesce(cardinality(again), 0) from batch_members where audience_id = ${key.audienceId} and run_id = ${key.runId} and seq = ${key.seq}
    ) where id = ${key.audienceId}`);
}

/**
 * After Facebook's answer to removals: who changed has no old row there any more, who left is forgotten, or remembered as `out`, without
 * digests. @param stays whether those were members by Beckon's doing. @returns how many left.
 */
export async function settleRemoved(tx: Tx, key: BatchKey, stays: boolean, now: Date): Promise<number> {
  await tx.execute(sql`update audience_members l set stale_rows = null where ${inBatch(key)} and not ${leaving}`);
  if (stays)
    await tx.execute(sql`
      insert into audience_stays (workspace_id, audience_id, profile_id, control, since, until)
      select workspace_id, audience_id, profile_id, false, since, ${now.toISOString()}::timestamptz from audience_members l where ${inBatch(key)} and ${leaving}
      on conflict do nothing`);
  const { count: retired } = await tx.execute(sql`
    update audience_members l set state = 'out', cells = '{}', stale_rows = null where ${inBatch(key)} and l.state = 'retiring'`);
  const { count: gone } = await tx.execute(sql`delete from audience_members l where ${inBatch(key)} and l.state = 'removing'`);
  const left = gone + retired;
  if (stays) await tx.execute(sql`update audiences set members = members - ${left}::int where id = ${key.audienceId}`);
  return left;
}

/** An unreadable row is not in the audience; an older row of the same person, not taken out yet, may be. */
async function forgetInvalid(tx: Tx, key: BatchKey, profileIds: readonly string[]): Promise<void> {
  if (profileIds.length === 0) return;
  const refused = sql`${inBatch(key)} and ${named(profileIds)}`;
  await tx.execute(sql`delete from audience_members l where ${refused} and l.stale_rows is null`);
  await tx.execute(sql`update audience_members l set state = 'adding' where ${refused}`);
}

const named = (profileIds: readonly string[]): SQL =>
  sql`l.profile_id in (select value::bigint from jsonb_array_elements_text(${JSON.stringify(profileIds)}::text::jsonb))`;

/**
 * Additions that Facebook would not take whole: they may be there from before, so they are in doubt until the next run decides anew.
 * @returns whose they are.
 */
export async function leaveInDoubt(tx: Tx, key: BatchKey): Promise<string[]> {
  const rows = await tx.execute<{ profileId: string }>(sql`
    update audience_members l set state = 'adding' where ${inBatch(key)} returning l.profile_id::text as "profileId"`);
  return rows.map((row) => row.profileId);
}

export type Halves = { kept: number; moved: number };

/** Moves the upper half of a batch's members to a new one. @returns the rows of each; null where there is one member only. */
export async function halveBatch(tx: Tx, key: BatchKey, newSeq: number, schema: readonly string[]): Promise<Halves | null> {
  const whole = sql`from batch_members where audience_id = ${key.audienceId} and run_id = ${key.runId} and seq = ${key.seq}`;
  const { count } = await tx.execute(sql`
    insert into batch_members (audience_id, run_id, seq, profile_ids, again)
    select audience_id, run_id, ${newSeq}::int, upper, array(select unnest(again) intersect select unnest(upper))
    from (select *, profile_ids[cardinality(profile_ids) / 2 + 1 :] as upper ${whole}) b where cardinality(profile_ids) > 1`);
  if (count === 0) return null;
  await tx.execute(sql`
    update batch_members b set profile_ids = h.lower, again = array(select unnest(again) intersect select unnest(h.lower))
    from (select run_id as id, seq as number, profile_ids[: cardinality(profile_ids) / 2] as lower ${whole}) h where b.audience_id = ${key.audienceId} and b.run_id = h.id and b.seq = h.number`);
  return { kept: await countRows(tx, key, schema), moved: await countRows(tx, { ...key, seq: newSeq }, schema) };
}

/** Unreadable parts of a replacement: what stood there before may stand there again, if it fails. */
export async function doubtInvalid(tx: Tx, key: BatchKey, profileIds: readonly string[]): Promise<void> {
  if (profileIds.length === 0) return;
  await tx.execute(sql`update audience_members l set state = 'adding' where ${inBatch(key)} and ${named(profileIds)}`);
}

/** @returns how many of the batch were not members before. */
export async function newcomersOf(tx: Tx, { audienceId, runId, seq }: BatchKey): Promise<number> {
  const [row] = await tx.execute<{ n: number }>(sql`
    select cardinality(profile_ids) - coalesce(cardinality(again), 0) as n from batch_members where audience_id = ${audienceId} and run_id = ${runId} and seq = ${seq}`);
  return row?.n ?? 0;
}

/** What was to be a part of a replacement is added instead: also those whom the run had no reason to touch. */
export async function takeOver(tx: Tx, key: BatchKey): Promise<void> {
  await tx.execute(sql`update audience_members l set run_id = ${key.runId} where ${inBatch({ ...key, op: 'replace' })}`);
}

async function countRows(tx: Tx, key: BatchKey, schema: readonly string[]): Promise<number> {
  const [found] = await tx.execute<{ n: number }>(sql`select count(*)::int as n from (${batchRows(key, schema)}) b`);
  return found?.n ?? 0;
}

/**
 * Selects profile_id and member: who is in a batch that was not taken, or is not in place yet, and so may or may not have been sent as the
 * ledger has them. Member: is in the audience all the same, for the batch only sends them again.
 */
export const unansweredMembers = (audienceId: number): SQL => {
  const batches = sql`
    from batch_members m join sync_batches b on b.run_id = m.run_id and b.seq = m.seq
    where m.audience_id = ${audienceId} and b.op <> 'remove' and b.state <> 'sent'`;
  return sql`
    select profile_id, bool_or(again) as member
    from (select unnest(m.profile_ids) as profile_id, false as again ${batches} union all select unnest(m.again), true ${batches}) n group by 1`;
};

/** Members for sure, by the ledger's own rows. */
export async function memberCount(db: Reader, audienceId: number): Promise<number> {
  const [row] = await db.execute<{ n: number }>(sql`
    select count(*)::int as n
    from audience_members m left join (${unansweredMembers(audienceId)}) d on d.profile_id = m.profile_id
    where m.audience_id = ${audienceId} and (m.state in ('removing', 'retiring') or (m.state = 'in' and coalesce(d.member, true)))`);
  return row?.n ?? 0;
}
