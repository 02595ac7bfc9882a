import type { EverySchedule, Schedule } from '@/lib/schedule/schedule';

/**
 * When a schedule is due, written from the specification alone and slowly: local clocks are read minute by minute from Intl, and every local
 * day is asked whether the rule means it. Shares nothing with lib/schedule, which asks Temporal for the rule's dates.
 */

type Span = { scheduledAt: Date; after: Date; until: Date };

/** Ascending instants in (after, until]. */
export function oracleOccurrences(schedule: Schedule, { scheduledAt, after, until }: Span): Date[] {
  const due = [...new Set(allUntil(schedule, scheduledAt, until.getTime()))]
    .sort((a, b) => a - b)
    .filter((at) => at >= scheduledAt.getTime());
  const most = schedule.kind === 'every' && schedule.end && 'after' in schedule.end ? schedule.end.after : due.length;
  return due
    .slice(0, most)
    .filter((at) => at > after.getTime() && at <= until.getTime())
    .map((at) => new Date(at));
}

function allUntil(schedule: Schedule, scheduledAt: Date, until: number): number[] {
  switch (schedule.kind) {
    case 'now':
      return [scheduledAt.getTime()];
    case 'at':
      return [oracleInstant(schedule.at, schedule.zone)];
    case 'dates':
      return schedule.dates.map((wall) => oracleInstant(wall, schedule.zone));
    case 'live':
      return [];
    case 'every':
      return recurring(schedule, scheduledAt, until);
  }
}

function recurring(schedule: EverySchedule, scheduledAt: Date, until: number): number[] {
  const { zone, start, time, every, end } = schedule;
  const over = end && 'date' in end ? oracleInstant(`${dayAfter(end.date)}T00:00`, zone) : Number.POSITIVE_INFINITY;
  const found: number[] = [];
  if ('hours' in every) {
    for (let at = oracleInstant(`${start}T${time}`, zone); at <= until && at < over; at += every.hours * hourMs) found.push(at);
    return found;
  }
  // A day before the first that matters: what does not exist there may run on the next.
  const seen = localMinute(scheduledAt.getTime() - 2 * dayMs, zone).slice(0, 10);
  for (let day = start; Date.parse(`${day}T00:00Z`) - 2 * dayMs <= until; day = dayAfter(day)) {
    if (day < seen || !meant(schedule, day)) continue;
    const at = oracleInstant(`${day}T${time}`, zone);
    if (at < over) found.push(at);
  }
  return found;
}

/** Whether the rule means that local day, of which only its own date and the start date are asked. */
function meant({ every, start, weekdays, monthDays, nthWeekdays }: EverySchedule, day: string): boolean {
  const days = dayNumber(day) - dayNumber(start);
  if ('days' in every) return days % every.days === 0;
  if ('weeks' in every) {
    const weeks = weekNumber(day) - weekNumber(start);
    return weeks % every.weeks === 0 && (weekdays ?? [weekdayOf(start)]).includes(weekdayOf(day));
  }
  if (!('months' in every)) throw new Error('no rule of days');
  if ((monthNumber(day) - monthNumber(start)) % every.months !== 0) return false;
  const chosen = monthDays ?? (nthWeekdays ? [] : [Number(start.slice(8))]);
  if (chosen.includes(Number(day.slice(8))) || (chosen.includes(-1) && isLastOfMonth(day))) return true;
  return (nthWeekdays ?? []).some(
    (nth) => nth.day === weekdayOf(day) && (nth.n === -1 ? isLastOfItsKind(day) : nth.n === placeInMonth(day)),
  );
}

const minuteMs = 60_000;
const hourMs = 3_600_000;
const dayMs = 86_400_000;
const names = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;

const dayNumber = (day: string) => Math.round(Date.parse(`${day}T00:00Z`) / dayMs);
const dayAfter = (day: string) => new Date(Date.parse(`${day}T00:00Z`) + dayMs).toISOString().slice(0, 10);
/** 1970-01-01 was a Thursday; weeks begin on Monday. */
const weekNumber = (day: string) => Math.floor((dayNumber(day) + 3) / 7);
const weekdayOf = (day: string) => names[(((dayNumber(day) + 3) % 7) + 7) % 7] ?? 'mon';
const monthNumber = (day: string) => Number(day.slice(0, 4)) * 12 + Number(day.slice(5, 7));
const isLastOfMonth = (day: string) => dayAfter(day).slice(5, 7) !== day.slice(5, 7);
const placeInMonth = (day: string) => Math.ceil(Number(day.slice(8)) / 7);
const isLastOfItsKind = (day: string) => new Date(Date.parse(`${day}T00:00Z`) + 7 * dayMs).toISOString().slice(5, 7) !== day.slice(5, 7);

/** The first minute at which the zone's clock reads the wall time or later: over a gap the moment after it, in a fold the first of two. */
export function oracleInstant(wall: string, zone: string): number {
  const wanted = Date.parse(`${wall}Z`);
  // No clock is more than 15 hours ahead of or behind UTC.
  for (let at = wanted - 15 * hourMs; ; at += minuteMs) if (at + offsetAt(at, zone) >= wanted) return at;
}

/** "2026-12-01T09:00" */
export const localMinute = (at: number, zone: string): string => new Date(at + offsetAt(at, zone)).toISOString().slice(0, 16);

type Clock = { format: Intl.DateTimeFormat; hours: Map<number, number> };
const clocks = new Map<string, Clock>();

/** How far ahead of UTC that clock is. An hour whose first and last minute agree is taken to agree throughout. */
export function offsetAt(at: number, zone: string): number {
  const clock = clocks.get(zone) ?? newClock(zone);
  const hour = Math.floor(at / hourMs) * hourMs;
  let offset = clock.hours.get(hour);
  if (offset === undefined) {
    const first = readOffset(hour, clock);
    offset = first === readOffset(hour + hourMs - minuteMs, clock) ? first : Number.NaN;
    clock.hours.set(hour, offset);
  }
  return Number.isNaN(offset) ? readOffset(at, clock) : offset;
}

function newClock(zone: string): Clock {
  const clock = { format: new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'short' }), hours: new Map() };
  clocks.set(zone, clock);
  return clock;
}

const readOffset = (at: number, { format }: Clock): number =>
  Date.parse(`${format.format(at).replace(' ', 'T')}Z`) - Math.floor(at / minuteMs) * minuteMs;
