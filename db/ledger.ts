import { type SQL, sql } from 'drizzle-orm';
import type { WorkspaceId } from '@/lib/auth';
import { type Identifier, reachingIdentifiers } from '@/lib/identity/identifiers';
import type { Database } from './client';
import { identifierColumns } from './profile-identifiers';
import type { CampaignMode } from './schema';

type Tx = Parameters<Parameters<Database['orm']['transaction']>[0]>[0];

/** Rows in one request. Marketing API "Custom Audience Users", read 2026-09. */
export const mostRowsInRequest = 10_000;

const column = (name: Identifier) => sql.raw(`i.${identifierColumns[name]}`);

/** A cell of the row: hex of the digest, the advertiser id as it is, nothing where there is none. */
const cell = (name: Identifier) =>
  name === 'mobileAdvertiserId' ? sql`coalesce(${column(name)}, '')` : sql`coalesce(encode(${column(name)}, 'hex'), '')`;

/** The JSON text of the row in the audience's column order, exactly as JSON.stringify would write it. */
const rowText = (names: readonly Identifier[]) => sql`'["' || ${sql.join(names.map(cell), sql` || '","' || `)} || '"]'`;

const reaching = (names: readonly Identifier[]) => reachingIdentifiers.filter((name) => names.includes(name));

/** Has one of the sent identifiers that name a person; over an alias `i` of profile_identifiers. */
export const isReachable = (names: readonly Identifier[]) =>
  sql`coalesce(${sql.join(
    reaching(names).map((name) => sql`${column(name)} is not null`),
    sql` or `,
  )}, false)`;

export type Freeze = {
  workspaceId: WorkspaceId;
  audienceId: number;
  runId: number;
  /** Selects profile_id, unique: the segment at the occurrence's instant. */
  segment: SQL;
  /** In the order of the audience's schema. */
  identifiers: readonly Identifier[];
  mode: CampaignMode;
  now: Date;
};

export type Frozen = { qualified: number; unreachable: number; toAdd: number; toRemove: number };

/**
 * Compares the segment with the ledger and writes the difference into it as intents with batch numbers, and the batches. What may be at
 * Facebook already (`adding`, `removing`) is decided anew: sent again if wanted, removed if not. Call in the transaction that moves the run.
 */
export async function freezeMembers(tx: Tx, freeze: Freeze): Promise<Frozen> {
  const counts = await selectWanted(tx, freeze);
  await selectChanges(tx, freeze);
  await readdSharers(tx, freeze);
  await writeIntents(tx, freeze);
  const { toAdd, toRemove, firstFreeBatch } = await renewMembers(tx, freeze);
  const joined = await addMembers(tx, freeze, firstFreeBatch);
  await writeBatches(tx, freeze);
  return { ...counts, toAdd: toAdd + joined, toRemove };
}

async function selectWanted(tx: Tx, freeze: Freeze): Promise<{ qualified: number; unreachable: number }> {
  // Counted before it is joined: how many a segment selects is beyond the planner's guesses, and a wrong guess is a look-up a person.
  await tx.execute(sql`create temp table qualified (profile_id bigint not null) on commit drop`);
  await tx.execute(sql`insert into qualified select profile_id from (${freeze.segment}) s`);
  await tx.execute(sql`analyze qualified`);
  await tx.execute(
    sql`create temp table wanted (profile_id bigint not null, fingerprint bigint, reachable boolean not null) on commit drop`,
  );
  await tx.execute(sql`
    insert into wanted
    select s.profile_id, i.fingerprint, ${isReachable(freeze.identifiers)}
    from qualified s
    left join profile_identifiers i on i.workspace_id = ${freeze.workspaceId} and i.profile_id = s.profile_id`);
  await tx.execute(sql`analyze wanted`);
  const [counts] = await tx.execute<{ qualified: number; unreachable: number }>(sql`
    select count(*)::int as qualified, (count(*) filter (where not reachable))::int as unreachable from wanted`);
  return counts ?? { qualified: 0, unreachable: 0 };
}

/**
 * | wanted | ledger | change |
 * | yes | nothing | add |
 * | yes | in, same identifiers | – |
 * | yes | in, others | add, the old row stale |
 * | yes | in, an old row not taken out yet | add again, after the old row |
 * | yes | adding, removing | add again (in doubt) |
 * | no | anything | remove (mirror) |
 */
