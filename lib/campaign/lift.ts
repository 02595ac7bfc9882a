/** How many people a group has, and how many of them did what was hoped for. */
export type Group = { people: number; converted: number };

export type Interval = { low: number; high: number };

export type Lift = {
  /** Share of the target less share of the control; between -1 and 1. Null where a group is empty. */
  difference: (Interval & { value: number }) | null;
  /** By how much the target's share is larger, relative to the control's: 0.2 is a fifth more. Null where nobody of a group converted. */
  relative: (Interval & { value: number }) | null;
};

/** Of the standard normal distribution, 97.5 %. */
const z = 1.959963984540054;

const share = ({ people, converted }: Group): number => converted / people;

/** Wilson's score interval of one share. E. B. Wilson, J. Am. Stat. Assoc. 22 (1927) 209–212. */
export function wilson({ people, converted }: Group): Interval {
  const p = converted / people;
  const middle = (2 * people * p + z * z) / (2 * (people + z * z));
  const half = (z * Math.sqrt(z * z + 4 * people * p * (1 - p))) / (2 * (people + z * z));
  return { low: Math.max(0, middle - half), high: Math.min(1, middle + half) };
}

/**
 * What being in the audience changed, with 95 % intervals. The difference by Newcombe's hybrid score interval without continuity correction
 * (method 10 of R. G. Newcombe, Statistics in Medicine 17 (1998) 873–890), which keeps its coverage for small groups and shares near 0 or 1;
 * the relative lift by the interval of the log of the ratio (D. Katz et al., Biometrics 34 (1978) 469–474).
 */
export function liftOf(target: Group, control: Group): Lift {
  if (target.people === 0 || control.people === 0) return { difference: null, relative: null };
  return { difference: difference(target, control), relative: relative(target, control) };
}

function difference(target: Group, control: Group): Interval & { value: number } {
  const [p, q] = [share(target), share(control)];
  const [a, b] = [wilson(target), wilson(control)];
  const value = p - q;
  return { value, low: value - Math.hypot(p - a.low, b.high - q), high: value + Math.hypot(a.high - p, q - b.low) };
}

function relative(target: Group, control: Group): (Interval & { value: number }) | null {
  if (target.converted === 0 || control.converted === 0) return null;
  const ratio = share(target) / share(control);
  const error = Math.sqrt(1 / target.converted - 1 / target.people + 1 / control.converted - 1 / control.people);
  return { value: ratio - 1, low: ratio * Math.exp(-z * error) - 1, high: ratio * Math.exp(z * error) - 1 };
}
