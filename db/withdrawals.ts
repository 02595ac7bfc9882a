import { type SQL, sql } from 'drizzle-orm';
import type { TransactionSql } from 'postgres';
import { plainArray } from '@/lib/array-literal';
import type { WorkspaceId } from '@/lib/auth';
import { isWithdrawn } from '@/lib/campaign/consent';
import type { IntakeRecord, Json } from '@/lib/intake/record';
import type { Database } from './client';

type Tx = Parameters<Parameters<Database['orm']['transaction']>[0]>[0];

/** Remembers, in the transaction that stores it, whose consent has just been withdrawn, by what was said or by a merge. */
export async function noteWithdrawals(
  tx: TransactionSql,
  workspaceId: WorkspaceId,
  consentProperty: string,
  { accepted, merged }: { accepted: readonly { record: IntakeRecord; profileId: string }[]; merged: readonly string[] },
  now: Date,
): Promise<void> {
  const told = accepted.flatMap(({ record, profileId }) => (isWithdrawn(record.profile?.properties[consentProperty]) ? [profileId] : []));
  const ids = [...told, ...(await withdrawnAmong(tx, workspaceId, consentProperty, merged))];
  if (ids.length === 0) return;
  await tx`
    insert into withdrawals (workspace_id, profile_id, at)
    select ${workspaceId}, unnest(${plainArray([...new Set(ids)])}::text::bigint[]), ${now} on conflict do nothing`;
}

async function withdrawnAmong(
  tx: TransactionSql,
  workspaceId: WorkspaceId,
  consentProperty: string,
  profileIds: readonly string[],
): Promise<string[]> {
  if (profileIds.length === 0) return [];
  const rows = await tx<{ id: string; value: Json }[]>`
    select profile_id::text as id, properties -> ${consentProperty}::text as value from profiles
    where workspace_id = ${workspaceId} and profile_id = any(${plainArray(profileIds)}::text::bigint[])`;
  return rows.flatMap(({ id, value }) => (isWithdrawn(value) ? [id] : []));
}

/** @param withdrawn selects profile_id. */
export async function queueAllWithdrawn(tx: Pick<Tx, 'execute'>, workspaceId: WorkspaceId, withdrawn: SQL, now: Date): Promise<void> {
  await tx.execute(sql`
    insert into withdrawals (workspace_id, profile_id, at)
    select ${workspaceId}::int, profile_id, ${now.toISOString()}::timestamptz from (${withdrawn}) w on conflict do nothing`);
}

/** A member, or about to be, or a removal of theirs has not been taken. */
const isHeld = sql`m.state in ('in', 'adding', 'removing', 'retiring')`;

/** Withdrawals looked at in one go. */
const atOnce = 5_000;

/**
 * Makes a run, of whichever campaign, for each audience that holds somebody whose consent was withdrawn: whatever the campaign's state, for
 * a stopped one leaves its members where they are. In one transaction, so that none is forgotten. @returns how many runs were made.
 */
export async function queueWithdrawalRuns(db: Database, now: Date): Promise<number> {
  const at = now.toISOString();
  const [pending] = await db.orm.execute(sql`select from withdrawals limit 1`);
  if (!pending) return 0;
  return db.orm.transaction(async (tx) => {
    // Of whom, and under which profile: that of today, and all they were.
    await tx.execute(
      sql`create temp table taken (workspace_id int not null, person bigint not null, profile_id bigint not null) on commit drop`,
    );
    await tx.execute(sql`
      with chosen as (select workspace_id, profile_id from withdrawals limit ${atOnce} for update skip locked),
        gone as (delete from withdrawals w using chosen c where w.workspace_id = c.workspace_id and w.profile_id = c.profile_id returning w.workspace_id, w.profile_id)
      insert into taken
      select g.workspace_id, coalesce(p.winner, g.profile_id), g.profile_id from gone g left join profile_merges p on p.workspace_id = g.workspace_id and p.loser = g.profile_id`);
    await tx.execute(sql`
      insert into taken
      select distinct t.workspace_id, t.person, p.profile_id from taken t
      cross join lateral (select t.person as profile_id union select g.loser from profile_merges g where g.workspace_id = t.workspace_id and g.winner = t.person) p
      where p.profile_id <> t.profile_id`);
    await noteWithdrawn(tx, now);
    // A microsecond later, an instant that no schedule and no person can name.
    const made = await tx.execute(sql`
      insert into sync_runs (workspace_id, campaign_id, version_id, audience_id, occurrence_at, trigger, purpose, state, created_at)
      select a.workspace_id, a.campaign_id, c.version_id, a.id, ${at}::timestamptz + interval '1 microsecond', 'schedule', 'withdraw', 'queued', ${at}::timestamptz
      from audiences a join campaigns c on c.id = a.campaign_id
      where c.version_id is not null
        and exists (
          select from taken t join audience_members m on m.audience_id = a.id and m.profile_id = t.profile_id and ${isHeld}
          where t.workspace_id = a.workspace_id)
        and not exists (select from sync_runs r where r.audience_id = a.id and r.purpose = 'withdraw' and r.state = 'queued')
      on conflict do nothing returning 1`);
    return made.length;
  });
}

/** A receipt for each of `taken` (workspace_id, person, profile_id) whom an audience holds and who has not been erased. Call in the same transaction. */
async function noteWithdrawn(tx: Tx, now: Date): Promise<void> {
  await tx.execute(sql`
    with noted as (
      insert into removal_receipts (workspace_id, kind, profile_id, requested_at)
      select distinct t.workspace_id, 'withdrawal', t.person, ${now.toISOString()}::timestamptz from taken t
      where not exists (select from removal_receipts r where r.workspace_id = t.workspace_id and r.profile_id = t.person and (r.finished_at is null or r.kind = 'erasure'))
        and exists (
          select from audiences a join audience_members m on m.audience_id = a.id and m.profile_id = t.profile_id
          where a.workspace_id = t.workspace_id and ${isHeld})
      returning id, workspace_id, profile_id
    )
    insert into removals (receipt_id, audience_id)
    select distinct n.id, a.id from noted n join taken t on t.workspace_id = n.workspace_id and t.person = n.profile_id
      join audiences a on a.workspace_id = n.workspace_id
      join audience_members m on m.audience_id = a.id and m.profile_id = t.profile_id and ${isHeld}`);
}