async function selectChanges(tx: Tx, { audienceId, mode }: Freeze): Promise<void> {
  await tx.execute(sql`
    create temp table changes (profile_id bigint not null, known boolean not null, gone boolean not null, sharer boolean not null default false)
    on commit drop`);
  // From an add-only audience nobody leaves but who was on the way out already; an addition in doubt is made again.
  const gone = mode === 'mirror' ? sql`w.profile_id is null` : sql`w.profile_id is null and l.state = 'removing'`;
  const settled = mode === 'mirror' ? sql`false` : sql`w.profile_id is null and l.state = 'in'`;
  await tx.execute(sql`
    insert into changes (profile_id, known, gone)
    select coalesce(w.profile_id, l.profile_id), l.profile_id is not null, ${gone}
    from (select profile_id, fingerprint from wanted where reachable) w
    full join (select profile_id, state, fingerprint, stale_rows from audience_members where audience_id = ${audienceId}) l
      on l.profile_id = w.profile_id
    where not (${settled}) and (l.profile_id is null or w.profile_id is null or l.state <> 'in' or l.fingerprint <> w.fingerprint
      or l.stale_rows is not null)`);
  await tx.execute(sql`create unique index on changes (profile_id)`);
  await tx.execute(sql`analyze changes`);
}

/**
 * Facebook takes out whoever matches a removed row by any key: somebody who stays and shares an e-mail, phone or advertiser id with one
 * who leaves would go too. They are added again, after the removals (docs/decisions/0006).
 */
async function readdSharers(tx: Tx, freeze: Freeze): Promise<void> {
  await tx.execute(sql`
    create temp table leaving (cells jsonb not null) on commit drop`);
  await tx.execute(sql`
    insert into leaving
    select r::jsonb from audience_members l
    join changes c on c.profile_id = l.profile_id
    left join wanted w on w.profile_id = l.profile_id
    cross join lateral unnest(
      case when c.gone or l.fingerprint <> w.fingerprint then array_append(l.stale_rows, l.row) else l.stale_rows end
    ) r
    where l.audience_id = ${freeze.audienceId} and c.known`);
  for (const name of reaching(freeze.identifiers)) {
    const cellText = sql`v.cells ->> ${freeze.identifiers.indexOf(name)}::int`;
    const value = name === 'mobileAdvertiserId' ? cellText : sql`decode(${cellText}, 'hex')`;
    await tx.execute(sql`
      insert into changes (profile_id, known, gone, sharer)
      select distinct l.profile_id, true, false, true
      from leaving v
      join profile_identifiers i on i.workspace_id = ${freeze.workspaceId} and ${column(name)} = ${value}
      join audience_members l on l.audience_id = ${freeze.audienceId} and l.profile_id = i.profile_id and l.state = 'in'
      where ${cellText} <> ''
      on conflict (profile_id) do update set sharer = true`);
  }
}

/** What becomes of those the ledger knows. Who leaves, or stays without being wanted, keeps the row that was sent. */
async function writeIntents(tx: Tx, freeze: Freeze): Promise<void> {
  const { audienceId, workspaceId } = freeze;
  await tx.execute(sql`
    create temp table intents (profile_id bigint primary key, gone boolean not null, fingerprint bigint not null, row text not null, stale text[], idle boolean not null)
    on commit drop`);
  // "Idle": only identifiers that are not sent have changed.
  await tx.execute(sql`
    insert into intents
    select profile_id, gone, fingerprint, row, case when row <> old_row then array_append(stale_rows, old_row) else stale_rows end,
      not gone and not sharer and state = 'in' and row = old_row and stale_rows is null
    from (
      select c.profile_id, c.gone, c.sharer, l.state, l.stale_rows, l.row as old_row,
        case when w.profile_id is null then l.fingerprint else i.fingerprint end as fingerprint,
        case when w.profile_id is null then l.row else ${rowText(freeze.identifiers)} end as row
      from changes c
      join audience_members l on l.audience_id = ${audienceId} and l.profile_id = c.profile_id
      left join wanted w on w.profile_id = c.profile_id and w.reachable
      left join profile_identifiers i on i.workspace_id = ${workspaceId} and i.profile_id = c.profile_id
      where c.known
    ) n`);
  await tx.execute(sql`
    update audience_members l set fingerprint = n.fingerprint from intents n where l.audience_id = ${audienceId} and l.profile_id = n.profile_id and n.idle`);
  await tx.execute(sql`delete from intents where idle`);
  await tx.execute(sql`analyze intents`);
}

