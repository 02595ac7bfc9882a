'use client';

import { useRouter } from 'next/navigation';
import { type ReactNode, useState, useTransition } from 'react';
import { toast } from 'sonner';
import type { Answer } from './facebook-views';
import { StopDialog, type StopMembers } from './stop-dialog';

type ById<T> = (input: { id: string }) => Promise<Answer<T>>;
export type CampaignCommands = {
  run: ById<{ runId: number }>;
  pause: ById<unknown>;
  resume: ById<unknown>;
  undo: ById<{ runId: number }>;
  stop: (input: { id: string; members: StopMembers }) => Promise<Answer<unknown>>;
  archive: ById<unknown>;
  clone: ById<{ id: string }>;
};
type Command = keyof CampaignCommands;

const done: Record<Command, string> = {
  run: 'The run has begun.',
  pause: 'Paused. The request in flight is finished; nothing else is sent.',
  resume: 'Resumed.',
  undo: 'The last run is taken back, and the campaign paused.',
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
  const perform = (command: Command, send: () => Promise<Answer<unknown>>) =>
    start(async () => {
      const answer = await send();
      setAsking(false);
      if (!answer.ok) return void toast.error(answer.message);
      toast.success(done[command]);
      if (command === 'run' || command === 'undo') router.push(`/campaigns/${id}/runs/${(answer.data as { runId: number }).runId}`);
      if (command === 'clone') router.push(`/campaigns/${(answer.data as { id: string }).id}/edit`);
    });
  const stop = (members: StopMembers) => perform('stop', () => actions.stop({ id, members }));
  const dialog = <StopDialog name={name} open={asking} busy={busy} onOpenChange={setAsking} stop={stop} />;
  const run = (command: Command) => (command === 'stop' ? setAsking(true) : perform(command, () => actions[command]({ id })));
  return { run, busy, dialog };
}
