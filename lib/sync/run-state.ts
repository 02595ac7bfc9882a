import type { CampaignState, RunPurpose, RunState } from '@/db/schema';

/** What may follow what. A state names what is already true, so the row says where to go on; docs/runs.md has a paragraph on each. */
export const transitions: Record<RunState, readonly RunState[]> = {
  queued: ['audience_ready', 'confirmed', 'failed', 'cancelled', 'collapsed', 'skipped'],
  audience_ready: ['frozen', 'held', 'sent', 'failed', 'cancelled'],
  held: ['audience_ready', 'cancelled', 'collapsed'],
  frozen: ['sent', 'audience_ready', 'failed', 'cancelled'],
  sent: ['confirmed', 'audience_ready', 'failed', 'cancelled'],
  confirmed: [],
  failed: [],
  cancelled: [],
  skipped: [],
  collapsed: [],
};

export const openStates = ['queued', 'audience_ready', 'frozen', 'sent'] as const satisfies readonly RunState[];

export const isOpen = (state: RunState): boolean => (openStates as readonly RunState[]).includes(state);

/**
 * By a person: the request in flight is answered, nothing more is sent. What was asked for by name goes on, and so does a replacement that has
 * begun: Facebook would be left with half a list.
 */
export const isHalted = (campaign: CampaignState, run: { purpose: RunPurpose; replaceSession: number | null }): boolean =>
  run.purpose === 'sync' && run.replaceSession === null && ['paused', 'stopped', 'archived'].includes(campaign);

type Waiting = { state: RunState; live: boolean; waitUntil: Date | null; waitReason: string | null };

/** A live run that has nothing to do until somebody qualifies or leaves, or its period is over. */
export const liesOpen = (run: Waiting, now: Date): boolean =>
  run.live && run.state === 'frozen' && run.waitReason === null && run.waitUntil !== null && run.waitUntil > now;

/** The words of the screens and the API. */
export type ScreenState =
  | 'queued'
  | 'computing'
  | 'sending'
  | 'confirming'
  | 'waiting'
  | 'live'
  | 'held'
  | 'succeeded'
  | 'partial'
  | 'failed'
  | 'cancelled'
  | 'skipped'
  | 'collapsed';

export type RunFacts = Waiting & { invalid: number; deferred: number };

/** A run with a refused row has not succeeded: it is partial. */
export function screenState(run: RunFacts): ScreenState {
  switch (run.state) {
    case 'queued':
      return run.waitUntil ? 'waiting' : 'queued';
    case 'audience_ready':
      return run.waitUntil ? 'waiting' : 'computing';
    case 'frozen':
      if (run.live && run.waitUntil && run.waitReason === null) return 'live';
      return run.waitUntil ? 'waiting' : 'sending';
    case 'sent':
      return run.waitUntil ? 'waiting' : 'confirming';
    case 'confirmed':
      return run.invalid > 0 || run.deferred > 0 ? 'partial' : 'succeeded';
    default:
      return run.state;
  }
}
