'use client';

import { Users } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { Button } from '@/components/ui/button';
import { Skeleton } from '@/components/ui/skeleton';
import type { CampaignDraft } from '@/lib/campaign/plan';
import type { Answer } from './facebook-views';
import { type ReachCounts, ReachFigures } from './reach-panel';

type Who = Pick<CampaignDraft, 'segment' | 'definition'>;
export type EstimateReach = (who: Who) => Promise<Answer<ReachCounts>>;

type State = { kind: 'idle' } | { kind: 'loading' } | { kind: 'ready'; reach: ReachCounts } | { kind: 'failed'; message: string };

const pauseMs = 500;

/** The reach of what is chosen, counted anew shortly after each change. Answers to older choices are dropped. */
export function ReachEstimate({ who, estimate }: { who: Who | null; estimate: EstimateReach }) {
  const [state, setState] = useState<State>({ kind: 'idle' });
  const [turn, setTurn] = useState(0);
  const question = useRef(0);
  const key = who ? JSON.stringify(who) : '';

  useEffect(() => {
    const mine = ++question.current;
    if (!key) return setState({ kind: 'idle' });
    setState({ kind: 'loading' });
    const ask = async () => {
      const answer = await estimate(JSON.parse(key) as Who).catch(() => ({ ok: false as const, message: 'Beckon could not be reached.' }));
      if (mine !== question.current) return;
      setState(answer.ok ? { kind: 'ready', reach: answer.data } : { kind: 'failed', message: answer.message });
    };
    const timer = setTimeout(() => void ask(), turn > 0 ? 0 : pauseMs);
    return () => clearTimeout(timer);
  }, [key, estimate, turn]);

  return (
    <aside aria-label="Reach" aria-live="polite" className="grid gap-3 rounded-lg border bg-card p-4 lg:sticky lg:top-4">
      <h3 className="flex items-center gap-2 font-medium text-sm">
        <Users className="size-4 text-muted-foreground" aria-hidden /> Reach
      </h3>
      {state.kind === 'idle' && <p className="text-muted-foreground text-sm">Choose who, and the number appears here.</p>}
      {state.kind === 'loading' && (
        <div role="status" aria-label="Counting" className="grid gap-2">
          <Skeleton className="h-8 w-32" />
          <Skeleton className="h-16" />
        </div>
      )}
      {state.kind === 'ready' && <ReachFigures reach={state.reach} />}
      {state.kind === 'failed' && <p className="text-destructive text-sm">{state.message}</p>}
      {(state.kind === 'ready' || state.kind === 'failed') && (
        <Button type="button" variant="outline" size="sm" className="w-fit" onClick={() => setTurn((n) => n + 1)}>
          Estimate again
        </Button>
      )}
    </aside>
  );
}
