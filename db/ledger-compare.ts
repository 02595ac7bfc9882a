import { type SQL, sql } from 'drizzle-orm';
import { identifiersOf } from '@/lib/facebook/row';
import type { Identifier } from '@/lib/identity/identifiers';
import type { Database } from './client';
import { unansweredMembers } from './ledger';
import { canBeSent, fateOf } from './ledger-fate';
import { identifierColumn, reaching } from './ledger-row';
import { type Asked, type Qualified, selectQualified, selectWanted } from './ledger-wanted';
import { fillValues, withValue } from './member-values';
import type { RunPurpose } from './schema';

type Tx = Parameters<Parameters<Database['orm']['transaction']>[0]>[0];

export type Freeze = Asked & {
  runId: number;
  purpose: RunPurpose;
  /** Of an undo: the run it takes back. */
  undoes: number | null;
  /** The instant the run stands for: since when newcomers are members. */
  at: Date;
  now: Date;
};

export type Comparison = Qualified & {
  /** Who qualifies and may be sent, but has no identifier that is sent; null where the ledger is empty: who can be sent is counted when written. */
  unreachable: number | null;
  /** Not members yet, to be added. */
  joining: number;
  leaving: number;
};

/**
 * Compares those who qualify with the ledger. Fills, for the rest of the transaction, the temporary tables `changes` (what becomes of whom;
 * who is in no change stays as is), `wanted` and `controls`. Writes nothing else. The transaction must see one snapshot.
 */
export async function compareMembers(tx: Tx, freeze: Freeze): Promise<Comparison> {
  const left = await selectQualified(tx, freeze);
  if (freeze.values) await fillValues(tx, freeze.values, sql`select profile_id from qualified`);
  await selectDoubtful(tx, freeze);
  await tx.execute(sql`
    create temp table changes (profile_id bigint not null, fate text not null, known boolean not null, renewed boolean not null,
      member boolean not null, sharer boolean not null default false)
    on commit drop`);
  // Of an empty ledger everybody is new; to compare with it would cost a pass over all of them.
  if (freeze.purpose === 'sync' && (await isEmpty(tx, freeze))) return { ...left, unreachable: null, joining: 0, leaving: 0 };
  const wanted = await selectWanted(tx, freeze);
  if (freeze.purpose === 'undo') await selectUndone(tx, freeze);
  else if (freeze.purpose === 'withdraw') await selectWithdrawn(tx, freeze);
  else await selectChanges(tx, freeze);
  await tx.execute(sql`create unique index on changes (profile_id)`);
  await tx.execute(sql`analyze changes`);
  const [counts] = await tx.execute<{ joining: number; leaving: number }>(sql`
    select (count(*) filter (where fate = 'add' and not member))::int as joining, (count(*) filter (where fate in ('remove', 'retire')))::int as leaving from changes`);
  const unreachable = left.qualified - left.excluded - left.control - left.overCap - wanted;
  return { ...left, unreachable, joining: counts?.joining ?? 0, leaving: counts?.leaving ?? 0 };
}

async function selectDoubtful(tx: Tx, freeze: Freeze): Promise<void> {
  const { audienceId } = freeze;
  await tx.execute(sql`create temp table doubtful (profile_id bigint primary key, member boolean not null) on commit drop`);
  await tx.execute(sql`insert into doubtful ${unansweredMembers(audienceId)}`);
  if (await othersHaveRemoved(tx, freeze))
    await tx.execute(sql`
      insert into doubtful select profile_id, true from audience_members where audience_id = ${audienceId} and state = 'in' on conflict do nothing`);
  await tx.execute(sql`analyze doubtful`);
}

/**
 * Whether another campaign has taken people out of the same audience at Facebook since this one was compared last: one after the other may
 * feed it, and each has a ledger of its own.
 */
async function othersHaveRemoved(tx: Tx, { audienceId, runId }: Freeze): Promise<boolean> {
  const found = await tx.execute(sql`
    select from audiences a
    join audiences b on b.workspace_id = a.workspace_id and b.ad_account_id = a.ad_account_id and b.facebook_id = a.facebook_id and b.id <> a.id
    join sync_runs o on o.campaign_id = b.campaign_id
    where a.id = ${audienceId} and coalesce(o.finished_at, 'infinity') > (
      select max(r.frozen_at) from sync_runs r where r.campaign_id = a.campaign_id and r.purpose = 'sync' and r.id <> ${runId})
      -- A whole list drops whoever is not on it; an old row's removal takes out whoever shares what is in it.
      and (o.removed > 0 or o.send_by = 'replace' and o.sent_at is not null
        or exists (select from sync_batches x where x.run_id = o.id and x.op = 'remove' and x.state <> 'dropped'))
    limit 1`);
  return found.length > 0;
}

