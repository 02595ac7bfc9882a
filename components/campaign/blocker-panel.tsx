import { CircleAlert, ExternalLink } from 'lucide-react';
import Link from 'next/link';
import { Button } from '@/components/ui/button';
import type { Blocker, CampaignState } from '@/db/schema';
import { type Remake, RemakeButton } from './remake-button';

/** What stops the campaign, in words, and the one thing to do. */
export function BlockerPanel(props: { blocker: Blocker; state: CampaignState; campaignId: string; remake: Remake | null }) {
  const { blocker, state } = props;
  return (
    <section
      aria-label="What stops this campaign"
      className="flex flex-wrap items-center gap-4 rounded-lg border border-destructive/40 bg-destructive/5 p-4 sm:p-5"
    >
      <CircleAlert className="size-5 shrink-0 text-destructive" aria-hidden />
      <div className="min-w-0 flex-1 basis-64">
        <p className="font-medium">{blocker.message}</p>
        {state === 'blocked' && !ours.includes(blocker.action) && (
          <p className="text-muted-foreground text-sm">Once it is mended, the campaign goes on by itself.</p>
        )}
      </div>
      <BlockerAction {...props} />
    </section>
  );
}

/** Mended by the button beside it, not at Facebook. */
const ours: readonly Blocker['action'][] = ['release', 'remake'];

function BlockerAction({ blocker, campaignId, remake }: { blocker: Blocker; campaignId: string; remake: Remake | null }) {
  if (blocker.action === 'reconnect') {
    return (
      <Button asChild>
        <a href={`/connect/facebook?returnTo=${encodeURIComponent(`/campaigns/${campaignId}`)}`}>Reconnect Facebook</a>
      </Button>
    );
  }
  if (blocker.action === 'remake') return remake && <RemakeButton campaignId={campaignId} remake={remake} />;
  if (!blocker.link) return null;
  if (blocker.link.startsWith('/')) {
    return (
      <Button asChild>
        <Link href={blocker.link}>{blocker.action === 'release' ? 'Look at the run' : 'Edit the campaign'}</Link>
      </Button>
    );
  }
  return (
    <Button asChild>
      <a href={blocker.link} target="_blank" rel="noreferrer">
        {blocker.action === 'accept_terms' ? 'Accept the terms' : 'Open at Facebook'} <ExternalLink aria-hidden />
      </a>
    </Button>
  );
}
