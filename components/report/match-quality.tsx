import { hiddenSize } from '@/components/campaign/facebook-views';
import { numberText } from '@/components/campaign/zoned-text';
import type { MatchQuality } from '@/db/reports';
import { percentText } from './report-words';

/** How well Facebook can find the members: by how many identifiers, how many rows it could not read, how many people it made of them. */
export function MatchQualityFigures({ quality }: { quality: MatchQuality }) {
  const { one, two, more, received, invalid, sizeLower, sizeUpper } = quality;
  const members = one + two + more;
  return (
    <div className="grid gap-6 sm:grid-cols-2">
      <div className="grid gap-2.5">
        <h3 className="text-muted-foreground text-sm">Members by identifiers sent</h3>
        {(
          [
            ['One', one],
            ['Two', two],
            ['Three or more', more],
          ] as const
        ).map(([title, count]) => (
          <Share key={title} title={title} count={count} of={members} />
        ))}
      </div>
      <dl className="grid content-start gap-3 text-sm">
        <div>
          <dt className="text-muted-foreground">Rows Facebook could not read</dt>
          <dd className="tabular-nums">
            {received === 0
              ? 'Nothing was sent yet.'
              : `${numberText(invalid)} of ${numberText(received)} (${percentText(invalid / received)})`}
          </dd>
        </div>
        <div>
          <dt className="text-muted-foreground">Size Facebook reports</dt>
          <dd className="tabular-nums">
            {sizeLower === null ? hiddenSize : `${numberText(sizeLower)}–${numberText(sizeUpper ?? sizeLower)}`}
          </dd>
        </div>
        <div>
          <dt className="text-muted-foreground">Of the members sent</dt>
          <dd className="tabular-nums">
            {sizeLower === null || members === 0
              ? 'Not known while Facebook hides the size.'
              : `about ${percentText((sizeLower + (sizeUpper ?? sizeLower)) / 2 / members)}`}
          </dd>
        </div>
      </dl>
    </div>
  );
}

function Share({ title, count, of }: { title: string; count: number; of: number }) {
  const share = of === 0 ? 0 : count / of;
  return (
    <div className="grid gap-1 text-sm">
      <p className="flex justify-between gap-4">
        <span>{title}</span>
        <span className="tabular-nums">
          {numberText(count)} <span className="text-muted-foreground">{of === 0 ? '' : percentText(share)}</span>
        </span>
      </p>
      <span aria-hidden className="h-1.5 overflow-hidden rounded-full bg-muted">
        <span className="block h-full rounded-full bg-primary" style={{ width: `${share * 100}%` }} />
      </span>
    </div>
  );
}
