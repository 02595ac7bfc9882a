import type { GraphAction } from '@/lib/facebook/errors';
import { backoffMs, blockedRecheckMs, limitWaitMs, mostAttempts } from './backoff';

/** What a refusal means for the run; decided first, written after, in one place. */
export type Decision =
  | { kind: 'wait'; waitMs: number; attempts: number }
  | { kind: 'block'; waitMs: number; action: 'reconnect' | 'accept_terms' | 'fix' }
  | { kind: 'split' }
  | { kind: 'defer' }
  | { kind: 'fail' };

/**
 * Pure. @param attempts of this step so far. @param sending whether a batch is in hand: only then can it be halved or put off.
 * @param random in [0, 1).
 */
export function decide(
  action: GraphAction,
  facts: { attempts: number; waitMs: number | null; sending: boolean; random: number },
): Decision {
  const { attempts, waitMs, sending, random } = facts;
  switch (action) {
    case 'wait':
      return { kind: 'wait', waitMs: limitWaitMs(waitMs, attempts, random), attempts: Math.min(attempts + 1, mostAttempts - 1) };
    case 'retry':
      return attempts + 1 >= mostAttempts
        ? { kind: 'fail' }
        : { kind: 'wait', waitMs: backoffMs(attempts + 1, random), attempts: attempts + 1 };
    case 'reconnect':
    case 'accept_terms':
    case 'fix':
      return { kind: 'block', waitMs: blockedRecheckMs, action };
    case 'split':
      return sending ? { kind: 'split' } : { kind: 'fail' };
    case 'too_small':
      return sending ? { kind: 'defer' } : { kind: 'fail' };
    case 'give_up':
      return { kind: 'fail' };
  }
}
