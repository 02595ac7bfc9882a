import { expect, it } from 'vitest';
import { clockChanges } from './wall-time';

const changes = (zone: string, year: number) =>
  clockChanges(zone, new Date(Date.UTC(year, 0, 1)), new Date(Date.UTC(year + 1, 0, 1))).map(
    ({ at, from, to }) => `${at.toISOString().slice(0, 16)}: ${from} → ${to}`,
  );

it('knows the days on which the clocks are moved, by an hour, half an hour or over midnight', () => {
  expect(changes('America/New_York', 2027)).toEqual([
    '2027-03-14T07:00: 2027-03-14T02:00 → 2027-03-14T03:00',
    '2027-11-07T06:00: 2027-11-07T02:00 → 2027-11-07T01:00',
  ]);
  expect(changes('Australia/Lord_Howe', 2027)).toEqual([
    '2027-04-03T15:00: 2027-04-04T02:00 → 2027-04-04T01:30',
    '2027-10-02T15:30: 2027-10-03T02:00 → 2027-10-03T02:30',
  ]);
  expect(changes('America/Nuuk', 2027)[0]).toBe('2027-03-28T01:00: 2027-03-27T23:00 → 2027-03-28T00:00');
  expect(changes('Asia/Kolkata', 2027)).toEqual([]);
});

it('takes the beginning of the span in and leaves its end out', () => {
  const at = new Date('2027-03-14T07:00:00Z');
  expect(clockChanges('America/New_York', at, new Date(at.getTime() + 1))).toHaveLength(1);
  expect(clockChanges('America/New_York', new Date(at.getTime() - 1), at)).toHaveLength(0);
});
