'use client';

import { useState } from 'react';
import { type MaskCount, overlapMatrix, pairOf } from '@/lib/segment/overlap';
import { EulerDiagram } from './euler-diagram';
import { OverlapMatrix } from './overlap-matrix';

type Props = { segments: readonly { key: string; name: string }[]; counts: readonly MaskCount[] };

/** Two of the segments as a picture, and every two of them as a matrix, from one count of all. */
export function OverlapView({ segments, counts }: Props) {
  const [[first, second], setPair] = useState<[number, number]>([0, 1]);
  return (
    <>
      <section aria-label="Two segments" className="rounded-2xl border bg-card p-5 shadow-xs">
        <EulerDiagram pair={pairOf(counts, first, second)} first={segments[first]?.name ?? ''} second={segments[second]?.name ?? ''} />
      </section>
      <OverlapMatrix segments={segments} matrix={overlapMatrix(counts, segments.length)} pair={[first, second]} onPair={setPair} />
    </>
  );
}
