import { numberText } from '@/components/campaign/zoned-text';
import { eulerPicture } from '@/lib/segment/euler';
import type { Pair } from '@/lib/segment/overlap';

type Props = { pair: Pair; first: string; second: string };

/** Two segments as circles whose areas are their sizes, with the exact numbers as a table beside them. */
export function EulerDiagram({ pair, first, second }: Props) {
  const picture = eulerPicture(pair, 400);
  const all = pair.onlyFirst + pair.both + pair.onlySecond;
  const parts = [
    { label: `Only in “${first}”`, count: pair.onlyFirst, swatch: 'bg-chart-1/55' },
    { label: 'In both', count: pair.both, swatch: 'bg-[linear-gradient(135deg,var(--chart-1)_50%,var(--chart-2)_50%)]' },
    { label: `Only in “${second}”`, count: pair.onlySecond, swatch: 'bg-chart-2/55' },
  ];
  const words = parts.map(({ label, count }) => `${label}: ${numberText(count)}`).join('. ');
  return (
    <div className="grid items-center gap-6 md:grid-cols-[minmax(0,1fr)_minmax(0,1fr)]">
      {picture ? (
        <svg
          role="img"
          aria-label={words}
          viewBox={`-2 -2 ${picture.width + 4} ${picture.height + 4}`}
          className="mx-auto max-h-64 w-full max-w-md"
        >
          <circle cx={picture.first.x} cy={picture.first.y} r={picture.first.r} className="fill-chart-1/35 stroke-2 stroke-chart-1" />
          <circle cx={picture.second.x} cy={picture.second.y} r={picture.second.r} className="fill-chart-2/35 stroke-2 stroke-chart-2" />
        </svg>
      ) : (
        <p className="text-muted-foreground text-sm">Nobody is in either of them today.</p>
      )}
      <table className="w-full text-sm">
        <caption className="sr-only">
          Users in “{first}” and “{second}”
        </caption>
        <tbody>
          {parts.map(({ label, count, swatch }) => (
            <tr key={label} className="border-b last:border-0">
              <th scope="row" className="py-2.5 pr-3 text-left font-normal">
                <span className="flex items-center gap-2">
                  <span aria-hidden className={`size-3 shrink-0 rounded-full ${swatch}`} />
                  <span className="min-w-0 break-words">{label}</span>
                </span>
              </th>
              <td className="py-2.5 text-right font-semibold tabular-nums">{numberText(count)}</td>
              <td className="w-16 py-2.5 text-right text-muted-foreground tabular-nums">{percentText(count, all)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** "38 %"; what is there but small is not shown as nothing, nor what is not quite all as all. */
export function percentText(part: number, whole: number): string {
  if (whole === 0) return '–';
  const percent = (part / whole) * 100;
  if (part > 0 && percent < 1) return '< 1 %';
  if (part < whole && percent > 99) return '> 99 %';
  return `${Math.round(percent)} %`;
}
