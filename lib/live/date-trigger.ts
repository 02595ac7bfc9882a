import { occurrences } from '@/lib/schedule/occurrences';
import type { LiveSchedule } from '@/lib/schedule/schedule';
import { dateAfter, dateBefore, dayStart, localDate } from '@/lib/segment/dates';
import type { Definition } from '@/lib/segment/definition';
import type { DateTrigger } from './trigger';

/** After a longer outage the days before are let go. */
const longestPauseMs = 7 * 86_400_000;
const noonMs = 12 * 3_600_000;

type Watch = { trigger: DateTrigger; schedule: LiveSchedule; from: Date; until: Date | null };

/** Instants at which dates are looked at, once a day, after `after` up to `now`, ascending. Pure. */
export function scanInstants({ trigger, schedule, from, until }: Watch, after: Date, now: Date): Date[] {
  const earliest = new Date(now.getTime() - longestPauseMs);
  const last = until && until <= now ? new Date(until.getTime() - 1) : now;
  const daily = {
    kind: 'every' as const,
    every: { days: 1 },
    time: trigger.time ?? '00:00',
    zone: schedule.zone,
    start: localDate(from, schedule.zone).toString(),
  };
  return occurrences(daily, { scheduledAt: from, after: after > earliest ? after : earliest, until: last, limit: 10 });
}

/** Whose day it is at a scan: the condition, and the instant as of which it is asked. @param zone the workspace's: of the days of properties. */
export function dateCondition(
  trigger: DateTrigger,
  scannedAt: Date,
  scheduleZone: string,
  zone: string,
): { definition: Definition; at: Date } {
  const today = localDate(scannedAt, scheduleZone);
  const day = trigger.before ? dateAfter(today, trigger.before) : trigger.after ? dateBefore(today, trigger.after) : today;
  const at = new Date(dayStart(day, zone).getTime() + noonMs);
  const property = trigger.date;
  return trigger.yearly
    ? { definition: { property, op: 'anniversaryIn', value: { days: 0 } }, at }
    : { definition: { property, op: 'dateOn', value: day.toString() }, at };
}
