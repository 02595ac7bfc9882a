import { type SQL, sql } from 'drizzle-orm';
import { Temporal } from 'temporal-polyfill';
import { textArray as arrayLiteral } from '@/lib/array-literal';
import { type Duration, dateAfter, dayEnd, dayStart, elapsedMs, localDate } from './dates';
import type { PropertyCondition } from './definition';
import { anniversaryDays } from './property-condition';
import { type Bounds, boundsOf } from './window';

/** Where a property's value is, and how to look at it. The columns say what the JSON says, and are cheaper. */
export type Value = {
  /** jsonb; NULL where missing. */
  json: SQL;
  /** text; NULL where the value is no text. */
  text?: SQL;
  /** float8; NULL where the value is no number. */
  number?: SQL;
  /** timestamptz, of a built-in date. */
  instant?: SQL;
  /** The object it is a key of, and nowhere else: equality is then containment, which the object's index answers. */
  within?: { object: SQL; key: string };
  /** Whether there is a value, where one column holds it whatever its type. */
  exists?: SQL;
};

export type Moment = { zone: string; at: Date };

/** What JavaScript writes otherwise is bound as a text, of which the client makes no Date; but then no partition is ruled out before the query runs. */
export function instantParam(at: Date): SQL {
  const text = postgresInstant(at);
  return text === at.toISOString() ? sql`${text}::timestamptz` : sql`${text}::text::timestamptz`;
}

/** Postgres knows years from 4713 BC, writes those before the year 1 in its own way and those after 9999 without a plus. */
function postgresInstant(at: Date): string {
  const year = at.getUTCFullYear();
  if (year >= 1) return at.toISOString().replace(/^\+0*/, '');
  if (year <= -4712) return '-infinity';
  return `${String(1 - year).padStart(4, '0')}${at.toISOString().slice(year === 0 ? 4 : 7)} BC`;
}

/** The whole name as one key first, even where its value is null; else every dot goes one level down, through objects only. */
export function jsonValue(object: SQL, name: string): SQL {
  const parts = name.split('.');
  if (parts.length === 1) return sql`(${object} -> ${name}::text)`;
  const nested = parts.reduce<SQL>((value, part) => sql`(${value} -> ${part}::text)`, object);
  return sql`(case when ${object} ? ${name}::text then ${object} -> ${name}::text else ${nested} end)`;
}

/** Total: true or false for every row, never NULL. A negative operator is exactly the negation of its positive one. */
export function propertySql(condition: PropertyCondition, value: Value, moment: Moment): SQL {
  switch (condition.op) {
    case 'notExists':
      return not(existsSql(value));
    case 'isNot':
      return not(isSql(condition.value, condition.ignoreCase, value));
    case 'isNoneOf':
      return not(oneOfSql(condition.value, condition.ignoreCase, value));
    case 'notContains':
      return not(textSql(value, condition.value, condition.ignoreCase, containsSql));
    case 'ne':
      return not(numberSql(value, (n) => sql`${n} = ${condition.value}`));
    case 'containsNone':
      return not(listSql(value, sql`?|`, condition.value));
    case 'notInLast':
      return not(dateSql(value, moment, boundsOf({ last: condition.value }, moment.zone, moment.at)));
    default:
      return positiveSql(condition, value, moment);
  }
}

type Negative = 'notExists' | 'isNot' | 'isNoneOf' | 'notContains' | 'ne' | 'containsNone' | 'notInLast';
type Positive = Exclude<PropertyCondition, { op: Negative }>;

