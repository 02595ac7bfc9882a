import { expect, it } from 'vitest';
import { bucketOf, sampleBuckets } from '@/lib/identity/bucket';
import { estimated } from './estimate';

it('says a count from the sample, with a margin that shrinks as the root of the hits', () => {
  const size = { all: 1_000_000, sampled: 16_000 };
  expect(estimated(0, size)).toEqual({ value: 0, margin: 250 });
  expect(estimated(100, size)).toEqual({ value: 6_250, margin: 1_376 });
  expect(estimated(1_600, size)).toEqual({ value: 100_000, margin: 4_844 });
  expect(estimated(8_000, size)).toEqual({ value: 500_000, margin: 7_905 });
  expect(estimated(16_000, size)).toEqual({ value: 1_000_000, margin: 250 });
});

it('holds the true number 95 times in 100, whichever sixteen buckets are the sample', () => {
  const all = 300_000;
  // Five segments of profiles drawn by nothing that the bucket knows of; each window of buckets is another sample of them.
  const sizes = [8_000, 20_000, 60_000, 150_000, 270_000];
  const samples = Array.from({ length: Math.ceil(1000 / sampleBuckets) }, () => ({ sampled: 0, hits: sizes.map(() => 0) }));
  for (let id = 1; id <= all; id++) {
    const sample = samples[Math.floor(bucketOf(String(id)) / sampleBuckets)];
    if (!sample) continue;
    sample.sampled += 1;
    for (const [i, size] of sizes.entries()) if ((id * 7_919) % all < size) sample.hits[i] = (sample.hits[i] ?? 0) + 1;
  }
  const inside = samples.flatMap(({ sampled, hits }) =>
    hits.map((hit, i) => {
      const { value, margin } = estimated(hit, { all, sampled });
      return Math.abs(value - (sizes[i] ?? 0)) <= margin;
    }),
  );
  expect(inside.filter(Boolean).length / inside.length).toBeGreaterThanOrEqual(0.93);
});