async function isEmpty(tx: Tx, { audienceId }: Freeze): Promise<boolean> {
  const found = await tx.execute(sql`select from audience_members where audience_id = ${audienceId} limit 1`);
  return found.length === 0;
}

/**
 * Members as the ledger has them, under the names that fateOf() knows; who is in doubt as `adding`, and as `member` where it is in doubt
 * only by which row.
 */
const ledger = (audienceId: number): SQL => sql`
  select m.profile_id, m.fingerprint, m.stale_rows, m.since, case when d.profile_id is not null and m.state = 'in' then 'adding' else m.state end as state,
    m.state in ('removing', 'retiring') or m.state = 'in' and coalesce(d.member, true) as member
  from audience_members m left join doubtful d on d.profile_id = m.profile_id where m.audience_id = ${audienceId}`;

async function selectChanges(tx: Tx, freeze: Freeze): Promise<void> {
  // Both sides are whole sets in order: merged in half the time of hashing. Of a ledger that has just been filled the planner knows nothing yet,
  // and would look people up one by one.
  await tx.execute(sql`set local enable_nestloop = off`);
  await tx.execute(sql`set local enable_hashjoin = off`);
  await tx.execute(sql`
    insert into changes (profile_id, fate, known, renewed, member)
    select profile_id, fate, known, renewed, member
    from (
      select coalesce(l.profile_id, w.profile_id) as profile_id, ${fateOf(freeze, sql`r.profile_id is not null`)} as fate, l.profile_id is not null as known,
        coalesce(l.fingerprint <> w.fingerprint, false) as renewed, coalesce(l.member, false) as member
      from (${ledger(freeze.audienceId)}) l
      full join wanted w on w.profile_id = l.profile_id
      left join refused r on r.profile_id = l.profile_id
    ) f where fate is not null`);
  await tx.execute(sql`set local enable_nestloop = on`);
  await tx.execute(sql`set local enable_hashjoin = on`);
}

/** Whoever may not be sent any more, and nobody else. */
const selectWithdrawn = (tx: Tx, { audienceId }: Freeze) =>
  tx.execute(sql`
    insert into changes (profile_id, fate, known, renewed, member)
    select l.profile_id, 'remove', true, false, l.member from (${ledger(audienceId)}) l join refused r on r.profile_id = l.profile_id
    where l.state in ('in', 'adding', 'removing', 'retiring')`);

/** Who joined by that run leaves; who left by it comes back, if they may still be sent, by the identifiers they have now. */
async function selectUndone(tx: Tx, freeze: Freeze): Promise<void> {
  const { workspaceId, audienceId, undoes, values } = freeze;
  const batches = (op: 'add' | 'remove') => sql`
    from batch_members m join sync_batches b on b.run_id = m.run_id and b.seq = m.seq
    where m.audience_id = ${audienceId} and m.run_id = ${undoes} and ${op === 'add' ? sql`b.op <> 'remove'` : sql`b.op = 'remove'`}`;
  if (values) await fillValues(tx, values, sql`select distinct unnest(m.profile_ids) as profile_id ${batches('remove')}`);
  const { join, fingerprint } = withValue(values);
  await tx.execute(sql`
    insert into wanted
    select i.profile_id, ${fingerprint}
    from (select distinct unnest(m.profile_ids) as profile_id ${batches('remove')}) g
    join profile_identifiers i on i.workspace_id = ${workspaceId} and i.profile_id = g.profile_id${join}
    left join audience_members l on l.audience_id = ${audienceId} and l.profile_id = g.profile_id
    where (l.profile_id is null or l.state in ('out', 'removing', 'retiring')) and ${canBeSent(freeze)}
      and not exists (select from refused r where r.profile_id = g.profile_id)`);
  await tx.execute(sql`
    insert into changes (profile_id, fate, known, renewed, member)
    select w.profile_id, 'add', l.profile_id is not null, false, coalesce(l.state in ('removing', 'retiring'), false)
    from wanted w left join audience_members l on l.audience_id = ${audienceId} and l.profile_id = w.profile_id
    union all
    select l.profile_id, 'remove', true, false, l.member
    from (select unnest(m.profile_ids) ${batches('add')} except select unnest(m.again) ${batches('add')}) j (profile_id)
    join (${ledger(audienceId)}) l on l.profile_id = j.profile_id where l.state in ('in', 'adding')`);
}

