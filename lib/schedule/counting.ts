import { type Schedule, scheduleSchema } from './schedule';

/** The schedule a campaign follows while an edit is made. `scheduledAt` is null once it has had its last occurrence. */
export type HeldSchedule = { schedule: Schedule; scheduledAt: Date | null };

/**
 * From when "after n times" counts: where an edit leaves the schedule as it is, it goes on. A live campaign listens on whatever is edited: what
 * has happened and is not settled yet is not lost.
 */
export function countedFrom(schedule: Schedule, held: HeldSchedule | undefined, now: Date): Date {
  if (!held?.scheduledAt) return now;
  const goesOn =
    schedule.kind === 'live' ? held.schedule.kind === 'live' : schedule.kind === 'every' && isSameSchedule(schedule, held.schedule);
  return goesOn ? held.scheduledAt : now;
}

/** Whatever order their keys are in. */
export const isSameSchedule = (a: Schedule, b: Schedule) =>
  JSON.stringify(scheduleSchema.parse(a)) === JSON.stringify(scheduleSchema.parse(b));
