import type { Pair } from './overlap';

/** Two circles whose areas, and the area they share, are in proportion to the numbers. */

export type Circle = { x: number; y: number; r: number };
export type EulerPicture = { first: Circle; second: Circle; width: number; height: number };

/** Between circles that share nothing, as a part of the picture's width. */
const gap = 0.04;

/** @param width of the picture; its height follows. Null where both are empty. */
export function eulerPicture(pair: Pair, width: number): EulerPicture | null {
  const first = radiusOf(pair.onlyFirst + pair.both);
  const second = radiusOf(pair.onlySecond + pair.both);
  if (first === 0 && second === 0) return null;
  const distance = distanceOf(first, second, pair);
  // The second circle may reach further left than the first one, where that is inside it.
  const left = Math.min(-first, distance - second);
  const scale = width / (Math.max(first, distance + second) - left);
  const height = 2 * Math.max(first, second) * scale;
  const placed = (x: number, r: number): Circle => ({ x: (x - left) * scale, y: height / 2, r: r * scale });
  return { first: placed(0, first), second: placed(distance, second), width, height };
}

const radiusOf = (count: number) => Math.sqrt(count / Math.PI);

/** Of the centres. */
function distanceOf(first: number, second: number, { onlyFirst, both, onlySecond }: Pair): number {
  if (both === 0) return (first + second) * (1 + gap);
  if (onlyFirst === 0 || onlySecond === 0) return Math.abs(first - second);
  // The nearer, the more they share: halved until it is exact.
  let [near, far] = [Math.abs(first - second), first + second];
  for (let i = 0; i < 60; i++) {
    const middle = (near + far) / 2;
    if (sharedArea(first, second, middle) > both) near = middle;
    else far = middle;
  }
  return (near + far) / 2;
}

/** Of two circles with these radii and this distance between their centres. */
export function sharedArea(r: number, s: number, d: number): number {
  if (d >= r + s) return 0;
  if (d <= Math.abs(r - s)) return Math.PI * Math.min(r, s) ** 2;
  const sector = (radius: number, other: number) => radius ** 2 * Math.acos(within((d ** 2 + radius ** 2 - other ** 2) / (2 * d * radius)));
  const kite = Math.sqrt(Math.max(0, (r + s - d) * (d + r - s) * (d - r + s) * (d + r + s))) / 2;
  return sector(r, s) + sector(s, r) - kite;
}

/** Rounding may carry a cosine just beyond 1. */
const within = (cosine: number) => Math.min(1, Math.max(-1, cosine));
