import { sql } from 'drizzle-orm';
import type { Database } from '@/db/client';
import { instant, type LiveCampaign, liveCampaigns } from '@/db/live-campaigns';
import { isDated, scanDates } from '@/db/live-dates';
import { endStays, settleArrivals } from '@/db/live-settle';
import { audiencesToWake, settleWakes } from '@/db/live-wakes';
import type { WorkspaceId } from '@/lib/auth';
import { faultOf } from '@/lib/log';
import type { SyncWorld } from '@/lib/sync/advance-run';

/** From the first person touched to their request: meanwhile others may join it. */
export const gatherMs = 900;

type Settling = Pick<SyncWorld, 'db' | 'log'>;

/**
 * Brings everything that live campaigns listen to into who has qualified, and wakes the runs that have to send something. Late, twice or from
 * two processes at once nothing is done twice. What cannot be settled of one workspace or campaign is told, tried again the next time, and
 * holds up no other. @returns whether any campaign listens.
 */
export async function settleLive(world: Settling, now: Date): Promise<boolean> {
  const { db } = world;
  const campaigns = await liveCampaigns(db.orm, null);
  if (campaigns.length === 0) return false;
  await apart(world, await workspacesWithArrivals(db), async ({ workspaceId }) => {
    while (await settleArrivals(db, workspaceId, now));
  });
  await apart(world, await campaignsToWake(db, campaigns, now), async (campaign) => {
    while (await settleWakes(db, campaign, now));
  });
  await apart(world, campaigns.filter(isDated), (campaign) => scanDates(db, campaign, now));
  while (await endStays(db, now));
  await wakeRuns(db, now);
  return true;
}

async function workspacesWithArrivals(db: Database): Promise<{ workspaceId: WorkspaceId }[]> {
  return db.orm.execute<{ workspaceId: WorkspaceId }>(sql`
    select w.id as "workspaceId" from workspaces w where exists (select from live_arrivals a where a.workspace_id = w.id)`);
}

type Subject = { workspaceId: WorkspaceId; audienceId?: number };

/** One after another; the fault of one is its own. */
async function apart<T extends Subject>({ log }: Settling, subjects: readonly T[], settle: (subject: T) => Promise<void>): Promise<void> {
  for (const subject of subjects) {
    const { workspaceId: workspace, audienceId: audience } = subject;
    await settle(subject).catch((error: unknown) => log('not settled', { workspace, audience, fault: faultOf(error) }));
  }
}

/** Those with a wait that is over; the waits of what listens no longer are forgotten. */
async function campaignsToWake(db: Database, campaigns: readonly LiveCampaign[], now: Date): Promise<LiveCampaign[]> {
  const due = await audiencesToWake(db, now);
  const listening = new Map(campaigns.map((campaign) => [campaign.audienceId, campaign]));
  const over = due.filter((id) => !listening.has(id));
  if (over.length > 0) await db.orm.execute(sql`delete from live_wakes where audience_id in ${over}`);
  return due.flatMap((id) => listening.get(id) ?? []);
}

/** Those that lie open and whose audience has somebody to be decided anew. */
async function wakeRuns(db: Database, now: Date): Promise<void> {
  const at = instant(new Date(now.getTime() + gatherMs));
  await db.orm.execute(sql`
    update sync_runs r set wait_until = ${at}
    where r.live and r.state = 'frozen' and r.wait_reason is null and r.wait_until > ${at}
      and exists (select from live_touched t where t.audience_id = r.audience_id)`);
}
