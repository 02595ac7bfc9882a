import { describe, expect, test } from 'vitest';
import type { Schedule } from '@/lib/schedule/schedule';
import { scheduleOf, scheduleValuesSchema, valuesOf } from './schedule-values';

const now = new Date('2026-11-23T19:00:00Z');
const schema = scheduleValuesSchema(() => now);
const faults = (change: Partial<ReturnType<typeof valuesOf>>) =>
  schema
    .safeParse({ ...valuesOf(undefined, 'Asia/Kolkata', now), ...change })
    .error?.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`) ?? [];

describe('the schedule form', () => {
  const saved: Schedule[] = [
    { kind: 'now' },
    { kind: 'at', at: '2026-12-01T09:00', zone: 'Asia/Kolkata' },
    { kind: 'dates', dates: ['2026-12-01T09:00', '2026-12-24T18:30'], zone: 'Europe/Lisbon' },
    { kind: 'every', every: { hours: 6 }, time: '00:00', zone: 'UTC', start: '2026-12-01' },
    { kind: 'every', every: { weeks: 2 }, weekdays: ['mon', 'thu'], time: '09:00', zone: 'UTC', start: '2026-12-01', end: { after: 6 } },
    {
      kind: 'every',
      every: { months: 1 },
      monthDays: [1, 15, -1],
      time: '09:00',
      zone: 'UTC',
      start: '2026-12-01',
      end: { date: '2027-06-30' },
    },
    { kind: 'every', every: { months: 3 }, nthWeekdays: [{ n: -1, day: 'fri' }], time: '09:00', zone: 'UTC', start: '2026-12-01' },
    {
      kind: 'every',
      every: { months: 1 },
      monthDays: [15],
      nthWeekdays: [
        { n: 1, day: 'mon' },
        { n: 1, day: 'thu' },
        { n: 5, day: 'sun' },
        { n: -1, day: 'fri' },
      ],
      time: '09:00',
      zone: 'UTC',
      start: '2026-12-01',
    },
  ];
  test.each(saved)('gives back the saved schedule unchanged: %j', (schedule) => {
    expect(scheduleOf(valuesOf(schedule, 'Asia/Kolkata', now))).toEqual(schedule);
  });

  test('shows the day of the start where a schedule leaves its day out', () => {
    const rest = { kind: 'every', time: '09:00', zone: 'UTC', start: '2026-12-03' } as const;
    expect(scheduleOf(valuesOf({ ...rest, every: { weeks: 2 } }, 'UTC', now))).toMatchObject({ weekdays: ['thu'] });
    expect(scheduleOf(valuesOf({ ...rest, every: { months: 1 } }, 'UTC', now))).toMatchObject({ monthDays: [3] });
  });

  test('begins with every day at nine from tomorrow in the workspace zone', () => {
    expect(scheduleOf(valuesOf(undefined, 'Asia/Kolkata', now))).toEqual({
      kind: 'every',
      every: { days: 1 },
      time: '09:00',
      zone: 'Asia/Kolkata',
      start: '2026-11-25',
    });
  });

  test('refuses a time that has passed in the zone of the campaign, beside its field', () => {
    expect(faults({ kind: 'at', at: '2026-11-24T00:30' })).toEqual(['at: This is in the past. Choose a later date and time.']);
    expect(faults({ kind: 'at', at: '2026-11-24T00:31' })).toEqual([]);
    expect(faults({ kind: 'dates', dates: [{ at: '2027-01-01T09:00' }, { at: '2026-01-01T09:00' }] })).toEqual([
      'dates.1.at: This is in the past. Choose a later date and time.',
    ]);
  });

  test('lets the dates stay that the running version has had', () => {
    const held = { kind: 'dates', zone: 'UTC', dates: ['2026-01-01T09:00', '2027-01-01T09:00'] } as const;
    const values = valuesOf({ ...held, dates: [...held.dates] }, 'UTC', now);
    expect(scheduleValuesSchema(() => now, { ...held, dates: [...held.dates] }).safeParse(values).success).toBe(true);
    expect(scheduleValuesSchema(() => now).safeParse(values).success).toBe(false);
  });

  test('names the field of each other fault', () => {
    expect(faults({ unit: 'weeks', weekdays: [] })).toEqual(['weekdays: Choose at least one weekday.']);
    expect(faults({ end: 'date', start: '2026-12-10', endDate: '2026-12-09' })).toEqual(['endDate: The end is before the start.']);
    expect(faults({ unit: 'weeks', n: 53 })[0]).toContain('n: ');
    expect(faults({ unit: 'months', monthRule: 'both', monthDays: [], nthWeekdays: [] })).toEqual([
      'monthDays: Choose at least one day.',
      'nthWeekdays: Choose at least one weekday.',
    ]);
    expect(faults({ unit: 'months', n: 12, start: '2027-02-01', monthDays: [31] })).toEqual([
      'monthDays: None of the months it runs in has such a day.',
    ]);
    expect(faults({ unit: 'months', start: '2027-02-10', monthDays: [1], end: 'date', endDate: '2027-02-28' })).toEqual([
      'endDate: It would not run once before this end. Choose a later one.',
    ]);
  });

  test('drops a date listed twice', () => {
    const values = {
      ...valuesOf(undefined, 'UTC', now),
      kind: 'dates' as const,
      dates: [{ at: '2027-01-02T09:00' }, { at: '2027-01-01T09:00' }, { at: '2027-01-02T09:00' }],
    };
    expect(scheduleOf(values)).toEqual({ kind: 'dates', dates: ['2027-01-01T09:00', '2027-01-02T09:00'], zone: 'UTC' });
  });
});
