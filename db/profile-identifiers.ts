import type { TransactionSql } from 'postgres';
import type { WorkspaceId } from '@/lib/auth';
import { type Digests, fingerprint } from '@/lib/identity/hash';
import { type Identifier, identifiers } from '@/lib/identity/identifiers';

/** Column of profile_identifiers that holds each identifier. */
export const identifierColumns: Record<Identifier, string> = {
  email: 'email',
  phone: 'phone',
  mobileAdvertiserId: 'mobile_advertiser_id',
  firstName: 'first_name',
  lastName: 'last_name',
  firstInitial: 'first_initial',
  gender: 'gender',
  birthYear: 'birth_year',
  birthMonth: 'birth_month',
  birthDay: 'birth_day',
  city: 'city',
  state: 'state',
  zip: 'zip',
  country: 'country',
};

const read = identifiers
  .map((name) =>
    name === 'mobileAdvertiserId' ? `mobile_advertiser_id as "${name}"` : `encode(${identifierColumns[name]}, 'hex') as "${name}"`,
  )
  .join(', ');

const written = identifiers.map((name) => identifierColumns[name]);
const write = `
  insert into profile_identifiers (workspace_id, profile_id, fingerprint, ${written.join(', ')})
  select $1::integer, profile_id, fingerprint, ${identifiers.map((name) => (name === 'mobileAdvertiserId' ? identifierColumns[name] : `decode(${identifierColumns[name]}, 'hex')`)).join(', ')}
  from unnest($2::bigint[], $3::bigint[], ${identifiers.map((_, i) => `$${i + 4}::text[]`).join(', ')}) as t(profile_id, fingerprint, ${written.join(', ')})
  on conflict (workspace_id, profile_id) do update set
    fingerprint = excluded.fingerprint, ${written.map((column) => `${column} = excluded.${column}`).join(', ')}
  where profile_identifiers.fingerprint <> excluded.fingerprint`;

/** By profile id; profiles without identifiers are not in the answer. */
export async function readIdentifiers(
  tx: TransactionSql,
  workspaceId: WorkspaceId,
  profileIds: readonly string[],
): Promise<Map<string, Digests>> {
  const rows = await tx.unsafe<({ profileId: string } & Record<Identifier, string | null>)[]>(
    `select profile_id::text as "profileId", ${read} from profile_identifiers where workspace_id = $1 and profile_id = any($2::bigint[])`,
    [workspaceId, [...profileIds]],
    { prepare: true },
  );
  const found = new Map<string, Digests>();
  for (const { profileId, ...row } of rows) {
    const digests: Digests = {};
    for (const name of identifiers) {
      const value = row[name];
      if (value !== null) digests[name] = value;
    }
    found.set(profileId, digests);
  }
  return found;
}

/** Replaces the whole rows. The caller holds the profiles' row locks, or the workspace alone. */
export async function writeIdentifiers(tx: TransactionSql, workspaceId: WorkspaceId, rows: ReadonlyMap<string, Digests>): Promise<void> {
  if (rows.size === 0) return;
  const profileIds = [...rows.keys()];
  const values = [...rows.values()];
  await tx.unsafe(
    write,
    [
      workspaceId,
      profileIds,
      values.map((digests) => String(fingerprint(digests))),
      ...identifiers.map((name) => values.map((digests) => digests[name] ?? null)),
    ] as never[],
    { prepare: true },
  );
}
