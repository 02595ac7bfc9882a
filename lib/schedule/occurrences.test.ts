import { describe, expect, it } from 'vitest';
import { describeSchedule, skippedMonths } from './describe';
import { liveSpan, nextOccurrence, occurrences } from './occurrences';
import { type Schedule, scheduleSchema } from './schedule';
import { instantOf } from './wall-time';

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

  it('keeps dates once and in order, also where two wall times are one moment', () => {
    const schedule: Schedule = { kind: 'dates', zone: 'UTC', dates: ['2026-12-03T09:00', '2026-12-01T09:00', '2026-12-03T09:00'] };
    expect(first(schedule, '2026-11-01T00:00:00Z')).toEqual(['2026-12-01T09:00Z', '2026-12-03T09:00Z']);
    const inGap: Schedule = { kind: 'dates', zone: 'Europe/Paris', dates: ['2026-03-29T02:15', '2026-03-29T03:00'] };
    expect(first(inGap, '2026-03-01T00:00:00Z')).toEqual(['2026-03-29T01:00Z']);
  });

  it('gives a single date nothing before it was scheduled', () => {
    const schedule: Schedule = { kind: 'at', zone: 'UTC', at: '2026-12-01T09:00' };
    expect(first(schedule, '2026-11-01T00:00:00Z', 5, '2026-12-01T09:01:00Z')).toEqual([]);
  });

  it('begins in a far year', () => {
    expect(first(every({ every: { hours: 5 }, zone: 'UTC', start: '2090-01-01' }), '2026-01-01T00:00:00Z', 1)).toEqual([
      '2090-01-01T09:00Z',
    ]);
  });
});

describe('live', () => {
  const scheduledAt = new Date('2026-12-01T12:00:00Z');
  const span = (rest: object) => liveSpan(scheduleSchema.parse({ kind: 'live', zone: 'Asia/Kolkata', ...rest }) as never, scheduledAt);

  it('is brought wholly up to date once an hour from where it begins, until it ends', () => {
    const schedule = { kind: 'live' as const, zone: 'UTC', start: '2026-12-01T12:30', end: { date: '2026-12-01' } };
    const due = occurrences(schedule, { scheduledAt, after: new Date(0), limit: 100 }).map((at) => at.toISOString().slice(11, 16));
    expect([due.length, due[0], due[1], due.at(-1)]).toEqual([12, '12:30', '13:30', '23:30']);
    expect(nextOccurrence({ kind: 'live', zone: 'UTC' }, { scheduledAt, after: new Date('2036-12-01T12:20:00Z') })).toEqual(
      new Date('2036-12-01T13:00:00Z'),
    );
  });

  it('adds from the moment it is scheduled, or from its start, to the end of its last day', () => {
    expect(span({})).toEqual({ from: scheduledAt, until: null });
    expect(span({ start: '2026-11-01' })).toEqual({ from: scheduledAt, until: null });
    expect(span({ start: '2026-12-24', end: { date: '2026-12-31' } })).toEqual({
      from: new Date('2026-12-23T18:30:00Z'),
      until: new Date('2026-12-31T18:30:00Z'),
    });
    expect(span({ start: '2026-12-24T09:00' }).from).toEqual(new Date('2026-12-24T03:30:00Z'));
  });

  it('says so', () => {
    expect(describeSchedule({ kind: 'live', zone: 'Asia/Kolkata', start: '2026-12-24', end: { date: '2026-12-31' } })).toBe(
      'Live, as it happens, from 24 December 2026 until the end of 31 December 2026 (Asia/Kolkata)',
    );
  });
});

it('refuses what cannot be meant', () => {
  const refused = [
    { kind: 'at', at: '2026-02-30T09:00', zone: 'UTC' },
    { kind: 'at', at: '2026-02-20T09:00+01:00', zone: 'UTC' },
    { kind: 'at', at: '2026-02-20T09:00', zone: 'Mars/Olympus' },
    { kind: 'every', every: { days: 0 }, time: '09:00', zone: 'UTC', start: '2026-01-01' },
    { kind: 'every', every: { days: 1 }, weekdays: ['mon'], time: '09:00', zone: 'UTC', start: '2026-01-01' },
    { kind: 'every', every: { days: 1 }, time: '09:00', zone: 'UTC', start: '2026-01-02', end: { date: '2026-01-01' } },
    { kind: 'at', at: '2026-02-20T09:00', zone: '+05:30' },
    { kind: 'dates', dates: [], zone: 'UTC' },
    { kind: 'dates', dates: Array.from({ length: 101 }, () => '2026-02-20T09:00'), zone: 'UTC' },
    { kind: 'every', every: { months: 1 }, monthDays: [32], time: '09:00', zone: 'UTC', start: '2026-01-01' },
    { kind: 'every', every: { months: 1 }, nthWeekdays: [{ n: 6, day: 'mon' }], time: '09:00', zone: 'UTC', start: '2026-01-01' },
    { kind: 'live' },
    { kind: 'live', start: '2026-02-01', end: { date: '2026-01-31' }, zone: 'UTC' },
  ];
  for (const schedule of refused) expect(scheduleSchema.safeParse(schedule).success, JSON.stringify(schedule)).toBe(false);
});

it('says what was meant', () => {
  expect(describeSchedule(every({ every: { weeks: 2 }, weekdays: ['thu', 'mon'], end: { date: '2027-03-01' } }))).toBe(
    'Every 2 weeks on Monday and Thursday at 09:00 (Asia/Kolkata) from 1 December 2026 until the end of 1 March 2027',
  );
});
