import { type SQL, sql } from 'drizzle-orm';
import type { CatalogueEvent } from './compile-context';
import { amongSql, boundsSql, type EventFilter, type EventScope, knownEvents, type TimeBounds } from './event-sql';
import type { Leaf } from './formula';
import { instantParam } from './property-sql';

/**
 * Rows of `profile_events`, as `r`: what a profile ever did of one event. They come in order of profile ids, so that leaves and profiles are
 * merged and nothing is hashed. Exact at any instant: of those to whom the event happened after it, the events are asked.
 */

/** Where more than an hour has come in since the evaluation, many rows are late: asking the events at once is quicker. */
const mostLateMs = 3_600_000;

/**
 * The events, where their roll-ups may answer; null where single events must be looked at.
 * @param asks of the first time: it is what it was at the evaluation, however much came later.
 */
export function rolledUp(
  names: string | readonly string[],
  { where, hours, weekdays }: EventFilter,
  scope: EventScope,
  asks: 'first' | 'all',
): readonly CatalogueEvent[] | null {
  const late = asks === 'all' && scope.now.getTime() - scope.at.getTime() > mostLateMs && !scope.among;
  return where || hours || weekdays || late ? null : knownEvents(names, scope);
}

type Rows = Pick<Leaf, 'unique' | 'repeated'>;

/** Its first time lies within the bounds, which end at the evaluation or before. */
export const firstWithin = (event: CatalogueEvent, bounds: TimeBounds, scope: EventScope): Rows =>
  rollUpRows(event, boundsSql(sql`r.first_time`, bounds), scope);

/** Its last time up to the evaluation lies within the bounds. */
export function lastWithin(event: CatalogueEvent, bounds: TimeBounds, scope: EventScope): Rows {
  const late = lateProfiles(event, { ...bounds, to: scope.at, toIncluded: true }, boundsSql(sql`max(e.time)`, bounds), scope);
  return rollUpRows(event, eitherSql(boundsSql(sql`r.last_time`, bounds), late, scope), scope);
}

export type Totals = { count: SQL; sum: SQL };

/** It happened, and `test` holds for the totals of all events up to the evaluation. */
export function totalsFit(event: CatalogueEvent, test: (totals: Totals) => SQL, scope: EventScope): Rows {
  const bounds = { from: null, to: scope.at, toIncluded: true };
  const settled = sql`${boundsSql(sql`r.last_time`, bounds)} and ${test({ count: sql`r.count`, sum: sql`r.sum` })}`;
  const late = lateProfiles(event, bounds, test({ count: sql`count(*)`, sum: sql`coalesce(sum(e.amount), 0)` }), scope);
  return rollUpRows(event, eitherSql(settled, late, scope), scope);
}

function rollUpRows(event: CatalogueEvent, test: SQL, scope: EventScope): Rows {
  const some = scope.among ? sql` and ${amongSql(sql`r.profile_id`, scope.among)}` : sql``;
  const rows = sql`select r.profile_id from ${scope.tables.profileEvents} r
    where r.workspace_id = ${scope.workspaceId} and r.event_id = ${event.eventId}${some} and ${test}`;
  return { unique: rows, repeated: rows };
}

/**
 * Of the profiles whose last time lies after the evaluation, those whose events up to it are as asked: they are found at the very edge of the
 * covering index, and few. An array that is made once leaves the scan in order, and the planner its statistics.
 */
function lateProfiles(event: CatalogueEvent, bounds: TimeBounds, having: SQL, { tables, among, at }: EventScope): SQL {
  const some = among ? sql` and ${amongSql(sql`l.profile_id`, among)}` : sql``;
  const late = sql`select l.profile_id from ${tables.events} l where l.event_id = ${event.eventId}${some} and l.time > ${instantParam(at)}`;
  return sql`array(select e.profile_id from ${tables.events} e join (${late} group by l.profile_id) late on late.profile_id = e.profile_id
    where e.event_id = ${event.eventId} and ${boundsSql(sql`e.time`, bounds)} group by e.profile_id having ${having})`;
}

/** The array is searched from end to end: by rows that are late alone. */
const eitherSql = (settled: SQL, late: SQL, { at }: EventScope): SQL =>
  sql`((${settled}) or (r.last_time > ${instantParam(at)} and r.profile_id = any(${late})))`;
