import { countryName } from '@/lib/identity/countries';
import {
  type Aggregate,
  type Compare,
  compareOf,
  type Did,
  type DidNot,
  type FirstLast,
  type Sequence,
  type Weekday,
  weekdayNames,
  zeroFits,
} from './behaviour';
import { type Duration, durationParts } from './dates';
import type { Definition, Has, InBucket, PropertyCondition } from './definition';
import type { Window } from './window';

/** Names of saved segments by key; a segment that is not there goes by its key. */
export type SegmentNames = ReadonlyMap<string, string>;

/** One plain sentence: "Users who did “Purchased” at least twice in the last 7 days and did not …". For screens, which say "users". */
export function describe(definition: Definition, segmentNames: SegmentNames = new Map()): string {
  return `Users who ${phrase(definition, segmentNames, false)}`;
}

/** One condition as it reads in the middle of a sentence. */
export const describeCondition = (definition: Definition, segmentNames: SegmentNames = new Map()): string =>
  phrase(definition, segmentNames, false);

function phrase(definition: Definition, segmentNames: SegmentNames, nested: boolean): string {
  if ('all' in definition) return group(definition.all, ' and ', segmentNames, nested);
  if ('any' in definition) return group(definition.any, ' or ', segmentNames, nested);
  if ('not' in definition) return negatedPhrase(definition.not, segmentNames);
  if ('occurrence' in definition) return firstLastPhrase(definition);
  if ('did' in definition) return didPhrase(definition);
  if ('didNot' in definition) return didNotPhrase(definition);
  if ('sequence' in definition) return sequencePhrase(definition);
  if ('property' in definition) return seenPhrase(definition) ?? countryPhrase(definition) ?? `have ${propertyPhrase(definition)}`;
  if ('has' in definition) return hasPhrase[definition.has];
  if ('segment' in definition) return `are in ${segmentPhrase(definition.segment, segmentNames)}`;
  return `are in ${bucketPhrase(definition)}`;
}

function group(list: readonly Definition[], glue: string, segmentNames: SegmentNames, nested: boolean): string {
  const text = list.map((each) => phrase(each, segmentNames, list.length > 1)).join(glue);
  return nested && list.length > 1 ? `(${text})` : text;
}

function negatedPhrase(definition: Definition, segmentNames: SegmentNames): string {
  if ('has' in definition) return hasNotPhrase[definition.has];
  if ('segment' in definition) return `are not in ${segmentPhrase(definition.segment, segmentNames)}`;
  if ('bucket' in definition) return `are not in ${bucketPhrase(definition)}`;
  return `are not among those who ${phrase(definition, segmentNames, true)}`;
}

const segmentPhrase = (key: string, segmentNames: SegmentNames) => `the segment ${quote(segmentNames.get(key) ?? key)}`;

const bucketPhrase = ({ bucket: [from, to] }: InBucket) =>
  `${from === to ? `bucket ${from}` : `buckets ${from}–${to}`} (${number((to - from + 1) / 10)} %)`;

const hasPhrase: Record<Has['has'], string> = {
  email: 'have an email',
  phone: 'have a phone number',
  mobileAdvertiserId: 'have a mobile advertiser id',
  birthDay: 'have a birthday',
  reachable: 'can be reached on Facebook',
};
const hasNotPhrase: Record<Has['has'], string> = {
  email: 'have no email',
  phone: 'have no phone number',
  mobileAdvertiserId: 'have no mobile advertiser id',
  birthDay: 'have no birthday',
  reachable: 'cannot be reached on Facebook',
};

function didPhrase(condition: Did): string {
  const { did, where, within, count = { gte: 1 }, aggregate } = condition;
  const much = aggregate ? `${where ? ' and' : ' with'} ${aggregatePhrase(aggregate)}` : ` ${times(count)}`;
  return `did ${names(did)}${filters(where)}${much}${clockPhrase(condition)}${windowPhrase(within)}${zeroFits(condition) ? ' (or not at all)' : ''}`;
}

