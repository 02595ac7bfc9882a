'use client';

import { useEffect, useState } from 'react';
import type { Identifier } from '@/lib/identity/identifiers';
import { type Asked, askReach } from './ask';
import type { FunnelStep, ReachCounts, Who } from './reach-lines';

export type ReachState =
  /** Nothing complete is asked; `reach` and `steps` are of what was before. */
  | { kind: 'idle'; reach?: ReachCounts; steps?: FunnelStep[] }
  /** `reach` and `steps` may still be those of what was asked before: then they are `stale`. */
  | { kind: 'counting'; reach?: ReachCounts; steps?: FunnelStep[]; stale: boolean }
  | { kind: 'ready'; reach: ReachCounts; steps?: FunnelStep[] }
  | { kind: 'failed'; message: string };

const pauseMs = 250;

/** The reach of what is chosen, asked anew shortly after each change; what was being counted for the choice before is cancelled. */
export function useReach(who: Who | null, at: Date | null, sent?: readonly Identifier[]): { state: ReachState; again: () => void } {
  const [state, setState] = useState<ReachState>({ kind: 'idle' });
  const [turn, setTurn] = useState(0);
  const key = who ? JSON.stringify({ who, at, sent }) : '';

  useEffect(() => {
    if (!key)
      return setState((before) => ('reach' in before ? { kind: 'idle', reach: before.reach, steps: before.steps } : { kind: 'idle' }));
    const { who, at, sent } = JSON.parse(key) as { who: Who; at: string | null; sent?: Identifier[] };
    const abort = new AbortController();
    setState((before) =>
      'reach' in before ? { kind: 'counting', reach: before.reach, steps: before.steps, stale: true } : { kind: 'counting', stale: false },
    );
    const ask = () => follow({ who, at: at ? new Date(at) : null }, sent, abort.signal, setState);
    const timer = setTimeout(() => void ask(), turn > 0 ? 0 : pauseMs);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [key, turn]);

  return { state, again: () => setTurn((n) => n + 1) };
}

async function follow(asked: Asked, sent: readonly Identifier[] | undefined, signal: AbortSignal, tell: (state: ReachState) => void) {
  let reach: ReachCounts | undefined;
  let steps: FunnelStep[] | undefined;
  try {
    for await (const line of askReach(asked, sent, signal)) {
      if (signal.aborted) return;
      // The funnel may take longer than it is given: the number stands without it.
      if (line.kind === 'failed') return reach?.exact ? undefined : tell({ kind: 'failed', message: line.message });
      if (line.kind === 'reach') reach = line.reach;
      else steps = line.steps;
      if (reach) tell(reach.exact ? { kind: 'ready', reach, steps } : { kind: 'counting', reach, steps, stale: false });
    }
    if (!reach?.exact) tell({ kind: 'failed', message: 'The answer broke off.' });
  } catch (error) {
    if (!signal.aborted) tell({ kind: 'failed', message: error instanceof Error ? error.message : 'Something went wrong.' });
  }
}
