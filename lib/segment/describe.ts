import type { Compare, Did, DidNot, FirstLast } from './behaviour';
import { type Duration, durationParts } from './dates';
import type { Definition, PropertyCondition } from './definition';
import type { Window } from './window';

/** One plain sentence: "Users who did Order Completed at least twice in the last 7 days and did not …". For screens, which say "users". */
export function describe(definition: Definition): string {
  return `Users who ${phrase(definition, false)}`;
}

/** One condition as it reads in the middle of a sentence. */
export const describeCondition = (definition: Definition): string => phrase(definition, false);

function phrase(definition: Definition, nested: boolean): string {
  if ('all' in definition) return group(definition.all, ' and ', nested);
  if ('any' in definition) return group(definition.any, ' or ', nested);
  if ('not' in definition) return `are not among those who ${phrase(definition.not, true)}`;
  if ('did' in definition) return didPhrase(definition);
  if ('didNot' in definition) return didNotPhrase(definition);
  if ('property' in definition) return `have ${propertyPhrase(definition)}`;
  if ('has' in definition) return hasPhrase[definition.has];
  throw new Error('not described yet');
}

function group(list: readonly Definition[], glue: string, nested: boolean): string {
  const text = list.map((each) => phrase(each, list.length > 1)).join(glue);
  return nested && list.length > 1 ? `(${text})` : text;
}

const hasPhrase = {
  email: 'have an email',
  phone: 'have a phone number',
  mobileAdvertiserId: 'have a mobile advertiser id',
  reachable: 'can be reached on Facebook',
};

function didPhrase(condition: Did | FirstLast): string {
  if ('occurrence' in condition) throw new Error('not described yet');
  const { did, where, within, count, includeZero } = condition;
  const zero = includeZero ? ' (never counts too)' : '';
  return `did ${names(did)}${filters(where)} ${times(count ?? { gte: 1 })}${zero}${windowPhrase(within)}`;
}

const didNotPhrase = ({ didNot, where, within }: DidNot) =>
  `did not do ${names(didNot)}${filters(where)}${windowPhrase(within) || ' ever'}`;

const names = (value: string | string[]) => list([value].flat().map(quote), 'or');

const filters = (where: readonly PropertyCondition[] | undefined) => (where ? ` with ${list(where.map(propertyPhrase), 'and')}` : '');

const quote = (text: string) => `“${text}”`;

const list = (parts: string[], last: string) =>
  parts.length < 2 ? (parts[0] ?? '') : `${parts.slice(0, -1).join(', ')} ${last} ${parts.at(-1)}`;

const timesText = (n: number) => (n === 1 ? 'once' : n === 2 ? 'twice' : `${number(n)} times`);

function times(count: Compare): string {
  if ('between' in count) return `between ${number(count.between[0])} and ${timesText(count.between[1])}`;
  if ('eq' in count) return `exactly ${timesText(count.eq)}`;
  if ('ne' in count) return `any number of times but ${number(count.ne)}`;
  if ('gt' in count) return `more than ${timesText(count.gt)}`;
  if ('gte' in count) return `at least ${timesText(count.gte)}`;
  if ('lt' in count) return `fewer than ${timesText(count.lt)}`;
  return `at most ${timesText(count.lte)}`;
}

const number = (n: number) => n.toLocaleString('en-US');

/** " in the last 7 days", with its leading space; empty for ever. */
export function windowPhrase(window: Window | undefined): string {
  if (window === undefined || window === 'ever') return '';
  if (typeof window === 'string')
    return { today: ' today', yesterday: ' yesterday', thisMonth: ' this month', previousMonth: ' in the previous month' }[window];
  if ('last' in window) return ` in the last ${durationText(window.last)}`;
  if ('on' in window) return ` on ${dayText(window.on)}`;
  if ('before' in window) return ` before ${dayText(window.before)}`;
  if ('after' in window) return ` after ${dayText(window.after)}`;
  if ('between' in window) return ` between ${dayText(window.between[0])} and ${dayText(window.between[1])}`;
  if ('exactly' in window) return ` exactly ${durationText(window.exactly)} ago`;
  return ` between ${durationText(window.ago.from)} and ${durationText(window.ago.to)} ago`;
}

/** "7 days", "hour" (for one: "in the last hour"). */
export function durationText(duration: Duration): string {
  const { unit, n } = durationParts(duration);
  return n === 1 ? `1 ${unit.slice(0, -1)}` : `${number(n)} ${unit}`;
}

const months = 'January February March April May June July August September October November December'.split(' ');

function dayText(day: string): string {
  const [year, month, date] = day.slice(0, 10).split('-').map(Number);
  return `${date} ${months[(month ?? 1) - 1]} ${year}${day.length > 10 ? ` ${day.slice(11)}` : ''}`;
}

const builtInNames: Record<string, string> = {
  $firstSeen: 'first seen',
  $lastSeen: 'last seen',
  $country: 'country',
  $city: 'city',
  $language: 'language',
  $platform: 'platform',
};

/** "amount at least 50", "country one of “IN”, “BR”". */
export function propertyPhrase(condition: PropertyCondition): string {
  const name = builtInNames[condition.property] ?? condition.property;
  return `${name} ${test(condition)}${'ignoreCase' in condition && condition.ignoreCase ? ' (any case)' : ''}`;
}

function test(condition: PropertyCondition): string {
  switch (condition.op) {
    case 'exists':
      return 'known';
    case 'notExists':
      return 'unknown';
    case 'is':
      return value(condition.value);
    case 'isNot':
      return `other than ${value(condition.value)}`;
    case 'isOneOf':
      return `one of ${list(condition.value.map(quote), 'or')}`;
    case 'isNoneOf':
      return `none of ${list(condition.value.map(quote), 'or')}`;
    case 'between':
      return `between ${number(condition.value[0])} and ${number(condition.value[1])}`;
    case 'dateBetween':
      return `between ${dayText(condition.value[0])} and ${dayText(condition.value[1])}`;
    case 'inLast':
    case 'inNext':
    case 'notInLast':
      return `${durationWords[condition.op]} ${durationText(condition.value)}`;
    case 'anniversaryIn':
      return condition.value.days === 0
        ? 'with its anniversary today'
        : `with its anniversary in the next ${durationText(condition.value)}`;
    case 'containsAny':
    case 'containsAll':
    case 'containsNone':
      return `${listWords[condition.op]} ${list(condition.value.map(quote), condition.op === 'containsAll' ? 'and' : 'or')}`;
    case 'dateBefore':
    case 'dateAfter':
    case 'dateOn':
      return `${dateWords[condition.op]} ${dayText(condition.value)}`;
    default:
      return `${words[condition.op]} ${typeof condition.value === 'number' ? number(condition.value) : quote(condition.value)}`;
  }
}

const value = (wanted: string | boolean) => (typeof wanted === 'boolean' ? String(wanted) : quote(wanted));

const durationWords = { inLast: 'in the last', inNext: 'in the next', notInLast: 'not in the last' };
const listWords = { containsAny: 'containing any of', containsAll: 'containing all of', containsNone: 'containing none of' };
const dateWords = { dateBefore: 'before', dateAfter: 'after', dateOn: 'on' };
const words = {
  contains: 'containing',
  notContains: 'not containing',
  startsWith: 'starting with',
  endsWith: 'ending with',
  matches: 'matching',
  eq: 'equal to',
  ne: 'not equal to',
  gt: 'over',
  gte: 'at least',
  lt: 'under',
  lte: 'at most',
};
