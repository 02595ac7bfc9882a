import { Temporal } from 'temporal-polyfill';
import { type EverySchedule, type LiveSchedule, type Schedule, type Weekday, weekdays } from './schedule';

const dayNames: Record<Weekday, string> = {
  mon: 'Monday',
  tue: 'Tuesday',
  wed: 'Wednesday',
  thu: 'Thursday',
  fri: 'Friday',
  sat: 'Saturday',
  sun: 'Sunday',
};
const ordinals: Record<number, string> = { 1: 'first', 2: 'second', 3: 'third', 4: 'fourth', 5: 'fifth', [-1]: 'last' };

/** One sentence without a full stop: "Every 2 weeks on Monday and Thursday at 09:00 (Asia/Kolkata) from 1 December 2026". */
export function describeSchedule(schedule: Schedule): string {
  switch (schedule.kind) {
    case 'now':
      return 'Once, as soon as it is scheduled';
    case 'at':
      return `Once, on ${wallText(schedule.at)} (${schedule.zone})`;
    case 'dates': {
      const [first = '', ...more] = [...schedule.dates].sort();
      return more.length === 0
        ? `Once, on ${wallText(first)} (${schedule.zone})`
        : `On ${schedule.dates.length} dates from ${wallText(first)} to ${wallText(more.at(-1) ?? first)} (${schedule.zone})`;
    }
    case 'every':
      return `${ruleText(schedule)} (${schedule.zone}) from ${dayText(schedule.start)}${endText(schedule)}`;
    case 'live':
      return `Live, as it happens, from ${liveStart(schedule)}${endText(schedule)} (${schedule.zone})`;
  }
}

function liveStart({ start }: LiveSchedule): string {
  if (!start) return 'the moment it is scheduled';
  return start.length > 10 ? wallText(start) : dayText(start);
}

function ruleText(schedule: EverySchedule): string {
  const { every, time } = schedule;
  if ('hours' in every) return `${each(every.hours, 'hour')}, counted from ${time}`;
  if ('days' in every) return `${each(every.days, 'day')} at ${time}`;
  if ('weeks' in every) {
    const start = weekdays[Temporal.PlainDate.from(schedule.start).dayOfWeek - 1] ?? 'mon';
    const days = weekdays.filter((day) => (schedule.weekdays ?? [start]).includes(day)).map((day) => dayNames[day]);
    return `${each(every.weeks, 'week')} on ${join(days)} at ${time}`;
  }
  return `${each(every.months, 'month')} on ${monthText(schedule)} at ${time}`;
}

function monthText(schedule: EverySchedule): string {
  const days = schedule.monthDays ?? (schedule.nthWeekdays ? [] : [Temporal.PlainDate.from(schedule.start).day]);
  const numbered = [...new Set(days)].sort((a, b) => (a === -1 ? 99 : a) - (b === -1 ? 99 : b));
  const named = (schedule.nthWeekdays ?? []).map(({ n, day }) => `the ${ordinals[n] ?? n} ${dayNames[day]}`);
  return join([...numbered.map((day) => (day === -1 ? 'the last day' : `the ${numberedDay(day)}`)), ...named]);
}

function endText({ end }: Pick<EverySchedule | LiveSchedule, 'end'>): string {
  if (!end) return '';
  return 'date' in end ? ` until the end of ${dayText(end.date)}` : `, ${end.after} ${end.after === 1 ? 'time' : 'times'}`;
}

/** Months that the chosen days leave out ("February"), for the screen to say so; empty where none is. */
export function skippedMonths(schedule: Schedule): string[] {
  if (schedule.kind !== 'every' || !('months' in schedule.every) || schedule.nthWeekdays) return [];
  const days = schedule.monthDays ?? [Temporal.PlainDate.from(schedule.start).day];
  const smallest = Math.min(...days.map((day) => (day === -1 ? 1 : day)));
  const lengths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
  return lengths.flatMap((length, i) => (smallest > length ? [monthName(i + 1)] : []));
}

const monthNames = 'January February March April May June July August September October November December'.split(' ');

const monthName = (month: number) => monthNames[month - 1] ?? '';

const each = (n: number, unit: string) => (n === 1 ? `Every ${unit}` : `Every ${n} ${unit}s`);

const join = (parts: string[]) => (parts.length < 2 ? (parts[0] ?? '') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`);

function numberedDay(day: number): string {
  const suffix = day % 10 === 1 && day !== 11 ? 'st' : day % 10 === 2 && day !== 12 ? 'nd' : day % 10 === 3 && day !== 13 ? 'rd' : 'th';
  return `${day}${suffix}`;
}

function dayText(day: string): string {
  const date = Temporal.PlainDate.from(day);
  return `${date.day} ${monthName(date.month)} ${date.year}`;
}

const wallText = (wall: string) => `${dayText(wall.slice(0, 10))} at ${wall.slice(11)}`;
