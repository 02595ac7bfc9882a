import { sql } from 'drizzle-orm';
import type { Database } from '@/db/client';
import { instant, type LiveCampaign, liveCampaigns } from '@/db/live-campaigns';
import { scanDates } from '@/db/live-dates';
import { endStays, settleArrivals } from '@/db/live-settle';
import { audiencesToWake, settleWakes } from '@/db/live-wakes';
import type { WorkspaceId } from '@/lib/auth';

/** From the first person touched to their request: meanwhile others may join it. */
export const gatherMs = 900;

/**
 * Brings everything that live campaigns listen to into who has qualified, and wakes the runs that have to send something. Late, twice or from
 * two processes at once nothing is done twice. @returns whether any campaign listens.
 */
export async function settleLive(db: Database, now: Date): Promise<boolean> {
  const campaigns = await liveCampaigns(db.orm, null);
  if (campaigns.length === 0) return false;
  await drain(await workspacesWithArrivals(db), (id) => settleArrivals(db, id, now));
  await wake(db, campaigns, now);
  await scanDates(db, campaigns, now);
  while (await endStays(db, now));
  await wakeRuns(db, now);
  return true;
}

async function workspacesWithArrivals(db: Database): Promise<WorkspaceId[]> {
  const rows = await db.orm.execute<{ id: WorkspaceId }>(sql`
    select w.id from workspaces w where exists (select from live_arrivals a where a.workspace_id = w.id)`);
  return rows.map(({ id }) => id);
}

/** @param settle says whether there may be more. */
async function drain<T>(items: readonly T[], settle: (item: T) => Promise<boolean>): Promise<void> {
  for (const item of items) while (await settle(item));
}

async function wake(db: Database, campaigns: readonly LiveCampaign[], now: Date): Promise<void> {
  const due = await audiencesToWake(db, now);
  const listening = new Map(campaigns.map((campaign) => [campaign.audienceId, campaign]));
  const over = due.filter((id) => !listening.has(id));
  if (over.length > 0) await db.orm.execute(sql`delete from live_wakes where audience_id in ${over}`);
  await drain(
    due.flatMap((id) => listening.get(id) ?? []),
    (campaign) => settleWakes(db, campaign, now),
  );
}

/** Those that lie open and whose audience has somebody to be decided anew. */
async function wakeRuns(db: Database, now: Date): Promise<void> {
  const at = instant(new Date(now.getTime() + gatherMs));
  await db.orm.execute(sql`
    update sync_runs r set wait_until = ${at}
    where r.live and r.state = 'frozen' and r.wait_reason is null and r.wait_until > ${at}
      and exists (select from live_touched t where t.audience_id = r.audience_id)`);
}
