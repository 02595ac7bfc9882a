import { countedFrom, type HeldSchedule } from '@/lib/schedule/counting';
import { occurrences } from '@/lib/schedule/occurrences';
import type { EverySchedule, Schedule } from '@/lib/schedule/schedule';
import { type ClockChange, clockChanges, dayEnd, instantOf } from '@/lib/schedule/wall-time';
import { ordinal, placeName } from './schedule-preview';
import { weekdayName } from './schedule-values';
import { counted, listed, monthText, timeText, wallDay } from './zoned-text';

/** Of kinds with days of their own. */
export type DatedSchedule = Exclude<Schedule, { kind: 'now' | 'live' }>;

export type CalendarDay = {
  /** "2027-03-14" */
  day: string;
  inMonth: boolean;
  today: boolean;
  past: boolean;
  /** Times of the day at which it runs, ascending. */
  times: string[];
  /** The clocks are moved that day. */
  change: ClockChange | null;
  /** All of it in words: what the label and the line below the grid say. */
  notes: string[];
};

/** Weeks from Monday. `skipped` says which chosen days this month does not have. */
export type CalendarMonth = { month: string; title: string; weeks: CalendarDay[][]; runs: number; skipped: string[] };

/** A month of the schedule in its own zone. @param month "2027-03". Nothing that lies before `now` runs. */
export function calendarMonth(schedule: DatedSchedule, month: string, now: Date, held?: HeldSchedule): CalendarMonth {
  const { zone } = schedule;
  const days = daysShown(month);
  const [from, last] = [days[0] ?? '', days.at(-1) ?? ''];
  const begin = instantOf(`${from}T00:00`, zone);
  const end = dayEnd(last, zone);
  const after = new Date(Math.max(begin.getTime(), now.getTime()) - 1);
  const scheduledAt = countedFrom(schedule, held, now);
  const due = occurrences(schedule, { scheduledAt, after, until: new Date(end.getTime() - 1), limit: 1500 });
  const times = new Map<string, string[]>();
  for (const at of due) times.set(wallDay(at, zone), [...(times.get(wallDay(at, zone)) ?? []), timeText(at, zone)]);
  const changes = new Map(clockChanges(zone, begin, end).map((change) => [changeDay(change), change]));
  const today = wallDay(now, zone);
  const cells = days.map((day): CalendarDay => {
    const runs = times.get(day) ?? [];
    const change = changes.get(day) ?? null;
    const changed = change ? changeNote(schedule, day, change, due) : null;
    const notes = [...(changed ? [changed.text] : []), ...(changed?.tellsRun && runs.length === 1 ? [] : [runsText(runs)])];
    return { day, inMonth: day.startsWith(month), today: day === today, past: day < today, times: runs, change, notes };
  });
  return {
    month,
    title: monthText(month),
    weeks: Array.from({ length: cells.length / 7 }, (_, i) => cells.slice(7 * i, 7 * i + 7)),
    runs: cells.filter((cell) => cell.inMonth).reduce((sum, cell) => sum + cell.times.length, 0),
    skipped: skippedIn(schedule, month),
  };
}

/** The month in which it next runs from that month on; null where it never does. */
export function nextRunningMonth(schedule: DatedSchedule, month: string, now: Date, held?: HeldSchedule): string | null {
  const begin = instantOf(`${month}-01T00:00`, schedule.zone);
  const after = new Date(Math.max(begin.getTime(), now.getTime()) - 1);
  const [next] = occurrences(schedule, { scheduledAt: countedFrom(schedule, held, now), after, limit: 1 });
  return next ? wallDay(next, schedule.zone).slice(0, 7) : null;
}

export const monthsLater = (month: string, months: number): string =>
  new Date(Date.UTC(Number(month.slice(0, 4)), Number(month.slice(5)) - 1 + months, 1)).toISOString().slice(0, 7);

