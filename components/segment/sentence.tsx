'use client';

import { useState } from 'react';
import { cn } from '@/components/ui/cn';
import type { Definition } from '@/lib/segment/definition';
import { describe, type SegmentNames } from '@/lib/segment/describe';

/** As much as one takes in at a glance. */
const shortLetters = 480;

type Props = { definition: Definition | null; isEmpty: boolean; segmentNames: SegmentNames };

/** What the definition says. While something is missing the last sentence stays, paler, so that nothing jumps. */
export function Sentence({ definition, isEmpty, segmentNames }: Props) {
  const [last, setLast] = useState(definition);
  const [showsAll, setShowsAll] = useState(false);
  if (definition && definition !== last) setLast(definition);
  const shown = definition ?? (isEmpty ? null : last);
  const text = shown
    ? describe(shown, segmentNames)
    : 'Say who you mean: what they did, what they did not do, who they are. It is read back to you here.';
  const isLong = text.length > shortLetters;
  return (
    <div className="rounded-xl bg-muted/60 px-3.5 py-2.5 text-sm">
      <p
        data-sentence
        // A browser may know a country by another name than the server.
        suppressHydrationWarning
        className={cn('text-pretty transition-colors', !definition && 'text-muted-foreground', isLong && !showsAll && 'line-clamp-4')}
      >
        {text}
      </p>
      {isLong && (
        <button
          type="button"
          aria-expanded={showsAll}
          className="mt-1 rounded text-muted-foreground text-xs underline underline-offset-2 outline-none hover:text-foreground focus-visible:ring-[3px] focus-visible:ring-ring/40"
          onClick={() => setShowsAll(!showsAll)}
        >
          {showsAll ? 'Show less' : 'Show the whole sentence'}
        </button>
      )}
    </div>
  );
}
