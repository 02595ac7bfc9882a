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

/** The day whose dates are asked for at a scan. */
function wantedDay({ before, after }: DateTrigger, scannedAt: Date, scheduleZone: string) {
  const today = localDate(scannedAt, scheduleZone);
  return before ? dateAfter(today, before) : after ? dateBefore(today, after) : today;
}

/** Months and days of birthdays that are kept on that day, in Facebook's writing: who was born on 29 February has it on the 28th in years without one. */
export function birthdaysAt(trigger: DateTrigger, scannedAt: Date, scheduleZone: string): { month: string; day: string }[] {
  const wanted = wantedDay(trigger, scannedAt, scheduleZone);
  const [, month = '', day = ''] = wanted.toString().split('-');
  return month === '02' && day === '28' && !wanted.inLeapYear
    ? [
        { month, day },
        { month, day: '29' },
      ]
    : [{ month, day }];
}

/** Whose day it is at a scan: the condition, and the instant as of which it is asked. @param zone the workspace's: of the days of properties. */
export function dateCondition(
  trigger: DateTrigger,
  scannedAt: Date,
  scheduleZone: string,
  zone: string,
): { definition: Definition; at: Date } {
  const day = wantedDay(trigger, scannedAt, scheduleZone);
  const at = new Date(dayStart(day, zone).getTime() + noonMs);
  const property = trigger.date;
  return trigger.yearly
    ? { definition: { property, op: 'anniversaryIn', value: { days: 0 } }, at }
    : { definition: { property, op: 'dateOn', value: day.toString() }, at };
}
