'use client';

import { Ellipsis } from 'lucide-react';
import Link from 'next/link';
import { Button } from '@/components/ui/button';
import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuSeparator,
  DropdownMenuTrigger,
} from '@/components/ui/dropdown-menu';
import type { CampaignState } from '@/db/schema';
import { type CampaignCommands, useCampaignCommands } from './campaign-commands';

export type CampaignMenuActions = CampaignCommands;

type Props = { id: string; name: string; state: CampaignState; commands: string[]; actions: CampaignCommands };

/** What can be done with a campaign of this state, and nothing else. */
export function CampaignMenu({ id, name, state, commands, actions }: Props) {
  const { run, busy, dialog } = useCampaignCommands(id, name, actions);
  const can = (command: string) => commands.includes(command);
  const final = state === 'stopped' || state === 'archived';
  return (
    <>
      <DropdownMenu>
        <DropdownMenuTrigger asChild>
          <Button variant="ghost" size="icon" aria-label={`Actions for ${name}`} disabled={busy}>
            <Ellipsis aria-hidden />
          </Button>
        </DropdownMenuTrigger>
        <DropdownMenuContent align="end">
          {state !== 'draft' && (
            <DropdownMenuItem asChild>
              <Link href={`/campaigns/${id}`}>Open</Link>
            </DropdownMenuItem>
          )}
          {!final && (
            <DropdownMenuItem asChild>
              <Link href={`/campaigns/${id}/edit`}>{state === 'draft' ? 'Go on editing' : 'Edit'}</Link>
            </DropdownMenuItem>
          )}
          {can('run') && <DropdownMenuItem onSelect={() => run('run')}>Run now</DropdownMenuItem>}
          {can('pause') && <DropdownMenuItem onSelect={() => run('pause')}>Pause</DropdownMenuItem>}
          {can('resume') && <DropdownMenuItem onSelect={() => run('resume')}>Resume</DropdownMenuItem>}
          <DropdownMenuItem onSelect={() => run('clone')}>Clone</DropdownMenuItem>
          {(can('stop') || can('archive')) && <DropdownMenuSeparator />}
          {can('stop') && (
            <DropdownMenuItem variant="destructive" onSelect={() => run('stop')}>
              Stop…
            </DropdownMenuItem>
          )}
          {can('archive') && <DropdownMenuItem onSelect={() => run('archive')}>Archive</DropdownMenuItem>}
        </DropdownMenuContent>
      </DropdownMenu>
      {dialog}
    </>
  );
}
