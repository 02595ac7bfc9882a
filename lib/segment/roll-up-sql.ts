import { type SQL, sql } from 'drizzle-orm';
import type { CatalogueEvent } from './compile-context';
import { amongSql, boundsSql, type EventFilter, type EventScope, knownEvents, type TimeBounds } from './event-sql';
import type { Leaf } from './formula';
import { instantParam } from './property-sql';

/**
 * Rows of `profile_events`, as `r`: what a profile ever did of one event. They come in order of profile ids, so that leaves and profiles are
 * merged and nothing is hashed. Exact at any instant: where something happened after it the row shows it, and the events are asked.
 */

/** Where many rows have changed since the evaluation, asking the events at once is quicker. */
const mostLateMs = 3_600_000;

/** The events, where their roll-ups may answer; null where single events must be looked at. */
export function rolledUp(
  names: string | readonly string[],
  { where, hours, weekdays }: EventFilter,
  scope: EventScope,
): readonly CatalogueEvent[] | null {
  const late = scope.now.getTime() - scope.at.getTime() > mostLateMs && !scope.among;
  return where || hours || weekdays || late ? null : knownEvents(names, scope);
}

type Rows = Pick<Leaf, 'unique' | 'repeated'>;

/** Its first time lies within the bounds, which end at the evaluation or before. */
export const firstWithin = (event: CatalogueEvent, bounds: TimeBounds, scope: EventScope): Rows =>
  rollUpRows(event, boundsSql(sql`r.first_time`, bounds), scope);

/** Its last time up to the evaluation lies within the bounds. */
export function lastWithin(event: CatalogueEvent, bounds: TimeBounds, scope: EventScope): Rows {
  const last = ofEvents(sql`max(e.time)`, scope);
  const late = sql`r.last_time > ${instantParam(scope.at)} and ${boundsSql(last, bounds)}`;
  return rollUpRows(event, sql`((${boundsSql(sql`r.last_time`, bounds)}) or (${late}))`, scope);
}

export type Totals = { count: SQL; sum: SQL };

/** It happened, and `test` holds for the totals of all events up to the evaluation. */
export function totalsFit(event: CatalogueEvent, test: (totals: Totals) => SQL, scope: EventScope): Rows {
  const at = instantParam(scope.at);
  const late = { count: ofEvents(sql`count(*)`, scope), sum: ofEvents(sql`coalesce(sum(e.amount), 0)`, scope) };
  const fits = sql`(r.last_time <= ${at} and ${test({ count: sql`r.count`, sum: sql`r.sum` })}) or (r.last_time > ${at} and ${test(late)})`;
  return rollUpRows(event, sql`r.first_time <= ${at} and (${fits})`, scope);
}

function rollUpRows(event: CatalogueEvent, test: SQL, scope: EventScope): Rows {
  const some = scope.among ? sql` and ${amongSql(sql`r.profile_id`, scope.among)}` : sql``;
  const rows = sql`select r.profile_id from ${scope.tables.profileEvents} r
    where r.workspace_id = ${scope.workspaceId} and r.event_id = ${event.eventId}${some} and ${test}`;
  return { unique: rows, repeated: rows };
}

/** Of the row's own events up to the evaluation: for the few rows with a later one. */
const ofEvents = (what: SQL, { tables, at }: EventScope): SQL =>
  sql`(select ${what} from ${tables.events} e where e.profile_id = r.profile_id and e.event_id = r.event_id and e.time <= ${instantParam(at)})`;
