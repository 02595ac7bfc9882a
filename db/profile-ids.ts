import type { TransactionSql } from 'postgres';
import { textArray } from '@/lib/array-literal';
import type { WorkspaceId } from '@/lib/auth';
import { type Call, type IdentityPlan, type IdKey, type IdKind, idsOf, type KnownId, planIdentities } from '@/lib/intake/identity-plan';
import { changesAny, clearsAny, type IntakeRecord } from '@/lib/intake/record';
import { mergeProfiles } from './profile-merge';

/** The transaction must be started again: somebody else wrote the same new ids, or it needs the workspace for itself. */
export class StartAgain extends Error {
  constructor(readonly alone: boolean) {
    super('start again');
  }
}

/**
 * Writers share the workspace; a writer that changes whose an id is has it alone. Otherwise a neighbour that has read the old
 * owner could still add events to a profile that is being merged away.
 */
export async function lockIdentities(tx: TransactionSql, workspaceId: WorkspaceId, alone: boolean): Promise<void> {
  if (alone) await tx`select pg_advisory_xact_lock(${IDENTITY_LOCK}, ${workspaceId})`;
  else await tx`select pg_advisory_xact_lock_shared(${IDENTITY_LOCK}, ${workspaceId})`;
}

const IDENTITY_LOCK = 20_101;

function callOf(record: IntakeRecord): Call {
  const { userId, anonymousId, profile } = record;
  const ids = record.kind === 'alias' ? { userId, anonymousId, previousId: record.previousId } : { userId, anonymousId };
  return profile ? { ...ids, changes: changesAny(profile), clears: clearsAny(profile) } : ids;
}

/**
 * `profileIds` by record, as text: bigint does not fit a JavaScript number; null for records that wait until the others are written. `created` have no row in `profiles` yet. `renamed` have a user id
 * they had not, or were merged, the ones that are gone among them. `merged` are those that others were merged into.
 */
export type Resolved = {
  profileIds: (string | null)[];
  created: ReadonlySet<string>;
  renamed: ReadonlySet<string>;
  merged: ReadonlySet<string>;
};

/** @throws {@link StartAgain} */
export async function resolveProfiles(
  tx: TransactionSql,
  workspaceId: WorkspaceId,
  records: readonly IntakeRecord[],
  receivedAt: Date,
  alone: boolean,
): Promise<Resolved> {
  const calls = records.map(callOf);
  const plan = planIdentities(calls, await knownIds(tx, workspaceId, idsOf(calls)));
  if (plan.changesExisting && !alone) throw new StartAgain(true);
  if (plan.created.length > 0) {
    const ids = await tx<
      { id: string }[]
    >`select nextval('profile_id_sequence')::text as id from generate_series(1, ${plan.created.length})`;
    plan.created.forEach((profile, i) => {
      profile.profileId = ids[i]?.id ?? null;
    });
  }
  await insertIds(tx, workspaceId, plan, receivedAt);
  if (plan.merges.length > 0) {
    await mergeProfiles(
      tx,
      workspaceId,
      plan.merges.map(({ loser, winner }) => ({ loser, winner: idOf(winner) })),
      receivedAt,
    );
  }
  const named = plan.newIds.flatMap(({ kind, profile }) => (kind === 'user' ? idOf(profile) : []));
  const merged = plan.merges.map(({ winner }) => idOf(winner));
  const gone = plan.merges.map(({ loser }) => loser);
  const profileIds = plan.profiles.map((profile) => profile && idOf(profile));
  const renamed = new Set([...named, ...gone, ...merged]);
  return { profileIds, created: new Set(plan.created.map(idOf)), renamed, merged: new Set(merged) };
}

function idOf(profile: { profileId: string | null }): string {
  if (profile.profileId === null) throw new Error('invariant: a planned profile has its id');
  return profile.profileId;
}

async function knownIds(tx: TransactionSql, workspaceId: WorkspaceId, keys: readonly IdKey[]): Promise<Map<IdKey, KnownId>> {
  const known = new Map<IdKey, KnownId>();
  for (const kind of ['user', 'anonymous'] satisfies IdKind[]) {
    const prefix = kind.length + 1;
    const values = keys.filter((key) => key.startsWith(`${kind}:`)).map((key) => key.slice(prefix));
    if (values.length === 0) continue;
    const rows = await tx<{ value: string; profileId: string; known: boolean }[]>`
      select i.value, i.profile_id::text as "profileId",
        ${kind} = 'user' or exists (
          select from profile_ids u where u.workspace_id = i.workspace_id and u.profile_id = i.profile_id and u.kind = 'user'
        ) as known
      from profile_ids i
      where i.workspace_id = ${workspaceId} and i.kind = ${kind} and i.value = any(${textArray(values)}::text::text[])`;
    for (const row of rows) known.set(`${kind}:${row.value}`, row);
  }
  return known;
}

async function insertIds(tx: TransactionSql, workspaceId: WorkspaceId, plan: IdentityPlan, receivedAt: Date): Promise<void> {
  if (plan.newIds.length === 0) return;
  // Sorted: two writers with the same new ids then wait for each other in one direction only.
  const rows = [...plan.newIds].sort((a, b) => compare(a.kind, b.kind) || compare(a.value, b.value));
  const inserted = await tx`
    insert into profile_ids (workspace_id, kind, value, profile_id, created_at)
    select ${workspaceId}, kind, value, profile_id, created_at
    from unnest(
      ${rows.map((row) => row.kind)}::text[], ${rows.map((row) => row.value)}::text[], ${rows.map((row) => idOf(row.profile))}::bigint[],
      ${rows.map((row) => createdAt(row.alias, receivedAt))}::text[]::timestamptz[]
    ) as t(kind, value, profile_id, created_at)
    on conflict do nothing`;
  if (inserted.count < rows.length) throw new StartAgain(false);
}

/** An id that only an alias has told us of comes after the one it was told for: the first user id of a profile is the one it goes by. */
const createdAt = (alias: boolean, receivedAt: Date) => new Date(receivedAt.getTime() + (alias ? 1 : 0)).toISOString();

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
