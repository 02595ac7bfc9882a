import type { TransactionSql } from 'postgres';
import { jsonArray, plainArray } from '@/lib/array-literal';
import type { WorkspaceId } from '@/lib/auth';
import { bucketOf, isSampled } from '@/lib/identity/bucket';
import type { Digests } from '@/lib/identity/hash';
import { type Identifier, identifierBit } from '@/lib/identity/identifiers';
import type { IntakeRecord, ProfileChanges, Properties } from '@/lib/intake/record';
import { readIdentifiers, writeIdentifiers } from './profile-identifiers';

/** What a batch does to one profile, its calls taken in the order they were sent. */
type Fold = {
  profileId: string;
  first: number;
  last: number;
  properties: Properties | null;
  identifiers: Partial<Record<Identifier, string | null>> | null;
  country?: string | null;
  city?: string | null;
  language?: string;
  platform?: string;
};

function fold(accepted: readonly { record: IntakeRecord; profileId: string }[]): Fold[] {
  const folds = new Map<string, Fold>();
  for (const { record, profileId } of accepted) {
    let found = folds.get(profileId);
    if (!found) {
      found = { profileId, first: record.time, last: record.time, properties: null, identifiers: null };
      folds.set(profileId, found);
    }
    if (record.time < found.first) found.first = record.time;
    if (record.time > found.last) found.last = record.time;
    if (record.profile) foldChanges(found, record.profile);
  }
  // Row locks are taken in this order.
  return [...folds.values()].sort((a, b) => Number(a.profileId) - Number(b.profileId));
}

function foldChanges(into: Fold, changes: ProfileChanges): void {
  if (Object.keys(changes.properties).length > 0) into.properties = { ...into.properties, ...changes.properties };
  if (Object.keys(changes.identifiers).length > 0) into.identifiers = { ...into.identifiers, ...changes.identifiers };
  if (changes.country !== undefined) into.country = changes.country;
  if (changes.city !== undefined) into.city = changes.city;
  if (changes.language !== undefined) into.language = changes.language;
  if (changes.platform !== undefined) into.platform = changes.platform;
}

/** Bits to set and bits to clear: the mask then needs no reading of what was there. */
function bits(fold: Fold): { set: number; clear: number } {
  let set = 0;
  let clear = 0;
  for (const [name, value] of Object.entries(fold.identifiers ?? {}) as [Identifier, string | null][]) {
    if (value === null) clear |= identifierBit[name];
    else set |= identifierBit[name];
  }
  return { set, clear };
}

/**
 * Makes the profiles that are new and changes the others. Holds their row locks until the end of the transaction. `readdressed` have another
 * email or phone than before, or none.
 */
export async function writeProfiles(
  tx: TransactionSql,
  workspaceId: WorkspaceId,
  accepted: readonly { record: IntakeRecord; profileId: string }[],
  created: ReadonlySet<string>,
): Promise<{ readdressed: string[] }> {
  const folds = fold(accepted);
  const sampled = folds.filter((f) => isSampled(f.profileId));
  const changes = (f: Fold) => f.properties ?? f.identifiers ?? f.country ?? f.city ?? f.language ?? f.platform;
  const upserted = (f: Fold) => created.has(f.profileId) || changes(f);
  const touched = (f: Fold) => !upserted(f);
  await upsertProfiles(tx, 'profiles', workspaceId, folds.filter(upserted));
  await upsertProfiles(tx, 'profiles_sample', workspaceId, sampled.filter(upserted));
  await touchProfiles(tx, 'profiles', workspaceId, folds.filter(touched));
  await touchProfiles(tx, 'profiles_sample', workspaceId, sampled.filter(touched));
  await clearColumns(tx, 'profiles', workspaceId, folds);
  await clearColumns(tx, 'profiles_sample', workspaceId, sampled);
  return { readdressed: await changeIdentifiers(tx, workspaceId, folds) };
}

/** The sample has the same columns and is written by the same statements, so both go through the same changes. */
type Table = 'profiles' | 'profiles_sample';

/** Most events say no more of their profile than that it was seen; this costs a third of the upsert, and nothing where it was seen later already. */
async function touchProfiles(tx: TransactionSql, table: Table, workspaceId: WorkspaceId, folds: readonly Fold[]): Promise<void> {
  if (folds.length === 0) return;
  await tx`
    update ${tx(table)} p set first_seen = least(p.first_seen, t.first_seen), last_seen = greatest(p.last_seen, t.last_seen)
    from unnest(
      ${plainArray(folds.map((f) => f.profileId))}::text::bigint[], ${plainArray(folds.map((f) => new Date(f.first).toISOString()))}::text::timestamptz[],
      ${plainArray(folds.map((f) => new Date(f.last).toISOString()))}::text::timestamptz[]
    ) as t(profile_id, first_seen, last_seen)
    where p.workspace_id = ${workspaceId} and p.profile_id = t.profile_id and (t.last_seen > p.last_seen or t.first_seen < p.first_seen)`;
}

