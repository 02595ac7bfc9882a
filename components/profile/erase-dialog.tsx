'use client';

import { Eraser } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { toast } from 'sonner';
import type { Answer } from '@/components/campaign/facebook-views';
import { Button } from '@/components/ui/button';
import { ConfirmDialog } from '@/components/ui/confirm-dialog';

type Props = { profileId: string; name: string; erase: (input: { profileId: string }) => Promise<Answer<{ receiptId: string }>> };

/** Asks once; then the receipt. */
export function EraseDialog({ profileId, name, erase }: Props) {
  const router = useRouter();
  const perform = async () => {
    const answer = await erase({ profileId });
    if (answer.ok) router.push(`/settings/removals/${answer.data.receiptId}`);
    else toast.error(answer.message);
  };
  return (
    <ConfirmDialog
      trigger={
        <Button variant="outline">
          <Eraser aria-hidden /> Erase…
        </Button>
      }
      title={`Erase “${name}”?`}
      description="The profile, its ids and all its events are deleted now, and it leaves every Facebook audience. A receipt tells when Facebook has confirmed. This cannot be undone; whoever sends this id again makes a new profile."
      confirm="Erase for good"
      perform={perform}
    />
  );
}
