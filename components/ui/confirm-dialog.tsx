'use client';

import { type ReactNode, useState, useTransition } from 'react';
import { Button } from './button';
import { Dialog, DialogClose, DialogContent, DialogDescription, DialogFooter, DialogHeader, DialogTitle, DialogTrigger } from './dialog';

type Props = {
  /** The button that asks. */
  trigger: ReactNode;
  title: string;
  /** What will be so afterwards. */
  description: string;
  /** Of the button that does it. */
  confirm: string;
  perform: () => Promise<void>;
};

/** Asked before what cannot be taken back. */
export function ConfirmDialog({ trigger, title, description, confirm, perform }: Props) {
  const [open, setOpen] = useState(false);
  const [busy, start] = useTransition();
  const press = () =>
    start(async () => {
      await perform();
      setOpen(false);
    });
  return (
    <Dialog open={open} onOpenChange={setOpen}>
      <DialogTrigger asChild>{trigger}</DialogTrigger>
      <DialogContent>
        <DialogHeader>
          <DialogTitle>{title}</DialogTitle>
          <DialogDescription>{description}</DialogDescription>
        </DialogHeader>
        <DialogFooter>
          <DialogClose asChild>
            <Button variant="outline">Keep it</Button>
          </DialogClose>
          <Button variant="destructive" onClick={press} disabled={busy}>
            {confirm}
          </Button>
        </DialogFooter>
      </DialogContent>
    </Dialog>
  );
}
