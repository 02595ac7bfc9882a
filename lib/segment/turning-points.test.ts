import { expect, it } from 'vitest';
import { dateTurns, turningRanks, windowTurns } from './turning-points';

const zone = 'Asia/Kolkata';
const turns = (window: Parameters<typeof windowTurns>[0], time: string) =>
  windowTurns(window, new Date(time), zone).map((instant) => instant.toISOString());

it('lets an event leave a window of days at a local midnight, one of hours to the millisecond', () => {
  expect(turns({ last: { days: 7 } }, '2026-03-09T00:05:00Z')).toEqual(['2026-03-16T18:30:00.000Z']);
  expect(turns({ last: { hours: 24 } }, '2026-03-09T00:05:00.007Z')).toEqual(['2026-03-10T00:05:00.007Z']);
  expect(turns('ever', '2026-03-09T00:05:00Z')).toEqual([]);
});

it('knows that months differ in length', () => {
  // From the 28th to the 31st of March, a month before is 28 February.
  expect(turns({ last: { months: 1 } }, '2026-02-28T12:00:00+05:30')).toEqual(['2026-03-31T18:30:00.000Z']);
  expect(turns({ exactly: { months: 1 } }, '2026-01-31T12:00:00+05:30')).toEqual(['2026-02-28T18:30:00.000Z', '2026-02-28T18:30:00.000Z']);
});

it('lets a date come into the next days and go', () => {
  const renews = { property: 'renews', op: 'inNext', value: { days: 7 } } as const;
  const at = new Date('2026-03-01T00:00:00Z');
  expect(dateTurns(renews, new Date('2026-03-20T00:00:00+05:30'), zone, at).map((instant) => instant.toISOString())).toEqual([
    '2026-03-12T18:30:00.000Z',
    '2026-03-20T18:30:00.000Z',
  ]);
});

it('asks only for those events whose leaving makes a count fit or not', () => {
  expect(turningRanks({ gte: 4 })).toEqual([1, 4, 5]);
  expect(turningRanks({ between: [0, 2.5] })).toEqual([1, 3]);
});
