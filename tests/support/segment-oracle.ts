import { Temporal } from 'temporal-polyfill';
import type { Definition, PropertyCondition } from '@/lib/segment/definition';
import type { Window } from '@/lib/segment/window';

/**
 * A plain evaluator of the segment language, written from docs/segment-language.md alone: it walks every event of one profile. It shares
 * no code with the compiler; local days are told by asking each instant for its local date.
 */
export type OracleEvent = { name: string; time: Date; properties: Record<string, unknown> };
export type OracleProfile = { properties: Record<string, unknown>; builtIn: Record<string, unknown>; has: string[]; events: OracleEvent[] };
export type OracleMoment = { at: Date; zone: string };

export function qualifies(definition: Definition, profile: OracleProfile, moment: OracleMoment): boolean {
  if ('all' in definition) return definition.all.every((each) => qualifies(each, profile, moment));
  if ('any' in definition) return definition.any.some((each) => qualifies(each, profile, moment));
  if ('not' in definition) return !qualifies(definition.not, profile, moment);
  if ('has' in definition) return definition.has === 'reachable' ? profile.has.length > 0 : profile.has.includes(definition.has);
  if ('property' in definition) return holds(definition, lookUp(profile, definition.property), moment);
  if (!('did' in definition || 'didNot' in definition) || 'occurrence' in definition) throw new Error('not evaluated yet');
  const names = 'did' in definition ? definition.did : definition.didNot;
  const matching = profile.events.filter(
    (event) =>
      [names].flat().includes(event.name) &&
      sees(definition.within ?? 'ever', event.time, moment) &&
      (definition.where ?? []).every((condition) => holds(condition, propertyOf(event.properties, condition.property), moment)),
  ).length;
  if ('didNot' in definition) return matching === 0;
  if (matching === 0 && !definition.includeZero) return false;
  return compares(matching, definition.count ?? { gte: 1 });
}

function lookUp(profile: OracleProfile, name: string): unknown {
  return name in profile.builtIn ? profile.builtIn[name] : propertyOf(profile.properties, name);
}

function propertyOf(object: Record<string, unknown>, name: string): unknown {
  if (Object.hasOwn(object, name)) return object[name];
  let value: unknown = object;
  for (const part of name.split('.')) {
    if (typeof value !== 'object' || value === null || Array.isArray(value) || !Object.hasOwn(value, part)) return undefined;
    value = (value as Record<string, unknown>)[part];
  }
  return value;
}

function compares(n: number, compare: Record<string, number | [number, number]>): boolean {
  const [[op, bound] = ['', 0]] = Object.entries(compare);
  if (Array.isArray(bound)) return n >= bound[0] && n <= bound[1];
  const tests: Record<string, boolean> = {
    eq: n === bound,
    ne: n !== bound,
    gt: n > bound,
    gte: n >= bound,
    lt: n < bound,
    lte: n <= bound,
  };
  return tests[op] ?? false;
}

const dateOf = (at: Date, zone: string) => Temporal.Instant.fromEpochMilliseconds(at.getTime()).toZonedDateTimeISO(zone).toPlainDate();
const before = (date: Temporal.PlainDate, duration: object) => date.subtract(duration as Temporal.DurationLike);
const order = Temporal.PlainDate.compare;

function sees(window: Window, time: Date, { at, zone }: OracleMoment): boolean {
  if (time > at) return false;
  const day = dateOf(time, zone);
  const today = dateOf(at, zone);
  const between = (first: Temporal.PlainDate, last: Temporal.PlainDate) => order(day, first) >= 0 && order(day, last) <= 0;
  if (window === 'ever') return true;
  if (window === 'today') return order(day, today) === 0;
  if (window === 'yesterday') return order(day, today.subtract({ days: 1 })) === 0;
  if (window === 'thisMonth') return day.toPlainYearMonth().equals(today.toPlainYearMonth());
  if (window === 'previousMonth') return day.toPlainYearMonth().equals(today.toPlainYearMonth().subtract({ months: 1 }));
  if ('last' in window) {
    const elapsed = elapsedOf(window.last);
    return elapsed === null ? order(day, before(today, window.last)) >= 0 : time.getTime() > at.getTime() - elapsed;
  }
  if ('on' in window) return day.toString() === window.on;
  if ('before' in window) return day.toString() < window.before;
  if ('after' in window) return day.toString() > window.after;
  if ('between' in window) return day.toString() >= window.between[0] && day.toString() <= window.between[1];
  if ('exactly' in window) return order(day, before(today, window.exactly)) === 0;
  return between(before(today, window.ago.from), before(today, window.ago.to));
}

