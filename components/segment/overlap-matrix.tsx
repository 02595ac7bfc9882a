'use client';

import { numberText } from '@/components/campaign/zoned-text';
import { cn } from '@/components/ui/cn';
import { percentText } from './euler-diagram';

type Props = {
  segments: readonly { key: string; name: string }[];
  /** Row i, column j: how many of i are in j too; on the diagonal the size. */
  matrix: readonly (readonly number[])[];
  /** The two that are shown as a picture. */
  pair: readonly [number, number];
  onPair: (pair: [number, number]) => void;
};

/** How much of each row's segment is in each column's. A cell is a button that shows the two. */
export function OverlapMatrix({ segments, matrix, pair, onPair }: Props) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region needs focus to be scrolled without a mouse
    <section tabIndex={0} aria-label="Overlaps" className="overflow-x-auto rounded-2xl border bg-card shadow-xs">
      <table className="w-full text-sm">
        <caption className="sr-only">How many users of each row’s segment are in each column’s, and what share of the row that is</caption>
        <thead>
          <tr className="border-b text-muted-foreground text-xs">
            <th scope="col" className="sticky left-0 z-10 bg-card px-3 py-2 text-left font-medium">
              Of these … are in
            </th>
            {segments.map(({ key, name }, i) => (
              <th key={key} scope="col" className="min-w-24 max-w-36 px-2 py-2 text-right align-bottom font-medium">
                <span aria-hidden>{i + 1}. </span>
                <span className="line-clamp-2 break-words">{name}</span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {segments.map(({ key, name }, row) => (
            <tr key={key} className="border-b last:border-0">
              <th scope="row" className="sticky left-0 z-10 max-w-44 bg-card px-3 py-2 text-left font-medium">
                <span aria-hidden className="text-muted-foreground">
                  {row + 1}.{' '}
                </span>
                <span className="break-words">{name}</span>
              </th>
              {segments.map((other, column) => (
                <td key={other.key} className="p-1">
                  <OverlapCell
                    count={matrix[row]?.[column] ?? 0}
                    size={matrix[row]?.[row] ?? 0}
                    diagonal={row === column}
                    chosen={pair.includes(row) && pair.includes(column) && row !== column}
                    onChoose={() => onPair([row, column])}
                    label={`${name} and ${other.name}`}
                  />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

type CellProps = { count: number; size: number; diagonal: boolean; chosen: boolean; onChoose: () => void; label: string };

function OverlapCell({ count, size, diagonal, chosen, onChoose, label }: CellProps) {
  if (diagonal) {
    return (
      <div className="rounded-lg bg-muted/60 px-2 py-1.5 text-right">
        <span className="block font-medium tabular-nums">{numberText(size)}</span>
        <span className="block text-muted-foreground text-xs">all</span>
      </div>
    );
  }
  const share = size === 0 ? 0 : count / size;
  return (
    <button
      type="button"
      onClick={onChoose}
      aria-pressed={chosen}
      className={cn(
        'block w-full rounded-lg px-2 py-1.5 text-right outline-none hover:ring-2 hover:ring-ring/50 focus-visible:ring-[3px] focus-visible:ring-ring/40',
        chosen && 'ring-2 ring-primary',
      )}
      style={{ background: `color-mix(in oklab, var(--chart-1) ${Math.round(share * 32)}%, transparent)` }}
    >
      <span className="sr-only">{label}: </span>
      <span className="block font-medium tabular-nums">{numberText(count)}</span>
      <span className="block text-foreground/75 text-xs tabular-nums">{percentText(count, size)}</span>
    </button>
  );
}
