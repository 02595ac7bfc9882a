'use client';

import { RotateCw, Users } from 'lucide-react';
import { Badge } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import { cn } from '@/components/ui/cn';
import { Skeleton } from '@/components/ui/skeleton';
import type { Identifier } from '@/lib/identity/identifiers';
import type { Who } from './reach-lines';
import { ReachFigures } from './reach-panel';
import { type ReachState, useReach } from './reach-state';

type Props = {
  who: Who | null /** Null: now. */;
  at?: Date | null /** What the campaign sends; default all. */;
  sent?: readonly Identifier[];
};

/** The reach of what is chosen: an estimate at once, the exact number after it. */
export function ReachEstimate({ who, at = null, sent }: Props) {
  const { state, again } = useReach(who, at, sent);
  const isStale = state.kind === 'idle' || (state.kind === 'counting' && state.stale);
  return (
    <aside aria-label="Reach" className="grid grid-cols-[minmax(0,1fr)] gap-3 rounded-lg border bg-card p-4">
      <div className="flex h-6 items-center justify-between gap-2">
        <h3 className="flex items-center gap-2 font-medium text-sm">
          <Users className="size-4 text-muted-foreground" aria-hidden /> Reach
        </h3>
        <Standing state={state} />
      </div>
      {state.kind === 'idle' && (
        <p className="text-muted-foreground text-sm">
          {state.reach ? 'Finish the description, and it is counted anew.' : 'Choose who, and the number appears here.'}
        </p>
      )}
      {state.kind === 'counting' && !state.reach && (
        <div className="grid gap-2">
          <Skeleton className="h-8 w-32" />
          <Skeleton className="h-20" />
        </div>
      )}
      {'reach' in state && state.reach && (
        <div className={cn('transition-opacity', isStale && 'opacity-45')} aria-hidden={isStale || undefined}>
          <ReachFigures reach={state.reach} steps={state.steps} />
        </div>
      )}
      {state.kind === 'failed' && (
        <>
          <p role="alert" className="text-destructive text-sm">
            {state.message}
          </p>
          <Button variant="outline" size="sm" className="w-fit" onClick={again}>
            <RotateCw aria-hidden /> Count again
          </Button>
        </>
      )}
    </aside>
  );
}

/** How sure the number is, for eyes and for screen readers. */
function Standing({ state }: { state: ReachState }) {
  const isEstimate = state.kind === 'counting' && state.reach && !state.stale;
  return (
    <span role="status">
      {state.kind === 'counting' && (
        <Badge tone={isEstimate ? 'info' : 'neutral'} live>
          {isEstimate ? 'Estimate' : 'Counting'}
        </Badge>
      )}
      {state.kind === 'ready' && <Badge tone="good">Exact</Badge>}
    </span>
  );
}
