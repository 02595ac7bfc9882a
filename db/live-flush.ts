import { type SQL, sql } from 'drizzle-orm';
import type { WorkspaceId } from '@/lib/auth';
import { identifiersOf } from '@/lib/facebook/row';
import type { Definition } from '@/lib/segment/definition';
import type { Database } from './client';
import { refusedProfiles } from './exclusions';
import { unansweredMembers } from './ledger';
import { sharedCells, sharedValue } from './ledger-compare';
import { canBeSent, fateOf, isControl, type Rules } from './ledger-fate';
import { cellsOf, identifierColumn, mostRowsInRequest, rowText } from './ledger-row';
import { bigints, instant } from './live-campaigns';
import { segmentSql } from './segments';

type Tx = Parameters<Parameters<Database['orm']['transaction']>[0]>[0];

export type Flush = Rules & {
  workspaceId: WorkspaceId;
  runId: number;
  /** Who has qualified belongs in the audience while this holds; null: in any case. */
  narrowing: Definition | null;
  now: Date;
};

export type Flushed = { taken: number; toAdd: number; toRemove: number };

export type Touched = { ids: readonly string[]; changes: SQL };

/** Each may have an older row to be taken out as well, and all rows of a removal must fit into one request. */
export const mostTouched = 3_000;

/** Profiles that were touched, and the statement that decides them anew; null where there are none. Reads what the statement needs to know. */
export async function touchedProfiles(db: Database, flush: Flush): Promise<Touched | null> {
  const rows = await db.orm.execute<{ id: string }>(sql`
    select profile_id::text as id from live_touched where audience_id = ${flush.audienceId} limit ${mostTouched}::int`);
  const ids = rows.map(({ id }) => id);
  return ids.length === 0 ? null : { ids, changes: await changes(db, flush, ids) };
}

/**
 * Writes the difference of those profiles into the ledger with its batches: what a freeze does, for a handful, in one statement. Call in the
 * transaction that holds the run; who is touched meanwhile stays so.
 */
export async function flushTouched(tx: Tx, audienceId: number, touched: Touched): Promise<Flushed> {
  // Waits for whoever is touching them: the statement after it is to see why.
  await tx.execute(sql`
    delete from live_touched t using (
      select profile_id from live_touched where audience_id = ${audienceId} and profile_id = any(${bigints(touched.ids)}) order by profile_id for update
    ) l where t.audience_id = ${audienceId} and t.profile_id = l.profile_id`);
  const [written] = await tx.execute<Omit<Flushed, 'taken'>>(touched.changes);
  return { taken: touched.ids.length, toAdd: written?.toAdd ?? 0, toRemove: written?.toRemove ?? 0 };
}

/** Selects profile_id: everybody who has qualified for the live campaign, and fits what narrows it. @param narrowing selects profile_id; null: nothing does. */
export function liveMembers(audienceId: number, narrowing: SQL | null, at: Date): SQL {
  const staying = sql`select profile_id from live_stays where audience_id = ${audienceId} and until > ${instant(at)}`;
  return narrowing ? sql`select s.profile_id from (${narrowing}) s join (${staying}) l on l.profile_id = s.profile_id` : staying;
}