const aggregateNames = { sum: 'a total', avg: 'an average', min: 'a smallest', max: 'a largest' };

function aggregatePhrase(aggregate: Aggregate): string {
  const amount = compared(compareOf(aggregate));
  if (aggregate.fn === 'distinct') return `${amount} different values of ${aggregate.property}`;
  return `${aggregateNames[aggregate.fn]} ${aggregate.property} of ${amount}`;
}

const firstLastPhrase = ({ did, where, within, occurrence }: FirstLast) =>
  `did ${names(did)}${filters(where)} for the ${occurrence} time${windowPhrase(within) || ' ever'}`;

function didNotPhrase(condition: DidNot): string {
  const window = windowPhrase(condition.within);
  return `${window ? 'did not do' : 'never did'} ${names(condition.didNot)}${filters(condition.where)}${clockPhrase(condition)}${window}`;
}

function sequencePhrase({ sequence: [first, second], gap, within }: Sequence): string {
  const then = 'did' in second ? names(second.did) : `no ${names(second.didNot)}`;
  return `did ${names(first.did)}${filters(first.where)}${windowPhrase(within)} and then ${then}${filters(second.where)} within ${durationText(gap)}`;
}

const weekdayWords: Record<Weekday, string> = {
  mon: 'Monday',
  tue: 'Tuesday',
  wed: 'Wednesday',
  thu: 'Thursday',
  fri: 'Friday',
  sat: 'Saturday',
  sun: 'Sunday',
};

/** " on Saturday or Sunday between 9:00 and 17:00", with its leading space. */
function clockPhrase({ hours, weekdays }: Pick<Did, 'hours' | 'weekdays'>): string {
  const days = weekdays ? weekdayNames.filter((day) => weekdays.includes(day)).map((day) => weekdayWords[day]) : [];
  return `${days.length > 0 ? ` on ${list(days, 'or')}` : ''}${hours ? ` between ${hours[0]}:00 and ${hours[1]}:00` : ''}`;
}

/** “Purchased” or “Subscribed” with plan is “gold” */
export const eventPhrase = ({ did, where }: Pick<Did, 'did' | 'where'>): string => `${names(did)}${filters(where)}`;

const names = (value: string | string[]) => list([value].flat().map(quote), 'or');

const filters = (where: readonly PropertyCondition[] | undefined) => (where ? ` with ${list(where.map(propertyPhrase), 'and')}` : '');

const quote = (text: string) => `“${text}”`;

/** What makes a sentence too long to read is counted instead. */
const mostListed = 8;

function list(all: readonly string[], last: string): string {
  const parts = all.length > mostListed ? [...all.slice(0, mostListed - 1), `${number(all.length - mostListed + 1)} more`] : all;
  return parts.length < 2 ? (parts[0] ?? '') : `${parts.slice(0, -1).join(', ')} ${last} ${parts.at(-1)}`;
}

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

/** "at least 500" */
function compared(compare: Compare): string {
  if ('between' in compare) return `between ${number(compare.between[0])} and ${number(compare.between[1])}`;
  if ('eq' in compare) return `exactly ${number(compare.eq)}`;
  if ('ne' in compare) return `anything but ${number(compare.ne)}`;
  if ('gt' in compare) return `more than ${number(compare.gt)}`;
  if ('gte' in compare) return `at least ${number(compare.gte)}`;
  if ('lt' in compare) return `less than ${number(compare.lt)}`;
  return `at most ${number(compare.lte)}`;
}

/** Made once: a builder describes a hundred conditions at every key. */
const inEnglish = new Intl.NumberFormat('en-US', { maximumFractionDigits: 20 });
const number = (n: number) => inEnglish.format(n);

