import type { WorkspaceId } from '@/lib/auth';
import { AppError } from '@/lib/errors';
import { digest } from '@/lib/identity/hash';
import { type Identifier, identifierBit, identifiers } from '@/lib/identity/identifiers';
import { normalize } from '@/lib/identity/normalize';
import type { IdKey } from '@/lib/intake/identity-plan';
import type { Fault, Properties } from '@/lib/intake/record';
import type { Definition } from '@/lib/segment/definition';
import type { Database } from './client';
import type { MemberState, ProfileIdKind } from './schema';

export type ProfileSummary = {
  /** Decimal text: bigint. */
  profileId: string;
  /** What the profile goes by: its first user id, else its first anonymous id. */
  name: string;
  anonymous: boolean;
  firstSeen: Date;
  lastSeen: Date;
  country: string | null;
  has: Identifier[];
};

export type ProfileDetail = ProfileSummary & {
  ids: { kind: ProfileIdKind; value: string }[];
  city: string | null;
  language: string | null;
  platform: string | null;
  properties: Properties;
  /** The newest hundred events, newest first. */
  timeline: { name: string; time: Date; properties: Properties }[];
  /** `segment` or `definition` is what the campaign follows. */
  audiences: {
    campaignId: string;
    campaignName: string;
    audienceName: string;
    state: MemberState;
    since: Date;
    segment: string | null;
    definition: Definition | null;
  }[];
};

type SummaryRow = Omit<ProfileSummary, 'has' | 'anonymous'> & { kind: ProfileIdKind; mask: number };

const found = 50;
const timelineLength = 100;

export const identifiersOfMask = (mask: number): Identifier[] => identifiers.filter((name) => (mask & identifierBit[name]) !== 0);

const summaryOf = ({ kind, mask, ...row }: SummaryRow): ProfileSummary => ({
  ...row,
  anonymous: kind === 'anonymous',
  has: identifiersOfMask(mask),
});

/**
 * At most fifty profiles: those whose id begins with the text, or whose email or phone (hashed before the look-up) it is, the last seen
 * first. Without text the last seen of all.
 */
export async function searchProfiles(db: Database, workspaceId: WorkspaceId, text: string): Promise<ProfileSummary[]> {
  const wanted = text.trim();
  const profileIds = await (wanted === '' ? lastSeen(db, workspaceId) : matchingProfiles(db, workspaceId, wanted));
  const rows = await db.sql<SummaryRow[]>`
    select p.profile_id::text as "profileId", i.value as name, i.kind, p.first_seen as "firstSeen", p.last_seen as "lastSeen", p.country,
      p.identifier_mask as mask
    from profiles p
    cross join lateral (
      select kind, value from profile_ids i where i.workspace_id = p.workspace_id and i.profile_id = p.profile_id
      order by kind desc, created_at, value limit 1
    ) i
    where p.workspace_id = ${workspaceId} and p.profile_id = any(${profileIds}::bigint[])
    order by p.last_seen desc, p.profile_id limit ${found}`;
  return rows.map(summaryOf);
}

async function lastSeen(db: Database, workspaceId: WorkspaceId): Promise<string[]> {
  const rows = await db.sql<{ id: string }[]>`
    select profile_id::text as id from profiles where workspace_id = ${workspaceId} order by last_seen desc limit ${found}`;
  return rows.map((row) => row.id);
}

/** At most fifty whose id begins with the text, and those whose email or phone it is. */
export async function matchingProfiles(db: Database, workspaceId: WorkspaceId, text: string): Promise<string[]> {
  const [workspace] = await db.sql<
    { country: string | null }[]
  >`select default_country as country from workspaces where id = ${workspaceId}`;
  const hashed = (identifier: 'email' | 'phone') => {
    const normalized = normalize(identifier, text, { country: workspace?.country ?? null, year: 0 });
    return normalized === null ? null : digest(identifier, normalized);
  };
  const rows = await db.sql<{ id: string }[]>`
    (select profile_id::text as id from profile_ids where workspace_id = ${workspaceId} and starts_with(value, ${text}) limit ${found})
    union select profile_id::text from profile_identifiers where workspace_id = ${workspaceId} and email = decode(${hashed('email')}, 'hex')
    union select profile_id::text from profile_identifiers where workspace_id = ${workspaceId} and phone = decode(${hashed('phone')}, 'hex')`;
  return rows.map((row) => row.id);
}