async function changes(db: Database, flush: Flush, among: readonly string[]): Promise<SQL> {
  const { workspaceId, audienceId, schema, narrowing, now } = flush;
  const narrowed = narrowing
    ? sql`join (${await segmentSql(db, workspaceId, narrowing, now, { among })}) n on n.profile_id = s.profile_id`
    : sql``;
  const refused = await refusedProfiles(db, workspaceId, now, among);
  const refusedSql = refused.length > 0 ? sql.join(refused, sql` union `) : sql`select null::bigint as profile_id where false`;
  return sql`
    with given as (select unnest(${bigints(among)}) as profile_id),
    refused as materialized (${refusedSql}),
    fits as materialized (
      select i.profile_id, i.fingerprint, ${cellsOf(identifiersOf(schema))} as cells, ${isControl(flush, sql`s.profile_id`)} as control
      from live_stays s join given g on g.profile_id = s.profile_id ${narrowed}
      join profile_identifiers i on i.workspace_id = ${workspaceId} and i.profile_id = s.profile_id
      where s.audience_id = ${audienceId} and s.until > ${instant(now)} and ${canBeSent(flush)}
        and not exists (select from refused r where r.profile_id = s.profile_id)
    ),
    w as (select profile_id, fingerprint, cells from fits where not control),
    doubtful as materialized (${unansweredMembers(audienceId)}),
    l as materialized (
      select m.profile_id, m.fingerprint, m.cells, m.stale_rows, m.since, m.state as kept,
        case when d.profile_id is not null and m.state = 'in' then 'adding' else m.state end as state
      from audience_members m join given g on g.profile_id = m.profile_id left join doubtful d on d.profile_id = m.profile_id where m.audience_id = ${audienceId}
    ),
    fates as materialized (
      select coalesce(l.profile_id, w.profile_id) as profile_id, ${fateOf(flush, sql`r.profile_id is not null`)} as fate, l.profile_id is not null as known,
        coalesce(l.state in ('in', 'removing', 'retiring'), false) as member, l.cells as old_cells, w.cells as new_cells,
        coalesce(w.fingerprint, l.fingerprint) as fingerprint, l.stale_rows, l.state = 'in' as sure
      from l full join w on w.profile_id = l.profile_id left join refused r on r.profile_id = l.profile_id
    ),
    intents as materialized (
      select profile_id, fate, known, member, fingerprint, old_cells, case when fate = 'add' then coalesce(new_cells, old_cells) else old_cells end as cells,
        coalesce(known and fate = 'add' and new_cells <> old_cells and cardinality(old_cells) > 0, false) as renewed,
        coalesce(sure and fate = 'add' and new_cells = old_cells and stale_rows is null, false) as same,
        case when fate = 'add' and known and new_cells <> old_cells and cardinality(old_cells) > 0
          then array_append(stale_rows, ${rowText(schema, 'old_cells')}) else stale_rows end as stale
      from fates where fate is not null and fate <> 'forget'
    ),
    ${controlsSql(flush)}
    ${sharersSql(flush)},
    ${writesSql(flush)},
    ${batchesSql(flush)}
    select (select count(*) from additions)::int as "toAdd", (select count(*) from intents where fate <> 'add')::int as "toRemove"`;
}

/** From when until when each belongs to the control group, as for members: who converts soon is to count in both groups, or in neither. */
function controlsSql({ workspaceId, audienceId, controlPercent, now }: Flush): SQL {
  if (controlPercent === null) return sql``;
  const open = (profileId: SQL) => sql`c.audience_id = ${audienceId} and c.profile_id = ${profileId} and c.control and c.until is null`;
  return sql`
    drawn as (
      insert into audience_stays (workspace_id, audience_id, profile_id, control, since)
      select ${workspaceId}::int, ${audienceId}::int, f.profile_id, true, ${instant(now)} from fits f
      where f.control and not exists (select from audience_stays c where ${open(sql`f.profile_id`)})
      on conflict do nothing
    ),
    undrawn as (
      update audience_stays c set until = ${instant(now)} from given g
      where ${open(sql`g.profile_id`)} and not exists (select from fits f where f.profile_id = g.profile_id and f.control)
    ),`;
}

/** Whoever stays and shares an identifier with a row that is taken out is added again after it, as at a freeze (db/ledger-compare.ts). */
function sharersSql({ workspaceId, audienceId, schema, runId, mode }: Flush): SQL {
  const { shared, cells, stale } = sharedCells(schema);
  const columns = (values: readonly SQL[]) => sql.join(values.map((value, i) => sql`, ${value} as ${sql.raw(`cell_${i}`)}`));
  const found = shared.map(
    (name, i) => sql`
      select i.profile_id from gone v
      join profile_identifiers i on i.workspace_id = ${workspaceId} and ${identifierColumn(name)} = ${sharedValue(name, i)} and i.profile_id <> v.profile_id`,
  );
  // In an add-only audience members stay whose identifiers are renewed no more: the row that was sent tells.
  const byRow = cells.map(
    (cell, i) => sql`
      select l.profile_id from gone v join audience_members l on ${cell} = ${sql.raw(`v.cell_${i}`)} and l.profile_id <> v.profile_id
      where l.audience_id = ${audienceId} and l.state = 'in'`,
  );
  const sharing = mode === 'add' ? [...found, ...byRow] : found;
  return sql`
    gone as materialized (
      select l.profile_id${columns(cells)} from (select profile_id, old_cells as cells from intents where fate <> 'add' or renewed) l
      union all
      select t.profile_id${columns(stale)} from intents t cross join lateral unnest(t.stale) r
    ),
    sharing as materialized (${sql.join(sharing, sql` union `)}),
    changing as materialized (
      select * from intents t where not t.same or exists (select from sharing s where s.profile_id = t.profile_id)
    ),
    sharers as (
      update audience_members m set run_id = ${runId}::int
      from sharing s where m.audience_id = ${audienceId} and m.profile_id = s.profile_id and m.state = 'in'
        and not exists (select from intents t where t.profile_id = s.profile_id)
      returning m.profile_id
    )`;
}

