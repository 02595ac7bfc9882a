import { type SQL, sql } from 'drizzle-orm';
import { type Weekday, weekdayNames } from './behaviour';
import type { CatalogueEvent, CompileContext } from './compile-context';
import type { PropertyCondition } from './definition';
import type { Formula, Leaf } from './formula';
import { instantParam, jsonValue, propertySql, type Value } from './property-sql';

/** Rows of `events`, as `e`, that match a condition. */

export type EventScope = CompileContext & {
  tables: { profiles: SQL; events: SQL; profileEvents: SQL };
  /** Joined once, however often it comes. */
  leaf(leaf: Omit<Leaf, 'mayOutlive'>): Formula;
};

export type EventFilter = { where?: readonly PropertyCondition[]; hours?: readonly [number, number]; weekdays?: readonly Weekday[] };
export type EventRows = { events: readonly CatalogueEvent[] /** "from events e where …" */; from: SQL };

/** Ends of a time; null is open. */
export type TimeBounds = { from: Date | null; fromIncluded?: boolean; to: Date | null; toIncluded?: boolean };

/** Null where none of the events was ever seen. */
export function eventRows(
  names: string | readonly string[],
  filter: EventFilter,
  bounds: TimeBounds,
  scope: Omit<EventScope, 'leaf'>,
): EventRows | null {
  const events = knownEvents(names, scope);
  if (events.length === 0) return null;
  const tests = [eventIdTest(sql`e.event_id`, events), boundsSql(sql`e.time`, bounds)];
  for (const condition of filter.where ?? []) tests.push(propertySql(condition, eventValue(events, condition.property), scope));
  if (filter.hours) tests.push(hoursSql(filter.hours, scope.zone));
  if (filter.weekdays) tests.push(weekdaysSql(filter.weekdays, scope.zone));
  if (scope.among) tests.push(amongSql(sql`e.profile_id`, scope.among));
  return { events, from: sql`from ${scope.tables.events} e where ${sql.join(tests, sql` and `)}` };
}

export function uniqueProfiles({ from }: EventRows, having?: SQL): Pick<Leaf, 'unique' | 'repeated'> {
  if (having === undefined)
    return { unique: sql`select e.profile_id ${from} group by e.profile_id`, repeated: sql`select e.profile_id ${from}` };
  const unique = sql`select e.profile_id ${from} group by e.profile_id having ${having}`;
  return { unique, repeated: unique };
}

/** Each once, in order of their ids: equal lists give equal text. */
export function knownEvents(names: string | readonly string[], { events }: CompileContext): CatalogueEvent[] {
  const known = [...new Set([names].flat())].flatMap((name) => events.get(name) ?? []);
  return known.sort((a, b) => a.eventId - b.eventId);
}

/** An event id belongs to one workspace: no other workspace's rows can be met. */
export const eventIdTest = (column: SQL, events: readonly CatalogueEvent[]): SQL =>
  events.length === 1 ? sql`${column} = ${events[0]?.eventId}` : sql`${column} = any(${numberArray(events.map((e) => e.eventId))}::int[])`;

export const amongSql = (column: SQL, profileIds: readonly string[]): SQL => sql`${column} = any(${numberArray(profileIds)}::bigint[])`;

const numberArray = (numbers: readonly (number | string)[]): string => `{${numbers.join(',')}}`;

/** True where both ends are open. */
export function boundsSql(time: SQL, { from, fromIncluded = true, to, toIncluded = false }: TimeBounds): SQL {
  const tests: SQL[] = [];
  if (from) tests.push(sql`${time} ${sql.raw(fromIncluded ? '>=' : '>')} ${instantParam(from)}`);
  if (to) tests.push(sql`${time} ${sql.raw(toIncluded ? '<=' : '<')} ${instantParam(to)}`);
  return tests.length === 0 ? sql`true` : sql.join(tests, sql` and `);
}

/** Promoted columns answer from the index alone; a mixture of events is answered by the JSON, which always can. */
export function eventValue(events: readonly CatalogueEvent[], property: string): Value {
  const json = jsonValue(sql`e.properties`, property);
  // A dot may mean a way down through objects, which no column follows.
  if (property.includes('.')) return { json };
  return {
    json,
    ...(events.every((event) => event.amountProperty === property) ? { number: sql`e.amount` } : {}),
    ...(events.every((event) => event.labelProperty === property) ? { text: sql`e.label` } : {}),
  };
}

/** NULL where there is no number. */
export const numberOf = ({ json, number }: Value): SQL =>
  number ?? sql`(case when jsonb_typeof(${json}) = 'number' then (${json})::numeric end)`;

/** An instant has one local hour and one local day, so Postgres may tell it. */
function hoursSql([from, to]: readonly [number, number], zone: string): SQL {
  const hour = sql`extract(hour from e.time at time zone ${zone})`;
  return from < to ? sql`(${hour} >= ${from} and ${hour} < ${to})` : sql`(${hour} >= ${from} or ${hour} < ${to})`;
}

function weekdaysSql(weekdays: readonly Weekday[], zone: string): SQL {
  const days = [...new Set(weekdays)].map((day) => weekdayNames.indexOf(day) + 1).sort();
  return sql`extract(isodow from e.time at time zone ${zone})::int = any(${numberArray(days)}::int[])`;
}
