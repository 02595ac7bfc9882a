import { nextOccurrence } from './occurrences';
import type { EverySchedule, Schedule } from './schedule';
import { dayEnd, instantOf } from './wall-time';

export type ScheduleFault = { path: (string | number)[]; message: string };

/**
 * Why a well-formed schedule cannot be scheduled now: something in it is past, or it never comes. Paths lead into the schedule.
 * @param held the schedule that runs already: dates it has had are not held against its next version.
 */
export function scheduleFaults(schedule: Schedule, now: Date, held?: Schedule): ScheduleFault[] {
  switch (schedule.kind) {
    case 'now':
      return [];
    case 'at':
      return pastFaults([schedule.at], schedule, now, () => ['at']);
    case 'dates':
      return datesFaults(schedule, now, held);
    case 'every':
      return everyFaults(schedule, now);
    case 'live':
      return endFaults(schedule, now);
  }
}

type DatesSchedule = Extract<Schedule, { kind: 'dates' }>;

function datesFaults(schedule: DatesSchedule, now: Date, held: Schedule | undefined): ScheduleFault[] {
  const had = held?.kind === 'dates' && held.zone === schedule.zone ? new Set(held.dates) : new Set<string>();
  const faults = pastFaults(schedule.dates, schedule, now, (i) => ['dates', i]).filter(
    ({ path }) => !had.has(schedule.dates[path[1] as number] ?? ''),
  );
  if (faults.length > 0 || hasNext(schedule, now)) return faults;
  return [{ path: ['dates'], message: 'All of these dates are in the past. Add a later one.' }];
}

function pastFaults(walls: string[], { zone }: { zone: string }, now: Date, pathOf: (i: number) => (string | number)[]): ScheduleFault[] {
  return walls.flatMap((wall, i) =>
    instantOf(wall, zone) < now
      ? [{ path: pathOf(i), message: `${wall.replace('T', ' ')} is in the past. Choose a later date and time.` }]
      : [],
  );
}

function everyFaults(schedule: EverySchedule, now: Date): ScheduleFault[] {
  const ended = endFaults(schedule, now);
  if (ended.length > 0 || hasNext(schedule, now)) return ended;
  if (schedule.end && hasNext({ ...schedule, end: undefined }, now))
    return [
      { path: ['end', 'date' in schedule.end ? 'date' : 'after'], message: 'It would not run once before this end. Choose a later one.' },
    ];
  return [{ path: [schedule.nthWeekdays ? 'nthWeekdays' : 'monthDays'], message: 'None of the months it runs in has such a day.' }];
}

function endFaults({ end, zone }: Pick<EverySchedule, 'end' | 'zone'>, now: Date): ScheduleFault[] {
  if (!end || !('date' in end) || dayEnd(end.date, zone) > now) return [];
  return [{ path: ['end', 'date'], message: 'This is in the past. Choose a later date.' }];
}

const hasNext = (schedule: Schedule, now: Date) =>
  nextOccurrence(schedule, { scheduledAt: now, after: new Date(now.getTime() - 1) }) !== null;

/**
 * The same schedule with each moment of a list once, in order, and how many repeats were dropped. Two wall times may be one moment, where
 * the clocks go forward over the earlier of them.
 */
export function withoutDuplicates(schedule: Schedule): { schedule: Schedule; dropped: number } {
  if (schedule.kind !== 'dates') return { schedule, dropped: 0 };
  // Of two names of one moment the later is kept: the clock shows it.
  const byMoment = new Map([...schedule.dates].sort().map((date) => [instantOf(date, schedule.zone).getTime(), date]));
  const dates = [...byMoment.values()].sort();
  return { schedule: { ...schedule, dates }, dropped: schedule.dates.length - dates.length };
}
