import { ChevronLeft } from 'lucide-react';
import Link from 'next/link';
import { notFound } from 'next/navigation';
import { PanelCard } from '@/components/campaign/panel-card';
import { runStates } from '@/components/campaign/state-words';
import { dayAndTime } from '@/components/campaign/zoned-text';
import { BatchTable } from '@/components/run/batch-table';
import { LiveRefresh } from '@/components/run/live-refresh';
import { LiveRun } from '@/components/run/live-run';
import { RunButtons } from '@/components/run/run-buttons';
import { RunFigures } from '@/components/run/run-figures';
import { RunProgress } from '@/components/run/run-progress';
import { RunTrouble } from '@/components/run/run-trouble';
import { isMoving, isPassedOver, occasionOf } from '@/components/run/run-view';
import { Badge } from '@/components/ui/badge';
import { runCommandsFor } from '@/db/run-commands';
import { runDetail } from '@/db/runs';
import { roleAllows } from '@/lib/auth';
import { found, openCampaign } from '../../../open-campaign';
import { cancelRun, releaseRun, retryRun } from '../../../run-actions';

type Props = { params: Promise<{ id: string; runId: string }> };

export const metadata = { title: 'Run' };

export default async function RunPage({ params }: Props) {
  const { id, runId } = await params;
  const { user, db, campaign, now } = await openCampaign(id);
  if (!/^\d{1,9}$/.test(runId)) notFound();
  const run = await found(runDetail(db, user.workspaceId, Number(runId)));
  if (run.campaignId !== id) notFound();
  const schedule = campaign.version?.schedule;
  const zone = schedule && 'zone' in schedule ? schedule.zone : user.workspace.zone;
  const state = runStates[run.screenState];
  const { batches } = run;
  const partial = batches.some((batch) => batch.op === 'remove' && batch.state === 'deferred');
  return (
    <div className="grid grid-cols-1 gap-6">
      <LiveRefresh moving={isMoving(run.state)} />
      <header className="grid gap-2">
        <Link href={`/campaigns/${id}`} className="flex w-fit items-center gap-1 text-muted-foreground text-sm hover:text-foreground">
          <ChevronLeft className="size-4" aria-hidden /> {campaign.name}
        </Link>
        <div className="flex flex-wrap items-center justify-between gap-x-6 gap-y-3">
          <h1 className="flex flex-wrap items-center gap-x-3 gap-y-1 font-semibold text-2xl tracking-tight">
            Run of {dayAndTime(run.occurrenceAt, zone)}
            <Badge tone={state.tone}>{state.label}</Badge>
          </h1>
          <RunButtons
            runId={run.id}
            commands={roleAllows(user.role, 'marketer') ? runCommandsFor({ ...run, partial }) : []}
            actions={{ release: releaseRun, cancel: cancelRun, retry: retryRun }}
          />
        </div>
        <p className="text-muted-foreground text-sm">
          {occasionOf(run)} · {zone.replaceAll('_', ' ')} · run {run.id}
        </p>
      </header>
      <RunTrouble run={run} zone={zone} now={now} rejectsHref={run.invalid > 0 ? `/campaigns/${id}/runs/${run.id}/rejects` : null} />
      {run.screenState === 'live' ? <LiveRun run={run} zone={zone} /> : !isPassedOver(run) && <RunProgress run={run} />}
      <RunFigures run={run} zone={zone} />
      <PanelCard
        title="Batches"
        line={`One request to Facebook each, of at most 10,000 rows; removals go first.${run.live ? ' The last hundred.' : ''}`}
        flush={batches.length > 0}
      >
        {batches.length > 0 ? (
          <BatchTable batches={batches} zone={zone} />
        ) : (
          <p className="text-muted-foreground text-sm">
            {run.frozenAt
              ? 'Nothing had to be sent.'
              : run.state === 'held'
                ? 'They are made when the run is let go on.'
                : isPassedOver(run)
                  ? 'There are none.'
                  : 'They are planned once the difference is known.'}
          </p>
        )}
      </PanelCard>
    </div>
  );
}
