import { type SQL, sql } from 'drizzle-orm';
import { identifiersOf } from '@/lib/facebook/row';
import type { Database } from './client';
import { type Comparison, type Freeze, readdSharers } from './ledger-compare';
import { canBeSent } from './ledger-fate';
import { cellsOf, mostRowsInRequest, rowText } from './ledger-row';
import { withValue } from './member-values';
import type { SendBy } from './schema';

type Tx = Parameters<Parameters<Database['orm']['transaction']>[0]>[0];

export type Frozen = { unreachable: number; toAdd: number; toRemove: number };

/**
 * Writes into the ledger what compareMembers() found, and the batches. What may be at Facebook already is decided anew: sent again if
 * wanted, removed if not. Call in the same transaction, which also moves the run.
 * @param sendBy replace: the batches of additions hold the whole list; those of removals say who is not on it any more.
 * @returns how many are added, also again, and how many taken out.
 */
export async function writeChanges(tx: Tx, freeze: Freeze, compared: Comparison, sendBy: SendBy = 'difference'): Promise<Frozen> {
  const first = compared.unreachable === null;
  await dropOwnBatches(tx, freeze);
  await tx.execute(sql`
    create temp table intents (profile_id bigint primary key, fate text not null, member boolean not null, fingerprint bigint not null,
      cells bytea[] not null, stale text[], idle boolean not null)
    on commit drop`);
  if (!first) await changeKnown(tx, freeze);
  const newcomers = first ? sql`select profile_id from qualified` : sql`select profile_id from changes where not known`;
  const removing = freeze.mode === 'remove';
  if (removing) await addForRemoval(tx, freeze, newcomers);
  const { toRemove, firstAdd } = await writeRemovals(tx, freeze);
  const toAdd = removing ? 0 : await writeAdditions(tx, freeze, newcomers, { sendBy, firstAdd });
  await rememberControls(tx, freeze);
  await closeEarlierBatches(tx, freeze);
  const { qualified, excluded, control, overCap } = compared;
  const unreachable = compared.unreachable ?? qualified - excluded - control - overCap - toAdd - toRemove;
  return { unreachable, toAdd, toRemove };
}

/** Of a run that is decided anew; whom they name is in doubt, and is among the changes. */
async function dropOwnBatches(tx: Tx, { audienceId, runId }: Freeze): Promise<void> {
  await tx.execute(sql`delete from batch_members where audience_id = ${audienceId} and run_id = ${runId}`);
  await tx.execute(sql`delete from sync_batches where run_id = ${runId}`);
  await tx.execute(sql`delete from rejects where run_id = ${runId}`);
}

/** What becomes of those the ledger knows. */
async function changeKnown(tx: Tx, freeze: Freeze): Promise<void> {
  // Of whom others have put into an audience nothing is known: from a remove-only one, nobody can be added again. From one that is emptied nobody stays.
  if (freeze.mode !== 'remove' && freeze.purpose !== 'empty') await readdSharers(tx, freeze);
  await writeIntents(tx, freeze);
  await renewMembers(tx, freeze);
}

/** Who leaves, or stays without being wanted, keeps the row that was sent. */
async function writeIntents(tx: Tx, { audienceId, workspaceId, schema, mode, values }: Freeze): Promise<void> {
  const { join, fingerprint, cells } = withValue(values);
  const renews = mode === 'remove' ? sql`w.profile_id is not null` : sql`w.profile_id is not null and c.fate = 'add'`;
  const kept = mode === 'remove' ? sql`null::text[]` : sql`l.stale_rows`;
  // "Idle": only identifiers that are not sent have changed, and the row is there for sure.
  await tx.execute(sql`
    insert into intents
    select profile_id, fate, member, fingerprint, cells,
      case when cells <> old_cells and cardinality(old_cells) > 0 and ${mode !== 'remove'} then array_append(stale, ${rowText(schema, 'old_cells')}) else stale end,
      member and sure and fate = 'add' and not sharer and state = 'in' and cells = old_cells and stale is null
    from (
      select c.profile_id, c.fate, c.member, c.sharer, d.profile_id is null as sure, l.state, ${kept} as stale, l.cells as old_cells,
        case when ${renews} then ${fingerprint} else l.fingerprint end as fingerprint,
        case when ${renews} then ${cells(cellsOf(identifiersOf(schema)))} else l.cells end as cells
      from changes c
      join audience_members l on l.audience_id = ${audienceId} and l.profile_id = c.profile_id
      left join doubtful d on d.profile_id = c.profile_id
      left join wanted w on w.profile_id = c.profile_id
      left join profile_identifiers i on i.workspace_id = ${workspaceId} and i.profile_id = w.profile_id${join}
      where c.fate <> 'forget'
    ) n`);
  await tx.execute(sql`analyze intents (profile_id)`);
}