/** The profile that one of its user ids names. @throws AppError not_found. */
export async function profileOfUser(db: Database, workspaceId: WorkspaceId, userId: string): Promise<string> {
  const [row] = await db.sql<{ profileId: string }[]>`
    select profile_id::text as "profileId" from profile_ids where workspace_id = ${workspaceId} and kind = 'user' and value = ${userId}`;
  if (!row) throw new AppError('not_found', 'No profile has this user id.', 'userId');
  return row.profileId;
}

export async function hasProfile(db: Database, workspaceId: WorkspaceId, profileId: string): Promise<boolean> {
  if (!/^\d{1,18}$/.test(profileId)) return false;
  const rows = await db.sql`select from profiles where workspace_id = ${workspaceId} and profile_id = ${profileId}`;
  return rows.length > 0;
}

/** Null when the workspace has no such profile, or the id is no number. */
export async function profileDetail(db: Database, workspaceId: WorkspaceId, profileId: string): Promise<ProfileDetail | null> {
  if (!/^\d{1,18}$/.test(profileId)) return null;
  type Row = Omit<SummaryRow, 'name' | 'kind'> & Pick<ProfileDetail, 'city' | 'language' | 'platform' | 'properties'>;
  const [row] = await db.sql<Row[]>`
    select profile_id::text as "profileId", first_seen as "firstSeen", last_seen as "lastSeen", country, city, language, platform, properties,
      identifier_mask as mask
    from profiles where workspace_id = ${workspaceId} and profile_id = ${profileId}`;
  if (!row) return null;
  const [ids, timeline, audiences] = await Promise.all([
    db.sql<ProfileDetail['ids']>`
      select kind, value from profile_ids where workspace_id = ${workspaceId} and profile_id = ${profileId} order by kind desc, created_at, value`,
    db.sql<ProfileDetail['timeline']>`
      select n.name, e.time, e.properties from events e join event_names n on n.event_id = e.event_id
      where e.workspace_id = ${workspaceId} and e.profile_id = ${profileId} order by e.time desc limit ${timelineLength}`,
    db.sql<ProfileDetail['audiences']>`
      select c.id as "campaignId", c.name as "campaignName", a.name as "audienceName", m.since, v.segment_key as segment, v.definition,
        case when m.state = 'in' and exists (
          select from batch_members b join sync_batches s on s.run_id = b.run_id and s.seq = b.seq
          where b.audience_id = a.id and b.run_id = m.run_id and s.op <> 'remove' and s.state <> 'sent' and m.profile_id = any(b.profile_ids)
        ) then 'adding' else m.state end as state
      from audiences a join audience_members m on m.audience_id = a.id and m.profile_id = ${profileId} join campaigns c on c.id = a.campaign_id
        left join campaign_versions v on v.id = c.version_id
      where a.workspace_id = ${workspaceId} and m.state <> 'out' order by m.since desc`,
  ]);
  const { mask, ...rest } = row;
  const [first] = ids;
  return {
    ...rest,
    name: first?.value ?? '',
    anonymous: first?.kind !== 'user',
    has: identifiersOfMask(mask),
    ids: [...ids],
    timeline: [...timeline],
    audiences: [...audiences],
  };
}

/** What could not be normalized, and how often, in all; the most frequent first. `eventTime` are events that came from the future. */
export async function identifierFaults(
  db: Database,
  workspaceId: WorkspaceId,
): Promise<{ identifier: Fault; count: number; lastDay: string }[]> {
  return db.sql<{ identifier: Fault; count: number; lastDay: string }[]>`
    select identifier, sum(count)::float8 as count, to_char(max(day), 'YYYY-MM-DD') as "lastDay"
    from identifier_faults where workspace_id = ${workspaceId} group by identifier order by 2 desc, 1`;
}

/** Country (ISO alpha-2) of the profiles these ids name, where it is known. */
export async function countriesOf(db: Database, workspaceId: WorkspaceId, keys: readonly IdKey[]): Promise<Map<IdKey, string>> {
  if (keys.length === 0) return new Map();
  const split = keys.map((key) => ({ kind: key.slice(0, key.indexOf(':')), value: key.slice(key.indexOf(':') + 1) }));
  const rows = await db.sql<{ key: IdKey; country: string }[]>`
    select i.kind || ':' || i.value as key, p.country
    from unnest(${split.map((id) => id.kind)}::text[], ${split.map((id) => id.value)}::text[]) as t(kind, value)
    join profile_ids i on i.workspace_id = ${workspaceId} and i.kind = t.kind and i.value = t.value
    join profiles p on p.workspace_id = i.workspace_id and p.profile_id = i.profile_id
    where p.country is not null`;
  return new Map(rows.map((row) => [row.key, row.country]));
}
