import { expect, it } from 'vitest';
import { bucketOf, sampleBuckets } from '@/lib/identity/bucket';
import { estimated } from './estimate';

it('says a count from the sample, with a margin that shrinks as the root of the hits', () => {
  expect(estimated(0)).toEqual({ value: 0, margin: 237 });
  expect(estimated(100)).toEqual({ value: 6_250, margin: 1_340 });
  expect(estimated(1_600)).toEqual({ value: 100_000, margin: 4_981 });
  expect(estimated(10_000)).toEqual({ value: 625_000, margin: 12_271 });
});

it('holds the true number 95 times in 100, whichever sixteen buckets are the sample', () => {
  const hits = new Map<string, number>();
  // Five segments of profiles drawn by nothing that the bucket knows of; each window of buckets is another sample of them.
  const sizes = [8_000, 20_000, 60_000, 150_000, 300_000];
  const windows = Math.floor(1000 / sampleBuckets);
  for (let id = 1; id <= 300_000; id++) {
    const window = Math.floor(bucketOf(String(id)) / sampleBuckets);
    for (const [i, size] of sizes.entries()) {
      const key = `${i} ${window}`;
      if ((id * 7_919) % 300_000 < size) hits.set(key, (hits.get(key) ?? 0) + 1);
    }
  }
  let inside = 0;
  for (const [i, size] of sizes.entries()) {
    for (let window = 0; window < windows; window++) {
      const { value, margin } = estimated(hits.get(`${i} ${window}`) ?? 0);
      if (Math.abs(value - size) <= margin) inside += 1;
    }
  }
  expect(inside / (sizes.length * windows)).toBeGreaterThanOrEqual(0.93);
});
