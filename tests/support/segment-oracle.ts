import type { Compare, Did, FirstLast, Sequence } from '@/lib/segment/behaviour';
import type { Definition, PropertyCondition } from '@/lib/segment/definition';
import type { Window } from '@/lib/segment/window';
import { type Clock, clockOf, elapsedMs } from './oracle-clock';
import { compares, comparesTotal, distinctCount } from './oracle-numbers';
import { holds, propertyOf } from './oracle-property';

/**
 * A plain evaluator of the segment language, written from its specification alone: it walks every event of one profile. It shares no
 * code and no idea with the compiler: no window has bounds here, every instant is asked for its local date.
 */
export type OracleEvent = { name: string /** Milliseconds since 1970. */; time: number; properties: Record<string, unknown> };

export type OracleProfile = {
  properties: Record<string, unknown>;
  /** `$country` and its like; absent: not known. */
  builtIn: Record<string, unknown>;
  has: readonly ('email' | 'phone' | 'mobileAdvertiserId' | 'birthDay')[];
  bucket: number;
  /** Keys of the list segments that name one of its ids. */
  lists: readonly string[];
  events: readonly OracleEvent[];
};

export type OracleMoment = { at: Date; zone: string /** Saved segments by key. */; segments?: ReadonlyMap<string, Definition> };

export function qualifies(definition: Definition, profile: OracleProfile, moment: OracleMoment): boolean {
  const clock = clockOf(moment.zone, moment.at);
  const judge = (each: Definition): boolean => {
    if ('all' in each) return each.all.every(judge);
    if ('any' in each) return each.any.some(judge);
    if ('not' in each) return !judge(each.not);
    if ('segment' in each) {
      const saved = moment.segments?.get(each.segment);
      return saved ? judge(saved) : profile.lists.includes(each.segment);
    }
    return leafHolds(each, profile, clock);
  };
  return judge(definition);
}

type Leaf = Exclude<Definition, { all: unknown } | { any: unknown } | { not: unknown } | { segment: unknown }>;

function leafHolds(leaf: Leaf, profile: OracleProfile, clock: Clock): boolean {
  if ('has' in leaf) return leaf.has === 'reachable' ? profile.has.some((name) => name !== 'birthDay') : profile.has.includes(leaf.has);
  if ('bucket' in leaf) return profile.bucket >= leaf.bucket[0] && profile.bucket <= leaf.bucket[1];
  if ('property' in leaf) return holds(leaf, profileValue(profile, leaf.property), clock);
  const seen = profile.events.filter((event) => event.time <= clock.at);
  if ('sequence' in leaf) return follows(leaf, seen, clock);
  if ('didNot' in leaf) return matching(leaf.didNot, leaf, seen, clock).length === 0;
  if ('occurrence' in leaf) return occurs(leaf, seen, clock);
  return counts(leaf, matching(leaf.did, leaf, seen, clock));
}

const profileValue = (profile: OracleProfile, name: string): unknown =>
  ['$firstSeen', '$lastSeen', '$country', '$city', '$language', '$platform'].includes(name)
    ? profile.builtIn[name]
    : propertyOf(profile.properties, name);

type Filters = { where?: PropertyCondition[]; within?: Window; hours?: [number, number]; weekdays?: string[] };

const matching = (names: string | string[], filters: Filters, events: readonly OracleEvent[], clock: Clock): OracleEvent[] =>
  events.filter((event) => passes(names, filters.where, event, clock) && isTimely(filters, event.time, clock));

function passes(names: string | string[], where: PropertyCondition[] | undefined, event: OracleEvent, clock: Clock): boolean {
  if (typeof names === 'string' ? event.name !== names : !names.includes(event.name)) return false;
  return (where ?? []).every((condition) => holds(condition, propertyOf(event.properties, condition.property), clock));
}

function isTimely({ within, hours, weekdays }: Filters, time: number, clock: Clock): boolean {
  if (within && !clock.sees(within, time)) return false;
  const { hour, weekday } = clock.local(time);
  if (weekdays && !weekdays.includes(weekday)) return false;
  if (!hours) return true;
  const [from, to] = hours;
  return from < to ? hour >= from && hour < to : hour >= from || hour < to;
}

function counts(did: Did, events: readonly OracleEvent[]): boolean {
  if (did.aggregate) return aggregates(did.aggregate, did.includeZero === true, events);
  if (events.length === 0 && !did.includeZero) return false;
  return compares(events.length, did.count ?? { gte: 1 });
}

function aggregates(aggregate: NonNullable<Did['aggregate']>, includeZero: boolean, events: readonly OracleEvent[]): boolean {
  const { fn, property, ...rest } = aggregate;
  const compare = rest as Compare;
  if (events.length === 0 && !includeZero) return false;
  const values = events.map((event) => propertyOf(event.properties, property));
  const numbers = values.filter((value) => typeof value === 'number');
  switch (fn) {
    case 'sum':
      return comparesTotal(numbers, 1, compare);
    case 'avg':
      return comparesTotal(numbers, Math.max(events.length, 1), compare);
    case 'min':
      return numbers.length > 0 && compares(Math.min(...numbers), compare);
    case 'max':
      return numbers.length > 0 && compares(Math.max(...numbers), compare);
    case 'distinct':
      return compares(distinctCount(values), compare);
  }
}

function occurs({ did, where, within, occurrence }: FirstLast, events: readonly OracleEvent[], clock: Clock): boolean {
  const times = events.filter((event) => passes(did, where, event, clock)).map((event) => event.time);
  if (times.length === 0) return false;
  return clock.sees(within, occurrence === 'first' ? Math.min(...times) : Math.max(...times));
}

function follows({ sequence: [first, second], gap, within }: Sequence, events: readonly OracleEvent[], clock: Clock): boolean {
  const ms = elapsedMs(gap);
  const openers = matching(first.did, { where: first.where, within }, events, clock);
  const broken = 'didNot' in second;
  const names = broken ? second.didNot : second.did;
  const followers = events.filter((event) => passes(names, second.where, event, clock));
  return openers.some(({ time }) => {
    const followed = followers.some((event) => event.time > time && event.time <= time + ms);
    return broken ? time + ms <= clock.at && !followed : followed;
  });
}
