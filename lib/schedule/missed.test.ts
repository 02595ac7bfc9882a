import { describe, expect, it } from 'vitest';
import { dueOccurrences, gracePeriodMs } from './missed';
import { type Schedule, scheduleSchema } from './schedule';

const every = (rule: object): Schedule =>
  scheduleSchema.parse({ kind: 'every', every: { days: 1 }, time: '09:00', zone: 'UTC', start: '2026-12-01', ...rule });
const scheduledAt = new Date('2026-11-30T00:00:00Z');
const text = (at: Date | null | undefined) => at?.toISOString().replace(':00.000Z', 'Z') ?? null;

/** What is made of it at `now`, when the next to come was `nextAt`. */
function settled(schedule: Schedule, nextAt: string, now: string) {
  const due = dueOccurrences(schedule, { scheduledAt, nextAt: new Date(nextAt), now: new Date(now) });
  return { run: text(due.run?.at), catchUp: due.run?.catchUp ?? false, skipped: due.skipped.map(text), nextAt: text(due.nextAt) };
}

describe('occurrences that have come', () => {
  it('runs one that is on time', () => {
    expect(settled(every({}), '2026-12-01T09:00Z', '2026-12-01T09:00:30Z')).toEqual({
      run: '2026-12-01T09:00Z',
      catchUp: false,
      skipped: [],
      nextAt: '2026-12-02T09:00Z',
    });
  });

  it('catches up on the newest that was missed and skips the ones before it', () => {
    expect(settled(every({}), '2026-12-01T09:00Z', '2026-12-04T20:59Z')).toEqual({
      run: '2026-12-04T09:00Z',
      catchUp: true,
      skipped: ['2026-12-01T09:00Z', '2026-12-02T09:00Z', '2026-12-03T09:00Z'],
      nextAt: '2026-12-05T09:00Z',
    });
  });

  it('skips the newest too when it is later than half the interval', () => {
    expect(settled(every({}), '2026-12-03T09:00Z', '2026-12-04T21:01Z')).toEqual({
      run: null,
      catchUp: false,
      skipped: ['2026-12-03T09:00Z', '2026-12-04T09:00Z'],
      nextAt: '2026-12-05T09:00Z',
    });
  });

  it('does nothing after the last day, unless it is prompt', () => {
    const ending = every({ time: '23:30', end: { date: '2026-12-02' } });
    expect(settled(ending, '2026-12-02T23:30Z', '2026-12-02T23:59Z')).toMatchObject({
      run: '2026-12-02T23:30Z',
      catchUp: true,
      nextAt: null,
    });
    expect(settled(ending, '2026-12-02T23:30Z', '2026-12-03T00:05Z')).toMatchObject({
      run: null,
      skipped: ['2026-12-02T23:30Z'],
      nextAt: null,
    });
    const lastMinute = every({ time: '23:59', end: { date: '2026-12-02' } });
    expect(settled(lastMinute, '2026-12-02T23:59Z', '2026-12-03T00:00:20Z')).toMatchObject({ run: '2026-12-02T23:59Z', catchUp: false });
  });

  it('counts skipped ones where it ends after n', () => {
    const thrice = every({ end: { after: 3 } });
    expect(settled(thrice, '2026-12-01T09:00Z', '2026-12-09T00:00Z')).toEqual({
      run: null,
      catchUp: false,
      skipped: ['2026-12-01T09:00Z', '2026-12-02T09:00Z', '2026-12-03T09:00Z'],
      nextAt: null,
    });
  });

  it('makes nothing of a moment that has not come, as when the clock was set back', () => {
    expect(settled(every({}), '2026-12-04T09:00Z', '2026-12-03T08:00Z')).toMatchObject({ run: null, skipped: [] });
  });

  it('settles ten thousand at once and goes on from there', () => {
    const hourly = every({ every: { hours: 1 } });
    let nextAt = '2026-12-01T09:00Z';
    const sizes: number[] = [];
    for (let call = 0; call < 3; call++) {
      const due = settled(hourly, nextAt, '2028-12-31T00:10Z');
      sizes.push(due.skipped.length);
      if (call === 1) expect(due).toMatchObject({ run: '2028-12-31T00:00Z', catchUp: true });
      nextAt = due.nextAt ?? '';
    }
    expect(sizes).toEqual([10_000, 8_255, 0]);
    expect(nextAt).toBe('2028-12-31T01:00Z');
  });
});

describe('how late a run may start', () => {
  const grace = (schedule: Schedule, occurrence: string) => gracePeriodMs(schedule, scheduledAt, new Date(occurrence)) / 60_000;

  it('is half the interval', () => {
    expect(grace(every({ every: { hours: 1 } }), '2026-12-01T09:00Z')).toBe(30);
    expect(grace(every({}), '2026-12-01T09:00Z')).toBe(12 * 60);
  });

  it('is a day at most, and a day for what has no interval', () => {
    expect(grace(every({ every: { weeks: 1 } }), '2026-12-01T09:00Z')).toBe(24 * 60);
    expect(grace({ kind: 'now' }, '2026-12-01T09:00Z')).toBe(24 * 60);
    expect(grace({ kind: 'dates', zone: 'UTC', dates: ['2026-12-01T09:00', '2026-12-01T13:00'] }, '2026-12-01T09:00Z')).toBe(120);
    expect(grace({ kind: 'dates', zone: 'UTC', dates: ['2026-12-01T09:00', '2026-12-01T13:00'] }, '2026-12-01T13:00Z')).toBe(24 * 60);
  });

  it('of the last is half of what the interval would be', () => {
    expect(grace(every({ every: { hours: 1 }, end: { after: 1 } }), '2026-12-01T09:00Z')).toBe(30);
  });
});
