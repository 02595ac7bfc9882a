'use client';

import { useRouter } from 'next/navigation';
import { useTransition } from 'react';
import { toast } from 'sonner';
import { Button } from '@/components/ui/button';

type Discard = (input: { id: string }) => Promise<{ ok: true } | { ok: false; message: string }>;

/** Gives up the edits that were not scheduled. */
export function DiscardEdits({ id, discard }: { id: string; discard: Discard }) {
  const router = useRouter();
  const [busy, start] = useTransition();
  const run = () =>
    start(async () => {
      const answer = await discard({ id });
      if (!answer.ok) toast.error(answer.message);
      else router.push(`/campaigns/${id}`);
    });
  return (
    <Button type="button" variant="outline" size="sm" onClick={run} disabled={busy}>
      Discard my edits
    </Button>
  );
}
