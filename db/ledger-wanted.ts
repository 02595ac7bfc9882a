import { type SQL, sql } from 'drizzle-orm';
import { PgDialect } from 'drizzle-orm/pg-core';
import type { WorkspaceId } from '@/lib/auth';
import type { Database } from './client';
import { canBeSent, isControl, type Rules, ranked } from './ledger-fate';
import { withValue } from './member-values';
import { formerProfiles } from './profile-merge';
import { mayNest, mostMembersMs } from './segment-query';

type Tx = Parameters<Parameters<Database['orm']['transaction']>[0]>[0];

const dialect = new PgDialect();

export type Asked = Rules & {
  workspaceId: WorkspaceId;
  /** Selects profile_id, unique: the segment at the occurrence's instant. */
  segment: SQL;
  /** Each selects profile_id: who may not be sent. */
  refused: readonly SQL[];
  /** Of a value-based audience: selects profile_id and value (db/member-values.ts); null where members have none. */
  values: SQL | null;
};

export type Qualified = { qualified: number; excluded: number; control: number; overCap: number };

/**
 * Fills the temporary tables `qualified` (who qualifies and may be sent), `refused` and `controls` for the rest of the transaction.
 * @returns how many qualify, and how many of them are left out for which reason.
 */
export async function selectQualified(tx: Tx, asked: Asked): Promise<Qualified> {
  // Counted before it is joined: how many a segment selects is beyond the planner's guesses, and a wrong guess is a look-up a person.
  await tx.execute(sql`create temp table qualified (profile_id bigint not null) on commit drop`);
  // In order of profile: the ledger's index then grows at its right edge.
  const qualified = await insertSegment(tx, sql`insert into qualified select profile_id from (${asked.segment}) s order by 1`);
  await tx.execute(sql`analyze qualified`);
  const excluded = await leaveOutRefused(tx, asked);
  const control = await drawControls(tx, asked);
  const overCap = await cutToCap(tx, asked);
  return { qualified, excluded, control, overCap };
}

/** With the settings of a segment's query, as db/segment-query.ts: leaves and profiles are merged, a third of the time of hashing them. */
async function insertSegment(tx: Tx, insert: SQL): Promise<number> {
  const nested = mayNest(dialect.sqlToQuery(insert).sql);
  await tx.execute(
    sql.raw(`set local enable_hashjoin = off; set local enable_nestloop = ${nested}; set local statement_timeout = ${mostMembersMs}`),
  );
  const { count } = await tx.execute(insert);
  await tx.execute(sql.raw('set local enable_hashjoin = on; set local enable_nestloop = on; set local statement_timeout = 0'));
  return count;
}

async function leaveOutRefused(tx: Tx, { workspaceId, audienceId, refused }: Asked): Promise<number> {
  await tx.execute(sql`create temp table refused (profile_id bigint primary key) on commit drop`);
  if (refused.length === 0) return 0;
  for (const each of refused) await insertSegment(tx, sql`insert into refused select profile_id from (${each}) e on conflict do nothing`);
  await tx.execute(sql`analyze refused`);
  await tx.execute(sql`
    insert into refused select f.profile_id from (${formerProfiles(workspaceId, sql`select profile_id from refused`)}) f
    join audience_members m on m.audience_id = ${audienceId} and m.profile_id = f.profile_id on conflict do nothing`);
  return (await tx.execute(sql`delete from qualified q using refused r where r.profile_id = q.profile_id`)).count;
}

/** Of those only who could be sent: the two groups are to be alike. */
async function drawControls(tx: Tx, asked: Asked): Promise<number> {
  await tx.execute(sql`create temp table controls (profile_id bigint primary key) on commit drop`);
  if (asked.controlPercent === null) return 0;
  const { count } = await tx.execute(sql`
    with drawn as (
      delete from qualified q using profile_identifiers i
      where i.workspace_id = ${asked.workspaceId} and i.profile_id = q.profile_id and ${isControl(asked, sql`q.profile_id`)} and ${canBeSent(asked)}
      returning q.profile_id
    ) insert into controls select profile_id from drawn`);
  return count;
}

async function cutToCap(tx: Tx, asked: Asked): Promise<number> {
  if (asked.cap === null) return 0;
  const candidates = sql`
    select q.profile_id from qualified q
    join profile_identifiers i on i.workspace_id = ${asked.workspaceId} and i.profile_id = q.profile_id where ${canBeSent(asked)}`;
  const { count } = await tx.execute(sql`
    delete from qualified q using (${ranked(asked, candidates)}) r where r.profile_id = q.profile_id and r.beyond`);
  if (count > 0) await tx.execute(sql`analyze qualified`);
  return count;
}

/** Fills `wanted`: of the qualified, those with an identifier that is sent. @returns how many. */
export async function selectWanted(tx: Tx, asked: Asked): Promise<number> {
  await tx.execute(sql`create temp table wanted (profile_id bigint not null, fingerprint bigint not null) on commit drop`);
  const { join, fingerprint } = withValue(asked.values);
  // As the segment's leaves: both sides are in order, and merged in two thirds of the time of hashing them.
  await tx.execute(sql`set local enable_hashjoin = off`);
  const { count } = await tx.execute(sql`
    insert into wanted
    select q.profile_id, ${fingerprint}
    from qualified q join profile_identifiers i on i.workspace_id = ${asked.workspaceId} and i.profile_id = q.profile_id${join}
    where ${canBeSent(asked)}`);
  await tx.execute(sql`set local enable_hashjoin = on`);
  await tx.execute(sql`analyze wanted`);
  return count;
}
