import { z } from 'zod';
import { scheduleFaults } from '@/lib/schedule/faults';
import { type Interval, type Schedule, scheduleSchema, type Weekday, weekdays } from '@/lib/schedule/schedule';
import { wallDay, wallTime } from './zoned-text';

/** What the schedule form holds: every field of every kind at once, so that changing the kind and back loses nothing. */

const fields = z.object({
  kind: z.enum(['now', 'at', 'dates', 'every']),
  zone: z.string(),
  at: z.string(),
  dates: z.array(z.object({ at: z.string() })),
  n: z.number({ error: 'Enter a whole number.' }).int('Enter a whole number.').min(1, 'At least 1.').max(366, 'At most 366.'),
  unit: z.enum(['hours', 'days', 'weeks', 'months']),
  weekdays: z.array(z.enum(weekdays)),
  monthRule: z.enum(['days', 'nth', 'both']),
  /** 1–31, and −1 for the last day. */
  monthDays: z.array(z.number()),
  /** `n` 1–5, and −1 for the last. */
  nthWeekdays: z.array(z.object({ n: z.number(), day: z.enum(weekdays) })),
  time: z.string(),
  start: z.string(),
  end: z.enum(['never', 'date', 'after']),
  endDate: z.string(),
  endAfter: z.number({ error: 'Enter a whole number.' }).int('Enter a whole number.').min(1, 'At least 1.').max(10_000, 'At most 10,000.'),
});
export type ScheduleValues = z.infer<typeof fields>;

/**
 * @param now makes "in the past" a fault of the field it was typed in. @param held the schedule that runs already: the dates it has had may
 * stay in the list.
 */
export function scheduleValuesSchema(now: () => Date, held?: Schedule) {
  return fields.superRefine((values, ctx) => {
    const fault = (path: (string | number)[], message: string) => ctx.addIssue({ code: 'custom', path, message });
    const current = wallTime(now(), values.zone);
    if (values.kind === 'at') pastFault(values.at, current, (message) => fault(['at'], message));
    if (values.kind === 'dates') datesFaults(values, current, held, fault);
    if (values.kind === 'every') everyFaults(values, current, fault);
    if (ctx.issues.length > 0) return;
    const parsed = scheduleSchema.safeParse(scheduleOf(values));
    for (const issue of parsed.error?.issues ?? []) fault([fieldOf(issue.path)], issue.message);
    if (!parsed.success) return;
    for (const { path, message } of scheduleFaults(parsed.data, now(), held)) fault([fieldOf(path)], message);
  });
}

type Fault = (path: (string | number)[], message: string) => void;

function pastFault(at: string, current: string, fault: (message: string) => void): void {
  if (!at) fault('Choose a date and time.');
  else if (at <= current) fault('This is in the past. Choose a later date and time.');
}

function datesFaults(values: ScheduleValues, current: string, held: Schedule | undefined, fault: Fault): void {
  const had = held?.kind === 'dates' && held.zone === values.zone ? held.dates : [];
  if (values.dates.length === 0) fault(['dates'], 'Add at least one date.');
  for (const [i, { at }] of values.dates.entries())
    if (!had.includes(at)) pastFault(at, current, (message) => fault(['dates', i, 'at'], message));
}

function everyFaults(values: ScheduleValues, current: string, fault: Fault): void {
  const today = current.slice(0, 10);
  if (!values.time) fault(['time'], 'Choose a time.');
  if (!values.start) fault(['start'], 'Choose a start date.');
  if (values.unit === 'weeks' && values.weekdays.length === 0) fault(['weekdays'], 'Choose at least one weekday.');
  if (values.unit === 'months' && values.monthRule !== 'nth' && values.monthDays.length === 0)
    fault(['monthDays'], 'Choose at least one day.');
  if (values.unit === 'months' && values.monthRule !== 'days' && values.nthWeekdays.length === 0)
    fault(['nthWeekdays'], 'Choose at least one weekday.');
  if (values.end !== 'date') return;
  if (!values.endDate) fault(['endDate'], 'Choose an end date.');
  else if (values.endDate < values.start) fault(['endDate'], 'The end is before the start.');
  else if (values.endDate < today) fault(['endDate'], 'This is in the past. Choose a later date.');
}

/** Where the form shows a fault of the stored shape. */
function fieldOf(path: PropertyKey[]): keyof ScheduleValues {
  const [first, second] = path.map(String);
  if (first === 'every') return 'n';
  if (first === 'end') return second === 'after' ? 'endAfter' : 'endDate';
  const known: (keyof ScheduleValues)[] = ['zone', 'at', 'dates', 'weekdays', 'monthDays', 'nthWeekdays', 'time', 'start'];
  return known.find((name) => name === first) ?? 'kind';
}

