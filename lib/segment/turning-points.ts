import { Temporal } from 'temporal-polyfill';
import type { Compare } from './behaviour';
import { type Duration, dateAfter, dateBefore, dayEnd, dayStart, elapsedMs, localDate } from './dates';
import type { PropertyCondition } from './definition';
import { anniversaryDays } from './property-condition';
import type { Window } from './window';

/**
 * When an answer may turn although nothing happens: an event leaves a window, a date arrives. The instants named here are all at which it
 * can, and some at which it does not: whoever asks evaluates the condition at each.
 */

type Day = Temporal.PlainDate;
const order = Temporal.PlainDate.compare;

/** Windows that end at the evaluation instant and begin at one that moves: what is in leaves, the oldest first, and nothing comes in. */
export const isTrailing = (window: Window): boolean =>
  window === 'today' || window === 'thisMonth' || (typeof window === 'object' && 'last' in window);

/** Whether what is in the window changes with the evaluation instant alone. */
export const isMoving = (window: Window): boolean =>
  isTrailing(window) ||
  window === 'yesterday' ||
  window === 'previousMonth' ||
  (typeof window === 'object' && ('exactly' in window || 'ago' in window));

/** When something that happened at `time` comes into the window and when it leaves. */
export function windowTurns(window: Window, time: Date, zone: string): Date[] {
  const elapsed = typeof window === 'object' && 'last' in window ? elapsedMs(window.last) : null;
  if (elapsed !== null) return [new Date(time.getTime() + elapsed)];
  return windowDays(window, localDate(time, zone)).map((day) => dayStart(day, zone));
}

/** The evaluation days at whose beginning something of that day comes into the window and leaves it. */
function windowDays(window: Window, day: Day): Day[] {
  const nextMonth = day.with({ day: 1 }).add({ months: 1 });
  if (window === 'today') return [day.add({ days: 1 })];
  if (window === 'yesterday') return [day.add({ days: 1 }), day.add({ days: 2 })];
  if (window === 'thisMonth') return [nextMonth];
  if (window === 'previousMonth') return [nextMonth, nextMonth.add({ months: 1 })];
  if (typeof window === 'string') return [];
  if ('last' in window) return [firstDayPast(day, window.last)];
  if ('exactly' in window) return [firstDayPast(day.subtract({ days: 1 }), window.exactly), firstDayPast(day, window.exactly)];
  if ('ago' in window) return [firstDayPast(day.subtract({ days: 1 }), window.ago.to), firstDayPast(day, window.ago.from)];
  return [];
}

/** The first day whose date a duration before lies after `day`. Months differ in length, so not simply the duration later. */
function firstDayPast(day: Day, duration: Duration): Day {
  let past = dateAfter(day, duration);
  while (order(dateBefore(past, duration), day) <= 0) past = past.add({ days: 1 });
  return past;
}

/** Operators whose answer depends on the evaluation instant. */
export type Moving = Extract<PropertyCondition, { op: 'inLast' | 'notInLast' | 'inNext' | 'anniversaryIn' }>;

export const isMovingProperty = (condition: PropertyCondition): condition is Moving =>
  condition.op === 'inLast' || condition.op === 'notInLast' || condition.op === 'inNext' || condition.op === 'anniversaryIn';

/** When the condition may turn for a property that holds this date. Of anniversaries, those of the ten years after `at`. */
export function dateTurns(condition: Moving, date: Date, zone: string, at: Date): Date[] {
  const day = localDate(date, zone);
  if (condition.op === 'anniversaryIn') return anniversaryTurns(day, anniversaryDays(condition.value), zone, at);
  if (condition.op !== 'inNext') return [date, ...windowTurns({ last: condition.value }, date, zone)];
  const elapsed = elapsedMs(condition.value);
  if (elapsed !== null) return [new Date(date.getTime() - elapsed), date];
  let reaches = dateBefore(day, condition.value);
  while (order(dateAfter(reaches, condition.value), day) < 0) reaches = reaches.add({ days: 1 });
  return [dayStart(reaches, zone), dayEnd(day, zone)];
}

const anniversaryYears = 10;

function anniversaryTurns(day: Day, days: number, zone: string, at: Date): Date[] {
  const { year } = localDate(at, zone);
  return Array.from({ length: anniversaryYears + 2 }, (_, i) => {
    // 29 February becomes the 28th in years without one.
    const kept = day.with({ year: year + i });
    return [dayStart(kept.subtract({ days }), zone), dayEnd(kept, zone)];
  }).flat();
}

/** Of a trailing window's events, the newest being 1: those whose leaving can change what the count compares to. */
export function turningRanks(count: Compare): number[] {
  const bounds = Object.values(count).flat() as number[];
  return [...new Set([1, ...bounds.flatMap((bound) => [Math.ceil(bound), Math.floor(bound) + 1])])].filter((rank) => rank >= 1);
}

/** From – to, in milliseconds; the end is excluded. */
export type Stay = { from: number; to: number };

/** While a step that was not followed counts: once its gap has passed, and as long as it is in the window. */
export function stayOf(time: Date, gapMs: number, window: Window, zone: string): Stay {
  const turns = windowTurns(window, time, zone).map((turn) => turn.getTime());
  const from = time.getTime() + gapMs;
  return { from: turns.length === 2 ? Math.max(from, turns[0] ?? from) : from, to: turns.at(-1) ?? Infinity };
}

/** Where the stays, taken together, begin and end: in between somebody always stays. */
export function runEnds(stays: readonly Stay[]): Date[] {
  const runs: Stay[] = [];
  for (const stay of stays.filter(({ from, to }) => from < to).sort((a, b) => a.from - b.from)) {
    const last = runs.at(-1);
    if (last && stay.from <= last.to) last.to = Math.max(last.to, stay.to);
    else runs.push({ ...stay });
  }
  return runs.flatMap(({ from, to }) => (to === Infinity ? [new Date(from)] : [new Date(from), new Date(to)]));
}
