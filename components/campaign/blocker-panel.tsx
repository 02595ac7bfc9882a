import { CircleAlert, ExternalLink } from 'lucide-react';
import Link from 'next/link';
import { Button } from '@/components/ui/button';
import type { Blocker, CampaignState } from '@/db/schema';

/** What stops the campaign, in words, and the one thing to do. */
export function BlockerPanel({ blocker, state, returnTo }: { blocker: Blocker; state: CampaignState; returnTo: string }) {
  return (
    <section
      aria-label="What stops this campaign"
      className="flex flex-wrap items-center gap-4 rounded-lg border border-destructive/40 bg-destructive/5 p-4 sm:p-5"
    >
      <CircleAlert className="size-5 shrink-0 text-destructive" aria-hidden />
      <div className="min-w-0 flex-1 basis-64">
        <p className="font-medium">{blocker.message}</p>
        {state === 'blocked' && blocker.action !== 'release' && (
          <p className="text-muted-foreground text-sm">Once it is mended, the campaign goes on by itself.</p>
        )}
      </div>
      <BlockerAction blocker={blocker} returnTo={returnTo} />
    </section>
  );
}

function BlockerAction({ blocker, returnTo }: { blocker: Blocker; returnTo: string }) {
  if (blocker.action === 'reconnect') {
    return (
      <Button asChild>
        <a href={`/connect/facebook?returnTo=${encodeURIComponent(returnTo)}`}>Reconnect Facebook</a>
      </Button>
    );
  }
  if (!blocker.link) return null;
  if (blocker.action === 'release') {
    return (
      <Button asChild>
        <Link href={blocker.link}>Look at the run</Link>
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