async function renewMembers(tx: Tx, { audienceId, runId, at }: Freeze): Promise<void> {
  const same = sql`l.audience_id = ${audienceId} and l.profile_id = n.profile_id`;
  await tx.execute(sql`delete from audience_members l using changes n where ${same} and n.fate = 'forget'`);
  await tx.execute(sql`update audience_members l set fingerprint = n.fingerprint from intents n where ${same} and n.idle`);
  await tx.execute(sql`delete from intents where idle`);
  await tx.execute(sql`
    update audience_members l set state = case n.fate when 'remove' then 'removing' when 'retire' then 'retiring' else 'in' end,
      fingerprint = n.fingerprint, cells = n.cells, stale_rows = n.stale, run_id = ${runId},
      since = case l.state when 'out' then ${at.toISOString()}::timestamptz else l.since end
    from intents n where ${same}`);
}

/** Selects the ledger's rows of newcomers, in the order of its columns. @param newcomers selects profile_id. */
function newRows(freeze: Freeze, newcomers: SQL, state: 'in' | 'retiring'): SQL {
  const { join, fingerprint, cells } = withValue(freeze.values);
  return sql`
  select ${freeze.workspaceId}::int, ${freeze.audienceId}::int, q.profile_id, ${state}, ${fingerprint}, ${cells(cellsOf(identifiersOf(freeze.schema)))}, ${freeze.runId}::int,
    ${freeze.at.toISOString()}::timestamptz
  from (${newcomers}) q
  join profile_identifiers i on i.workspace_id = ${freeze.workspaceId} and i.profile_id = q.profile_id${join}
  where ${canBeSent(freeze)}
  order by q.profile_id`;
}

const rowColumns = sql.raw('(workspace_id, audience_id, profile_id, state, fingerprint, cells, run_id, since)');

/** Remove only: whoever has begun to qualify goes out. */
const addForRemoval = (tx: Tx, freeze: Freeze, newcomers: SQL) =>
  tx.execute(sql`
    with gone as (
      insert into audience_members ${rowColumns} ${newRows(freeze, newcomers, 'retiring')} returning profile_id, fingerprint, cells
    )
    insert into intents select profile_id, 'retire', false, fingerprint, cells, null, false from gone`);

/** Removals come first: a changed person's old row must be gone before the new one is added. */
async function writeRemovals(tx: Tx, { workspaceId, audienceId, runId }: Freeze): Promise<{ toRemove: number; firstAdd: number }> {
  // A member's rows stay in one request, so a request holds as many members as the one with most rows allows.
  const [found] = await tx.execute<{ toRemove: number; removals: number }>(sql`
    with leaving as (
      select profile_id, fate <> 'add' as gone, coalesce(cardinality(stale), 0) + (fate <> 'add')::int as rows
      from intents where fate <> 'add' or stale is not null
    ), numbered as (
      select profile_id, gone, rows,
        1 + (row_number() over (order by profile_id) - 1) / (select ${mostRowsInRequest}::int / greatest(1, max(rows)) from leaving) as seq
      from leaving
    ), named as (
      insert into batch_members (audience_id, run_id, seq, profile_ids) select ${audienceId}::int, ${runId}::int, seq, array_agg(profile_id) from numbered group by seq
    ), batches as (
      insert into sync_batches (run_id, seq, workspace_id, op, rows, state)
      select ${runId}::int, seq, ${workspaceId}::int, 'remove', sum(rows), 'pending' from numbered group by seq returning 1
    )
    select (count(*) filter (where gone))::int as "toRemove", (select count(*) from batches)::int as removals from leaving`);
  return { toRemove: found?.toRemove ?? 0, firstAdd: 1 + (found?.removals ?? 0) };
}