function positiveSql(condition: Positive, value: Value, moment: Moment): SQL {
  switch (condition.op) {
    case 'exists':
      return existsSql(value);
    case 'is':
      return isSql(condition.value, condition.ignoreCase, value);
    case 'isOneOf':
      return oneOfSql(condition.value, condition.ignoreCase, value);
    case 'contains':
      return textSql(value, condition.value, condition.ignoreCase, containsSql);
    case 'startsWith':
      return textSql(value, condition.value, condition.ignoreCase, (text, wanted) => sql`starts_with(${text}, ${wanted})`);
    case 'endsWith':
      return textSql(value, condition.value, condition.ignoreCase, (text, wanted) => sql`right(${text}, length(${wanted})) = ${wanted}`);
    case 'matches':
      return caseText(value, (text) =>
        condition.ignoreCase ? sql`${unicode(text)} ~* ${condition.value}::text` : sql`${unicode(text)} ~ ${condition.value}::text`,
      );
    case 'eq':
    case 'gt':
    case 'gte':
    case 'lt':
    case 'lte':
      return numberSql(value, (n) => sql`${n} ${comparison[condition.op]} ${condition.value}`);
    case 'between':
      return numberSql(value, (n) => sql`${n} between ${condition.value[0]} and ${condition.value[1]}`);
    case 'containsAny':
      return listSql(value, sql`?|`, condition.value);
    case 'containsAll':
      return listSql(value, sql`?&`, condition.value);
    default:
      return dateConditionSql(condition, value, moment);
  }
}

type DateCondition = Extract<
  PropertyCondition,
  { op: 'dateBefore' | 'dateAfter' | 'dateOn' | 'dateBetween' | 'inLast' | 'inNext' | 'anniversaryIn' }
>;

function dateConditionSql(condition: DateCondition, value: Value, moment: Moment): SQL {
  const { zone, at } = moment;
  const day = (text: string) => Temporal.PlainDate.from(text);
  const within = (from: Date | null, to: Date | null) => dateSql(value, moment, { from, to });
  switch (condition.op) {
    case 'dateBefore':
      return condition.value.includes('T')
        ? within(null, instantOfText(condition.value, zone))
        : within(null, dayStart(day(condition.value), zone));
    case 'dateAfter':
      return condition.value.includes('T')
        ? dateSql(value, moment, { from: instantOfText(condition.value, zone), fromIncluded: false, to: null })
        : within(dayEnd(day(condition.value), zone), null);
    case 'dateOn':
      return within(dayStart(day(condition.value), zone), dayEnd(day(condition.value), zone));
    case 'dateBetween':
      return within(dayStart(day(condition.value[0]), zone), dayEnd(day(condition.value[1]), zone));
    case 'inLast':
      return dateSql(value, moment, boundsOf({ last: condition.value }, zone, at));
    case 'inNext':
      return dateSql(value, moment, nextBounds(condition.value, moment));
    case 'anniversaryIn':
      return anniversarySql(value, moment, anniversaryDays(condition.value));
  }
}

const comparison = { eq: sql.raw('='), gt: sql.raw('>'), gte: sql.raw('>='), lt: sql.raw('<'), lte: sql.raw('<=') };

const not = (condition: SQL) => sql`(not ${condition})`;

const existsSql = ({ json, exists }: Value) => exists ?? sql`coalesce(jsonb_typeof(${json}) <> 'null', false)`;

function isSql(wanted: string | boolean, ignoreCase: boolean | undefined, value: Value): SQL {
  if (value.within && !value.text && !ignoreCase) return containsPair(value.within, wanted);
  if (typeof wanted === 'boolean') return sql`coalesce(${value.json} = ${String(wanted)}::text::jsonb, false)`;
  if (!ignoreCase && !value.text) return sql`coalesce(${value.json} = ${JSON.stringify(wanted)}::text::jsonb, false)`;
  return textSql(value, wanted, ignoreCase, (text, other) => sql`${text} = ${other}`);
}

const containsPair = ({ object, key }: { object: SQL; key: string }, value: string | boolean): SQL =>
  sql`(${object} @> ${JSON.stringify({ [key]: value })}::text::jsonb)`;

/** Each is looked up by itself; of more than these that is no gain. */
const mostPairs = 10;

function oneOfSql(wanted: readonly string[], ignoreCase: boolean | undefined, value: Value): SQL {
  const { within, text } = value;
  if (within && !text && !ignoreCase && wanted.length <= mostPairs) {
    const pairs = wanted.map((each) => containsPair(within, each));
    return sql`(${sql.join(pairs, sql` or `)})`;
  }
  return caseText(value, (column) =>
    ignoreCase
      ? sql`${lower(column)} = any(array(select ${lower(sql`w`)} from unnest(${textArray(wanted)}) w))`
      : sql`${column} = any(${textArray(wanted)})`,
  );
}

