import { eq, sql } from 'drizzle-orm';
import { liveSpan } from '@/lib/schedule/occurrences';
import type { Database } from './client';
import { insertRun, moving, queueEnd, restingState } from './run-queue';
import type { Run } from './runs';
import { campaigns, campaignVersions, syncRuns } from './schema';

type Tx = Parameters<Parameters<Database['orm']['transaction']>[0]>[0];

/**
 * After a run has ended: what the campaign is now, and, after the last one, the run that does with the audience what was chosen for the end.
 * What a person has decided meanwhile (paused, stopped) stands, and so does what holds another run.
 */
export async function settleCampaign(tx: Tx, run: Run, now: Date): Promise<void> {
  const [campaign] = await tx.select().from(campaigns).where(eq(campaigns.id, run.campaignId)).for('update');
  if (!campaign || !moving.includes(campaign.state) || (await isHeld(tx, run.campaignId))) return;
  if (campaign.state === 'blocked' && (await anotherBlocks(tx, run))) return;
  if (run.purpose === 'withdraw') await reopen(tx, run, campaign, now);
  const resting = await restingState(tx, run.campaignId, campaign.nextAt);
  const ends = resting === 'completed' && (await queueEnd(tx, campaign, now));
  await tx
    .update(campaigns)
    .set({ state: ends ? 'running' : resting, blocker: null })
    .where(eq(campaigns.id, run.campaignId));
}

/** A live campaign's run has ended for the errand's sake: it is to listen on. */
async function reopen(tx: Tx, run: Run, campaign: typeof campaigns.$inferSelect, now: Date): Promise<void> {
  const [version] = await tx
    .select()
    .from(campaignVersions)
    .where(eq(campaignVersions.id, campaign.versionId ?? 0));
  if (version?.schedule.kind !== 'live') return;
  const { until } = liveSpan(version.schedule, version.scheduledAt);
  if ((until && until <= now) || (await restingState(tx, campaign.id, campaign.nextAt)) === 'running') return;
  const { workspaceId, campaignId, audienceId } = run;
  await insertRun(
    tx,
    { workspaceId, campaignId, audienceId, versionId: version.id, live: true, purpose: 'sync', trigger: 'schedule' },
    now,
  );
}

/** What blocks it is another run's, and not cured by this one. */
async function anotherBlocks(tx: Tx, run: Run): Promise<boolean> {
  const found = await tx.execute(sql`${blockingBeside(run)} limit 1`);
  return found.length > 0;
}

/** Selects the other run that blocks the campaign, while it waits. */
export const blockingBeside = ({ id, campaignId }: Run) => sql`
  select from sync_runs o join campaigns c on c.id = o.campaign_id
  where o.campaign_id = ${campaignId}::uuid and o.id <> ${id} and o.id::text = c.blocker ->> 'runId'
    and o.state in ('queued', 'audience_ready', 'frozen', 'sent') and o.wait_reason is not null`;

async function isHeld(tx: Tx, campaignId: string): Promise<boolean> {
  const held = await tx
    .select({ id: syncRuns.id })
    .from(syncRuns)
    .where(sql`${syncRuns.campaignId} = ${campaignId} and ${syncRuns.state} = 'held'`);
  return held.length > 0;
}
