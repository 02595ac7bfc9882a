import { nextOccurrence, occurrences } from './occurrences';
import type { Schedule } from './schedule';
import { dayEnd } from './wall-time';

/** A run that starts this much after its occurrence is still prompt; later, it is a catch-up. */
const promptMs = 2 * 60_000;
const dayMs = 86_400_000;
/** Occurrences settled at once; after a longer pause the next call goes on where this one stopped. */
const mostAtOnce = 10_000;

export type Due = {
  /** The newest that has come, where it may still be run. */
  run: { at: Date; catchUp: boolean } | null;
  /** Come and not to be run, ascending. */
  skipped: Date[];
  /** The first not settled by this: null when there is none. */
  nextAt: Date | null;
};

/**
 * What is to be made of the occurrences from `nextAt` on that have come: the newest is run if it is not too late for it, the others are
 * skipped. Pure.
 */
export function dueOccurrences(schedule: Schedule, at: { scheduledAt: Date; nextAt: Date; now: Date }): Due {
  const { scheduledAt, now } = at;
  const due = occurrences(schedule, { scheduledAt, after: new Date(at.nextAt.getTime() - 1), until: now, limit: mostAtOnce });
  // A live campaign that was edited is compared at once, between its hours.
  const newest = due.at(-1) ?? (schedule.kind === 'live' && at.nextAt <= now ? at.nextAt : undefined);
  if (!newest) return { run: null, skipped: [], nextAt: nextOccurrence(schedule, { scheduledAt, after: now }) };
  const nextAt = nextOccurrence(schedule, { scheduledAt, after: newest });
  // Of a live campaign nothing is missed: whatever happened meanwhile is in the newest.
  if (schedule.kind === 'live') return { run: isOver(schedule, now) ? null : { at: newest, catchUp: false }, skipped: [], nextAt };
  const inTime = (nextAt === null || nextAt > now) && mayStart(schedule, scheduledAt, newest, now);
  const catchUp = due.length > 1 || now.getTime() - newest.getTime() > promptMs;
  return { run: inTime ? { at: newest, catchUp } : null, skipped: inTime ? due.slice(0, -1) : due, nextAt };
}

/** Whether a run may still start: not beyond the grace period, and not after the schedule's last day, unless it is prompt. Pure. */
export function mayStart(schedule: Schedule, scheduledAt: Date, occurrence: Date, now: Date): boolean {
  const lateMs = now.getTime() - occurrence.getTime();
  if (lateMs > gracePeriodMs(schedule, scheduledAt, occurrence)) return false;
  return !isOver(schedule, now) || lateMs <= promptMs;
}

function isOver(schedule: Schedule, now: Date): boolean {
  const { end, zone } = schedule.kind === 'every' || schedule.kind === 'live' ? schedule : {};
  return end !== undefined && zone !== undefined && 'date' in end && now >= dayEnd(end.date, zone);
}

/**
 * How late a run may still start: half the interval to the occurrence that follows or, at the end, would follow; at most 24 h. The last of
 * a list, and a single one, have the 24 h.
 */
export function gracePeriodMs(schedule: Schedule, scheduledAt: Date, occurrence: Date): number {
  const endless = schedule.kind === 'every' ? { ...schedule, end: undefined } : schedule;
  const next = nextOccurrence(endless, { scheduledAt, after: occurrence });
  return next ? Math.min(dayMs, (next.getTime() - occurrence.getTime()) / 2) : dayMs;
}
