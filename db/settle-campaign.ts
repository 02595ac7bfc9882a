import { eq, sql } from 'drizzle-orm';
import type { Database } from './client';
import { moving, queueEnd, restingState } from './run-queue';
import type { Run } from './runs';
import { campaigns, syncRuns } from './schema';

type Tx = Parameters<Parameters<Database['orm']['transaction']>[0]>[0];

/**
 * After a run has ended: what the campaign is now, and, after the last one, the run that does with the audience what was chosen for the end.
 * What a person has decided meanwhile (paused, stopped) stands, and so does what holds another run.
 */
export async function settleCampaign(tx: Tx, run: Run, now: Date): Promise<void> {
  const [campaign] = await tx.select().from(campaigns).where(eq(campaigns.id, run.campaignId)).for('update');
  if (!campaign || !moving.includes(campaign.state) || (await isHeld(tx, run.campaignId))) return;
  const resting = await restingState(tx, run.campaignId, campaign.nextAt);
  const ends = resting === 'completed' && run.purpose === 'sync' && (await queueEnd(tx, campaign, now));
  await tx
    .update(campaigns)
    .set({ state: ends ? 'running' : resting, blocker: null })
    .where(eq(campaigns.id, run.campaignId));
}

async function isHeld(tx: Tx, campaignId: string): Promise<boolean> {
  const held = await tx
    .select({ id: syncRuns.id })
    .from(syncRuns)
    .where(sql`${syncRuns.campaignId} = ${campaignId} and ${syncRuns.state} = 'held'`);
  return held.length > 0;
}
