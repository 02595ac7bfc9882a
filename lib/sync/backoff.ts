/** Tries of one step before the run fails: with the delays below, about twenty minutes. */
export const mostAttempts = 8;

const baseMs = 2_000;
const ceilingMs = 10 * 60_000;

/**
 * Exponential with full jitter: engines that failed together do not come back together.
 * @param attempts made so far, from 1. @param random in [0, 1).
 */
export function backoffMs(attempts: number, random: number): number {
  return Math.round(random * Math.min(ceilingMs, baseMs * 2 ** attempts));
}

/** So often what Facebook names is believed; a block that it lengthens with each call would else never end. */
const timesBelieved = 2;

/**
 * A limit of Facebook's: what it names, or a minute doubling to an hour, and a little more so that not all return at once.
 * @param attempts how often in a row it has stood in the way before.
 */
export function limitWaitMs(named: number | null, attempts: number, random: number): number {
  const own = Math.min(60 * 60_000, 60_000 * 2 ** Math.min(attempts, 6));
  return Math.round((named === null || attempts >= timesBelieved ? Math.max(named ?? 0, own) : named) + random * 15_000);
}

/** How often a blocked run looks whether it was cured. */
export const blockedRecheckMs = 3 * 60_000;
