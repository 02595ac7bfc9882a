import { type SQL, sql } from 'drizzle-orm';
import type { TransactionSql } from 'postgres';
import type { WorkspaceId } from '@/lib/auth';
import type { Identifier } from '@/lib/identity/identifiers';
import type { Database } from './client';
import { mergeLive } from './live-arrivals';
import { readIdentifiers, writeIdentifiers } from './profile-identifiers';
import { copySamples, workspaceEventIds } from './samples';

export type Merge = { loser: string; winner: string };

/**
 * Moves everything of the losers to the winners and removes the losers; where both have a value the winner's stands, then the
 * loser's that came first. The caller holds the workspace alone (db/profile-ids.ts). Audiences are left as they are: who is in one under a
 * loser is found by profile_merges.
 */
export async function mergeProfiles(tx: TransactionSql, workspaceId: WorkspaceId, merges: readonly Merge[], now: Date): Promise<void> {
  const losers = merges.map((merge) => merge.loser);
  const winners = merges.map((merge) => merge.winner);
  await tx`
    update profile_ids i set profile_id = m.winner
    from unnest(${losers}::bigint[], ${winners}::bigint[]) as m(loser, winner)
    where i.workspace_id = ${workspaceId} and i.profile_id = m.loser`;
  await tx`
    update events e set profile_id = m.winner
    from unnest(${losers}::bigint[], ${winners}::bigint[]) as m(loser, winner)
    where e.workspace_id = ${workspaceId} and e.profile_id = m.loser`;
  await mergeRollUps(tx, workspaceId, losers, winners);
  await mergeIdentifiers(tx, workspaceId, merges);
  await mergeProperties(tx, workspaceId, losers, winners);
  await mergeLive(tx, workspaceId, losers, winners, now);
  await noteMerges(tx, workspaceId, losers, winners, now);
  await copySamples(tx, workspaceId, [...losers, ...winners]);
}

async function noteMerges(tx: TransactionSql, workspaceId: WorkspaceId, losers: string[], winners: string[], now: Date): Promise<void> {
  const pairs = tx`unnest(${losers}::bigint[], ${winners}::bigint[]) as m(loser, winner)`;
  await tx`update profile_merges p set winner = m.winner from ${pairs} where p.workspace_id = ${workspaceId} and p.winner = m.loser`;
  await tx`insert into profile_merges (workspace_id, loser, winner, looked_at) select ${workspaceId}::int, loser, winner, ${now}::timestamptz from ${pairs}`;
}

/** Selects profile_id: what else people were, in an audience perhaps still. @param people selects profile_id. */
export const formerProfiles = (workspaceId: WorkspaceId, people: SQL): SQL => sql`
  select g.loser as profile_id from profile_merges g where g.workspace_id = ${workspaceId} and g.winner in (select p.profile_id from (${people}) p)`;

/** After this no run holds a profile from before it was merged, and then again. */
const lookAgainMs = 2 * 86_400_000;
/** Each merge is asked of each audience. */
const looksAtOnce = 200_000;

/** Forgets merges of profiles that no audience holds or has held, each looked at every two days. @returns how many. */
export async function forgetMerges(db: Database, now: Date): Promise<number> {
  const before = new Date(now.getTime() - lookAgainMs).toISOString();
  const gone = await db.orm.execute(sql`
    with due as (
      select workspace_id, loser from profile_merges where looked_at < ${before}::timestamptz order by looked_at
      limit greatest(10, ${looksAtOnce}::int / (select count(*) + 1 from audiences)) for update skip locked
    ), held as (
      select d.* from due d where exists (
        select from audiences a join audience_members m on m.audience_id = a.id and m.profile_id = d.loser where a.workspace_id = d.workspace_id)
        or exists (select from audiences a join audience_stays s on s.audience_id = a.id and s.profile_id = d.loser where a.workspace_id = d.workspace_id)
    ), kept as (
      update profile_merges g set looked_at = ${now.toISOString()}::timestamptz from held h where g.workspace_id = h.workspace_id and g.loser = h.loser
    )
    delete from profile_merges g using due d
    where g.workspace_id = d.workspace_id and g.loser = d.loser
      and not exists (select from held h where h.workspace_id = d.workspace_id and h.loser = d.loser)
    returning 1`);
  return gone.length;
}

