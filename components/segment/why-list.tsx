'use client';

import { ChevronRight } from 'lucide-react';
import Link from 'next/link';
import { useState } from 'react';
import type { Who } from '@/components/campaign/reach-lines';
import { cn } from '@/components/ui/cn';
import { Why } from './why';

export type WhyEntry = { id: string; title: string; href: string; note?: string /** Null: nothing to explain. */; who: Who | null };

/** What a profile is in, each opening into why. */
export function WhyList({ entries, profileId, zone }: { entries: readonly WhyEntry[]; profileId: string; zone: string }) {
  return (
    <ul className="grid grid-cols-[minmax(0,1fr)] gap-0.5">
      {entries.map((entry) => (
        <Entry key={entry.id} entry={entry} profileId={profileId} zone={zone} />
      ))}
    </ul>
  );
}

function Entry({ entry: { id, title, href, note, who }, profileId, zone }: { entry: WhyEntry; profileId: string; zone: string }) {
  const [open, setOpen] = useState(false);
  return (
    <li>
      <div className="flex items-center gap-1 text-sm">
        {who && (
          <button
            type="button"
            aria-expanded={open}
            aria-controls={`why-${id}`}
            aria-label={`Why: ${title}`}
            className="grid size-6 shrink-0 place-items-center rounded-md text-muted-foreground outline-none hover:bg-accent focus-visible:ring-[3px] focus-visible:ring-ring/40"
            onClick={() => setOpen(!open)}
          >
            <ChevronRight aria-hidden className={cn('size-4 transition-transform', open && 'rotate-90')} />
          </button>
        )}
        <Link className="min-w-0 flex-1 truncate text-primary hover:underline" href={href}>
          {title}
        </Link>
        {note && <span className="shrink-0 text-muted-foreground text-xs">{note}</span>}
      </div>
      {who && open && (
        <div id={`why-${id}`} className="my-2 ml-1 rounded-lg bg-muted/50 p-3">
          <Why who={who} at={null} zone={zone} profileId={profileId} />
        </div>
      )}
    </li>
  );
}