function writesSql({ workspaceId, audienceId, runId, now }: Flush): SQL {
  const mine = sql`m.audience_id = ${audienceId} and m.profile_id = t.profile_id`;
  return sql`
    forgotten as (delete from audience_members m using fates t where ${mine} and t.fate = 'forget'),
    idle as (
      update audience_members m set fingerprint = t.fingerprint from intents t
      where ${mine} and t.same and not exists (select from sharing s where s.profile_id = t.profile_id)
    ),
    joined as (
      insert into audience_members (workspace_id, audience_id, profile_id, state, fingerprint, cells, run_id, since)
      select ${workspaceId}::int, ${audienceId}::int, profile_id, 'in', fingerprint, cells, ${runId}::int, ${instant(now)} from changing where not known
      returning profile_id
    ),
    changed as (
      update audience_members m set state = case t.fate when 'remove' then 'removing' when 'retire' then 'retiring' else 'in' end,
        fingerprint = t.fingerprint, cells = t.cells, stale_rows = t.stale, run_id = ${runId}::int,
        since = case m.state when 'out' then ${instant(now)} else m.since end
      from changing t where ${mine} and t.known
    ),
    additions as materialized (
      select profile_id, false as member from joined
      union all select profile_id, member from changing where known and fate = 'add'
      union all select profile_id, true from sharers
    )`;
}

/** Batches shown of an open run; those before them have been answered, and are in its counts. */
const mostShown = 100;

/** Removals first, then additions, behind the run's earlier batches; of those that were answered, only the last are kept. */
function batchesSql({ workspaceId, audienceId, runId }: Flush): SQL {
  return sql`
    leaving as (
      select profile_id, coalesce(cardinality(stale), 0) + (fate <> 'add')::int as rows from changing where fate <> 'add' or stale is not null
    ),
    earlier as (select coalesce(max(seq), 0) as seq from sync_batches where run_id = ${runId}),
    removals as materialized (
      select (select seq from earlier) + 1 + (row_number() over (order by profile_id) - 1) / (select ${mostRowsInRequest}::int / greatest(1, max(rows)) from leaving) as seq,
        profile_id, rows
      from leaving
    ),
    numbered as materialized (
      select coalesce((select max(seq) from removals), (select seq from earlier)) + 1 + (row_number() over (order by profile_id) - 1) / ${mostRowsInRequest}::int as seq,
        profile_id, member
      from additions
    ),
    named as (
      insert into batch_members (audience_id, run_id, seq, profile_ids, again)
      select ${audienceId}::int, ${runId}::int, seq, array_agg(profile_id), null from removals group by seq
      union all
      select ${audienceId}::int, ${runId}::int, seq, array_agg(profile_id), array_agg(profile_id) filter (where member) from numbered group by seq
    ),
    batches as (
      insert into sync_batches (run_id, seq, workspace_id, op, rows, state)
      select ${runId}::int, seq, ${workspaceId}::int, 'remove', sum(rows), 'pending' from removals group by seq
      union all
      select ${runId}::int, seq, ${workspaceId}::int, 'add', count(*), 'pending' from numbered group by seq
    ),
    answered as (
      delete from batch_members m using sync_batches b
      where m.audience_id = ${audienceId} and m.run_id = ${runId} and b.run_id = m.run_id and b.seq = m.seq and b.state = 'sent'
    ),
    shown as (delete from sync_batches where run_id = ${runId} and state = 'sent' and seq <= (select seq from earlier) - ${mostShown}::int)`;
}