function elapsedOf(duration: object): number | null {
  const { minutes, hours } = duration as { minutes?: number; hours?: number };
  return minutes ? minutes * 60_000 : hours ? hours * 3_600_000 : null;
}

const opposites: Partial<Record<PropertyCondition['op'], PropertyCondition['op']>> = {
  isNot: 'is',
  isNoneOf: 'isOneOf',
  notContains: 'contains',
  ne: 'eq',
  containsNone: 'containsAny',
  notInLast: 'inLast',
  notExists: 'exists',
};

function holds(condition: PropertyCondition, value: unknown, moment: OracleMoment): boolean {
  const opposite = opposites[condition.op];
  if (opposite) return !holds({ ...condition, op: opposite } as PropertyCondition, value, moment);
  const wanted = 'value' in condition ? condition.value : undefined;
  const fold = (text: string) => ('ignoreCase' in condition && condition.ignoreCase ? text.toLowerCase() : text);
  const text = (test: (value: string, wanted: string) => boolean) => typeof value === 'string' && test(fold(value), fold(wanted as string));
  const number = (compare: Record<string, number | [number, number]>) => typeof value === 'number' && compares(value, compare);
  switch (condition.op) {
    case 'exists':
      return value !== undefined && value !== null;
    case 'is':
      return typeof wanted === 'boolean' ? value === wanted : text((a, b) => a === b);
    case 'isOneOf':
      return typeof value === 'string' && condition.value.some((each) => fold(each) === fold(value));
    case 'contains':
      return text((a, b) => a.includes(b));
    case 'startsWith':
      return text((a, b) => a.startsWith(b));
    case 'endsWith':
      return text((a, b) => a.endsWith(b));
    case 'matches':
      return typeof value === 'string' && new RegExp(condition.value, condition.ignoreCase ? 'i' : '').test(value);
    case 'eq':
    case 'gt':
    case 'gte':
    case 'lt':
    case 'lte':
      return number({ [condition.op]: condition.value });
    case 'between':
      return number({ between: condition.value });
    case 'containsAny':
      return Array.isArray(value) && condition.value.some((each) => value.includes(each));
    case 'containsAll':
      return Array.isArray(value) && condition.value.every((each) => value.includes(each));
    default:
      return dated(condition, value, moment);
  }
}

function instantOf(value: unknown, zone: string): Date | null {
  if (value instanceof Date) return value;
  if (typeof value !== 'string' || !/^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2})?)?$/.test(value)) return null;
  try {
    const zoned = /(Z|[+-]\d{2}:\d{2})$/.test(value.slice(10));
    const plain = Temporal.PlainDateTime.from(value.slice(0, zoned ? value.search(/(Z|[+-]\d{2}:\d{2})$/) : undefined), {
      overflow: 'reject',
    });
    return new Date(
      zoned
        ? Temporal.Instant.from(value).epochMilliseconds
        : plain.toZonedDateTime(zone, { disambiguation: 'compatible' }).epochMilliseconds,
    );
  } catch {
    return null;
  }
}

type Dated = Extract<
  PropertyCondition,
  { op: 'dateBefore' | 'dateAfter' | 'dateOn' | 'dateBetween' | 'inLast' | 'inNext' | 'anniversaryIn' }
>;

function dated(condition: PropertyCondition, value: unknown, { at, zone }: OracleMoment): boolean {
  const instant = instantOf(value, zone);
  if (!instant) return false;
  const { op, value: wanted } = condition as Dated;
  const day = dateOf(instant, zone);
  const today = dateOf(at, zone);
  switch (op) {
    case 'dateBefore':
      return wanted.includes('T') ? instant < (instantOf(wanted, zone) ?? instant) : day.toString() < wanted;
    case 'dateAfter':
      return wanted.includes('T') ? instant > (instantOf(wanted, zone) ?? instant) : day.toString() > wanted;
    case 'dateOn':
      return day.toString() === wanted;
    case 'dateBetween':
      return day.toString() >= wanted[0] && day.toString() <= wanted[1];
    case 'inLast':
      return sees({ last: wanted }, instant, { at, zone });
    case 'inNext': {
      const elapsed = elapsedOf(wanted);
      if (elapsed !== null) return instant > at && instant.getTime() <= at.getTime() + elapsed;
      return order(day, today) >= 0 && order(day, today.add(wanted as Temporal.DurationLike)) <= 0;
    }
    case 'anniversaryIn':
      for (let i = 0; i <= wanted.days; i++) {
        const date = today.add({ days: i });
        const kept = day.month === 2 && day.day === 29 && !date.inLeapYear ? 28 : day.day;
        if (date.month === day.month && date.day === kept) return true;
      }
      return false;
  }
}
