'use client';

import { Eraser } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useState, useTransition } from 'react';
import { toast } from 'sonner';
import type { Answer } from '@/components/campaign/facebook-views';
import { Button } from '@/components/ui/button';
import {
  Dialog,
  DialogClose,
  DialogContent,
  DialogDescription,
  DialogFooter,
  DialogHeader,
  DialogTitle,
  DialogTrigger,
} from '@/components/ui/dialog';

type Props = { profileId: string; name: string; erase: (input: { profileId: string }) => Promise<Answer<{ receiptId: string }>> };

/** Asked before what cannot be taken back; then the receipt. */
export function EraseDialog({ profileId, name, erase }: Props) {
  const router = useRouter();
  const [open, setOpen] = useState(false);
  const [busy, start] = useTransition();
  const perform = () =>
    start(async () => {
      const answer = await erase({ profileId });
      setOpen(false);
      if (!answer.ok) return void toast.error(answer.message);
      router.push(`/settings/removals/${answer.data.receiptId}`);
    });
  return (
    <Dialog open={open} onOpenChange={setOpen}>
      <DialogTrigger asChild>
        <Button variant="outline">
          <Eraser aria-hidden /> Erase…
        </Button>
      </DialogTrigger>
      <DialogContent>
        <DialogHeader>
          <DialogTitle>Erase “{name}”?</DialogTitle>
          <DialogDescription>
            The profile, its ids and all its events are deleted now, and it leaves every Facebook audience. A receipt tells when Facebook
            has confirmed. This cannot be undone; whoever sends this id again makes a new profile.
          </DialogDescription>
        </DialogHeader>
        <DialogFooter>
          <DialogClose asChild>
            <Button variant="outline">Keep it</Button>
          </DialogClose>
          <Button variant="destructive" onClick={perform} disabled={busy}>
            Erase for good
          </Button>
        </DialogFooter>
      </DialogContent>
    </Dialog>
  );
}
