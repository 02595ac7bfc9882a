import { describe, expect, test } from 'vitest';
import { calendarMonth, type DatedSchedule, nextRunningMonth } from './schedule-calendar';

const now = new Date('2026-11-23T19:00:00Z');
const every = (rule: object) =>
  ({ kind: 'every', every: { days: 1 }, time: '09:00', zone: 'UTC', start: '2026-12-01', ...rule }) as DatedSchedule;
const cells = (schedule: DatedSchedule, month: string) => calendarMonth(schedule, month, now).weeks.flat();
const notes = (schedule: DatedSchedule, day: string) => cells(schedule, day.slice(0, 7)).find((cell) => cell.day === day)?.notes;

describe('a month of the calendar', () => {
  test('is whole weeks from Monday, with the days that run', () => {
    const december = calendarMonth(every({ every: { weeks: 1 }, weekdays: ['tue', 'fri'] }), '2026-12', now);
    expect(december.title).toBe('December 2026');
    expect(december.weeks.map((week) => week.map(({ day, times }) => Number(day.slice(8)) * (times.length ? 1 : -1)))).toEqual([
      [-30, 1, -2, -3, 4, -5, -6],
      [-7, 8, -9, -10, 11, -12, -13],
      [-14, 15, -16, -17, 18, -19, -20],
      [-21, 22, -23, -24, 25, -26, -27],
      [-28, 29, -30, -31, 1, -2, -3],
    ]);
    expect(december.runs).toBe(9);
  });

  test('knows today, what is over, and nothing before now', () => {
    const november = cells(every({ start: '2026-11-01' }), '2026-11');
    expect(november.filter((cell) => cell.today).map((cell) => cell.day)).toEqual(['2026-11-23']);
    expect(november.find((cell) => cell.times.length > 0)?.day).toBe('2026-11-24');
    expect(november.find((cell) => !cell.past)?.day).toBe('2026-11-23');
  });

  test('is that of the campaign, wherever UTC has got to', () => {
    const kolkata = every({ time: '00:30', zone: 'Asia/Kolkata' });
    expect(notes(kolkata, '2026-12-31')).toEqual(['Runs at 00:30']);
  });

  test('sums up a day of many runs', () => {
    expect(notes(every({ every: { hours: 2 } }), '2026-12-02')).toEqual(['Runs 12 times, from 01:00 to 23:00']);
    expect(notes(every({ every: { hours: 12 } }), '2026-12-02')).toEqual(['Runs at 09:00 and 21:00']);
    expect(notes(every({ every: { days: 2 } }), '2026-12-02')).toEqual(['Nothing runs']);
  });
});

describe('days on which the clocks are moved', () => {
  const newYork = (time: string) => every({ time, zone: 'America/New_York' });

  test('say what becomes of a time that does not exist', () => {
    expect(notes(newYork('02:00'), '2027-03-14')).toEqual(['Clocks go forward 02:00 → 03:00: runs 03:00']);
    expect(notes(newYork('09:00'), '2027-03-14')).toEqual(['Clocks go forward 02:00 → 03:00', 'Runs at 09:00']);
    expect(notes(every({ time: '23:30', zone: 'America/Nuuk' }), '2027-03-27')).toEqual([
      'Clocks go forward 23:00 → 00:00: runs 00:00 of the next day',
      'Nothing runs',
    ]);
  });

  test('say what becomes of a time that comes twice', () => {
    expect(notes(newYork('01:30'), '2027-11-07')).toEqual(['Clocks go back 02:00 → 01:00: 01:30 comes twice and runs once, at the first']);
    expect(notes(newYork('02:00'), '2027-11-07')).toEqual(['Clocks go back 02:00 → 01:00', 'Runs at 02:00']);
  });

  test('are marked where nothing runs too', () => {
    const monthly = every({ every: { months: 1 }, monthDays: [1], time: '02:30', zone: 'Australia/Lord_Howe' });
    expect(notes(monthly, '2027-10-03')).toEqual(['Clocks go forward 02:00 → 02:30', 'Nothing runs']);
    expect(notes({ kind: 'at', at: '2027-03-14T02:30', zone: 'America/New_York' }, '2027-03-14')?.[0]).toBe(
      'Clocks go forward 02:00 → 03:00: runs 03:00',
    );
  });
});

describe('a month without a chosen day', () => {
  const skipped = (rule: object, month: string) => calendarMonth(every({ every: { months: 1 }, ...rule }), month, now).skipped;

  test('says so', () => {
    expect(skipped({ monthDays: [30, 31, -1] }, '2027-02')).toEqual(['No 30th in February: skipped.', 'No 31st in February: skipped.']);
    expect(skipped({ monthDays: [31] }, '2027-03')).toEqual([]);
    const fifths = [
      { n: 5, day: 'mon' },
      { n: 5, day: 'fri' },
      { n: 1, day: 'sun' },
    ];
    expect(skipped({ nthWeekdays: fifths }, '2027-01')).toEqual(['No fifth Monday in January: skipped.']);
    expect(skipped({ nthWeekdays: fifths }, '2027-02')).toHaveLength(2);
  });

  test('says nothing where the rule does not mean that month', () => {
    expect(skipped({ every: { months: 2 }, monthDays: [31] }, '2027-01')).toEqual([]);
    expect(skipped({ monthDays: [31] }, '2026-11')).toEqual([]);
    expect(skipped({ monthDays: [31], end: { date: '2027-01-31' } }, '2027-02')).toEqual([]);
  });
});

test('finds the next month that runs', () => {
  const yearly = every({ every: { months: 12 }, monthDays: [29], start: '2027-02-01' });
  expect(nextRunningMonth(yearly, '2026-12', now)).toBe('2028-02');
  expect(nextRunningMonth({ kind: 'at', at: '2027-03-14T09:00', zone: 'UTC' }, '2027-04', now)).toBeNull();
});
