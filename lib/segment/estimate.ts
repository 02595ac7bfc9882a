/** Standard deviations to either side: within two lies the truth 95.4 times in 100. */
const z = 2;

/** How many profiles a workspace has, and how many of them its sample. `allSpread`: standard deviation of `all` where it is itself reckoned. */
export type SampleSize = { all: number; sampled: number; allSpread: number };

/**
 * How many there are, from how many of them are in the sample: `value` ± `margin` holds the true number 95 times in 100. The margin reaches to
 * the farther end of Wilson's interval (E. B. Wilson 1927; L. D. Brown, T. T. Cai, A. DasGupta, Interval Estimation for a Binomial Proportion,
 * 2001). A share of the sample, not the hits alone: the sample is as large as its buckets happen to be. That its profiles are drawn from a
 * finite number, none twice, would make the margin smaller by one in a hundred: left out.
 */
export function estimated(hits: number, { all, sampled, allSpread }: SampleSize): { value: number; margin: number } {
  const share = hits / sampled;
  const shrink = 1 + (z * z) / sampled;
  const centre = (share + (z * z) / (2 * sampled)) / shrink;
  const half = (z / shrink) * Math.sqrt((share * (1 - share)) / sampled + (z * z) / (4 * sampled * sampled));
  // Of a product whose factors err independently, the relative errors add up as squares.
  const margin = Math.hypot(all * (half + Math.abs(centre - share)), z * share * allSpread);
  return { value: Math.round(share * all), margin: Math.ceil(margin) };
}
