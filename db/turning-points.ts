import { type SQL, sql } from 'drizzle-orm';
import type { FirstLast, Sequence } from '@/lib/segment/behaviour';
import { elapsedGapMs, elapsedMs } from '@/lib/segment/dates';
import type { Leaf } from '@/lib/segment/definition';
import { type EventFilter, eventValue } from '@/lib/segment/event-sql';
import { profileValue } from '@/lib/segment/profile-sql';
import { instantParam, instantSql } from '@/lib/segment/property-sql';
import { followedSql, stepsSql } from '@/lib/segment/sequence-sql';
import {
  dateTurns,
  isMoving,
  isMovingProperty,
  isTrailing,
  type Moving,
  runEnds,
  stayOf,
  turningRanks,
  windowTurns,
} from '@/lib/segment/turning-points';
import { boundsOf, type Window } from '@/lib/segment/window';
import type { Life } from './life';

/** Instants in milliseconds, in order, at which the answer may turn; of later ones than `until` nothing is known. */
export type TurningPoints = { instants: number[]; until: number };

const most = 500;

export async function turningPoints(leaf: Leaf, life: Life): Promise<TurningPoints> {
  const after = life.context.at.getTime();
  const found = await instantsOf(leaf, life);
  if (found === null) return { instants: [], until: after };
  const instants = [...new Set(found.map((at) => at.getTime()))].filter((at) => at > after).sort((a, b) => a - b);
  if (instants.length <= most) return { instants, until: Infinity };
  return { instants: instants.slice(0, most), until: instants[most - 1] ?? after };
}

/** In no order, past ones among them; of more than `most` the nearest. Null: too many to tell which are the nearest. */
async function instantsOf(leaf: Leaf, life: Life): Promise<Date[] | null> {
  if ('sequence' in leaf) return sequenceInstants(leaf, life);
  if ('occurrence' in leaf) return occurrenceInstants(leaf, life);
  if ('did' in leaf) return behaviourInstants(leaf.did, leaf, leaf.aggregate ? null : turningRanks(leaf.count ?? { gte: 1 }), life);
  if ('didNot' in leaf) return behaviourInstants(leaf.didNot, leaf, [1], life);
  return 'property' in leaf && isMovingProperty(leaf) ? propertyInstants(leaf, life) : [];
}

type Behaviour = EventFilter & { within?: Window };

/** @param ranks where the count alone decides: of the events of a trailing window those that can; null: any. */
async function behaviourInstants(
  names: string | string[],
  condition: Behaviour,
  ranks: readonly number[] | null,
  life: Life,
): Promise<Date[] | null> {
  const { within = 'ever' } = condition;
  const { zone, at } = life.context;
  const { moving, filter } = splitWhere(condition);
  const dates = await whereInstants(names, filter, moving, life);
  const rows = life.events(names, filter, { ...boundsOf(within, zone, at), to: at, toIncluded: true });
  if (dates === null || rows === null || !isMoving(within)) return dates;
  const isRanked = ranks !== null && moving.length === 0 && isTrailing(within);
  const times = await (isRanked ? rankedTimes(rows.from, ranks, life) : movingTimes(rows.from, within, life));
  return [...dates, ...times.flatMap((time) => windowTurns(within, time, zone))];
}

/** Conditions on an event that hold for good, and those that time may turn. */
function splitWhere({ where = [], ...rest }: EventFilter): { moving: Moving[]; filter: EventFilter } {
  const still = where.filter((condition) => !isMovingProperty(condition));
  return { moving: where.filter(isMovingProperty), filter: { ...rest, where: still } };
}

const milliseconds = (time: SQL): SQL => sql`(extract(epoch from ${time}) * 1000)::float8`;

async function timesOf(query: SQL, life: Life): Promise<Date[]> {
  const rows = await life.rows<{ ms: number | null }>(query);
  return rows.flatMap(({ ms }) => (ms === null ? [] : [new Date(ms)]));
}

const rankedTimes = (from: SQL, ranks: readonly number[], life: Life): Promise<Date[]> =>
  timesOf(
    sql`select ${milliseconds(sql`time`)} as ms from (select e.time, row_number() over (order by e.time desc) as rank ${from}) r
      where rank = any(${`{${ranks.join(',')}}`}::float8[])`,
    life,
  );

/** Of a window of elapsed time each, the oldest first; of one of local days one a day, which leaves with all of its day. */
function movingTimes(from: SQL, window: Window, life: Life): Promise<Date[]> {
  const isElapsed = typeof window === 'object' && 'last' in window && elapsedMs(window.last) !== null;
  const query = isElapsed
    ? sql`select distinct ${milliseconds(sql`e.time`)} as ms ${from} order by 1 limit ${most + 1}`
    : sql`select min(${milliseconds(sql`e.time`)}) as ms ${from} group by (e.time at time zone ${life.context.zone})::date`;
  return timesOf(query, life);
}

