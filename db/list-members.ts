import type { TransactionSql } from 'postgres';
import { byteaArray, plainArray, textArray } from '@/lib/array-literal';
import type { WorkspaceId } from '@/lib/auth';
import type { ListIdentifier } from '@/lib/intake/list-csv';

/**
 * `list_members` is kept exact by two writers: an upload adds the members of its values while it has the workspace alone, and intake
 * (db/events.ts) corrects the profiles it renames or merges. Neither can miss what the other has not committed yet: docs/decisions/0016.
 */

/** Whether there is anything to keep exact. To be asked when the lock of db/profile-ids.ts is held. */
export async function hasLists(tx: TransactionSql, workspaceId: WorkspaceId): Promise<boolean> {
  const [row] = await tx<{ has: boolean }[]>`select exists (select from lists where workspace_id = ${workspaceId}) as has`;
  return row?.has ?? false;
}

/** Makes the memberships of these profiles what their user ids, email and phone say. Profiles that are gone lose theirs. */
export async function correctListMembers(tx: TransactionSql, workspaceId: WorkspaceId, profileIds: readonly string[]): Promise<void> {
  if (profileIds.length === 0) return;
  const ids = plainArray(profileIds);
  const meant = await tx<{ listId: string; profileId: string }[]>`
    select distinct v.list_id as "listId", g.profile_id::text as "profileId"
    from (
      select 'userId' as identifier, convert_to(value, 'UTF8') as value, profile_id from profile_ids
      where workspace_id = ${workspaceId} and profile_id = any(${ids}::text::bigint[]) and kind = 'user'
      union all
      select each.identifier, each.value, i.profile_id from profile_identifiers i, lateral (values ('email', i.email), ('phone', i.phone)) as each(identifier, value)
      where i.workspace_id = ${workspaceId} and i.profile_id = any(${ids}::text::bigint[]) and each.value is not null
    ) g
    join list_values v on v.workspace_id = ${workspaceId} and v.identifier = g.identifier and v.value = g.value`;
  const lists = plainArray(meant.map((each) => each.listId));
  const profiles = plainArray(meant.map((each) => each.profileId));
  await tx`
    delete from list_members m where m.workspace_id = ${workspaceId} and m.profile_id = any(${ids}::text::bigint[])
      and not exists (
        select from unnest(${lists}::text::uuid[], ${profiles}::text::bigint[]) as t(list_id, profile_id)
        where t.list_id = m.list_id and t.profile_id = m.profile_id
      )`;
  if (meant.length === 0) return;
  await tx`
    insert into list_members (workspace_id, list_id, profile_id)
    select ${workspaceId}, * from unnest(${lists}::text::uuid[], ${profiles}::text::bigint[]) on conflict do nothing`;
}

/**
 * Adds the profiles that have one of the values. The caller has the workspace alone. @param values hex, as lib/intake/list-csv.ts makes them.
 * @returns how many of the values somebody has.
 */
export async function addListMembers(
  tx: TransactionSql,
  workspaceId: WorkspaceId,
  list: { id: string; identifier: ListIdentifier },
  values: readonly string[],
): Promise<number> {
  const column = tx(list.identifier === 'email' ? 'email' : 'phone');
  const owners =
    list.identifier === 'userId'
      ? tx`select profile_id, value from profile_ids where workspace_id = ${workspaceId} and kind = 'user'
          and value = any(${textArray(values.map((hex) => Buffer.from(hex, 'hex').toString('utf8')))}::text::text[])`
      : tx`select profile_id, ${column} as value from profile_identifiers where workspace_id = ${workspaceId}
          and ${column} = any(${byteaArray(values)}::text::bytea[])`;
  const [row] = await tx<{ known: number }[]>`
    with owners as (${owners}),
    added as (
      insert into list_members (workspace_id, list_id, profile_id)
      select distinct ${workspaceId}::int, ${list.id}::uuid, profile_id from owners on conflict do nothing
    )
    select count(distinct value)::int as known from owners`;
  return row?.known ?? 0;
}
