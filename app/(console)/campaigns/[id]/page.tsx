import { redirect } from 'next/navigation';
import { BlockerPanel } from '@/components/campaign/blocker-panel';
import { CampaignFacts } from '@/components/campaign/campaign-facts';
import { CampaignHeader } from '@/components/campaign/campaign-header';
import { ChangeChart } from '@/components/campaign/change-chart';
import { ConnectNotice } from '@/components/campaign/connect-notice';
import { type LookalikeItem, LookalikePanel } from '@/components/campaign/lookalike-panel';
import { PanelCard } from '@/components/campaign/panel-card';
import { PreflightAsk } from '@/components/campaign/preflight-ask';
import { SizeChart } from '@/components/campaign/size-chart';
import { whoSentence } from '@/components/campaign/who-sentence';
import { LiveRefresh } from '@/components/run/live-refresh';
import { RunProgress } from '@/components/run/run-progress';
import { RunTable } from '@/components/run/run-table';
import { isMoving, type RunView } from '@/components/run/run-view';
import { commandsFor } from '@/db/campaign-states';
import type { CampaignDetail } from '@/db/campaigns';
import { type Lookalike, lookalikeObstacle, lookalikesOfCampaign } from '@/db/lookalikes';
import { runsOfCampaign, sizesOfAudience } from '@/db/runs';
import type { CampaignState } from '@/db/schema';
import { listSegments } from '@/db/segments';
import { roleAllows } from '@/lib/auth';
import { archive, askLookalike, clone, deleteLookalike, pause, remake, resume, runCampaignNow, stop, undo } from '../actions';
import { openCampaign } from '../open-campaign';
import { adsManagerUrl } from './ads-manager';

type Props = { params: Promise<{ id: string }> };

export async function generateMetadata({ params }: Props) {
  const { campaign } = await openCampaign((await params).id);
  return { title: campaign.name };
}

export default async function CampaignPage({ params }: Props) {
  const { id } = await params;
  const { user, db, campaign, now } = await openCampaign(id);
  if (!campaign.version) redirect(campaign.state === 'archived' ? '/campaigns?state=archived' : `/campaigns/${id}/edit`);
  const [runs, sizes, segments, lookalikes] = await Promise.all([
    runsOfCampaign(db, user.workspaceId, id),
    sizesOfAudience(db, user.workspaceId, id),
    listSegments(db, user.workspaceId),
    lookalikesOfCampaign(db, user.workspaceId, id),
  ]);
  const { schedule } = campaign.version;
  const zone = 'zone' in schedule ? schedule.zone : user.workspace.zone;
  const sentence = whoSentence(versionWho(campaign.version), segments);
  const live = runs.find((run) => isMoving(run.state));
  return (
    <div className="grid grid-cols-1 gap-6">
      <LiveRefresh moving={Boolean(live) || dueSoon(campaign, now) || lookalikes.some(isTended)} />
      <CampaignHeader
        campaign={campaign}
        sentence={sentence}
        commands={roleAllows(user.role, 'marketer') ? commandsFor(campaign.state) : []}
        mayEdit={roleAllows(user.role, 'marketer')}
        adsManager={adsManagerUrl(campaign.audience)}
        report={campaign.audience && `/campaigns/${id}/report`}
        mayUndo={campaign.version.trigger === null && mayUndo(runs)}
        actions={{ run: runCampaignNow, pause, resume, undo, stop, archive, clone }}
      />
      <ConnectNotice />
      {campaign.blocker && (
        <BlockerPanel
          blocker={campaign.blocker}
          state={campaign.state}
          campaignId={id}
          remake={roleAllows(user.role, 'marketer') ? remake : null}
        />
      )}
      <CampaignFacts campaign={campaign} version={campaign.version} zone={zone} now={now} />
      {live && live.screenState !== 'live' && <RunProgress run={live} />}
      <div className="grid gap-6 lg:grid-cols-2">
        <PanelCard title="Audience size" line="What Beckon sent, as a line; what Facebook reports, as a band.">
          {sizes.length > 0 ? (
            <SizeChart sizes={sizes} zone={zone} />
          ) : (
            <NothingYet>{live?.live ? 'It appears within the hour.' : 'It appears after the first run.'}</NothingYet>
          )}
        </PanelCard>
        <PanelCard title="Members added and removed" line="By each run.">
          {changesOf(runs).length > 0 ? (
            <ChangeChart changes={changesOf(runs)} zone={zone} />
          ) : (
            <NothingYet>It appears after the first run.</NothingYet>
          )}
        </PanelCard>
      </div>
      {runsAgain.includes(campaign.state) && <PreflightAsk campaignId={id} />}
      {campaign.version.mode !== 'remove' && (
        <LookalikePanel
          campaignId={id}
          items={lookalikes.map(lookalikeItem)}
          obstacle={lookalikeObstacle(campaign.audience)}
          country={user.workspace.defaultCountry ?? 'US'}
          mayEdit={roleAllows(user.role, 'marketer')}
          actions={{ ask: askLookalike, drop: deleteLookalike }}
        />
      )}
      <PanelCard title="Runs" flush={runs.length > 0}>
        {runs.length > 0 ? <RunTable campaignId={id} runs={runs} zone={zone} /> : <NothingYet>No run yet.</NothingYet>}
      </PanelCard>
    </div>
  );
}

const lookalikeItem = ({ id, name, country, percent, state, sizeLower, sizeUpper, fault }: Lookalike): LookalikeItem => ({
  id,
  name,
  country,
  percent,
  state,
  sizeLower,
  sizeUpper,
  fault,
});

/** Something is about to come of it. */
const isTended = ({ state }: LookalikeItem) => state === 'asked' || state === 'deleting';

/** There is a next run to be ready for. */
const runsAgain: readonly CampaignState[] = ['scheduled', 'running', 'awaiting_next', 'paused', 'blocked'];

function NothingYet({ children }: { children: string }) {
  return <p className="grid h-24 place-items-center text-muted-foreground text-sm">{children}</p>;
}

const versionWho = ({ segmentKey, definition, trigger, exit, options }: NonNullable<CampaignDetail['version']>) => ({
  segment: segmentKey ?? undefined,
  definition: definition ?? undefined,
  trigger: trigger ?? undefined,
  exit: exit ?? undefined,
  stayDays: options.stayDays,
});

/** An occurrence about to become a run: the page looks for it until it is there. */
const dueSoon = ({ state, nextAt }: { state: CampaignState; nextAt: Date | null }, now: Date): boolean =>
  ['scheduled', 'awaiting_next', 'running'].includes(state) && nextAt !== null && nextAt.getTime() - now.getTime() < 5_000;

/** The newest that got as far as a difference is no undo itself, and had one. */
function mayUndo(runs: RunView[]): boolean {
  const last = runs.find((run) => run.frozenAt !== null && run.purpose !== 'withdraw');
  return (
    last !== undefined &&
    last.purpose !== 'undo' &&
    (last.toAdd ?? 0) + (last.toRemove ?? 0) > 0 &&
    !runs.some((run) => isMoving(run.state))
  );
}

const shownRuns = 60;

/** Runs that computed a difference, oldest first. */
function changesOf(runs: RunView[]) {
  return runs
    .filter((run) => run.frozenAt !== null)
    .slice(0, shownRuns)
    .map((run) => ({ runId: run.id, at: run.occurrenceAt, added: run.added, removed: run.removed }))
    .reverse();
}
