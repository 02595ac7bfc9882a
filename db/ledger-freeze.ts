import { type SQL, sql } from 'drizzle-orm';
import type { WorkspaceId } from '@/lib/auth';
import { identifiersOf } from '@/lib/facebook/row';
import type { Database } from './client';
import { unansweredMembers } from './ledger';
import { cellsOf, identifierColumn, isReachable, mostRowsInRequest, reaching, rowText } from './ledger-row';
import type { CampaignMode } from './schema';

type Tx = Parameters<Parameters<Database['orm']['transaction']>[0]>[0];

export type Freeze = {
  workspaceId: WorkspaceId;
  audienceId: number;
  runId: number;
  /** Selects profile_id, unique: the segment at the occurrence's instant. */
  segment: SQL;
  /** Of the audience. */
  schema: readonly string[];
  mode: CampaignMode;
  now: Date;
};

export type Frozen = { qualified: number; unreachable: number; toAdd: number; toRemove: number };

/**
 * Compares the segment with the ledger and writes the difference into it, and the batches. What may be at Facebook already is decided
 * anew: sent again if wanted, removed if not. Call in the transaction that moves the run, which must see one snapshot.
 */
export async function freezeMembers(tx: Tx, freeze: Freeze): Promise<Frozen> {
  const qualified = await selectQualified(tx, freeze);
  await selectDoubtful(tx, freeze);
  await createIntents(tx);
  const known = (await isEmpty(tx, freeze)) ? null : await changeKnown(tx, freeze);
  // Of an empty ledger everybody is new; to compare with it would cost a pass over all of them.
  const newcomers = known ? sql`select profile_id from changes where not known` : sql`select profile_id from qualified`;
  const { toAdd, joined } = await addNewcomers(tx, freeze, newcomers, known?.firstAdd ?? 1);
  await closeEarlierBatches(tx, freeze);
  return { qualified, unreachable: qualified - (known?.wanted ?? joined), toAdd, toRemove: known?.toRemove ?? 0 };
}

/** In order of profile: the ledger's index then grows at its right edge. */
async function selectQualified(tx: Tx, { segment }: Freeze): Promise<number> {
  // Counted before it is joined: how many a segment selects is beyond the planner's guesses, and a wrong guess is a look-up a person.
  await tx.execute(sql`create temp table qualified (profile_id bigint not null) on commit drop`);
  // As db/segment-query.ts: leaves and profiles are merged, a third of the time of hashing them.
  await tx.execute(sql`set local enable_hashjoin = off`);
  const { count } = await tx.execute(sql`insert into qualified select profile_id from (${segment}) s order by 1`);
  await tx.execute(sql`set local enable_hashjoin = on`);
  await tx.execute(sql`analyze qualified`);
  return count;
}

async function selectDoubtful(tx: Tx, { audienceId }: Freeze): Promise<void> {
  await tx.execute(sql`create temp table doubtful (profile_id bigint primary key) on commit drop`);
  await tx.execute(sql`insert into doubtful ${unansweredMembers(audienceId)}`);
  await tx.execute(sql`analyze doubtful`);
}

async function isEmpty(tx: Tx, { audienceId }: Freeze): Promise<boolean> {
  const found = await tx.execute(sql`select from audience_members where audience_id = ${audienceId} limit 1`);
  return found.length === 0;
}

type Known = { wanted: number; toRemove: number; firstAdd: number };

/** What becomes of those the ledger knows. */
async function changeKnown(tx: Tx, freeze: Freeze): Promise<Known> {
  const wanted = await selectWanted(tx, freeze);
  await selectChanges(tx, freeze);
  await readdSharers(tx, freeze);
  await writeIntents(tx, freeze);
  await renewMembers(tx, freeze);
  return { wanted, ...(await writeRemovals(tx, freeze)) };
}

/** Of the qualified, those with an identifier that is sent. */
async function selectWanted(tx: Tx, { workspaceId, schema }: Freeze): Promise<number> {
  await tx.execute(sql`create temp table wanted (profile_id bigint not null, fingerprint bigint not null) on commit drop`);
  const { count } = await tx.execute(sql`
    insert into wanted
    select q.profile_id, i.fingerprint
    from qualified q join profile_identifiers i on i.workspace_id = ${workspaceId} and i.profile_id = q.profile_id
    where ${isReachable(identifiersOf(schema))}`);
  await tx.execute(sql`analyze wanted`);
  return count;
}

/**
 * | wanted | ledger | change |
 * | yes | nothing | add |
 * | yes | in, same identifiers | – |
 * | yes | in, others | add, the old row stale |
 * | yes | in, an old row not taken out yet | add again, after the old row |
 * | yes | in doubt, removing | add again |
 * | no | anything | remove (mirror) |
 */
