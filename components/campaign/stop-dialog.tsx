'use client';

import { useState } from 'react';
import { Button } from '@/components/ui/button';
import { Dialog, DialogClose, DialogContent, DialogDescription, DialogFooter, DialogHeader, DialogTitle } from '@/components/ui/dialog';
import { ChoiceCards } from './choice-cards';

export type StopMembers = 'leave' | 'remove';

const options = [
  { value: 'leave', title: 'Leave the members', line: 'The audience stays as it is at Facebook.' },
  { value: 'remove', title: 'Take them out', line: 'Whoever Beckon has put in is removed, down to the size below which Facebook refuses.' },
] as const;

type Props = { name: string; open: boolean; busy: boolean; onOpenChange: (open: boolean) => void; stop: (members: StopMembers) => void };

/** Asked before what cannot be taken back. */
export function StopDialog({ name, open, busy, onOpenChange, stop }: Props) {
  const [members, setMembers] = useState<StopMembers>('leave');
  return (
    <Dialog open={open} onOpenChange={onOpenChange}>
      <DialogContent>
        <DialogHeader>
          <DialogTitle>Stop “{name}”?</DialogTitle>
          <DialogDescription>It will never run again. To take a break instead, pause it; to begin anew later, clone it.</DialogDescription>
        </DialogHeader>
        <ChoiceCards label="Members" name="members" options={options} value={members} onChange={setMembers} />
        <DialogFooter>
          <DialogClose asChild>
            <Button variant="outline">Keep it</Button>
          </DialogClose>
          <Button variant="destructive" onClick={() => stop(members)} disabled={busy}>
            Stop for good
          </Button>
        </DialogFooter>
      </DialogContent>
    </Dialog>
  );
}
