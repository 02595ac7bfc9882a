import { countedFrom, type HeldSchedule } from '@/lib/schedule/counting';
import { withoutDuplicates } from '@/lib/schedule/faults';
import { occurrences } from '@/lib/schedule/occurrences';
import { type EverySchedule, type Schedule, scheduleSchema } from '@/lib/schedule/schedule';
import { clockChanges as zoneChanges } from '@/lib/schedule/wall-time';
import { type ScheduleValues, scheduleOf, weekdayName } from './schedule-values';
import { counted, dayAndTime, dayText, listed, timeText, wallTime } from './zoned-text';

/** `viewer` and `utc` name the day only where it is another; null where the campaign's clock reads the same. */
export type OccurrenceLine = { at: Date; campaign: string; viewer: string | null; utc: string | null };
export type SchedulePreview = { lines: OccurrenceLine[]; more: boolean; notes: string[] };

/** The next five occurrences in the campaign's zone, the viewer's and UTC, and what about them may surprise. @param held what it follows now. */
export function previewOf(schedule: Schedule, viewerZone: string | null, now: Date, held?: HeldSchedule): SchedulePreview {
  if (schedule.kind === 'now' || schedule.kind === 'live') return { lines: [], more: false, notes: [] };
  const due = occurrences(schedule, { scheduledAt: countedFrom(schedule, held, now), after: now, limit: 400 });
  const elsewhere = (at: Date, zone: string | null) => {
    if (!zone || wallTime(at, zone) === wallTime(at, schedule.zone)) return null;
    return dayText(at, zone) === dayText(at, schedule.zone) ? timeText(at, zone) : dayAndTime(at, zone);
  };
  const lines = due.slice(0, 5).map((at) => ({
    at,
    campaign: dayAndTime(at, schedule.zone),
    viewer: elsewhere(at, viewerZone),
    utc: elsewhere(at, 'UTC'),
  }));
  return { lines, more: due.length > 5, notes: [...skippedMonths(schedule), ...clockChanges(schedule, due)] };
}

/** The preview of a form's values while they make a schedule; null while they do not. */
export function previewOfValues(values: ScheduleValues, viewerZone: string | null, now: Date, held?: HeldSchedule): SchedulePreview | null {
  const parsed = scheduleSchema.safeParse(scheduleOf(values));
  if (!parsed.success) return null;
  const preview = previewOf(parsed.data, viewerZone, now, held);
  return { ...preview, notes: [...droppedDuplicates(values), ...preview.notes] };
}

function droppedDuplicates({ kind, zone, dates }: ScheduleValues): string[] {
  if (kind !== 'dates') return [];
  const { dropped } = withoutDuplicates({ kind, zone, dates: dates.map(({ at }) => at) });
  return dropped ? [`${counted(dropped, 'date')} listed twice: it will run once.`] : [];
}

const shortMonths: Record<number, string> = { 2: 'February', 4: 'April', 6: 'June', 9: 'September', 11: 'November' };
const ordinals: Record<number, string> = { 1: '1st', 2: '2nd', 3: '3rd', 21: '21st', 22: '22nd', 23: '23rd', 31: '31st' };
export const ordinal = (n: number): string => ordinals[n] ?? `${n}th`;
export const placeName: Record<number, string> = { 1: 'first', 2: 'second', 3: 'third', 4: 'fourth', 5: 'fifth', [-1]: 'last' };

/** "The 31st means months that have one": which months a monthly schedule leaves out. */
function skippedMonths(schedule: Schedule): string[] {
  if (schedule.kind !== 'every' || !('months' in schedule.every)) return [];
  const days = schedule.monthDays ?? (schedule.nthWeekdays ? [] : [Number(schedule.start.slice(8))]);
  const { months } = schedule.every;
  const notes = [31, 30, 29].flatMap((day) => {
    const without = days.includes(day) ? monthsWithout(day, schedule, months) : [];
    if (without.length === 0) return [];
    return [`The ${ordinal(day)} is skipped in ${listed(without)}${day === 29 ? ', except in leap years' : ''}.`];
  });
  if (notes.length && !days.includes(-1)) notes.push('Choose “last day” to run at the end of every month.');
  const fifths = (schedule.nthWeekdays ?? []).filter((one) => one.n === 5).map((one) => weekdayName[one.day]);
  if (fifths.length > 0) notes.push(`The fifth ${listed(fifths)} is skipped in months without one.`);
  return notes;
}

/** Four times through the year, for leap years, however long the interval. */
const mostSteps = 48;

/** Of the months that an interval comes to, those that do not have the day, in the order of the year. */
function monthsWithout(day: number, { start, end }: EverySchedule, months: number): string[] {
  const monthOf = (date: string) => Number(date.slice(0, 4)) * 12 + Number(date.slice(5, 7)) - 1;
  const last = end && 'date' in end ? monthOf(end.date) : Number.POSITIVE_INFINITY;
  const without = new Set<number>();
  for (let step = 0, month = monthOf(start); step < mostSteps && month <= last; step++, month += months)
    if (day > new Date(Date.UTC(Math.floor(month / 12), (month % 12) + 1, 0)).getUTCDate()) without.add((month % 12) + 1);
  return Object.entries(shortMonths).flatMap(([number, name]) => (without.has(Number(number)) ? [name] : []));
}

const longestFoldMs = 3 * 3_600_000;

/** Those whose wall time the zone's clock reads once more, after it was put back. */
function comingTwice(due: Date[], zone: string): Date[] {
  const [first, last] = [due[0], due.at(-1)];
  if (!first || !last) return [];
  const back = zoneChanges(zone, first, new Date(last.getTime() + longestFoldMs)).filter(({ from, to }) => to < from);
  return due.filter((at) => {
    const wall = wallTime(at, zone);
    return back.some(
      (change) => at < change.at && change.at.getTime() - at.getTime() <= longestFoldMs && change.to <= wall && wall < change.from,
    );
  });
}

/** Occurrences whose wall time a clock change moves or doubles; the first of each is named. */
function clockChanges(schedule: Exclude<Schedule, { kind: 'now' | 'live' }>, due: Date[]): string[] {
  if (schedule.kind === 'every' && 'hours' in schedule.every) return [];
  const { zone } = schedule;
  const wanted =
    schedule.kind === 'every'
      ? new Set([schedule.time])
      : new Set((schedule.kind === 'at' ? [schedule.at] : schedule.dates).map((at) => at.slice(11)));
  const moved = due.find((at) => !wanted.has(timeText(at, zone)));
  const [doubled] = comingTwice(due, zone);
  const notes: string[] = [];
  if (moved) notes.push(`On ${dayText(moved, zone)} the clocks go forward over this time: it runs at ${timeText(moved, zone)}.`);
  if (doubled) notes.push(`On ${dayText(doubled, zone)} this time comes twice as the clocks go back: it runs once, at the first.`);
  return notes;
}
