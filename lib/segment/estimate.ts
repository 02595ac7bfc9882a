import { sampleBuckets } from '@/lib/identity/bucket';

/** Normal quantile of a two-sided interval that holds 95 times in 100. */
const z = 1.96;
/** Every profile is in the sample with this chance, whatever it did. */
const share = sampleBuckets / 1000;

/**
 * How many there are, from how many of them are in the sample: `value` ± `margin` holds the true number 95 times in 100. The margin is the
 * farther end of Wilson's interval, solved for the number itself: |hits − share·N| ≤ z·√(share·(1 − share)·N).
 */
export function estimated(hits: number): { value: number; margin: number } {
  const spread = z * z * (1 - share);
  const margin = (spread / 2 + Math.sqrt(spread * hits + (spread * spread) / 4)) / share;
  return { value: Math.round(hits / share), margin: Math.ceil(margin) };
}
