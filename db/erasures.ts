import { type SQL, sql } from 'drizzle-orm';
import type { TransactionSql } from 'postgres';
import type { WorkspaceId } from '@/lib/auth';
import { AppError } from '@/lib/errors';
import type { Database } from './client';
import { lockIdentities } from './profile-ids';

/**
 * Deletes a profile with all that is known of it, in one transaction. What Facebook was sent of it stays in the ledger, unseen, until
 * Facebook has taken the removal; the same transaction asks for the removals. Somebody who comes back under the same id is a new profile.
 * @param requestedBy the person who asked; null for a call of the API. @returns the receipt's id. @throws AppError not_found.
 */
export async function eraseProfile(
  db: Database,
  workspaceId: WorkspaceId,
  profileId: string,
  requestedBy: string | null,
  now: Date,
): Promise<string> {
  return db.sql.begin(async (tx) => {
    // No intake at the same time: nothing of the profile is stored after it is gone.
    await lockIdentities(tx, workspaceId, true);
    const [profile] = await tx`delete from profiles where workspace_id = ${workspaceId} and profile_id = ${profileId} returning 1`;
    if (!profile) throw new AppError('not_found', 'This profile is not there any more.');
    await deleteListValues(tx, workspaceId, profileId);
    const { count: events } = await tx`delete from events where workspace_id = ${workspaceId} and profile_id = ${profileId}`;
    for (const table of tablesOfProfile) {
      await tx`delete from ${tx(table)} where workspace_id = ${workspaceId} and profile_id = ${profileId}`;
    }
    return writeReceipt(tx, workspaceId, profileId, { requestedBy, events }, now);
  });
}

const tablesOfProfile = [
  'events_sample',
  'profile_events',
  'profile_events_sample',
  'profile_identifiers',
  'profile_ids',
  'list_members',
  'audience_stays',
  'rejects',
  'live_arrivals',
  'live_stays',
  'live_wakes',
  'live_touched',
] as const;

/** Of the workspace's lists, the values that are this profile's and nobody else's. */
async function deleteListValues(tx: TransactionSql, workspaceId: WorkspaceId, profileId: string): Promise<void> {
  await tx`
    delete from list_values v using profile_ids i
    where v.workspace_id = ${workspaceId} and i.workspace_id = ${workspaceId} and i.profile_id = ${profileId} and i.kind = 'user'
      and v.identifier = 'userId' and v.value = convert_to(i.value, 'UTF8')`;
  for (const identifier of ['email', 'phone'] as const) {
    const column = tx(identifier);
    await tx`
      delete from list_values v using profile_identifiers i
      where v.workspace_id = ${workspaceId} and i.workspace_id = ${workspaceId} and i.profile_id = ${profileId}
        and v.identifier = ${identifier} and v.value = i.${column}
        and not exists (
          select from profile_identifiers o where o.workspace_id = ${workspaceId} and o.${column} = v.value and o.profile_id <> ${profileId})`;
  }
}

type Asked = { requestedBy: string | null; events: number };

async function writeReceipt(
  tx: TransactionSql,
  workspaceId: WorkspaceId,
  profileId: string,
  { requestedBy, events }: Asked,
  now: Date,
): Promise<string> {
  const all = tx`
    select ${profileId}::bigint union all select loser from profile_merges where workspace_id = ${workspaceId} and winner = ${profileId}`;
  const held = tx`
    select distinct a.id from audiences a join audience_members m on m.audience_id = a.id and m.profile_id in (${all}) where a.workspace_id = ${workspaceId}`;
  await tx`delete from audience_members where profile_id in (${all}) and audience_id in (${held}) and state = 'out'`;
  // A batch that has not gone out yet sends only rows of its own run that are in.
  await tx`
    update audience_members set state = 'removing', run_id = 0
    where profile_id in (${all}) and audience_id in (${held}) and state in ('in', 'adding')`;
  const [receipt] = await tx<{ id: string }[]>`
    insert into removal_receipts (workspace_id, kind, profile_id, requested_by, requested_at, events, finished_at)
    select ${workspaceId}, 'erasure', ${profileId}, ${requestedBy}, ${now}, ${events}, case when not exists (${held}) then ${now}::timestamptz end
    returning id`;
  if (!receipt) throw new Error('invariant: a receipt was written');
  await tx`insert into removals (receipt_id, audience_id) select ${receipt.id}, id from (${held}) h`;
  await tx`insert into withdrawals (workspace_id, profile_id, at) values (${workspaceId}, ${profileId}, ${now}) on conflict do nothing`;
  return receipt.id;
}

/** After this no run can still write what it read before the profile was erased. */
export const lateMs = 2 * 86_400_000;

/** Whether there are profiles that {@link erasedLately} selects. */
export async function anyErasedLately(db: Database, workspaceId: WorkspaceId, at: Date): Promise<boolean> {
  const found = await db.orm.execute(sql`${erasedLately(workspaceId, at)} limit 1`);
  return found.length > 0;
}

/**
 * Selects profile_id: erased profiles that a run might still hold from before. They are sent no more.
 * @param at of the run.
 */
export const erasedLately = (workspaceId: WorkspaceId, at: Date): SQL => sql`
  select profile_id from removal_receipts where workspace_id = ${workspaceId} and kind = 'erasure'
    and (finished_at is null or finished_at > ${new Date(at.getTime() - lateMs).toISOString()}::timestamptz)`;
