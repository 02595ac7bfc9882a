import { expect, test } from 'vitest';
import { calendarMonth } from './schedule-calendar';
import { previewOf, previewOfValues } from './schedule-preview';
import { valuesOf } from './schedule-values';

const now = new Date('2026-11-23T19:00:00Z');

test('shows the next five occurrences in both zones', () => {
  const preview = previewOf(
    { kind: 'every', every: { days: 1 }, time: '09:00', zone: 'Asia/Kolkata', start: '2026-12-01' },
    'America/New_York',
    now,
  );
  expect(preview.lines).toHaveLength(5);
  expect(preview.lines[0]).toEqual({
    at: new Date('2026-12-01T03:30:00Z'),
    campaign: 'Tue 1 Dec 2026, 09:00',
    viewer: 'Mon 30 Nov 2026, 22:30',
    utc: '03:30',
  });
  expect(preview.more).toBe(true);
});

test('does not repeat a viewer time that reads the same', () => {
  const preview = previewOf({ kind: 'at', at: '2026-12-01T09:00', zone: 'Europe/Paris' }, 'Europe/Berlin', now);
  expect(preview.lines).toEqual([{ at: new Date('2026-12-01T08:00:00Z'), campaign: 'Tue 1 Dec 2026, 09:00', viewer: null, utc: '08:00' }]);
});

test('says which months a day of the month skips', () => {
  const monthly = { kind: 'every', every: { months: 1 }, time: '09:00', zone: 'UTC', start: '2026-12-01' } as const;
  expect(previewOf({ ...monthly, monthDays: [31] }, null, now).notes).toEqual([
    'The 31st is skipped in February, April, June, September and November.',
    'Choose “last day” to run at the end of every month.',
  ]);
  expect(previewOf({ ...monthly, nthWeekdays: [{ n: 5, day: 'mon' }] }, null, now).notes).toEqual([
    'The fifth Monday is skipped in months without one.',
  ]);
});

test('of a longer interval, names the months alone that it comes to', () => {
  const skipped = (every: number, start: string, monthDays: number[] | undefined, end?: { date: string }) =>
    previewOf({ kind: 'every', every: { months: every }, time: '09:00', zone: 'UTC', start, monthDays, end }, null, now).notes[0];
  expect(skipped(3, '2027-01-31', undefined)).toBe('The 31st is skipped in April.');
  expect(skipped(2, '2027-01-01', [31])).toBe('The 31st is skipped in September and November.');
  expect(skipped(5, '2027-01-01', [31])).toBe('The 31st is skipped in February, April, June, September and November.');
  expect(skipped(12, '2027-01-31', undefined)).toBeUndefined();
  expect(skipped(2, '2027-01-01', [30])).toBeUndefined();
  expect(skipped(1, '2028-01-01', [29])).toBe('The 29th is skipped in February, except in leap years.');
  expect(skipped(24, '2028-02-29', undefined)).toBe('The 29th is skipped in February, except in leap years.');
  expect(skipped(1, '2027-03-01', [31], { date: '2027-05-31' })).toBe('The 31st is skipped in April.');
  const both = previewOf(
    { kind: 'every', every: { months: 3 }, time: '09:00', zone: 'UTC', start: '2027-02-01', monthDays: [30, 31] },
    null,
    now,
  );
  expect(both.notes).toEqual([
    'The 31st is skipped in February and November.',
    'The 30th is skipped in February.',
    'Choose “last day” to run at the end of every month.',
  ]);
});

test('says what the clock changes do to a time', () => {
  const daily = { kind: 'every', every: { days: 1 }, zone: 'America/New_York', start: '2026-12-01' } as const;
  expect(previewOf({ ...daily, time: '02:30' }, null, now).notes).toEqual([
    'On Sun 14 Mar 2027 the clocks go forward over this time: it runs at 03:00.',
  ]);
  expect(previewOf({ ...daily, time: '01:30' }, null, now).notes).toEqual([
    'On Sun 7 Nov 2027 this time comes twice as the clocks go back: it runs once, at the first.',
  ]);
  const lordHowe = { ...daily, zone: 'Australia/Lord_Howe' };
  expect(previewOf({ ...lordHowe, time: '01:20' }, null, now).notes).toEqual([]);
  expect(previewOf({ ...lordHowe, time: '01:40' }, null, now).notes).toEqual([
    'On Sun 4 Apr 2027 this time comes twice as the clocks go back: it runs once, at the first.',
  ]);
});

test('of a campaign that runs, “after n times” shows what remains of them, and begins anew where the schedule is changed', () => {
  const schedule = { kind: 'every', every: { days: 1 }, time: '09:00', zone: 'UTC', start: '2026-11-20', end: { after: 6 } } as const;
  const held = {
    schedule: Object.fromEntries(Object.entries(schedule).reverse()) as typeof schedule,
    scheduledAt: new Date('2026-11-20T08:00:00Z'),
  };
  const days = (preview: ReturnType<typeof previewOf>) => preview.lines.map((line) => line.at.toISOString().slice(8, 10));
  expect(days(previewOf(schedule, null, now, held))).toEqual(['24', '25']);
  expect(days(previewOf({ ...schedule, time: '10:00' }, null, now, held))).toEqual(['24', '25', '26', '27', '28']);
  expect(days(previewOf(schedule, null, now, { ...held, scheduledAt: null }))).toHaveLength(5);
  const shown = calendarMonth(schedule, '2026-11', now, held);
  expect(shown.runs).toBe(2);
});

test('shows nothing while the form is not a schedule, and says when a date is listed twice', () => {
  const values = valuesOf(undefined, 'UTC', now);
  expect(previewOfValues({ ...values, time: '' }, null, now)).toBeNull();
  const twice = { ...values, kind: 'dates' as const, dates: [{ at: '2027-01-01T09:00' }, { at: '2027-01-01T09:00' }] };
  expect(previewOfValues(twice, null, now)?.notes).toEqual(['1 date listed twice: it will run once.']);
});