/** " in the last 7 days", with its leading space; empty for ever. */
export function windowPhrase(window: Window | undefined): string {
  if (window === undefined || window === 'ever') return '';
  if (typeof window === 'string')
    return { today: ' today', yesterday: ' yesterday', thisMonth: ' this month', previousMonth: ' in the previous month' }[window];
  if ('last' in window) return ` in the last ${spanText(window.last)}`;
  if ('on' in window) return ` on ${dayText(window.on)}`;
  if ('before' in window) return ` before ${dayText(window.before)}`;
  if ('after' in window) return ` after ${dayText(window.after)}`;
  if ('between' in window) return ` between ${dayText(window.between[0])} and ${dayText(window.between[1])}`;
  if ('exactly' in window) return ` exactly ${durationText(window.exactly)} ago`;
  return ` between ${durationText(window.ago.from)} and ${durationText(window.ago.to)} ago`;
}

/** After "in the last": "7 days", "hour". */
function spanText(duration: Duration): string {
  const { unit, n } = durationParts(duration);
  return n === 1 ? unit.slice(0, -1) : durationText(duration);
}

/** "7 days", "1 hour". */
export function durationText(duration: Duration): string {
  const { unit, n } = durationParts(duration);
  return n === 1 ? `1 ${unit.slice(0, -1)}` : `${number(n)} ${unit}`;
}

const months = 'January February March April May June July August September October November December'.split(' ');

function dayText(day: string): string {
  const [year, month, date] = day.slice(0, 10).split('-').map(Number);
  return `${date} ${months[(month ?? 1) - 1]} ${year}${day.length > 10 ? ` ${day.slice(11)}` : ''}`;
}

const builtInNames: ReadonlyMap<string, string> = new Map([
  ['$firstSeen', 'first seen'],
  ['$lastSeen', 'last seen'],
  ['$country', 'country'],
  ['$city', 'city'],
  ['$language', 'language'],
  ['$platform', 'platform'],
]);

/** "were first seen in the last 7 days"; null for what is not about being seen. */
function seenPhrase(condition: PropertyCondition): string | null {
  if (condition.property !== '$firstSeen' && condition.property !== '$lastSeen') return null;
  const name = builtInNames.get(condition.property);
  if (condition.op === 'notInLast') return `were not ${name} ${durationWords.inLast} ${spanText(condition.value)}`;
  switch (condition.op) {
    case 'inLast':
    case 'dateBefore':
    case 'dateAfter':
    case 'dateOn':
    case 'dateBetween':
      return `were ${name} ${test(condition)}`;
    default:
      return null;
  }
}

/** "are in India or Brazil"; null for what is no question of known countries. */
function countryPhrase(condition: PropertyCondition): string | null {
  if (condition.property !== '$country' || !('value' in condition)) return null;
  const { op, value } = condition;
  if (op !== 'is' && op !== 'isNot' && op !== 'isOneOf' && op !== 'isNoneOf') return null;
  const names = [value].flat().map((code) => (typeof code === 'string' ? countryName(code) : null));
  if (!names.every((name) => name !== null)) return null;
  return `${op === 'is' || op === 'isOneOf' ? 'are' : 'are not'} in ${list(names, 'or')}`;
}

/** "amount at least 50", "country one of “IN”, “BR”", "a value for plan". */
export function propertyPhrase(condition: PropertyCondition): string {
  const name = builtInNames.get(condition.property) ?? condition.property;
  if (condition.op === 'exists') return `a value for ${name}`;
  if (condition.op === 'notExists') return `no value for ${name}`;
  if (condition.op === 'anniversaryIn') return `the anniversary of ${name} ${test(condition)}`;
  return `${name} ${test(condition)}${'ignoreCase' in condition && condition.ignoreCase ? ' (any case)' : ''}`;
}

function test(condition: Exclude<PropertyCondition, { op: 'exists' | 'notExists' }>): string {
  switch (condition.op) {
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
      return `${durationWords[condition.op]} ${spanText(condition.value)}`;
    case 'anniversaryIn':
      return condition.value.days === 0 ? 'today' : `in the next ${spanText(condition.value)}`;
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
