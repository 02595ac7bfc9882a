import { type Schedule, scheduleSchema } from './schedule';

/** The schedule a campaign follows while an edit is made. `scheduledAt` is null once it has had its last occurrence. */
export type HeldSchedule = { schedule: Schedule; scheduledAt: Date | null };

/** From when "after n times" counts, or a live campaign listens: where an edit leaves the schedule as it is, it goes on. */
export function countedFrom(schedule: Schedule, held: HeldSchedule | undefined, now: Date): Date {
  return held?.scheduledAt && ['every', 'live'].includes(schedule.kind) && isSame(schedule, held.schedule) ? held.scheduledAt : now;
}

/** Whatever order their keys are in. */
const isSame = (a: Schedule, b: Schedule) => JSON.stringify(scheduleSchema.parse(a)) === JSON.stringify(scheduleSchema.parse(b));