async function upsertProfiles(tx: TransactionSql, table: Table, workspaceId: WorkspaceId, folds: readonly Fold[]): Promise<void> {
  if (folds.length === 0) return;
  const masks = folds.map(bits);
  await tx`
    insert into ${tx(table)} as p (workspace_id, profile_id, first_seen, last_seen, bucket, country, city, language, platform, identifier_mask, properties)
    select ${workspaceId}, * from unnest(
      ${plainArray(folds.map((f) => f.profileId))}::text::bigint[], ${plainArray(folds.map((f) => new Date(f.first).toISOString()))}::text::timestamptz[],
      ${plainArray(folds.map((f) => new Date(f.last).toISOString()))}::text::timestamptz[], ${folds.map((f) => bucketOf(f.profileId))}::smallint[],
      ${folds.map((f) => f.country ?? null)}::text[], ${folds.map((f) => f.city ?? null)}::text[], ${folds.map((f) => f.language ?? null)}::text[],
      ${folds.map((f) => f.platform ?? null)}::text[], ${masks.map((m) => m.set)}::int[],
      ${jsonArray(folds.map((f) => f.properties ?? {}))}::text::jsonb[])
    on conflict (workspace_id, profile_id) do update set
      first_seen = least(p.first_seen, excluded.first_seen), last_seen = greatest(p.last_seen, excluded.last_seen),
      country = coalesce(excluded.country, p.country), city = coalesce(excluded.city, p.city),
      language = coalesce(excluded.language, p.language), platform = coalesce(excluded.platform, p.platform),
      identifier_mask = p.identifier_mask | excluded.identifier_mask,
      properties = case when excluded.properties = '{}' then p.properties else p.properties || excluded.properties end
    where excluded.last_seen > p.last_seen or excluded.first_seen < p.first_seen or excluded.properties <> '{}' or excluded.identifier_mask <> 0
      or excluded.country <> p.country or excluded.city <> p.city or excluded.language <> p.language or excluded.platform <> p.platform
      or (excluded.country is not null and p.country is null) or (excluded.city is not null and p.city is null)
      or (excluded.language is not null and p.language is null) or (excluded.platform is not null and p.platform is null)`;
}

/** An explicit null takes away; rare, so it has a statement of its own. */
async function clearColumns(tx: TransactionSql, table: Table, workspaceId: WorkspaceId, folds: readonly Fold[]): Promise<void> {
  const cleared = folds
    .map((f) => ({ profileId: f.profileId, mask: bits(f).clear, country: f.country === null, city: f.city === null }))
    .filter((f) => f.mask !== 0 || f.country || f.city);
  if (cleared.length === 0) return;
  await tx`
    update ${tx(table)} p set
      identifier_mask = p.identifier_mask & ~t.mask,
      country = case when t.country = 1 then null else p.country end, city = case when t.city = 1 then null else p.city end
    from unnest(
      ${cleared.map((c) => c.profileId)}::bigint[], ${cleared.map((c) => c.mask)}::int[], ${cleared.map((c) => Number(c.country))}::int[],
      ${cleared.map((c) => Number(c.city))}::int[]
    ) as t(profile_id, mask, country, city)
    where p.workspace_id = ${workspaceId} and p.profile_id = t.profile_id`;
}

/** @returns those whose email or phone is another now. */
async function changeIdentifiers(tx: TransactionSql, workspaceId: WorkspaceId, folds: readonly Fold[]): Promise<string[]> {
  const changed = folds.filter((f) => f.identifiers !== null);
  if (changed.length === 0) return [];
  const stored = await readIdentifiers(
    tx,
    workspaceId,
    changed.map((f) => f.profileId),
  );
  const rows = new Map<string, Digests>();
  for (const { profileId, identifiers } of changed) {
    const digests: Digests = { ...stored.get(profileId) };
    for (const [name, value] of Object.entries(identifiers ?? {}) as [Identifier, string | null][]) {
      if (value === null) delete digests[name];
      else digests[name] = value;
    }
    rows.set(profileId, digests);
  }
  await writeIdentifiers(tx, workspaceId, rows);
  const isElsewhere = (before: Digests | undefined, after: Digests) => before?.email !== after.email || before?.phone !== after.phone;
  return [...rows].flatMap(([profileId, digests]) => (isElsewhere(stored.get(profileId), digests) ? profileId : []));
}