/** Of the identifiers that name a person: where a row has them, in its cells (over `l`) and in an older row's text (over `r`). */
export function sharedCells(schema: readonly string[]) {
  const names = identifiersOf(schema);
  const shared = reaching(names);
  const position = (name: (typeof shared)[number]) => names.indexOf(name) + 1;
  const cells = shared.map((name) => sql.raw(`l.cells[${position(name)}]`));
  const stale = shared.map((name) => {
    const text = sql.raw(`nullif(r::jsonb ->> ${position(name) - 1}, '')`);
    return name === 'mobileAdvertiserId' ? sql`convert_to(${text}, 'UTF8')` : sql`decode(${text}, 'hex')`;
  });
  return { shared, cells, stale };
}

/** As profile_identifiers has it, over `v` with a column `cell_0`, `cell_1`, … for each shared identifier. */
export function sharedValue(name: Identifier, i: number): SQL {
  const cell = sql.raw(`v.cell_${i}`);
  return name === 'mobileAdvertiserId' ? sql`convert_from(${cell}, 'UTF8')` : cell;
}

/**
 * Facebook takes out whoever matches a removed row by any key: somebody who stays and shares an e-mail, phone or advertiser id with one
 * who leaves would go too. They are added to the changes, to be added again after the removals (docs/decisions/0006).
 */
export async function readdSharers(tx: Tx, freeze: Freeze): Promise<void> {
  const { audienceId, schema, mode, purpose } = freeze;
  const { shared, cells, stale } = sharedCells(schema);
  const columns = sql.raw(shared.map((_, i) => `, cell_${i} bytea`).join(''));
  await tx.execute(sql`create temp table leaving (profile_id bigint not null, old boolean not null ${columns}) on commit drop`);
  const known = sql`changes c join audience_members l on l.audience_id = ${audienceId} and l.profile_id = c.profile_id`;
  const { count: own } = await tx.execute(sql`
    insert into leaving select l.profile_id, false, ${sql.join(cells, sql`, `)} from ${known} where c.fate in ('remove', 'retire') or c.renewed`);
  const leaveByOldRows = async () =>
    (
      await tx.execute(sql`
        insert into leaving select l.profile_id, true, ${sql.join(stale, sql`, `)} from ${known} cross join lateral unnest(l.stale_rows) r
        where not exists (select from leaving v where v.profile_id = l.profile_id and v.old)`)
    ).count;
  // Who is added again may have old rows to be taken out, and others may share those.
  for (let more = own + (await leaveByOldRows()); more > 0; ) {
    await tx.execute(sql`analyze leaving`);
    const found = await readdByIdentifiers(tx, freeze, shared);
    // Where members stay whose identifiers are renewed no more, the row that was sent tells.
    const byRow = mode === 'add' || purpose !== 'sync' ? await readdByRow(tx, audienceId, cells) : 0;
    more = found + byRow > 0 ? await leaveByOldRows() : 0;
  }
}

/** @returns how many share what leaves. */
async function readdByIdentifiers(tx: Tx, { workspaceId, audienceId }: Freeze, shared: readonly Identifier[]): Promise<number> {
  let found = 0;
  for (const [i, name] of shared.entries()) {
    // Materialized: of a ledger that has just been filled the planner would begin with all members.
    const { count } = await tx.execute(sql`
      with sharing as materialized (
        select distinct i.profile_id from leaving v
        join profile_identifiers i on i.workspace_id = ${workspaceId} and ${identifierColumn(name)} = ${sharedValue(name, i)} and i.profile_id <> v.profile_id
      )
      insert into changes (profile_id, fate, known, renewed, member, sharer)
      select l.profile_id, 'add', true, false, true, true
      from sharing i join audience_members l on l.audience_id = ${audienceId} and l.profile_id = i.profile_id and l.state = 'in'
      on conflict (profile_id) do update set sharer = true`);
    found += count;
  }
  return found;
}

/** The same. @param cells of the shared identifiers, over `l`, a row of the ledger. */
async function readdByRow(tx: Tx, audienceId: number, cells: readonly SQL[]): Promise<number> {
  let found = 0;
  for (const [i, cell] of cells.entries()) {
    const { count } = await tx.execute(sql`
      insert into changes (profile_id, fate, known, renewed, member, sharer)
      select distinct l.profile_id, 'add', true, false, true, true
      from leaving v join audience_members l on ${cell} = ${sql.raw(`v.cell_${i}`)} and l.profile_id <> v.profile_id
      where l.audience_id = ${audienceId} and l.state = 'in'
      on conflict (profile_id) do update set sharer = true`);
    found += count;
  }
  return found;
}
