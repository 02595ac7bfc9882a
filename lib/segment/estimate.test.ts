import { expect, it } from 'vitest';
import { bucketOf } from '@/lib/identity/bucket';
import { estimated } from './estimate';

const size = { all: 1_000_000, sampled: 16_000, allSpread: 0 };

it('says a count from the sample, with a margin that shrinks as the root of the hits', () => {
  expect(estimated(0, size)).toEqual({ value: 0, margin: 250 });
  expect(estimated(100, size)).toEqual({ value: 6_250, margin: 1_376 });
  expect(estimated(1_600, size)).toEqual({ value: 100_000, margin: 4_844 });
  expect(estimated(8_000, size)).toEqual({ value: 500_000, margin: 7_905 });
  expect(estimated(16_000, size)).toEqual({ value: 1_000_000, margin: 250 });
});

it('has a wider margin where the number of all profiles is reckoned too, as wide for everybody as that number is unsure', () => {
  const reckoned = { ...size, allSpread: 790 };
  expect(estimated(16_000, reckoned).margin).toBe(Math.ceil(Math.hypot(250, 2 * 790)));
  expect(estimated(100, reckoned).margin).toBe(1_376);
});

/** The chance of each number of hits among `n` drawn with chance `p`, but for those together rarer than one in a million million. */
function binomial(n: number, p: number): { hits: number; chance: number }[] {
  const reach = Math.ceil(8 * Math.sqrt(n * p * (1 - p))) + 20;
  const mode = Math.floor((n + 1) * p);
  const weights = new Map([[mode, 1]]);
  for (let h = mode; h < Math.min(n, mode + reach); h++) weights.set(h + 1, ((weights.get(h) ?? 0) * (n - h) * p) / ((h + 1) * (1 - p)));
  for (let h = mode; h > Math.max(0, mode - reach); h--) weights.set(h - 1, ((weights.get(h) ?? 0) * h * (1 - p)) / ((n - h + 1) * p));
  const total = [...weights.values()].reduce((sum, weight) => sum + weight, 0);
  return [...weights].map(([hits, weight]) => ({ hits, chance: weight / total }));
}

it('holds the true number at least 95 times in 100, whatever its share and the size of the sample: reckoned, not drawn', () => {
  const covered = (n: number, all: number, truth: number) =>
    binomial(n, truth / all).reduce((sum, { hits, chance }) => {
      const { value, margin } = estimated(hits, { all, sampled: n, allSpread: 0 });
      return Math.abs(value - truth) <= margin ? sum + chance : sum;
    }, 0);
  const shares = Array.from({ length: 400 }, (_, i) => Math.sin(((i + 0.5) / 800) * Math.PI) ** 4).flatMap((share) => [share, 1 - share]);
  for (const [n, all] of [
    [1_600, 100_000],
    [16_000, 1_000_000],
    [160_000, 10_000_000],
  ] as const)
    for (const share of shares) {
      const truth = Math.round(share * all);
      if (truth > 0 && truth < all)
        expect({ n, truth, covered: covered(n, all, truth) }).toSatisfy((of: { covered: number }) => of.covered >= 0.95);
    }
});

it('takes no bucket for another: of whatever follows the ids, buckets hold as many as chance would give them', () => {
  const all = 500_000;
  const kinds: [string, (id: number) => boolean][] = [
    ['every third', (id) => id % 3 === 0],
    ['every sixteenth', (id) => id % 16 === 0],
    ['the first fifth', (id) => id <= all / 5],
    ['runs of a thousand', (id) => Math.floor(id / 1_000) % 7 === 0],
    ['drawn', (id) => (id * 7_919) % all < 60_000],
  ];
  const sizes = new Array<number>(1_000).fill(0);
  const counts = kinds.map(() => new Array<number>(1_000).fill(0));
  for (let id = 1; id <= all; id++) {
    const bucket = bucketOf(String(id));
    sizes[bucket] = (sizes[bucket] ?? 0) + 1;
    for (const [k, [, holds]] of kinds.entries()) {
      const count = counts[k];
      if (count && holds(id)) count[bucket] = (count[bucket] ?? 0) + 1;
    }
  }
  for (const [k, [kind]] of kinds.entries()) {
    const count = counts[k] ?? [];
    const share = count.reduce((sum, n) => sum + n, 0) / all;
    const chiSquare = count.reduce((sum, n, b) => sum + (n - (sizes[b] ?? 0) * share) ** 2 / ((sizes[b] ?? 0) * share * (1 - share)), 0);
    // 999 degrees of freedom: 999 ± 4.5 standard deviations of 44.7. Clustered by bucket it would be far above.
    expect({ kind, chiSquare }).toSatisfy((of: { chiSquare: number }) => Math.abs(of.chiSquare - 999) < 200);
  }
});
