import { Suspense } from 'react';
import { isReady } from '@/components/campaign/draft-steps';
import { DryRunPanel } from '@/components/campaign/dry-run-panel';
import { pastWords } from '@/components/campaign/live-values';
import { MissingParts } from '@/components/campaign/missing-parts';
import { PanelCard } from '@/components/campaign/panel-card';
import { PlanSummary } from '@/components/campaign/plan-summary';
import { PreflightPanel } from '@/components/campaign/preflight-panel';
import { ReachPanel } from '@/components/campaign/reach-panel';
import { ScheduleBar } from '@/components/campaign/schedule-bar';
import { StepQuestion } from '@/components/campaign/step-form';
import { UpcomingPanel } from '@/components/campaign/upcoming-panel';
import { whoSentence } from '@/components/campaign/who-sentence';
import { Skeleton } from '@/components/ui/skeleton';
import { listSegments } from '@/db/segments';
import { usualStayDays } from '@/lib/live/trigger';
import { schedule } from '../../../actions';
import { dryRunOf, preflightOf, reachOf, secondsToSend } from '../../../checks';
import { heldSchedule, type OpenCampaign, openCampaign } from '../../../open-campaign';

export const metadata = { title: 'Overview' };

export default async function OverviewPage({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params;
  const open = await openCampaign(id);
  const { user, db, campaign, now } = open;
  const segments = await listSegments(db, user.workspaceId);
  const { draft } = campaign;
  const ready = isReady(draft);
  const madeName = campaign.audience?.facebookId ? campaign.audience.name : null;
  const held = heldSchedule(campaign);
  return (
    <div className="grid grid-cols-1 gap-6">
      <StepQuestion step="overview" />
      <MissingParts id={id} draft={draft} />
      <div className="grid grid-cols-1 items-start gap-6 lg:grid-cols-[minmax(0,1fr)_20rem]">
        <div className="grid min-w-0 gap-6">
          <PlanSummary id={id} draft={draft} who={whoSentence(draft, segments)} madeName={madeName} />
          {ready && (
            <>
              <Suspense fallback={<PanelSkeleton title="Dry run" />}>
                <DryRun open={open} />
              </Suspense>
              <Suspense fallback={<PanelSkeleton title="Pre-flight" />}>
                <Preflight open={open} />
              </Suspense>
            </>
          )}
        </div>
        <div className="grid grid-cols-1 gap-6">
          {(draft.segment || draft.definition || draft.trigger) && (
            <Suspense fallback={<PanelSkeleton title="Reach" />}>
              <Reach open={open} />
            </Suspense>
          )}
          {draft.schedule && <UpcomingPanel schedule={draft.schedule} held={held} now={now} />}
        </div>
      </div>
      <ScheduleBar
        id={id}
        draft={draft}
        ready={ready}
        held={held}
        isPaused={campaign.state === 'paused'}
        madeName={madeName}
        now={now}
        schedule={schedule}
      />
    </div>
  );
}

async function Reach({ open }: { open: OpenCampaign }) {
  const reach = await reachOf(open);
  const { trigger, stayDays } = open.campaign.draft;
  const line = trigger && `${pastWords('date' in trigger, stayDays ?? usualStayDays)}.`;
  return reach && <ReachPanel reach={reach} line={line} />;
}

async function Preflight({ open }: { open: OpenCampaign }) {
  const checks = await preflightOf(open);
  return checks && <PreflightPanel checks={checks} />;
}

async function DryRun({ open }: { open: OpenCampaign }) {
  const counts = await dryRunOf(open);
  return counts && <DryRunPanel campaignId={open.campaign.id} counts={counts} seconds={await secondsToSend(open, counts)} />;
}

function PanelSkeleton({ title }: { title: string }) {
  return (
    <PanelCard title={title}>
      <div role="status" aria-label={`${title} is being computed`} className="grid gap-2">
        <Skeleton className="h-5 w-3/4" />
        <Skeleton className="h-5 w-1/2" />
      </div>
    </PanelCard>
  );
}