type Renewed = { toAdd: number; toRemove: number; firstFreeBatch: number };

/** Removals come first: a changed person's old row must be gone before the new one is added. */
async function renewMembers(tx: Tx, { audienceId, runId, now }: Freeze): Promise<Renewed> {
  const removes = sql`(gone or stale is not null)`;
  // A member's rows stay in one request, so a request holds as many members as the one with most rows allows.
  const [found] = await tx.execute<{ toAdd: number; toRemove: number; removing: number; members: number }>(sql`
    select (count(*) filter (where not gone))::int as "toAdd", (count(*) filter (where gone))::int as "toRemove",
      (count(*) filter (where ${removes}))::int as removing,
      (${mostRowsInRequest} / greatest(1, max(coalesce(cardinality(stale), 0) + gone::int)))::int as members
    from intents`);
  const { toAdd, toRemove, removing, members } = found ?? { toAdd: 0, toRemove: 0, removing: 0, members: 1 };
  const firstAdd = 1 + Math.ceil(removing / members);
  await tx.execute(sql`
    update audience_members l set state = case when n.gone then 'removing' else 'adding' end, fingerprint = n.fingerprint, row = n.row,
      stale_rows = n.stale, run_id = ${runId}, remove_batch = n.remove_batch, add_batch = n.add_batch, since = ${now.toISOString()}::timestamptz
    from (
      select *, case when ${removes} then 1 + (row_number() over (partition by ${removes} order by profile_id) - 1) / ${members}::int end as remove_batch,
        case when not gone then ${firstAdd}::int + (row_number() over (partition by gone order by profile_id) - 1) / ${mostRowsInRequest}::int end as add_batch
      from intents
    ) n
    where l.audience_id = ${audienceId} and l.profile_id = n.profile_id`);
  return { toAdd, toRemove, firstFreeBatch: firstAdd + Math.ceil(toAdd / mostRowsInRequest) };
}

/** Those the ledger does not know yet, in order of profile: the rows' text is made once, on its way into the ledger. @returns how many. */
async function addMembers(tx: Tx, freeze: Freeze, firstBatch: number): Promise<number> {
  const { workspaceId, audienceId, runId, now } = freeze;
  const { count } = await tx.execute(sql`
    insert into audience_members (workspace_id, audience_id, profile_id, state, fingerprint, row, run_id, add_batch, since)
    select ${workspaceId}, ${audienceId}, n.profile_id, 'adding', i.fingerprint, ${rowText(freeze.identifiers)}, ${runId},
      ${firstBatch}::int + (n.number - 1) / ${mostRowsInRequest}::int, ${now.toISOString()}::timestamptz
    from (select profile_id, row_number() over (order by profile_id) as number from changes where not known) n
    join profile_identifiers i on i.workspace_id = ${workspaceId} and i.profile_id = n.profile_id`);
  return count;
}

async function writeBatches(tx: Tx, { workspaceId, runId }: Freeze): Promise<void> {
  await tx.execute(sql`
    insert into sync_batches (run_id, seq, workspace_id, op, rows, state)
    select ${runId}::int, remove_batch, ${workspaceId}::int, 'remove', sum(coalesce(cardinality(stale_rows), 0) + (state = 'removing')::int), 'pending'
    from audience_members where run_id = ${runId} and remove_batch is not null group by remove_batch
    union all
    select ${runId}::int, add_batch, ${workspaceId}::int, 'add', count(*), 'pending'
    from audience_members where run_id = ${runId} and add_batch is not null group by add_batch`);
}

export type BatchRow = { profileId: string; row: string };

