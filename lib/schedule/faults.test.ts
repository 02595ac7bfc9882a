import { describe, expect, it } from 'vitest';
import { scheduleFaults, withoutDuplicates } from './faults';
import { type Schedule, scheduleSchema } from './schedule';

const now = new Date('2026-12-01T08:59:30Z');
const faults = (schedule: object, held?: Schedule) =>
  scheduleFaults(scheduleSchema.parse({ zone: 'UTC', ...schedule }), now, held).map(({ path, message }) => `${path.join('.')}: ${message}`);
const every = (rule: object) => ({ kind: 'every', every: { days: 1 }, time: '09:00', start: '2026-12-01', ...rule });

describe('what cannot be scheduled', () => {
  it('is a date and time that is past, in the zone of the schedule', () => {
    expect(faults({ kind: 'at', at: '2026-12-01T09:00' })).toEqual([]);
    expect(faults({ kind: 'at', at: '2026-12-01T14:29', zone: 'Asia/Kolkata' })).toEqual([
      'at: 2026-12-01 14:29 is in the past. Choose a later date and time.',
    ]);
    expect(faults({ kind: 'at', at: '2026-12-01T14:30', zone: 'Asia/Kolkata' })).toEqual([]);
    expect(faults({ kind: 'dates', dates: ['2027-01-01T09:00', '2026-11-01T09:00'] })).toEqual([
      'dates.1: 2026-11-01 09:00 is in the past. Choose a later date and time.',
    ]);
  });

  it('is not a date that the schedule has had already, as long as another is to come', () => {
    const held: Schedule = { kind: 'dates', zone: 'UTC', dates: ['2026-11-01T09:00', '2026-11-02T09:00'] };
    expect(faults({ kind: 'dates', dates: ['2026-11-01T09:00', '2027-01-01T09:00'] }, held)).toEqual([]);
    expect(faults({ kind: 'dates', dates: ['2026-11-03T09:00', '2027-01-01T09:00'] }, held)).toHaveLength(1);
    expect(faults(held, held)).toEqual(['dates: All of these dates are in the past. Add a later one.']);
  });

  it('is an end that is past or comes before the first run', () => {
    expect(faults(every({ start: '2026-11-01', end: { date: '2026-11-30' } }))).toEqual([
      'end.date: This is in the past. Choose a later date.',
    ]);
    expect(faults(every({ time: '08:00', end: { date: '2026-12-01' } }))).toEqual([
      'end.date: It would not run once before this end. Choose a later one.',
    ]);
    expect(faults(every({ end: { date: '2026-12-01' } }))).toEqual([]);
    expect(faults({ kind: 'live', end: { date: '2026-11-30' } })).toEqual(['end.date: This is in the past. Choose a later date.']);
  });

  it('is a day that never comes', () => {
    expect(faults(every({ every: { months: 12 }, monthDays: [31], start: '2027-02-01' }))).toEqual([
      'monthDays: None of the months it runs in has such a day.',
    ]);
    expect(faults(every({ every: { months: 12 }, monthDays: [29], start: '2027-02-01' }))).toEqual([]);
  });
});

describe('repeated dates', () => {
  const without = (dates: string[], zone = 'UTC') => {
    const { schedule, dropped } = withoutDuplicates({ kind: 'dates', dates, zone });
    return { dates: schedule.kind === 'dates' ? schedule.dates : [], dropped };
  };

  it('are dropped and counted', () => {
    expect(without(['2026-12-03T09:00', '2026-12-01T09:00', '2026-12-03T09:00'])).toEqual({
      dates: ['2026-12-01T09:00', '2026-12-03T09:00'],
      dropped: 1,
    });
  });

  it('are also two wall times of one moment: the one the clock shows is kept', () => {
    expect(without(['2026-03-29T02:15', '2026-03-29T02:45', '2026-03-29T03:00'], 'Europe/Paris')).toEqual({
      dates: ['2026-03-29T03:00'],
      dropped: 2,
    });
  });
});
