type Props = {
  /** Oldest first; null where nothing was measured. `key` tells points apart. */
  points: readonly { key: string; value: number | null }[];
  /** Says it in words. */
  label: string;
};

const width = 120;
const height = 28;
const edge = 3;

/** A small line; days without a value are bridged, and the last one is a dot. */
export function TrendLine({ points, label }: Props) {
  const known = points.flatMap(({ value }, i) => (value === null ? [] : [{ i, value }]));
  if (known.length === 0) return null;
  const values = known.map(({ value }) => value);
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const placed = known.map(({ i, value }) => ({
    x: edge + (i / Math.max(1, points.length - 1)) * (width - 2 * edge),
    // A size that does not change is a line through the middle.
    y: most === least ? height / 2 : edge + (1 - (value - least) / (most - least)) * (height - 2 * edge),
  }));
  const [first, last] = [placed[0], placed.at(-1)];
  if (!first || !last) return null;
  const line = placed.map(({ x, y }) => `${x.toFixed(1)},${y.toFixed(1)}`).join(' ');
  return (
    <svg role="img" aria-label={label} viewBox={`0 0 ${width} ${height}`} className="h-7 w-30 text-chart-1">
      <polygon points={`${first.x.toFixed(1)},${height} ${line} ${last.x.toFixed(1)},${height}`} fill="currentColor" opacity={0.1} />
      <polyline points={line} fill="none" stroke="currentColor" strokeWidth={1.5} strokeLinecap="round" strokeLinejoin="round" />
      <circle cx={last.x} cy={last.y} r={2.5} fill="currentColor" />
    </svg>
  );
}
