'use client';

import { ChartColumn, ChevronLeft, ExternalLink, Pause, Pencil, Play, Undo2 } from 'lucide-react';
import Link from 'next/link';
import { Badge } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import type { CampaignState } from '@/db/schema';
import { type CampaignCommands, useCampaignCommands } from './campaign-commands';
import { campaignStates } from './state-words';

type Props = {
  campaign: { id: string; name: string; state: CampaignState; hasUnscheduledEdits: boolean };
  sentence: string;
  commands: string[];
  mayEdit: boolean;
  /** The last run has changed the audience. */
  mayUndo: boolean;
  adsManager: string | null;
  /** Where its report is; null before there is an audience. */
  report: string | null;
  actions: CampaignCommands;
};

/** Name, state, who, and the buttons that this state allows. */
export function CampaignHeader({ sentence, ...props }: Props) {
  const { campaign } = props;
  const state = campaignStates[campaign.state];
  return (
    <header className="grid gap-3">
      <Link href="/campaigns" className="flex w-fit items-center gap-1 text-muted-foreground text-sm hover:text-foreground">
        <ChevronLeft className="size-4" aria-hidden /> Campaigns
      </Link>
      <div className="flex flex-wrap items-start justify-between gap-x-6 gap-y-3">
        <div className="min-w-0 flex-1 basis-80">
          <h1 className="flex flex-wrap items-center gap-x-3 gap-y-1 font-semibold text-2xl tracking-tight">
            {campaign.name}
            <Badge tone={state.tone} title={state.meaning}>
              {state.label}
            </Badge>
          </h1>
          <p className="mt-1 text-muted-foreground">{sentence}</p>
        </div>
        <CampaignButtons {...props} />
      </div>
    </header>
  );
}

function CampaignButtons({ campaign, commands, mayEdit, mayUndo, adsManager, report, actions }: Omit<Props, 'sentence'>) {
  const { run, busy, dialog } = useCampaignCommands(campaign.id, campaign.name, actions);
  const can = (command: string) => commands.includes(command);
  const final = campaign.state === 'stopped' || campaign.state === 'archived';
  return (
    <div className="flex flex-wrap items-center gap-2">
      {can('run') && (
        <Button onClick={() => run('run')} disabled={busy}>
          <Play aria-hidden /> Run now
        </Button>
      )}
      {can('pause') && (
        <Button variant="outline" onClick={() => run('pause')} disabled={busy}>
          <Pause aria-hidden /> Pause
        </Button>
      )}
      {can('resume') && (
        <Button onClick={() => run('resume')} disabled={busy}>
          <Play aria-hidden /> Resume
        </Button>
      )}
      {mayEdit && !final && (
        <Button asChild variant="outline">
          <Link href={`/campaigns/${campaign.id}/edit`}>
            <Pencil aria-hidden /> {campaign.hasUnscheduledEdits ? 'Go on editing' : 'Edit'}
          </Link>
        </Button>
      )}
      {mayEdit && (
        <Button variant="outline" onClick={() => run('clone')} disabled={busy}>
          Clone
        </Button>
      )}
      {can('undo') && mayUndo && (
        <Button variant="outline" onClick={() => run('undo')} disabled={busy}>
          <Undo2 aria-hidden /> Undo last run
        </Button>
      )}
      {can('stop') && (
        <Button variant="outline" onClick={() => run('stop')} disabled={busy}>
          Stop…
        </Button>
      )}
      {can('archive') && (
        <Button variant="outline" onClick={() => run('archive')} disabled={busy}>
          Archive
        </Button>
      )}
      {report && (
        <Button asChild variant="ghost">
          <Link href={report}>
            <ChartColumn aria-hidden /> Report
          </Link>
        </Button>
      )}
      {adsManager && (
        <Button asChild variant="ghost">
          <a href={adsManager} target="_blank" rel="noreferrer">
            Ads Manager <ExternalLink aria-hidden />
          </a>
        </Button>
      )}
      {dialog}
    </div>
  );
}
