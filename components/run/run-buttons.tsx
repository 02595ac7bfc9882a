'use client';

import { Play, RotateCw, X } from 'lucide-react';
import { useTransition } from 'react';
import { toast } from 'sonner';
import type { Answer } from '@/components/campaign/facebook-views';
import { Button } from '@/components/ui/button';

type ByRun = (input: { runId: number }) => Promise<Answer<unknown>>;
export type RunActions = { release: ByRun; cancel: ByRun; retry: ByRun };
type Command = keyof RunActions;

const words: Record<Command, { text: string; icon: typeof Play; done: string }> = {
  release: { text: 'Let it go on', icon: Play, done: 'Released: the run goes on.' },
  retry: { text: 'Retry', icon: RotateCw, done: 'The run goes on where it was.' },
  cancel: { text: 'Cancel run', icon: X, done: 'Cancelled. The request in flight is finished; nothing else is sent.' },
};

/** What can be done with this run now, and nothing else. */
export function RunButtons({ runId, commands, actions }: { runId: number; commands: Command[]; actions: RunActions }) {
  const [busy, start] = useTransition();
  const perform = (command: Command) =>
    start(async () => {
      const answer = await actions[command]({ runId });
      if (answer.ok) toast.success(words[command].done);
      else toast.error(answer.message);
    });
  return (
    <div className="flex flex-wrap items-center gap-2">
      {commands.map((command) => {
        const { text, icon: Icon } = words[command];
        return (
          <Button key={command} variant={command === 'cancel' ? 'outline' : 'default'} onClick={() => perform(command)} disabled={busy}>
            <Icon aria-hidden /> {text}
          </Button>
        );
      })}
    </div>
  );
}
