import type { Usage } from './usage';

/**
 * An ad account has a score that each call adds to and that runs off within five minutes; above its limit all calls are refused for a while,
 * and calls made then lengthen it. Marketing API "Rate Limiting", read 2026-09.
 */
export const scoreWindowMs = 300_000;
export const pointsOf = { read: 1, write: 3 } as const;
export const scoreLimits = { limited: 60, full: 9_000 } as const;

/** Facebook's word for the limited tier, in the usage headers. */
export const limitedTier = 'development_access';

/** Of a limit we use at most this share: others call in the account's name as well. */
export const usableShare = 0.9;

const slowAt = 75;
const stopAt = 90;
const longestSpacingMs = 10_000;
const stopMs = 60_000;

/** How long to leave the account alone after an answer, so that the limit is never met: slower from 75 %, a minute's pause from 90 %. Pure. */
export function pauseMs({ percent, waitMs }: Usage): number {
  if (waitMs > 0) return waitMs;
  if (percent >= stopAt) return stopMs;
  return percent <= slowAt ? 0 : Math.round(((percent - slowAt) / (stopAt - slowAt)) * longestSpacingMs);
}
