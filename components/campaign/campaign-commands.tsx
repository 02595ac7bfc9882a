'use client';

import { useRouter } from 'next/navigation';
import { type ReactNode, useState, useTransition } from 'react';
import { toast } from 'sonner';
import { Button } from '@/components/ui/button';
import { Dialog, DialogClose, DialogContent, DialogDescription, DialogFooter, DialogHeader, DialogTitle } from '@/components/ui/dialog';
import type { Answer } from './facebook-views';

type ById<T> = (input: { id: string }) => Promise<Answer<T>>;
export type CampaignCommands = {
  run: ById<{ runId: number }>;
  pause: ById<unknown>;
  resume: ById<unknown>;
  stop: ById<unknown>;
  archive: ById<unknown>;
  clone: ById<{ id: string }>;
};
type Command = keyof CampaignCommands;

const done: Record<Command, string> = {
  run: 'The run has begun.',
  pause: 'Paused. The request in flight is finished; nothing else is sent.',
  resume: 'Resumed.',
  stop: 'Stopped for good.',
  archive: 'Archived.',
  clone: 'Cloned: this is the new draft.',
};

/** Gives a campaign its commands: one toast each, a question before what cannot be undone, and the way to what was made. */
export function useCampaignCommands(
  id: string,
  name: string,
  actions: CampaignCommands,
): { run: (command: Command) => void; busy: boolean; dialog: ReactNode } {
  const router = useRouter();
  const [busy, start] = useTransition();
  const [asking, setAsking] = useState(false);
  const perform = (command: Command) =>
    start(async () => {
      const answer = await actions[command]({ id });
      setAsking(false);
      if (!answer.ok) return void toast.error(answer.message);
      toast.success(done[command]);
      if (command === 'run') router.push(`/campaigns/${id}/runs/${(answer.data as { runId: number }).runId}`);
      if (command === 'clone') router.push(`/campaigns/${(answer.data as { id: string }).id}/edit`);
    });
  const dialog = (
    <Dialog open={asking} onOpenChange={setAsking}>
      <DialogContent>
        <DialogHeader>
          <DialogTitle>Stop “{name}”?</DialogTitle>
          <DialogDescription>
            It will never run again. What was sent stays in the audience at Facebook. To take a break instead, pause it; to begin anew
            later, clone it.
          </DialogDescription>
        </DialogHeader>
        <DialogFooter>
          <DialogClose asChild>
            <Button variant="outline">Keep it</Button>
          </DialogClose>
          <Button variant="destructive" onClick={() => perform('stop')} disabled={busy}>
            Stop for good
          </Button>
        </DialogFooter>
      </DialogContent>
    </Dialog>
  );
  return { run: (command) => (command === 'stop' ? setAsking(true) : perform(command)), busy, dialog };
}