async function selectChanges(tx: Tx, { audienceId, mode }: Freeze): Promise<void> {
  await tx.execute(sql`
    create temp table changes (profile_id bigint not null, known boolean not null, gone boolean not null, renewed boolean not null,
      member boolean not null, sharer boolean not null default false)
    on commit drop`);
  // From an add-only audience nobody leaves but who was on the way out already; an addition in doubt is made again.
  const gone = mode === 'mirror' ? sql`w.profile_id is null` : sql`w.profile_id is null and l.state = 'removing'`;
  const unwanted = mode === 'mirror' ? sql`true` : sql`l.state <> 'in'`;
  // Both sides are whole sets; of a ledger that has just been filled the planner knows nothing yet, and would look people up one by one.
  await tx.execute(sql`set local enable_nestloop = off`);
  await tx.execute(sql`
    insert into changes (profile_id, known, gone, renewed, member)
    select coalesce(l.profile_id, w.profile_id), l.profile_id is not null, ${gone}, coalesce(l.fingerprint <> w.fingerprint, false),
      coalesce(l.state <> 'adding', false)
    from (
      select m.profile_id, m.fingerprint, m.stale_rows, case when d.profile_id is not null and m.state = 'in' then 'adding' else m.state end as state
      from audience_members m left join doubtful d on d.profile_id = m.profile_id where m.audience_id = ${audienceId}
    ) l
    full join wanted w on w.profile_id = l.profile_id
    where case
      when w.profile_id is null then ${unwanted}
      when l.profile_id is null then true
      else l.state <> 'in' or l.fingerprint <> w.fingerprint or l.stale_rows is not null end`);
  await tx.execute(sql`set local enable_nestloop = on`);
  await tx.execute(sql`create unique index on changes (profile_id)`);
  await tx.execute(sql`analyze changes`);
}

/**
 * Facebook takes out whoever matches a removed row by any key: somebody who stays and shares an e-mail, phone or advertiser id with one
 * who leaves would go too. They are added again, after the removals (docs/decisions/0006).
 */
async function readdSharers(tx: Tx, { workspaceId, audienceId, schema }: Freeze): Promise<void> {
  const names = identifiersOf(schema);
  const shared = reaching(names);
  if (shared.length === 0) return;
  const position = (name: (typeof shared)[number]) => names.indexOf(name) + 1;
  const cells = shared.map((name) => sql.raw(`l.cells[${position(name)}]`));
  const stale = shared.map((name) => {
    const text = sql.raw(`nullif(r::jsonb ->> ${position(name) - 1}, '')`);
    return name === 'mobileAdvertiserId' ? sql`convert_to(${text}, 'UTF8')` : sql`decode(${text}, 'hex')`;
  });
  const columns = sql.raw(shared.map((_, i) => `, cell_${i} bytea`).join(''));
  await tx.execute(sql`create temp table leaving (profile_id bigint not null ${columns}) on commit drop`);
  const known = sql`changes c join audience_members l on l.audience_id = ${audienceId} and l.profile_id = c.profile_id`;
  await tx.execute(sql`
    insert into leaving
    select l.profile_id, ${sql.join(cells, sql`, `)} from ${known} where c.gone or c.renewed
    union all
    select l.profile_id, ${sql.join(stale, sql`, `)} from ${known} cross join lateral unnest(l.stale_rows) r`);
  await tx.execute(sql`analyze leaving`);
  for (const [i, name] of shared.entries()) {
    const cell = sql.raw(`v.cell_${i}`);
    const value = name === 'mobileAdvertiserId' ? sql`convert_from(${cell}, 'UTF8')` : cell;
    // Materialized: of a ledger that has just been filled the planner would begin with all members.
    await tx.execute(sql`
      with sharing as materialized (
        select distinct i.profile_id from leaving v
        join profile_identifiers i on i.workspace_id = ${workspaceId} and ${identifierColumn(name)} = ${value} and i.profile_id <> v.profile_id
      )
      insert into changes (profile_id, known, gone, renewed, member, sharer)
      select l.profile_id, true, false, false, true, true
      from sharing i join audience_members l on l.audience_id = ${audienceId} and l.profile_id = i.profile_id and l.state = 'in'
      on conflict (profile_id) do update set sharer = true`);
  }
}

const createIntents = (tx: Tx) =>
  tx.execute(sql`
    create temp table intents (profile_id bigint primary key, gone boolean not null, member boolean not null, fingerprint bigint not null,
      cells bytea[] not null, stale text[], idle boolean not null)
    on commit drop`);

