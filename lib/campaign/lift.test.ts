import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { liftOf, wilson } from './lift';

const group = (converted: number, people: number) => ({ converted, people });

describe('the interval of a difference', () => {
  // R. G. Newcombe, Statistics in Medicine 17 (1998) 873–890, table II, method 10.
  it.each([
    ['a', 56, 70, 48, 80, 0.0524, 0.3339],
    ['b', 9, 10, 3, 10, 0.1705, 0.809],
    ['c', 6, 7, 2, 7, 0.0582, 0.8062],
    ['d', 5, 56, 0, 29, -0.0381, 0.1926],
    ['e', 0, 10, 0, 20, -0.1611, 0.2775],
    ['f', 0, 10, 0, 10, -0.2775, 0.2775],
    ['g', 10, 10, 0, 20, 0.6791, 1],
    ['h', 10, 10, 0, 10, 0.6075, 1],
  ])('is as published for contrast %s', (_, x, m, y, n, low, high) => {
    const { difference } = liftOf(group(x, m), group(y, n));
    expect(difference?.value).toBeCloseTo(x / m - y / n, 10);
    expect(difference?.low).toBeCloseTo(low, 4);
    expect(difference?.high).toBeCloseTo(high, 4);
  });
});

it('gives the relative risk of the aspirin study as published', () => {
  // A. Agresti, Categorical Data Analysis, 2nd ed. (2002), section 3.1: 1.82, from 1.43 to 2.31.
  const { relative } = liftOf(group(189, 11_034), group(104, 11_037));
  expect(1 + (relative?.value ?? 0)).toBeCloseTo(1.82, 2);
  expect(1 + (relative?.low ?? 0)).toBeCloseTo(1.43, 2);
  expect(1 + (relative?.high ?? 0)).toBeCloseTo(2.31, 2);
});

it('says nothing where there is nothing to say', () => {
  expect(liftOf(group(0, 0), group(1, 10))).toEqual({ difference: null, relative: null });
  expect(liftOf(group(1, 10), group(0, 0))).toEqual({ difference: null, relative: null });
  expect(liftOf(group(0, 10), group(1, 10)).relative).toBeNull();
  expect(liftOf(group(0, 10), group(1, 10)).difference?.value).toBeCloseTo(-0.1);
});

it('holds the value within its interval, and turns with the groups', () => {
  const groups = fc.integer({ min: 1, max: 100_000 }).chain((people) => fc.integer({ min: 0, max: people }).map((n) => group(n, people)));
  fc.assert(
    fc.property(groups, groups, (a, b) => {
      const { difference: there } = liftOf(a, b);
      const { difference: back } = liftOf(b, a);
      if (!there || !back) return false;
      const { low, high } = wilson(a);
      const ordered =
        there.low <= there.value &&
        there.value <= there.high &&
        low <= a.converted / a.people + 1e-12 &&
        high + 1e-12 >= a.converted / a.people;
      return ordered && Math.abs(there.low + back.high) < 1e-9 && there.low >= -1 - 1e-9 && there.high <= 1 + 1e-9;
    }),
  );
});
