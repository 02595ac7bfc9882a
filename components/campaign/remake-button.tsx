'use client';

import { useTransition } from 'react';
import { toast } from 'sonner';
import { Button } from '@/components/ui/button';
import type { Answer } from './facebook-views';

export type Remake = (input: { id: string }) => Promise<Answer<unknown>>;

/** For an audience that was deleted at Facebook. */
export function RemakeButton({ campaignId, remake }: { campaignId: string; remake: Remake }) {
  const [busy, start] = useTransition();
  const perform = () =>
    start(async () => {
      const answer = await remake({ id: campaignId });
      if (answer.ok) toast.success('The audience is being made anew.');
      else toast.error(answer.message);
    });
  return (
    <Button onClick={perform} disabled={busy}>
      Make it anew
    </Button>
  );
}
