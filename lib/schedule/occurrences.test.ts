import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import { describe, expect, it } from 'vitest';
import { describeSchedule, skippedMonths } from './describe';
import { gracePeriodMs, instantOf, occurrences, pastWallTimes, withoutDuplicates } from './occurrences';
import { type Schedule, scheduleSchema } from './schedule';

const first = (schedule: Schedule, from: string, limit = 5, scheduledAt = from) =>
  occurrences(schedule, { scheduledAt: new Date(scheduledAt), after: new Date(from), limit }).map((at) =>
    at.toISOString().replace(':00.000Z', 'Z'),
  );

const every = (rule: Partial<Extract<Schedule, { kind: 'every' }>>): Schedule =>
  scheduleSchema.parse({ kind: 'every', every: { days: 1 }, time: '09:00', zone: 'Asia/Kolkata', start: '2026-12-01', ...rule });

describe('wall time', () => {
  it('keeps 09:00 at 09:00 over the change to summer time', () => {
    const schedule = every({ zone: 'America/New_York', start: '2026-03-07' });
    expect(first(schedule, '2026-03-07T00:00:00Z', 3)).toEqual(['2026-03-07T14:00Z', '2026-03-08T13:00Z', '2026-03-09T13:00Z']);
  });

  it('runs a time that does not exist at the next moment that does', () => {
    expect(instantOf('2026-03-08T02:30', 'America/New_York').toISOString()).toBe('2026-03-08T07:00:00.000Z');
    expect(instantOf('2026-10-04T02:10', 'Australia/Lord_Howe').toISOString()).toBe('2026-10-03T15:30:00.000Z');
    expect(instantOf('2018-11-04T00:00', 'America/Sao_Paulo').toISOString()).toBe('2018-11-04T03:00:00.000Z');
  });

  it('runs a time that exists twice once, at the first', () => {
    expect(instantOf('2026-11-01T01:30', 'America/New_York').toISOString()).toBe('2026-11-01T05:30:00.000Z');
    const schedule = every({ zone: 'Europe/Lisbon', start: '2026-10-24', time: '01:30' });
    expect(first(schedule, '2026-10-23T00:00:00Z', 3)).toEqual(['2026-10-24T00:30Z', '2026-10-25T00:30Z', '2026-10-26T01:30Z']);
  });
});

describe('rules', () => {
  it('counts every n days and weeks from the start date, over the ends of months', () => {
    expect(first(every({ every: { days: 2 }, start: '2026-12-30', zone: 'UTC' }), '2026-12-01T00:00:00Z', 3)).toEqual([
      '2026-12-30T09:00Z',
      '2027-01-01T09:00Z',
      '2027-01-03T09:00Z',
    ]);
    const fortnight = every({ every: { weeks: 2 }, weekdays: ['thu', 'mon'], start: '2026-12-02', zone: 'UTC' });
    expect(first(fortnight, '2026-12-01T00:00:00Z', 4)).toEqual([
      '2026-12-03T09:00Z',
      '2026-12-14T09:00Z',
      '2026-12-17T09:00Z',
      '2026-12-28T09:00Z',
    ]);
  });

  it('leaves out months that have no 31st, and says which', () => {
    const schedule = every({ every: { months: 1 }, monthDays: [31], zone: 'UTC', start: '2026-01-01' });
    expect(first(schedule, '2026-01-01T00:00:00Z', 4)).toEqual([
      '2026-01-31T09:00Z',
      '2026-03-31T09:00Z',
      '2026-05-31T09:00Z',
      '2026-07-31T09:00Z',
    ]);
    expect(skippedMonths(schedule)).toEqual(['February', 'April', 'June', 'September', 'November']);
  });

  it('knows the last day and the n-th weekday', () => {
    expect(first(every({ every: { months: 1 }, monthDays: [-1], zone: 'UTC', start: '2028-01-15' }), '2028-01-15T00:00:00Z', 3)).toEqual([
      '2028-01-31T09:00Z',
      '2028-02-29T09:00Z',
      '2028-03-31T09:00Z',
    ]);
    const fifthFriday = every({ every: { months: 1 }, nthWeekdays: [{ n: 5, day: 'fri' }], zone: 'UTC', start: '2026-01-01' });
    expect(first(fifthFriday, '2026-01-01T00:00:00Z', 3)).toEqual(['2026-01-30T09:00Z', '2026-05-29T09:00Z', '2026-07-31T09:00Z']);
  });

  it('counts hours as elapsed time', () => {
    const schedule = every({ every: { hours: 24 }, zone: 'America/New_York', start: '2026-03-07', time: '09:00' });
    expect(first(schedule, '2026-03-07T00:00:00Z', 2)).toEqual(['2026-03-07T14:00Z', '2026-03-08T14:00Z']);
  });

  it('ends with the end of the last day in its own zone', () => {
    const schedule = every({ time: '23:30', end: { date: '2026-12-02' } });
    expect(first(schedule, '2026-11-30T00:00:00Z')).toEqual(['2026-12-01T18:00Z', '2026-12-02T18:00Z']);
  });

  it('ends after n occurrences, counted from the first and not from where one looks', () => {
    const schedule = every({ zone: 'UTC', end: { after: 3 } });
    expect(first(schedule, '2026-11-30T00:00:00Z')).toHaveLength(3);
    expect(first(schedule, '2026-12-02T09:00:00Z', 5, '2026-11-30T00:00:00Z')).toEqual(['2026-12-03T09:00Z']);
  });

  it('does not occur before it was scheduled', () => {
    expect(first(every({ zone: 'UTC', start: '2026-01-01' }), '2026-01-01T00:00:00Z', 1, '2026-06-15T12:00:00Z')).toEqual([
      '2026-06-16T09:00Z',
    ]);
  });

  it('keeps dates once and in order', () => {
    const schedule: Schedule = { kind: 'dates', zone: 'UTC', dates: ['2026-12-03T09:00', '2026-12-01T09:00', '2026-12-03T09:00'] };
    expect(first(schedule, '2026-11-01T00:00:00Z')).toEqual(['2026-12-01T09:00Z', '2026-12-03T09:00Z']);
    expect(withoutDuplicates(schedule).dropped).toBe(1);
    expect(pastWallTimes(schedule, new Date('2026-12-02T00:00:00Z'))).toEqual(['2026-12-01T09:00']);
  });
});