export const textArray = (values: readonly string[]): SQL => sql`${arrayLiteral(values)}::text[]`;

/** Letters as Unicode knows them, whatever locale the database was made with. */
const unicode = (text: SQL): SQL => sql`${text} collate "und-x-icu"`;
const lower = (text: SQL): SQL => sql`lower(${unicode(text)})`;

const containsSql = (text: SQL, wanted: SQL) => sql`strpos(${text}, ${wanted}) > 0`;

function textSql(value: Value, wanted: string, ignoreCase: boolean | undefined, test: (text: SQL, wanted: SQL) => SQL): SQL {
  return caseText(value, (text) => (ignoreCase ? test(lower(text), lower(sql`${wanted}::text`)) : test(text, sql`${wanted}::text`)));
}

function caseText({ json, text }: Value, test: (text: SQL) => SQL): SQL {
  if (text) return sql`(${text} is not null and ${test(text)})`;
  return sql`(case when jsonb_typeof(${json}) = 'string' then ${test(sql`(${json} #>> '{}')`)} else false end)`;
}

/** Only JSON numbers compare; numeric, so that no number of JSON overflows. */
function numberSql({ json, number }: Value, test: (number: SQL) => SQL): SQL {
  if (number) return sql`(${number} is not null and ${test(number)})`;
  return sql`(case when jsonb_typeof(${json}) = 'number' then ${test(sql`(${json})::numeric`)} else false end)`;
}

const listSql = ({ json }: Value, operator: SQL, wanted: readonly string[]) =>
  sql`(case when jsonb_typeof(${json}) = 'array' then ${json} ${operator} ${textArray(wanted)} else false end)`;

/** NULL where it is no date. */
export const instantSql = ({ instant, text, json }: Value, zone: string): SQL =>
  instant ?? sql`beckon_instant(${text ? sql`to_jsonb(${text})` : json}, ${zone})`;

type DateBounds = { from: Date | null; fromIncluded?: boolean; to: Date | null; toIncluded?: boolean };

function dateSql(value: Value, { zone }: Moment, bounds: DateBounds | Bounds): SQL {
  const instant = instantSql(value, zone);
  const tests: SQL[] = [];
  if (bounds.from)
    tests.push(bounds.fromIncluded === false ? sql`d > ${instantParam(bounds.from)}` : sql`d >= ${instantParam(bounds.from)}`);
  if (bounds.to) tests.push(bounds.toIncluded ? sql`d <= ${instantParam(bounds.to)}` : sql`d < ${instantParam(bounds.to)}`);
  return sql`coalesce((select ${sql.join(tests, sql` and `)} from (select ${instant} as d) as dated), false)`;
}

function nextBounds(duration: Duration, { zone, at }: Moment): DateBounds {
  const elapsed = elapsedMs(duration);
  if (elapsed !== null) return { from: at, fromIncluded: false, to: new Date(at.getTime() + elapsed), toIncluded: true };
  const today = localDate(at, zone);
  return { from: dayStart(today, zone), to: dayEnd(dateAfter(today, duration), zone) };
}

/** Month and day only; 29 February is kept on the 28th in years without one. */
function anniversarySql(value: Value, { zone, at }: Moment, days: number): SQL {
  const today = localDate(at, zone);
  const wanted = new Set<string>();
  for (let i = 0; i <= days; i++) {
    const date = today.add({ days: i });
    wanted.add(date.toString().slice(-5));
    if (date.month === 2 && date.day === 28 && !date.inLeapYear) wanted.add('02-29');
  }
  const instant = instantSql(value, zone);
  return sql`coalesce(to_char(${instant} at time zone ${zone}, 'MM-DD') = any(${textArray([...wanted])}), false)`;
}

/** A date and time of the language: with an offset as it says, without one local (the first of two, what follows a gap). */
function instantOfText(text: string, zone: string): Date {
  if (/(Z|[+-]\d{2}:\d{2})$/.test(text)) return new Date(Temporal.Instant.from(text).epochMilliseconds);
  return new Date(Temporal.PlainDateTime.from(text).toZonedDateTime(zone, { disambiguation: 'compatible' }).epochMilliseconds);
}
