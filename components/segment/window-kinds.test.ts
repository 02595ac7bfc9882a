import { describe, expect, it } from 'vitest';
import { durationParts } from '@/lib/segment/dates';
import { type Window, windowSchema } from '@/lib/segment/window';
import { beginningOf, boundsText, kindOf, presetOf, presets, windowKinds } from './window-kinds';

const at = new Date('2026-03-16T04:30:00Z');
const text = (window: Window, isNow = true) => boundsText(window, 'Asia/Kolkata', at, isNow);

describe('a window is printed as the two instants it means', () => {
  it.each<[Window, string]>([
    [{ last: { days: 7 } }, '9 Mar 00:00 → now, Asia/Kolkata'],
    [{ last: { hours: 24 } }, '15 Mar 10:00 → now, Asia/Kolkata'],
    ['yesterday', '15 Mar 00:00 → 16 Mar 00:00, Asia/Kolkata'],
    [{ before: '2026-03-09' }, 'the beginning → 9 Mar 00:00, Asia/Kolkata'],
    [{ between: ['2025-12-24', '2026-01-02'] }, '24 Dec 2025 00:00 → 3 Jan 00:00, Asia/Kolkata'],
    ['ever', ''],
    [{ on: '' }, ''],
    [{ last: { days: Number.NaN } }, ''],
  ])('%j', (window, printed) => {
    expect(text(window)).toBe(printed);
  });

  it('as of another moment it ends there', () => {
    expect(text({ last: { days: 7 } }, false)).toBe('9 Mar 00:00 → 16 Mar 10:00, Asia/Kolkata');
  });
});

describe('the kinds of windows', () => {
  it('are all there: each preset is legal and found again', () => {
    for (const { key, window } of presets) {
      expect(windowSchema.safeParse(window).success).toBe(true);
      expect(presetOf(window)?.key).toBe(key);
    }
    expect(windowKinds.map(({ begins }) => kindOf(begins))).toEqual(windowKinds.map(({ kind }) => kind));
    expect(presetOf({ last: { days: 14 } })).toBeUndefined();
  });

  it('keep a day and a length when one changes to another', () => {
    expect(beginningOf('between', { on: '2026-03-09' })).toEqual({ between: ['2026-03-09', '2026-03-09'] });
    expect(beginningOf('after', { between: ['2026-03-09', '2026-03-10'] })).toEqual({ after: '2026-03-09' });
    const kept = beginningOf('last', { last: { weeks: 2 } });
    expect(typeof kept === 'object' && 'last' in kept && durationParts(kept.last)).toEqual({ unit: 'weeks', n: 2 });
  });
});
