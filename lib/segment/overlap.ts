/** Counts by mask (db/segment-overlap.ts) into what a person asks of segments side by side. */

export type MaskCount = { mask: number; count: number };

export type Pair = { onlyFirst: number; both: number; onlySecond: number };

const has = (mask: number, i: number) => (mask & (1 << i)) !== 0;

const sum = (counts: readonly MaskCount[], matches: (mask: number) => boolean) =>
  counts.reduce((total, { mask, count }) => total + (matches(mask) ? count : 0), 0);

/** Of the i-th and j-th segment. */
export const pairOf = (counts: readonly MaskCount[], i: number, j: number): Pair => ({
  onlyFirst: sum(counts, (mask) => has(mask, i) && !has(mask, j)),
  both: sum(counts, (mask) => has(mask, i) && has(mask, j)),
  onlySecond: sum(counts, (mask) => !has(mask, i) && has(mask, j)),
});

/** Row i, column j: how many of segment i are in segment j too; on the diagonal its size. */
export const overlapMatrix = (counts: readonly MaskCount[], segments: number): number[][] =>
  Array.from({ length: segments }, (_, i) =>
    Array.from({ length: segments }, (_, j) => sum(counts, (mask) => has(mask, i) && has(mask, j))),
  );
