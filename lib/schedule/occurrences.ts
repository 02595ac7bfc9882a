import { Temporal } from 'temporal-polyfill';
import { type EverySchedule, type LiveSchedule, type Schedule, type Weekday, weekdays } from './schedule';
import { dayEnd, instantOf } from './wall-time';

export type Span = {
  /** When Schedule was pressed: "now" is this instant, and nothing before it occurs. */
  scheduledAt: Date;
  /** Excluded. */
  after: Date;
  /** Included; default without end. */
  until?: Date;
  limit: number;
};

/** Far enough for any rule that ever recurs (a leap day's 100-year pause); stops one that never does. */
const horizonYears = 50;
const hourMs = 3_600_000;

/**
 * Instants at which the schedule is due, ascending, each once. Pure. Wall times keep their hour over a DST change: one that does not
 * exist runs at the next moment that does, one that exists twice runs at the first. Hours count elapsed time.
 */
export function occurrences(schedule: Schedule, span: Span): Date[] {
  const found: Date[] = [];
  for (const at of candidates(schedule, span.scheduledAt, span.after)) {
    if (span.until && at > span.until) break;
    if (at <= span.after || at < span.scheduledAt) continue;
    found.push(at);
    if (found.length >= span.limit) break;
  }
  return found;
}

export const nextOccurrence = (schedule: Schedule, span: { scheduledAt: Date; after: Date }): Date | null =>
  occurrences(schedule, { ...span, limit: 1 })[0] ?? null;

/** Ascending; may begin before `after` where the rule has to be counted from its start. */
function* candidates(schedule: Schedule, scheduledAt: Date, after: Date): Generator<Date> {
  switch (schedule.kind) {
    case 'now':
      yield scheduledAt;
      return;
    case 'at':
      yield instantOf(schedule.at, schedule.zone);
      return;
    case 'dates': {
      const instants = schedule.dates.map((date) => instantOf(date, schedule.zone).getTime());
      for (const at of [...new Set(instants)].sort((a, b) => a - b)) yield new Date(at);
      return;
    }
    case 'every':
      yield* recurring(schedule, scheduledAt, after);
      return;
    case 'live':
      yield* liveHours(schedule, scheduledAt, after);
      return;
    default: {
      const never: never = schedule;
      throw new Error(`unknown schedule ${String(never)}`);
    }
  }
}

function* recurring(schedule: EverySchedule, scheduledAt: Date, after: Date): Generator<Date> {
  const endAt = schedule.end && 'date' in schedule.end ? dayEnd(schedule.end.date, schedule.zone) : null;
  const most = schedule.end && 'after' in schedule.end ? schedule.end.after : Number.POSITIVE_INFINITY;
  // Counting "after n times" has to begin at the start; without it a long past can be leapt over.
  const from = most === Number.POSITIVE_INFINITY && after > scheduledAt ? after : scheduledAt;
  let given = 0;
  let last = Number.NEGATIVE_INFINITY;
  const steps = 'hours' in schedule.every ? hourly(schedule, schedule.every.hours, from) : daily(schedule, from);
  for (const at of steps) {
    if (endAt && at >= endAt) return;
    if (at < scheduledAt || at.getTime() <= last) continue;
    last = at.getTime();
    if (++given > most) return;
    yield at;
  }
}

function* hourly(schedule: EverySchedule, hours: number, from: Date): Generator<Date> {
  const first = instantOf(`${schedule.start}T${schedule.time}`, schedule.zone).getTime();
  const stepMs = hours * hourMs;
  const skipped = Math.max(0, Math.floor((from.getTime() - first) / stepMs) - 1);
  const horizon = Math.max(from.getTime(), first) + horizonYears * 366 * 86_400_000;
  for (let at = first + skipped * stepMs; at < horizon; at += stepMs) yield new Date(at);
}

function* daily(schedule: EverySchedule, from: Date): Generator<Date> {
  const start = Temporal.PlainDate.from(schedule.start);
  const near = Temporal.Instant.fromEpochMilliseconds(from.getTime()).toZonedDateTimeISO(schedule.zone).toPlainDate().subtract({ days: 1 });
  const horizon = (Temporal.PlainDate.compare(near, start) > 0 ? near : start).add({ years: horizonYears });
  for (const date of dates(schedule, start, near)) {
    if (Temporal.PlainDate.compare(date, horizon) > 0) return;
    if (Temporal.PlainDate.compare(date, start) >= 0) yield instantOf(`${date.toString()}T${schedule.time}`, schedule.zone);
  }
}