/** One request's rows with whose they are; a member has several where old digests are to go. At most 10,000. */
export async function rowsOfBatch(db: Database, runId: number, seq: number, op: 'remove' | 'add'): Promise<BatchRow[]> {
  if (op === 'add') {
    return db.sql<BatchRow[]>`
      select profile_id::text as "profileId", row from audience_members where run_id = ${runId} and add_batch = ${seq} order by profile_id`;
  }
  return db.sql<BatchRow[]>`
    select l.profile_id::text as "profileId", r.row
    from audience_members l
    cross join lateral unnest(case when l.state = 'removing' then array_append(l.stale_rows, l.row) else l.stale_rows end) as r(row)
    where l.run_id = ${runId} and l.remove_batch = ${seq} order by l.profile_id`;
}

/** After Facebook's answer to additions. @returns how many are in now. */
export async function settleAdded(tx: Tx, runId: number, seq: number, invalidIds: readonly string[], now: Date): Promise<number> {
  await forgetInvalid(tx, runId, seq, invalidIds);
  const rows = await tx.execute<{ n: number }>(sql`
    with settled as (
      update audience_members set state = 'in', add_batch = null, since = ${now.toISOString()}::timestamptz
      where run_id = ${runId} and add_batch = ${seq} returning 1
    ) select count(*)::int as n from settled`);
  return rows[0]?.n ?? 0;
}

/** After Facebook's answer to removals: who left is forgotten, who changed has no old row there any more. */
export async function settleRemoved(tx: Tx, runId: number, seq: number): Promise<number> {
  await tx.execute(sql`
    update audience_members set stale_rows = null, remove_batch = null
    where run_id = ${runId} and remove_batch = ${seq} and state = 'adding'`);
  const rows = await tx.execute<{ n: number }>(sql`
    with gone as (
      delete from audience_members where run_id = ${runId} and remove_batch = ${seq} and state = 'removing' returning 1
    ) select count(*)::int as n from gone`);
  return rows[0]?.n ?? 0;
}

/** An unreadable row is not in the audience; an older row of the same person, not taken out yet, may be. */
async function forgetInvalid(tx: Tx, runId: number, seq: number, profileIds: readonly string[]): Promise<void> {
  if (profileIds.length === 0) return;
  const named = sql`run_id = ${runId} and add_batch = ${seq}
    and profile_id in (select value::bigint from jsonb_array_elements_text(${JSON.stringify(profileIds)}::text::jsonb))`;
  await tx.execute(sql`delete from audience_members where ${named} and stale_rows is null`);
  await tx.execute(sql`update audience_members set add_batch = null where ${named}`);
}

/** Additions that Facebook would not take whole: they may be there from before, so they stay `adding` and are decided anew by the next run. */
export async function leaveInDoubt(tx: Tx, runId: number, seq: number): Promise<void> {
  await tx.execute(sql`update audience_members set add_batch = null where run_id = ${runId} and add_batch = ${seq}`);
}

/** Moves the upper half of a batch's members to a new one. @returns how many moved; 0 where there is one member only. */
export async function halveBatch(tx: Tx, runId: number, seq: number, op: 'remove' | 'add', newSeq: number): Promise<number> {
  const batch = sql.raw(op === 'add' ? 'add_batch' : 'remove_batch');
  const moved = await tx.execute<{ n: number }>(sql`
    with members as (
      select profile_id, ntile(2) over (order by profile_id) as half from audience_members where run_id = ${runId} and ${batch} = ${seq}
    ), moved as (
      update audience_members l set ${batch} = ${newSeq} from members m
      where l.run_id = ${runId} and l.profile_id = m.profile_id and m.half = 2 returning 1
    ) select count(*)::int as n from moved`);
  return moved[0]?.n ?? 0;
}

export async function membersOfBatch(tx: Tx, runId: number, seq: number): Promise<string[]> {
  const rows = await tx.execute<{ profileId: string }>(sql`
    select profile_id::text as "profileId" from audience_members where run_id = ${runId} and add_batch = ${seq}`);
  return rows.map((row) => row.profileId);
}

/** Members for sure: `in`. */
export async function memberCount(db: Pick<Tx, 'execute'>, audienceId: number): Promise<number> {
  const [row] = await db.execute<{ n: number }>(sql`
    select count(*)::int as n from audience_members where audience_id = ${audienceId} and state <> 'adding'`);
  return row?.n ?? 0;
}
