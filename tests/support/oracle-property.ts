import { Temporal } from 'temporal-polyfill';
import type { PropertyCondition } from '@/lib/segment/definition';
import { type Clock, dayAfter, dayNumber, dayOf, elapsedMs, isElapsed } from './oracle-clock';
import { compares } from './oracle-numbers';

/** The value a name leads to: the whole name as one key first, else down through objects; undefined where there is none. */
export function propertyOf(object: Record<string, unknown>, name: string): unknown {
  if (Object.hasOwn(object, name)) return object[name];
  if (!name.includes('.')) return undefined;
  let value: unknown = object;
  for (const part of name.split('.')) {
    if (typeof value !== 'object' || value === null || Array.isArray(value) || !Object.hasOwn(value, part)) return undefined;
    value = (value as Record<string, unknown>)[part];
  }
  return value;
}

export function holds(condition: PropertyCondition, value: unknown, clock: Clock): boolean {
  switch (condition.op) {
    case 'exists':
      return value !== undefined && value !== null;
    case 'notExists':
      return value === undefined || value === null;
    case 'is':
      return isHeld(condition, value);
    case 'isNot':
      return !isHeld(condition, value);
    case 'isOneOf':
      return isOneOf(condition, value);
    case 'isNoneOf':
      return !isOneOf(condition, value);
    case 'contains':
      return ofTexts(condition, value, (text, wanted) => text.includes(wanted));
    case 'notContains':
      return !ofTexts(condition, value, (text, wanted) => text.includes(wanted));
    case 'startsWith':
      return ofTexts(condition, value, (text, wanted) => text.startsWith(wanted));
    case 'endsWith':
      return ofTexts(condition, value, (text, wanted) => text.endsWith(wanted));
    case 'matches':
      return typeof value === 'string' && new RegExp(condition.value, condition.ignoreCase ? 'is' : 'su').test(value);
    case 'eq':
      return typeof value === 'number' && value === condition.value;
    case 'ne':
      return !(typeof value === 'number' && value === condition.value);
    case 'gt':
    case 'gte':
    case 'lt':
    case 'lte':
    case 'between':
      return typeof value === 'number' && compares(value, { [condition.op]: condition.value } as never);
    case 'containsAny':
      return Array.isArray(value) && condition.value.some((each) => value.includes(each));
    case 'containsNone':
      return !(Array.isArray(value) && condition.value.some((each) => value.includes(each)));
    case 'containsAll':
      return Array.isArray(value) && condition.value.every((each) => value.includes(each));
    case 'notInLast':
      return !dated({ ...condition, op: 'inLast' }, value, clock);
    default:
      return dated(condition, value, clock);
  }
}

function isHeld({ value: wanted, ignoreCase }: { value: string | boolean; ignoreCase?: boolean }, value: unknown): boolean {
  return typeof wanted === 'boolean' ? value === wanted : ofTexts({ value: wanted, ignoreCase }, value, (a, b) => a === b);
}

const isOneOf = ({ value: wanted, ignoreCase }: { value: string[]; ignoreCase?: boolean }, value: unknown) =>
  wanted.some((each) => isHeld({ value: each, ignoreCase }, value));

function ofTexts(
  { value: wanted, ignoreCase }: { value: string; ignoreCase?: boolean },
  value: unknown,
  test: (text: string, wanted: string) => boolean,
): boolean {
  if (typeof value !== 'string') return false;
  return ignoreCase ? test(value.toLowerCase(), wanted.toLowerCase()) : test(value, wanted);
}

type DateOp = 'dateBefore' | 'dateAfter' | 'dateOn' | 'dateBetween' | 'inLast' | 'inNext' | 'anniversaryIn';

function dated(condition: Extract<PropertyCondition, { op: DateOp }>, value: unknown, clock: Clock): boolean {
  const time = instantOf(value, clock.zone);
  if (time === null) return false;
  const { day, date } = clock.local(time);
  switch (condition.op) {
    case 'dateBefore':
      return condition.value.includes('T') ? time < wantedInstant(condition.value, clock) : day < dayOf(condition.value);
    case 'dateAfter':
      return condition.value.includes('T') ? time > wantedInstant(condition.value, clock) : day > dayOf(condition.value);
    case 'dateOn':
      return day === dayOf(condition.value);
    case 'dateBetween':
      return day >= dayOf(condition.value[0]) && day <= dayOf(condition.value[1]);
    case 'inLast':
      return clock.sees({ last: condition.value }, time);
    case 'inNext':
      if (isElapsed(condition.value)) return time > clock.at && time - clock.at <= elapsedMs(condition.value);
      return day >= dayNumber(clock.today) && day <= dayAfter(clock.today, condition.value);
    case 'anniversaryIn':
      return anniversaryIn(date, condition.value.days, clock.today);
  }
}

/** The days it is kept on, this year and in those that n days may reach. */
function anniversaryIn(date: Temporal.PlainDate, days: number, today: Temporal.PlainDate): boolean {
  const first = dayNumber(today);
  return [0, 1, 2].some((years) => {
    const { year, inLeapYear } = new Temporal.PlainDate(today.year + years, 1, 1);
    const dayOfMonth = date.month === 2 && date.day === 29 && !inLeapYear ? 28 : date.day;
    const kept = dayNumber(new Temporal.PlainDate(year, date.month, dayOfMonth));
    return kept >= first && kept <= first + days;
  });
}

function wantedInstant(text: string, clock: Clock): number {
  const instant = instantOf(text, clock.zone);
  if (instant === null) throw new Error(`${text} is no date`);
  return instant;
}

const known = new Map<string, number | null>();

/** Milliseconds since 1970 of what a date says; null for what is no date. A Date is one of ours, a text one of the customer's. */
function instantOf(value: unknown, zone: string): number | null {
  if (value instanceof Date) return value.getTime();
  if (typeof value !== 'string') return null;
  const key = `${zone} ${value}`;
  let instant = known.get(key);
  if (instant === undefined) {
    instant = readDate(value, zone);
    known.set(key, instant);
  }
  return instant;
}

const shape = /^(\d{4})-(\d{2})-(\d{2})(?:T(\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{3}))?)?(?:(Z)|([+-])(\d{2}):(\d{2}))?)?$/;

function readDate(text: string, zone: string): number | null {
  const found = shape.exec(text);
  if (!found) return null;
  const [year, month, day, hour, minute, second, millisecond] = found.slice(1, 8).map((part) => (part ? Number(part) : 0)) as number[];
  const [utc, sign, offsetHours = '0', offsetMinutes = '0'] = found.slice(8);
  // Year 0 is before Christ to some and nothing to others.
  if (year === 0 || Number(offsetHours) > 23 || Number(offsetMinutes) > 59) return null;
  let plain: Temporal.PlainDateTime;
  try {
    plain = new Temporal.PlainDateTime(year ?? 0, month ?? 0, day ?? 0, hour, minute, second, millisecond);
  } catch {
    return null;
  }
  if (found[4] === undefined) return plain.toPlainDate().toZonedDateTime(zone).epochMilliseconds;
  if (!utc && !sign) return plain.toZonedDateTime(zone).epochMilliseconds;
  const offset = (Number(offsetHours) * 60 + Number(offsetMinutes)) * (sign === '-' ? -1 : 1);
  return plain.toZonedDateTime('UTC').epochMilliseconds - offset * 60_000;
}