/** The stored shape, before scheduleSchema has judged it: list dates sorted, each once. */
export function scheduleOf(values: ScheduleValues): unknown {
  const { kind, zone } = values;
  if (kind === 'now') return { kind };
  if (kind === 'at') return { kind, at: values.at, zone };
  if (kind === 'dates') return { kind, dates: [...new Set(values.dates.map((one) => one.at))].sort(), zone };
  return {
    kind,
    every: { [values.unit]: values.n },
    ...(values.unit === 'weeks' ? { weekdays: weekdays.filter((day) => values.weekdays.includes(day)) } : {}),
    ...(values.unit === 'months' ? monthRuleOf(values) : {}),
    time: values.time,
    zone,
    start: values.start,
    ...(values.end === 'date' ? { end: { date: values.endDate } } : {}),
    ...(values.end === 'after' ? { end: { after: values.endAfter } } : {}),
  };
}

function monthRuleOf({ monthRule, monthDays, nthWeekdays }: ScheduleValues) {
  const lastLast = (n: number) => (n === -1 ? 99 : n);
  const days = [...monthDays].sort((a, b) => lastLast(a) - lastLast(b));
  const nths = [...nthWeekdays].sort((a, b) => lastLast(a.n) - lastLast(b.n) || weekdays.indexOf(a.day) - weekdays.indexOf(b.day));
  return { ...(monthRule !== 'nth' ? { monthDays: days } : {}), ...(monthRule !== 'days' ? { nthWeekdays: nths } : {}) };
}

/** What the form begins with: the saved schedule, and sensible values for everything it does not say. */
export function valuesOf(schedule: Schedule | undefined, workspaceZone: string, now: Date): ScheduleValues {
  const zone = schedule && 'zone' in schedule ? schedule.zone : workspaceZone;
  const tomorrow = wallDay(new Date(now.getTime() + 86_400_000), zone);
  const blank: ScheduleValues = {
    kind: 'every',
    zone,
    at: `${tomorrow}T09:00`,
    dates: [{ at: `${tomorrow}T09:00` }],
    n: 1,
    unit: 'days',
    weekdays: ['mon'],
    monthRule: 'days',
    monthDays: [1],
    nthWeekdays: [{ n: 1, day: 'mon' }],
    time: '09:00',
    start: tomorrow,
    end: 'never',
    endDate: wallDay(new Date(now.getTime() + 91 * 86_400_000), zone),
    endAfter: 10,
  };
  return schedule ? { ...blank, ...saved(schedule) } : blank;
}

function saved(schedule: Schedule): Partial<ScheduleValues> {
  if (schedule.kind === 'now') return { kind: 'now' };
  if (schedule.kind === 'at') return { kind: 'at', at: schedule.at };
  if (schedule.kind === 'dates') return { kind: 'dates', dates: schedule.dates.map((at) => ({ at })) };
  if (schedule.kind === 'live') return {};
  const { unit, n } = intervalOf(schedule.every);
  const { monthDays, nthWeekdays } = schedule;
  return {
    kind: 'every',
    unit,
    n,
    // What a schedule leaves out is its start's own day.
    weekdays: schedule.weekdays ?? [weekdayOf(schedule.start)],
    monthDays: monthDays ?? [Number(schedule.start.slice(8))],
    ...(nthWeekdays ? { monthRule: monthDays ? 'both' : 'nth', nthWeekdays } : { monthRule: 'days' }),
    time: schedule.time,
    start: schedule.start,
    ...endValues(schedule.end),
  };
}

function intervalOf(every: Interval): { unit: ScheduleValues['unit']; n: number } {
  if ('hours' in every) return { unit: 'hours', n: every.hours };
  if ('days' in every) return { unit: 'days', n: every.days };
  if ('weeks' in every) return { unit: 'weeks', n: every.weeks };
  return { unit: 'months', n: every.months };
}

function endValues(end: { date: string } | { after: number } | undefined): Partial<ScheduleValues> {
  if (!end) return { end: 'never' };
  return 'date' in end ? { end: 'date', endDate: end.date } : { end: 'after', endAfter: end.after };
}

const weekdayOf = (day: string): Weekday => weekdays[(new Date(`${day}T00:00:00Z`).getUTCDay() + 6) % 7] ?? 'mon';

export const weekdayName: Record<Weekday, string> = {
  mon: 'Monday',
  tue: 'Tuesday',
  wed: 'Wednesday',
  thu: 'Thursday',
  fri: 'Friday',
  sat: 'Saturday',
  sun: 'Sunday',
};
