'use client';

import { useState, useTransition } from 'react';
import { toast } from 'sonner';
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
import type { Answer } from './facebook-views';

type Props = { id: string; name: string; revoke: (input: { id: string }) => Promise<Answer<unknown>> };

/** Asks once, then the key is dead. */
export function RevokeKey({ id, name, revoke }: Props) {
  const [open, setOpen] = useState(false);
  const [busy, start] = useTransition();
  const perform = () =>
    start(async () => {
      const answer = await revoke({ id });
      setOpen(false);
      if (answer.ok) toast.success(`“${name}” is revoked.`);
      else toast.error(answer.message);
    });
  return (
    <Dialog open={open} onOpenChange={setOpen}>
      <DialogTrigger asChild>
        <Button variant="ghost" size="sm">
          Revoke<span className="sr-only"> {name}</span>
        </Button>
      </DialogTrigger>
      <DialogContent>
        <DialogHeader>
          <DialogTitle>Revoke “{name}”?</DialogTitle>
          <DialogDescription>Whatever uses it is refused from now on. This cannot be undone.</DialogDescription>
        </DialogHeader>
        <DialogFooter>
          <DialogClose asChild>
            <Button variant="outline">Keep it</Button>
          </DialogClose>
          <Button variant="destructive" onClick={perform} disabled={busy}>
            Revoke
          </Button>
        </DialogFooter>
      </DialogContent>
    </Dialog>
  );
}