async function mergeRollUps(tx: TransactionSql, workspaceId: WorkspaceId, losers: string[], winners: string[]): Promise<void> {
  await tx`
    with gone as (
      delete from profile_events
      where workspace_id = ${workspaceId} and event_id = any(${workspaceEventIds(tx, workspaceId)}) and profile_id = any(${losers}::bigint[]) returning *
    )
    insert into profile_events as p (workspace_id, profile_id, event_id, count, first_time, last_time, sum)
    select ${workspaceId}, m.winner, g.event_id, sum(g.count), min(g.first_time), max(g.last_time), sum(g.sum)
    from gone g join unnest(${losers}::bigint[], ${winners}::bigint[]) as m(loser, winner) on m.loser = g.profile_id
    group by m.winner, g.event_id
    order by g.event_id, m.winner
    on conflict (workspace_id, profile_id, event_id) do update set
      count = p.count + excluded.count, sum = p.sum + excluded.sum,
      first_time = least(p.first_time, excluded.first_time), last_time = greatest(p.last_time, excluded.last_time)`;
}

async function mergeIdentifiers(tx: TransactionSql, workspaceId: WorkspaceId, merges: readonly Merge[]): Promise<void> {
  const stored = await readIdentifiers(tx, workspaceId, [...new Set(merges.flatMap((merge) => [merge.loser, merge.winner]))]);
  const changed = new Map<string, Partial<Record<Identifier, string>>>();
  for (const { loser, winner } of merges) {
    const lost = stored.get(loser);
    if (!lost) continue;
    const kept = { ...lost, ...stored.get(winner) };
    stored.set(winner, kept);
    changed.set(winner, kept);
  }
  await writeIdentifiers(tx, workspaceId, changed);
  const losers = merges.map((merge) => merge.loser);
  await tx`delete from profile_identifiers where workspace_id = ${workspaceId} and profile_id = any(${losers}::bigint[])`;
}

/** jsonb keeps the right-hand side of ||, so the losers are folded from the last to the first and the winner comes on top. */
async function mergeProperties(tx: TransactionSql, workspaceId: WorkspaceId, losers: string[], winners: string[]): Promise<void> {
  await tx`
    with gone as (
      delete from profiles where workspace_id = ${workspaceId} and profile_id = any(${losers}::bigint[]) returning *
    ), paired as (
      select m.winner, m.ord, g.* from gone g
      join unnest(${losers}::bigint[], ${winners}::bigint[]) with ordinality as m(loser, winner, ord) on m.loser = g.profile_id
    ), folded as (
      select winner, min(first_seen) as first_seen, max(last_seen) as last_seen, bit_or(identifier_mask) as mask,
        (array_agg(country order by ord) filter (where country is not null))[1] as country,
        (array_agg(city order by ord) filter (where city is not null))[1] as city,
        (array_agg(language order by ord) filter (where language is not null))[1] as language,
        (array_agg(platform order by ord) filter (where platform is not null))[1] as platform
      from paired group by winner
    ), entries as (
      select distinct on (p.winner, e.key) p.winner, e.key, e.value
      from paired p, jsonb_each(p.properties) e order by p.winner, e.key, p.ord
    ), properties as (
      select winner, jsonb_object_agg(key, value) as properties from entries group by winner
    )
    update profiles w set
      first_seen = least(w.first_seen, f.first_seen), last_seen = greatest(w.last_seen, f.last_seen),
      identifier_mask = w.identifier_mask | f.mask,
      country = coalesce(w.country, f.country), city = coalesce(w.city, f.city),
      language = coalesce(w.language, f.language), platform = coalesce(w.platform, f.platform),
      properties = coalesce(p.properties, '{}'::jsonb) || w.properties
    from folded f left join properties p using (winner)
    where w.workspace_id = ${workspaceId} and w.profile_id = f.winner`;
}
