import { expect, it } from 'vitest';
import { dateTurns, runEnds, stayOf, turningRanks, windowTurns } from './turning-points';

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

it('lets a step that was not followed count from the end of its gap until it leaves, and joins what overlaps', () => {
  const stay = (time: string, hours: number) => stayOf(new Date(time), 3_600_000, { last: { hours } }, zone);
  const ends = (...stays: ReturnType<typeof stay>[]) => runEnds(stays).map((instant) => instant.toISOString().slice(11, 16));
  expect(ends(stay('2026-03-09T04:00:00Z', 3), stay('2026-03-09T00:00:00Z', 3), stay('2026-03-09T02:00:00Z', 3))).toEqual([
    '01:00',
    '07:00',
  ]);
  expect(ends(stay('2026-03-09T00:00:00Z', 2), stay('2026-03-09T04:00:00Z', 2))).toEqual(['01:00', '02:00', '05:00', '06:00']);
  expect(ends(stay('2026-03-09T00:00:00Z', 1))).toEqual([]);
});
