import { Temporal } from 'temporal-polyfill';
import type { Duration } from '@/lib/segment/dates';
import type { Window } from '@/lib/segment/window';

/** Local time as the oracle sees it: no window is turned into instants, each instant is asked what day it is there. */

/** Days since 1970 of a calendar date, whatever the zone. */
export const dayNumber = (date: Temporal.PlainDate): number => date.toZonedDateTime('UTC').epochMilliseconds / 86_400_000;

const days = new Map<string, number>();

/** Of a date as text. */
export function dayOf(text: string): number {
  let day = days.get(text);
  if (day === undefined) {
    day = dayNumber(Temporal.PlainDate.from(text));
    days.set(text, day);
  }
  return day;
}

/** Day number of the date so long before; −∞ where no calendar reaches. */
export const dayBefore = (date: Temporal.PlainDate, duration: Duration) => movedDay(() => date.subtract(duration), -Infinity);

/** Day number of the date so long after; ∞ where no calendar reaches. */
export const dayAfter = (date: Temporal.PlainDate, duration: Duration) => movedDay(() => date.add(duration), Infinity);

function movedDay(move: () => Temporal.PlainDate, beyond: number): number {
  try {
    return dayNumber(move());
  } catch (error) {
    if (error instanceof RangeError) return beyond;
    throw error;
  }
}

export type LocalTime = { date: Temporal.PlainDate; day: number; hour: number; weekday: string };

export type Clock = {
  /** Milliseconds since 1970 of the evaluation. */
  at: number;
  zone: string;
  today: Temporal.PlainDate;
  local(time: number): LocalTime;
  sees(window: Window, time: number): boolean;
};

const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];

/** What was asked once: a history has a few hundred instants and is judged thousands of times. */
const known = new Map<string, Map<number, LocalTime>>();

function localTime(zone: string, time: number): LocalTime {
  let ofZone = known.get(zone);
  if (!ofZone) {
    ofZone = new Map();
    known.set(zone, ofZone);
  }
  let found = ofZone.get(time);
  if (!found) {
    const zoned = Temporal.Instant.fromEpochMilliseconds(time).toZonedDateTimeISO(zone);
    const date = zoned.toPlainDate();
    found = { date, day: dayNumber(date), hour: zoned.hour, weekday: weekdays[zoned.dayOfWeek - 1] ?? '' };
    ofZone.set(time, found);
  }
  return found;
}

let last: Clock | undefined;

export function clockOf(zone: string, instant: Date): Clock {
  const at = instant.getTime();
  if (last?.zone === zone && last.at === at) return last;
  const { date: today, day: dayOfToday } = localTime(zone, at);
  const tests = new Map<Window, (time: number) => boolean>();
  const local = (time: number) => localTime(zone, time);
  const sees = (window: Window, time: number) => {
    let test = tests.get(window);
    if (!test) {
      test = windowTest(window, { at, today, dayOfToday, local });
      tests.set(window, test);
    }
    return time <= at && test(time);
  };
  last = { at, zone, today, local, sees };
  return last;
}

type Now = { at: number; today: Temporal.PlainDate; dayOfToday: number; local: (time: number) => LocalTime };

/** Of instants up to the evaluation. */
function windowTest(window: Window, now: Now): (time: number) => boolean {
  const dayIs = (test: (day: number) => boolean) => (time: number) => test(now.local(time).day);
  if (typeof window === 'string') return namedTest(window, now);
  if ('last' in window) {
    if (isElapsed(window.last)) {
      const ms = elapsedMs(window.last);
      return (time) => now.at - time < ms;
    }
    const first = dayBefore(now.today, window.last);
    return dayIs((day) => day >= first);
  }
  if ('ago' in window) {
    const first = dayBefore(now.today, window.ago.from);
    const final = dayBefore(now.today, window.ago.to);
    return dayIs((day) => day >= first && day <= final);
  }
  if ('exactly' in window) {
    const only = dayBefore(now.today, window.exactly);
    return dayIs((day) => day === only);
  }
  if ('between' in window) {
    const [first, final] = window.between.map(dayOf) as [number, number];
    return dayIs((day) => day >= first && day <= final);
  }
  if ('on' in window) return dayIs((day) => day === dayOf(window.on));
  if ('before' in window) return dayIs((day) => day < dayOf(window.before));
  return dayIs((day) => day > dayOf(window.after));
}

function namedTest(window: Extract<Window, string>, { today, dayOfToday, local }: Now): (time: number) => boolean {
  const inMonth = (month: Temporal.PlainYearMonth) => (time: number) => local(time).date.toPlainYearMonth().equals(month);
  switch (window) {
    case 'ever':
      return () => true;
    case 'today':
      return (time) => local(time).day === dayOfToday;
    case 'yesterday':
      return (time) => local(time).day === dayOfToday - 1;
    case 'thisMonth':
      return inMonth(today.toPlainYearMonth());
    case 'previousMonth':
      return inMonth(today.toPlainYearMonth().subtract({ months: 1 }));
  }
}

const milliseconds = { minutes: 60_000, hours: 3_600_000, days: 86_400_000, weeks: 604_800_000 };

/** Of hours and minutes, and, where time just elapses, of days and weeks. */
export function elapsedMs(duration: Duration): number {
  const [[unit, n] = ['', 0]] = Object.entries(duration);
  if (!(unit in milliseconds)) throw new Error(`${unit} do not just elapse`);
  return n * milliseconds[unit as keyof typeof milliseconds];
}

export const isElapsed = (duration: Duration): boolean => 'minutes' in duration || 'hours' in duration;