it('gives half the interval as grace, and a day at most', () => {
  const hourly = every({ every: { hours: 1 }, zone: 'UTC' });
  expect(gracePeriodMs(hourly, new Date('2026-12-01T00:00:00Z'), new Date('2026-12-01T09:00:00Z'))).toBe(30 * 60_000);
  expect(gracePeriodMs({ kind: 'now' }, new Date(0), new Date(0))).toBe(86_400_000);
});

it('refuses what cannot be meant', () => {
  const refused = [
    { kind: 'at', at: '2026-02-30T09:00', zone: 'UTC' },
    { kind: 'at', at: '2026-02-20T09:00+01:00', zone: 'UTC' },
    { kind: 'at', at: '2026-02-20T09:00', zone: 'Mars/Olympus' },
    { kind: 'every', every: { days: 0 }, time: '09:00', zone: 'UTC', start: '2026-01-01' },
    { kind: 'every', every: { days: 1 }, weekdays: ['mon'], time: '09:00', zone: 'UTC', start: '2026-01-01' },
    { kind: 'every', every: { days: 1 }, time: '09:00', zone: 'UTC', start: '2026-01-02', end: { date: '2026-01-01' } },
    { kind: 'live', zone: 'UTC' },
  ];
  for (const schedule of refused) expect(scheduleSchema.safeParse(schedule).success, JSON.stringify(schedule)).toBe(false);
});

it('says what was meant', () => {
  expect(describeSchedule(every({ every: { weeks: 2 }, weekdays: ['thu', 'mon'], end: { date: '2027-03-01' } }))).toBe(
    'Every 2 weeks on Monday and Thursday at 09:00 (Asia/Kolkata) from 1 December 2026 until the end of 1 March 2027',
  );
});

it('misses no day and keeps the wall time, in every zone', () => {
  const zones = Intl.supportedValuesOf('timeZone');
  fc.assert(
    fc.property(
      fc.constantFrom(...zones),
      fc.integer({ min: 2020, max: 2034 }),
      fc.integer({ min: 1, max: 12 }),
      fc.integer({ min: 0, max: 1439 }),
      (zone, year, month, minute) => {
        const start = `${year}-${String(month).padStart(2, '0')}-01`;
        const time = `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
        const schedule = every({ zone, start, time });
        const before = new Date(`${year - 1}-01-01T00:00:00Z`);
        const found = occurrences(schedule, { scheduledAt: before, after: before, limit: 60 });
        found.forEach((at, i) => {
          const local = Temporal.Instant.fromEpochMilliseconds(at.getTime()).toZonedDateTimeISO(zone);
          const wanted = Temporal.PlainDateTime.from(`${Temporal.PlainDate.from(start).add({ days: i }).toString()}T${time}`);
          const exists = wanted.toZonedDateTime(zone).toPlainDateTime().equals(wanted);
          if (exists) expect(local.toPlainDateTime().toString()).toBe(wanted.toString());
          else expect(Temporal.PlainDateTime.compare(local.toPlainDateTime(), wanted)).toBe(1);
          if (i > 0) expect(at.getTime()).toBeGreaterThan(found[i - 1]?.getTime() ?? 0);
        });
      },
    ),
    { numRuns: 300 },
  );
});