export const daysLater = (day: string, days: number): string =>
  new Date(Date.parse(`${day}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);

/** Whole weeks, Monday first, that cover the month. */
function daysShown(month: string): string[] {
  const first = `${month}-01`;
  const before = (new Date(`${first}T00:00:00Z`).getUTCDay() + 6) % 7;
  const weeks = Math.ceil((before + daysInMonth(month)) / 7);
  return Array.from({ length: weeks * 7 }, (_, i) => daysLater(first, i - before));
}

const daysInMonth = (month: string) => Number(daysLater(`${monthsLater(month, 1)}-01`, -1).slice(8));

/** Over midnight the change is the evening's, not the next day's. */
const changeDay = ({ from, to }: ClockChange) => (from < to ? from : to).slice(0, 10);

/** @returns `tellsRun` where the words include when it runs that day. */
function changeNote(schedule: DatedSchedule, day: string, { at, from, to }: ClockChange, due: Date[]): { text: string; tellsRun: boolean } {
  const forward = from < to;
  const moved = `Clocks go ${forward ? 'forward' : 'back'} ${from.slice(11)} → ${to.slice(11)}`;
  const touched = wallsOn(schedule, day).find((wall) => (forward ? wall >= from && wall < to : wall >= to && wall < from));
  if (!touched || !due.some((one) => one.getTime() === instantOf(touched, schedule.zone).getTime()))
    return { text: moved, tellsRun: false };
  if (!forward) return { text: `${moved}: ${touched.slice(11)} comes twice and runs once, at the first`, tellsRun: true };
  const nextDay = to.slice(0, 10) > day;
  return { text: `${moved}: runs ${timeText(at, schedule.zone)}${nextDay ? ' of the next day' : ''}`, tellsRun: !nextDay };
}

/** Wall times that are meant on that day, should it be one of the schedule's. Hours count elapsed time: none is meant. */
function wallsOn(schedule: DatedSchedule, day: string): string[] {
  if (schedule.kind === 'every') return 'hours' in schedule.every ? [] : [`${day}T${schedule.time}`];
  return (schedule.kind === 'at' ? [schedule.at] : schedule.dates).filter((wall) => wall.startsWith(day));
}

function runsText(times: string[]): string {
  if (times.length === 0) return 'Nothing runs';
  if (times.length > 4) return `Runs ${counted(times.length, 'time')}, from ${times[0]} to ${times.at(-1)}`;
  return `Runs at ${listed(times)}`;
}

function skippedIn(schedule: DatedSchedule, month: string): string[] {
  if (schedule.kind !== 'every' || !('months' in schedule.every) || !isMeant(schedule, schedule.every.months, month)) return [];
  const { monthDays, nthWeekdays, start } = schedule;
  const name = monthText(month).split(' ')[0];
  const days = (monthDays ?? (nthWeekdays ? [] : [Number(start.slice(8))])).filter((day) => day > daysInMonth(month));
  // The weekdays that come five times are those of the days 29 and on.
  const five = Array.from({ length: Math.max(0, daysInMonth(month) - 28) }, (_, i) => dayName(`${month}-${29 + i}`));
  const nths = (nthWeekdays ?? []).filter(({ n, day }) => n === 5 && !five.includes(weekdayName[day]));
  const missing = [...days.map(ordinal), ...nths.map(({ n, day }) => `${placeName[n]} ${weekdayName[day]}`)];
  return missing.map((what) => `No ${what} in ${name}: skipped.`);
}

function isMeant({ start, end }: EverySchedule, months: number, month: string): boolean {
  if (month < start.slice(0, 7) || (end && 'date' in end && month > end.date.slice(0, 7))) return false;
  const number = (text: string) => Number(text.slice(0, 4)) * 12 + Number(text.slice(5, 7));
  return (number(month) - number(start)) % months === 0;
}

const dayName = (day: string) => Object.values(weekdayName)[(new Date(`${day}T00:00:00Z`).getUTCDay() + 6) % 7] ?? '';