/** Local dates of the rule, ascending and beyond the horizon; begins in the interval that holds `near`, never before `start`'s. */
function dates(schedule: EverySchedule, start: Temporal.PlainDate, near: Temporal.PlainDate): Generator<Temporal.PlainDate> {
  const { every } = schedule;
  if ('days' in every) return everyDays(start, every.days, near);
  if ('weeks' in every) return everyWeeks(start, every.weeks, near, schedule.weekdays ?? [weekdays[start.dayOfWeek - 1] ?? 'mon']);
  if ('months' in every) return everyMonths(start, every.months, near, schedule);
  throw new Error('hours are not counted in dates');
}

function* everyDays(start: Temporal.PlainDate, days: number, near: Temporal.PlainDate) {
  const passed = Math.max(0, Math.floor(start.until(near, { largestUnit: 'days' }).days / days));
  for (let k = passed; ; k++) yield start.add({ days: k * days });
}

/** Weeks begin on Monday and are counted from the week of the start date. */
function* everyWeeks(start: Temporal.PlainDate, weeks: number, near: Temporal.PlainDate, chosen: readonly Weekday[]) {
  const monday = start.subtract({ days: start.dayOfWeek - 1 });
  const offsets = [...new Set(chosen.map((name) => weekdays.indexOf(name)))].sort((a, b) => a - b);
  const passed = Math.max(0, Math.floor(monday.until(near, { largestUnit: 'days' }).days / (7 * weeks)));
  for (let k = passed; ; k++) for (const days of offsets) yield monday.add({ days: k * weeks * 7 + days });
}

function* everyMonths(start: Temporal.PlainDate, months: number, near: Temporal.PlainDate, schedule: EverySchedule) {
  const first = start.toPlainYearMonth();
  const passed = Math.max(0, Math.floor(first.until(near.toPlainYearMonth(), { largestUnit: 'months' }).months / months));
  // Bounded here too: where no month has such a day there is no date to compare with the horizon.
  for (let k = passed; k <= passed + (horizonYears * 12) / months; k++) {
    const month = first.add({ months: k * months });
    for (const day of daysOfMonth(month, schedule, start.day)) yield month.toPlainDate({ day });
  }
}

/** Ascending days of that month; a 31st in a month without one is not moved, it is left out. */
function daysOfMonth(month: Temporal.PlainYearMonth, schedule: EverySchedule, startDay: number): number[] {
  const wanted = schedule.monthDays ?? (schedule.nthWeekdays ? [] : [startDay]);
  const days = wanted.map((day) => (day === -1 ? month.daysInMonth : day)).filter((day) => day <= month.daysInMonth);
  for (const { n, day } of schedule.nthWeekdays ?? []) {
    const found = nthWeekdayOf(month, n, weekdays.indexOf(day) + 1);
    if (found !== null) days.push(found);
  }
  return [...new Set(days)].sort((a, b) => a - b);
}

function nthWeekdayOf(month: Temporal.PlainYearMonth, n: number, dayOfWeek: number): number | null {
  if (n === -1) {
    const last = month.toPlainDate({ day: month.daysInMonth });
    return last.day - ((last.dayOfWeek - dayOfWeek + 7) % 7);
  }
  const first = month.toPlainDate({ day: 1 });
  const day = 1 + ((dayOfWeek - first.dayOfWeek + 7) % 7) + 7 * (n - 1);
  return day <= month.daysInMonth ? day : null;
}

/** A live campaign is brought wholly up to date once an hour, counted from where it begins: elapsed time. */
function* liveHours(schedule: LiveSchedule, scheduledAt: Date, after: Date): Generator<Date> {
  const { from, until } = liveSpan(schedule, scheduledAt);
  const passed = Math.max(0, Math.floor((after.getTime() - from.getTime()) / hourMs));
  const horizon = Math.max(from.getTime(), after.getTime()) + horizonYears * 366 * 86_400_000;
  for (let at = from.getTime() + passed * hourMs; at < (until?.getTime() ?? horizon); at += hourMs) yield new Date(at);
}

/** When a live schedule adds members: from `from` on and before `until`; null is for ever. */
export function liveSpan({ start, end, zone }: LiveSchedule, scheduledAt: Date): { from: Date; until: Date | null } {
  const begins = start ? instantOf(start.length > 10 ? start : `${start}T00:00`, zone) : scheduledAt;
  return { from: begins > scheduledAt ? begins : scheduledAt, until: end ? dayEnd(end.date, zone) : null };
}