/** Instants of the dates that events carry in the properties of such conditions. */
async function whereInstants(names: string | string[], filter: EventFilter, moving: readonly Moving[], life: Life): Promise<Date[] | null> {
  const rows = life.events(names, filter);
  const { zone, at } = life.context;
  const found: Date[] = [];
  for (const condition of rows ? moving : []) {
    const value = eventValue(rows?.events ?? [], condition.property);
    const dates = await timesOf(sql`select distinct ${milliseconds(instantSql(value, zone))} as ms ${rows?.from} limit ${most + 1}`, life);
    if (dates.length > most) return null;
    found.push(...dates.flatMap((date) => dateTurns(condition, date, zone, at)));
  }
  return found;
}

async function occurrenceInstants(leaf: FirstLast, life: Life): Promise<Date[] | null> {
  if ((leaf.where ?? []).some(isMovingProperty)) return behaviourInstants(leaf.did, leaf, null, life);
  const rows = life.events(leaf.did, leaf);
  if (rows === null || !isMoving(leaf.within)) return [];
  const [time] = await timesOf(
    sql`select ${milliseconds(sql`${sql.raw(leaf.occurrence === 'first' ? 'min' : 'max')}(e.time)`)} as ms ${rows.from}`,
    life,
  );
  return time ? windowTurns(leaf.within, time, life.context.zone) : [];
}

async function propertyInstants(condition: Moving, life: Life): Promise<Date[]> {
  const { zone, at } = life.context;
  const dates = await timesOf(sql`select ${milliseconds(instantSql(profileValue(condition.property), zone))} as ms from profiles p`, life);
  return dates.flatMap((date) => dateTurns(condition, date, zone, at));
}

/** Only an A that is followed counts, or of a broken sequence one that is not; when its gap has passed, and while it is in the window. */
async function sequenceInstants(leaf: Sequence, life: Life): Promise<Date[] | null> {
  const { sequence, gap, within = 'ever' } = leaf;
  const [first, second] = sequence;
  if ([...(first.where ?? []), ...(second.where ?? [])].some(isMovingProperty)) return restlessSequenceInstants(leaf, life);
  const { zone, at } = life.context;
  const isBroken = 'didNot' in second;
  const gapMs = elapsedGapMs(gap);
  const bounds = boundsOf(within, zone, at);
  // What comes into the window later happened before `at` all the same.
  const a = life.events(first.did, first, isMoving(within) ? { ...bounds, to: at, toIncluded: true } : bounds);
  if (a === null) return [];
  const b = life.events(isBroken ? second.didNot : second.did, second);
  const followed = followedSql(gapMs);
  const deciding = sql`from ${stepsSql(a, b)} s where not s.is_b and ${isBroken ? sql`not ${followed}` : followed}`;
  const gapBegan = instantParam(new Date(at.getTime() - gapMs));
  const settled = isMoving(within)
    ? await settledTimes(isBroken ? sql`${deciding} and s.time <= ${gapBegan}` : deciding, within, life)
    : [];
  if (!isBroken) return settled.flatMap((time) => windowTurns(within, time, zone));
  const pending = await timesOf(
    sql`select distinct ${milliseconds(sql`s.time`)} as ms ${deciding} and s.time > ${gapBegan} limit ${mostPending + 1}`,
    life,
  );
  if (pending.length > mostPending) return null;
  return runEnds([...settled, ...pending].map((time) => stayOf(time, gapMs, within, zone)));
}

const mostPending = 20_000;

/** The newest is the last to leave a trailing window; of others one a day. */
const settledTimes = (from: SQL, within: Window, life: Life): Promise<Date[]> =>
  isTrailing(within)
    ? timesOf(sql`select max(${milliseconds(sql`s.time`)}) as ms ${from}`, life)
    : timesOf(sql`select min(${milliseconds(sql`s.time`)}) as ms ${from} group by (s.time at time zone ${life.context.zone})::date`, life);

/** With a condition that time may turn on either step, any A may come to count or cease to. */
async function restlessSequenceInstants({ sequence, gap, within }: Sequence, life: Life): Promise<Date[] | null> {
  const [first, second] = sequence;
  const gapMs = elapsedGapMs(gap);
  const dates = await Promise.all(
    [first, { ...second, did: 'did' in second ? second.did : second.didNot }].map(async (step) => {
      const { moving, filter } = splitWhere(step);
      return whereInstants(step.did, filter, moving, life);
    }),
  );
  const { filter } = splitWhere(first);
  const rows = life.events(first.did, filter);
  const times = rows ? await timesOf(sql`select distinct ${milliseconds(sql`e.time`)} as ms ${rows.from} limit ${most + 1}`, life) : [];
  if (times.length > most || dates.includes(null)) return null;
  const turns = times.flatMap((time) => [new Date(time.getTime() + gapMs), ...windowTurns(within ?? 'ever', time, life.context.zone)]);
  return [...turns, ...dates.flatMap((each) => each ?? [])];
}
