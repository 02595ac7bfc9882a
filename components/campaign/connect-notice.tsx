'use client';

import { CircleAlert, CircleCheck } from 'lucide-react';
import { useSearchParams } from 'next/navigation';
import { cn } from '@/components/ui/cn';

const answers: Record<string, string> = {
  connected: 'Facebook is connected.',
  declined: 'You declined at Facebook, so nothing was connected. Try again whenever you like.',
  incomplete: 'Facebook did not grant what is needed: keep “manage ads” ticked and try again.',
  unavailable: 'Facebook could not be reached. Try again in a moment.',
  expired: 'That connection attempt was too old or belonged to somebody else. Begin again.',
};

/** How connecting at Facebook went, after coming back from there. */
export function ConnectNotice() {
  const answer = useSearchParams().get('connect') ?? '';
  const text = answers[answer];
  if (!text) return null;
  const good = answer === 'connected';
  const Icon = good ? CircleCheck : CircleAlert;
  return (
    <p
      role={good ? 'status' : 'alert'}
      className={cn('flex items-start gap-2 rounded-lg border p-3 text-sm', good ? 'bg-card' : 'border-destructive/40 bg-destructive/5')}
    >
      <Icon className={cn('mt-0.5 size-4 shrink-0', good ? 'text-success' : 'text-destructive')} aria-hidden /> {text}
    </p>
  );
}
