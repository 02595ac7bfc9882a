import type { Tone } from '@/components/campaign/state-words';
import { counted } from '@/components/campaign/zoned-text';
import type { Receipt, Removal } from '@/db/removals';

export const receiptKinds = { erasure: 'Erasure', withdrawal: 'Consent withdrawn' } as const;

export const receiptState = ({ finishedAt }: Receipt): { label: string; tone: Tone } =>
  finishedAt ? { label: 'Finished', tone: 'good' } : { label: 'Waiting for Facebook', tone: 'warn' };

export function removalState({ outcome }: Removal): { label: string; tone: Tone } {
  if (outcome === 'removed') return { label: 'Removed', tone: 'good' };
  return outcome === 'kept' ? { label: 'Consent given again', tone: 'neutral' } : { label: 'Waiting', tone: 'warn' };
}

/** Who set it off. */
export const askedBy = ({ requestedBy, kind }: Receipt): string =>
  requestedBy ?? (kind === 'erasure' ? 'the automation API' : 'the profile itself');

/** "2 of 3 audiences" */
export function removedText({ removals }: Receipt): string {
  if (removals.length === 0) return 'It was in none.';
  const done = removals.filter(({ outcome }) => outcome !== null).length;
  return done === removals.length ? counted(done, 'audience') : `${done} of ${counted(removals.length, 'audience')}`;
}