/** Who leaves, or stays without being wanted, keeps the row that was sent. */
async function writeIntents(tx: Tx, { audienceId, workspaceId, schema }: Freeze): Promise<void> {
  // "Idle": only identifiers that are not sent have changed.
  await tx.execute(sql`
    insert into intents
    select profile_id, gone, member, fingerprint, cells, case when cells <> old_cells then array_append(stale_rows, ${rowText(schema, 'old_cells')}) else stale_rows end,
      member and not gone and not sharer and state = 'in' and cells = old_cells and stale_rows is null
    from (
      select c.profile_id, c.gone, c.member, c.sharer, l.state, l.stale_rows, l.cells as old_cells,
        case when w.profile_id is null then l.fingerprint else i.fingerprint end as fingerprint,
        case when w.profile_id is null then l.cells else ${cellsOf(identifiersOf(schema))} end as cells
      from changes c
      join audience_members l on l.audience_id = ${audienceId} and l.profile_id = c.profile_id
      left join wanted w on w.profile_id = c.profile_id
      left join profile_identifiers i on i.workspace_id = ${workspaceId} and i.profile_id = w.profile_id
    ) n`);
  await tx.execute(sql`analyze intents (profile_id)`);
}

async function renewMembers(tx: Tx, { audienceId, runId }: Freeze): Promise<void> {
  await tx.execute(sql`
    update audience_members l set fingerprint = n.fingerprint from intents n where l.audience_id = ${audienceId} and l.profile_id = n.profile_id and n.idle`);
  await tx.execute(sql`delete from intents where idle`);
  await tx.execute(sql`
    update audience_members l set state = case when n.gone then 'removing' else 'in' end, fingerprint = n.fingerprint, cells = n.cells,
      stale_rows = n.stale, run_id = ${runId}
    from intents n where l.audience_id = ${audienceId} and l.profile_id = n.profile_id`);
}

/** Removals come first: a changed person's old row must be gone before the new one is added. */
async function writeRemovals(tx: Tx, { workspaceId, audienceId, runId }: Freeze): Promise<Omit<Known, 'wanted'>> {
  // A member's rows stay in one request, so a request holds as many members as the one with most rows allows.
  const [found] = await tx.execute<{ toRemove: number; removals: number }>(sql`
    with leaving as (
      select profile_id, gone, coalesce(cardinality(stale), 0) + gone::int as rows from intents where gone or stale is not null
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
 * Those the ledger does not know yet, and the batches of all additions. @param newcomers selects profile_id.
 * @returns how many are sent, and how many of them are new.
 */
async function addNewcomers(tx: Tx, freeze: Freeze, newcomers: SQL, firstAdd: number): Promise<{ toAdd: number; joined: number }> {
  const { workspaceId, audienceId, runId, schema, now } = freeze;
  const names = identifiersOf(schema);
  const [found] = await tx.execute<{ toAdd: number; joined: number }>(sql`
    with joined as (
      insert into audience_members (workspace_id, audience_id, profile_id, state, fingerprint, cells, run_id, since)
      select ${workspaceId}, ${audienceId}, q.profile_id, 'in', i.fingerprint, ${cellsOf(names)}, ${runId}, ${now.toISOString()}::timestamptz
      from (${newcomers}) q
      join profile_identifiers i on i.workspace_id = ${workspaceId} and i.profile_id = q.profile_id
      where ${isReachable(names)}
      order by q.profile_id returning profile_id
    ), numbered as (
      select profile_id, member, ${firstAdd}::int + (row_number() over (order by profile_id) - 1) / ${mostRowsInRequest}::int as seq
      from (select profile_id, false as member from joined union all select profile_id, member from intents where not gone) additions
    ), named as (
      insert into batch_members (audience_id, run_id, seq, profile_ids, again)
      select ${audienceId}::int, ${runId}::int, seq, array_agg(profile_id), array_agg(profile_id) filter (where member) from numbered group by seq
      returning seq, cardinality(profile_ids) as rows
    ), batches as (
      insert into sync_batches (run_id, seq, workspace_id, op, rows, state)
      select ${runId}::int, seq, ${workspaceId}::int, 'add', rows, 'pending' from named returning rows
    )
    select coalesce((select sum(rows) from batches), 0)::int as "toAdd", (select count(*) from joined)::int as joined`);
  return found ?? { toAdd: 0, joined: 0 };
}

/** What ended without an answer has been decided anew; whose rows earlier batches held is of no more use. */
async function closeEarlierBatches(tx: Tx, { audienceId, runId, now }: Freeze): Promise<void> {
  await tx.execute(sql`
    update sync_batches b set state = 'dropped', finished_at = ${now.toISOString()}::timestamptz
    from batch_members m
    where m.audience_id = ${audienceId} and m.run_id <> ${runId} and b.run_id = m.run_id and b.seq = m.seq and b.state = 'pending'`);
  await tx.execute(sql`delete from batch_members where audience_id = ${audienceId} and run_id <> ${runId}`);
}