/**
 * Those the ledger does not know yet, and the batches of all additions, or of the whole list. @param newcomers selects profile_id.
 * @returns how many are added.
 */
async function writeAdditions(
  tx: Tx,
  freeze: Freeze,
  newcomers: SQL,
  { sendBy, firstAdd }: { sendBy: SendBy; firstAdd: number },
): Promise<number> {
  const { workspaceId, audienceId, runId } = freeze;
  const op = sendBy === 'replace' ? 'replace' : 'add';
  const known =
    op === 'add'
      ? sql`select profile_id, member from intents where fate = 'add'`
      : sql`
        select m.profile_id, coalesce(n.member, true) as member
        from audience_members m left join intents n on n.profile_id = m.profile_id where m.audience_id = ${audienceId} and m.state = 'in'`;
  const [found] = await tx.execute<{ toAdd: number }>(sql`
    with joined as (
      insert into audience_members ${rowColumns} ${newRows(freeze, newcomers, 'in')} returning profile_id
    ), numbered as (
      select profile_id, member, ${firstAdd}::int + (row_number() over (order by profile_id) - 1) / ${mostRowsInRequest}::int as seq
      from (select profile_id, false as member from joined union all ${known}) additions
    ), named as (
      insert into batch_members (audience_id, run_id, seq, profile_ids, again)
      select ${audienceId}::int, ${runId}::int, seq, array_agg(profile_id), array_agg(profile_id) filter (where member) from numbered group by seq
      returning seq, cardinality(profile_ids) as rows
    ), batches as (
      insert into sync_batches (run_id, seq, workspace_id, op, rows, state)
      select ${runId}::int, seq, ${workspaceId}::int, ${op}, rows, 'pending' from named returning 1
    )
    select ((select count(*) from joined) + (select count(*) from intents where fate = 'add'))::int as "toAdd"`);
  return found?.toAdd ?? 0;
}

/** Who is drawn for the control group now, and who does not qualify any more. */
async function rememberControls(tx: Tx, { workspaceId, audienceId, purpose, ...freeze }: Freeze): Promise<void> {
  if (purpose !== 'sync') return;
  const at = sql`${freeze.at.toISOString()}::timestamptz`;
  const open = sql`s.audience_id = ${audienceId} and s.until is null`;
  await tx.execute(sql`
    update audience_stays s set until = ${at} where ${open} and not exists (select from controls c where c.profile_id = s.profile_id)`);
  await tx.execute(sql`
    insert into audience_stays (workspace_id, audience_id, profile_id, control, since)
    select ${workspaceId}::int, ${audienceId}::int, c.profile_id, true, ${at} from controls c
    where not exists (select from audience_stays s where ${open} and s.profile_id = c.profile_id)
    on conflict do nothing`);
}

/**
 * What ended without an answer has been decided anew; whose rows earlier batches held is of no more use. An undo, or taking out withdrawn
 * people, decides on a few only: the others stay in doubt.
 */
async function closeEarlierBatches(tx: Tx, { audienceId, runId, purpose, now }: Freeze): Promise<void> {
  if (purpose === 'undo' || purpose === 'withdraw') return;
  await tx.execute(sql`
    update sync_batches b set state = 'dropped', finished_at = ${now.toISOString()}::timestamptz
    from batch_members m
    where m.audience_id = ${audienceId} and m.run_id <> ${runId} and b.run_id = m.run_id and b.seq = m.seq and b.state in ('pending', 'received')`);
  await tx.execute(sql`delete from batch_members where audience_id = ${audienceId} and run_id <> ${runId}`);
}
