import type { TransactionSql } from 'postgres';
import { jsonArray, plainArray, textArray } from '@/lib/array-literal';
import type { WorkspaceId } from '@/lib/auth';
import { furthestAheadMs, latestMs, longestWaitDays } from '@/lib/live/trigger';
import type { EventRow } from './events';
import { listeningStates } from './live-campaigns';

/** An event, or, with event id 0, that something was told of the profile. What ended a stay is looked for from the oldest time on. */
export type Arrival = EventRow | { profileId: string; eventId: number };

/** Names that a live campaign of the workspace listens to: asked at each write, so that a workspace without any pays next to nothing. */
export async function heardNames(tx: TransactionSql, workspaceId: WorkspaceId): Promise<ReadonlySet<string>> {
  const rows = await tx<{ name: string }[]>`
    select distinct l.name from live_events l join campaigns c on c.id = l.campaign_id
    where l.workspace_id = ${workspaceId} and c.state = any(${[...listeningStates]}::text[])`;
  return new Set(rows.map(({ name }) => name));
}

/** Remembers them in the transaction that stores them, until it is settled what they start and end. What comes too late starts nothing. */
export async function noteArrivals(
  tx: TransactionSql,
  workspaceId: WorkspaceId,
  arrivals: readonly Arrival[],
  arrivedAt: Date,
): Promise<void> {
  const timely = arrivals.filter((arrival) => !('time' in arrival) || isTimely(arrival.time, arrivedAt));
  const others = arrivals.filter((arrival): arrival is EventRow => 'time' in arrival && !isTimely(arrival.time, arrivedAt));
  if (others.length > 0) await noteOthers(tx, workspaceId, others, arrivedAt);
  if (timely.length === 0) return;
  const times = timely.map((arrival) => ('time' in arrival ? new Date(arrival.time) : arrivedAt).toISOString());
  await tx`
    insert into live_arrivals (workspace_id, profile_id, event_id, time, amount, label, properties, arrived_at)
    select ${workspaceId}::int, *, ${arrivedAt}::timestamptz from unnest(
      ${plainArray(timely.map((a) => a.profileId))}::text::bigint[], ${plainArray(timely.map((a) => a.eventId))}::text::int[], ${plainArray(times)}::text::timestamptz[],
      ${plainArray(timely.map((a) => ('time' in a ? a.amount : null)))}::text::float8[], ${textArray(timely.map((a) => ('time' in a ? a.label : null)))}::text::text[],
      ${jsonArray(timely.map((a) => ('time' in a ? a.properties : {})))}::text::jsonb[])`;
}

const isTimely = (time: number, arrivedAt: Date): boolean =>
  time >= arrivedAt.getTime() - latestMs && time <= arrivedAt.getTime() + furthestAheadMs;

/**
 * As something told of the profiles: it starts nothing, but may be an exit. Only of those with a stay that it may end, or who may have one
 * in a moment: an import of years passes by.
 */
async function noteOthers(tx: TransactionSql, workspaceId: WorkspaceId, others: readonly EventRow[], arrivedAt: Date): Promise<void> {
  const times = plainArray(others.map(({ time }) => new Date(Math.min(time, arrivedAt.getTime())).toISOString()));
  await tx`
    insert into live_arrivals (workspace_id, profile_id, event_id, time, properties, arrived_at)
    select ${workspaceId}::int, t.profile_id, 0, min(t.time), '{}'::jsonb, ${arrivedAt}::timestamptz
    from unnest(${plainArray(others.map((a) => a.profileId))}::text::bigint[], ${times}::text::timestamptz[]) as t(profile_id, time)
    where exists (
        select from live_stays s where s.workspace_id = ${workspaceId} and s.profile_id = t.profile_id and s.since <= t.time + ${longestWait(tx)})
      or exists (select from live_wakes w where w.workspace_id = ${workspaceId} and w.profile_id = t.profile_id)
      or t.profile_id in (select profile_id from live_arrivals where workspace_id = ${workspaceId})
    group by t.profile_id`;
}

/** An exit between the event that began a wait and the wait's end, from which the stay counts, is one as well. */
const longestWait = (tx: TransactionSql) => tx`make_interval(days => ${longestWaitDays}::int)`;

/**
 * Everything live of the losers becomes the winners'. Whoever then has a stay is settled anew, from when that began: either may have done what
 * ends it. Call once the events are moved.
 */
export async function mergeLive(
  tx: TransactionSql,
  workspaceId: WorkspaceId,
  losers: string[],
  winners: string[],
  arrivedAt: Date,
): Promise<void> {
  const pairs = tx`unnest(${losers}::bigint[], ${winners}::bigint[]) as m(loser, winner)`;
  await tx`update live_arrivals a set profile_id = m.winner from ${pairs} where a.workspace_id = ${workspaceId} and a.profile_id = m.loser`;
  await tx`
    with gone as (delete from live_wakes w using ${pairs} where w.workspace_id = ${workspaceId} and w.profile_id = m.loser returning w.audience_id, m.winner, w.from_time, w.due_at)
    insert into live_wakes as w (workspace_id, audience_id, profile_id, from_time, due_at)
    select ${workspaceId}::int, audience_id, winner, min(from_time), min(due_at) from gone group by audience_id, winner
    on conflict (audience_id, profile_id) do update set from_time = least(w.from_time, excluded.from_time), due_at = least(w.due_at, excluded.due_at)`;
  // Winners are touched when they are settled: until then they may be people who have left already.
  await tx`
    with gone as (delete from live_stays s using ${pairs} where s.workspace_id = ${workspaceId} and s.profile_id = m.loser returning s.audience_id, m.loser, m.winner, s.since, s.until),
    kept as (
      insert into live_stays as s (workspace_id, audience_id, profile_id, since, until)
      select ${workspaceId}::int, audience_id, winner, max(since), max(until) from gone group by audience_id, winner
      on conflict (audience_id, profile_id) do update set since = greatest(s.since, excluded.since), until = greatest(s.until, excluded.until)
    ), noted as (
      insert into live_arrivals (workspace_id, profile_id, event_id, time, properties, arrived_at)
      select ${workspaceId}::int, profile_id, 0, min(since) - ${longestWait(tx)}, '{}'::jsonb, ${arrivedAt}::timestamptz from (
        select winner as profile_id, since from gone
        union all select s.profile_id, s.since from live_stays s where s.workspace_id = ${workspaceId} and s.profile_id = any(${winners}::bigint[])
      ) t group by profile_id
    )
    insert into live_touched (workspace_id, audience_id, profile_id)
    select ${workspaceId}::int, audience_id, loser from gone order by audience_id, loser
    on conflict (audience_id, profile_id) do update set workspace_id = excluded.workspace_id where false`;
}
