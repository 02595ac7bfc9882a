import { and, eq, inArray, sql } from 'drizzle-orm';
import type { WorkspaceId } from '@/lib/auth';
import { AppError } from '@/lib/errors';
import { openStates } from '@/lib/sync/run-state';
import { lockCampaign } from './campaign-lock';
import { own } from './campaigns';
import type { Database } from './client';
import { audienceMembers, audiences, batchMembers, campaigns, rejects, syncBatches, syncRuns } from './schema';

type Tx = Parameters<Parameters<Database['orm']['transaction']>[0]>[0];

/**
 * For a campaign whose audience was deleted at Facebook: the run that found it so makes it anew, and fills it.
 * @throws AppError conflict where that is not what blocks it.
 */
export async function remakeAudience(db: Database, workspaceId: WorkspaceId, campaignId: string, now: Date): Promise<void> {
  await db.orm.transaction(async (tx) => {
    const campaign = await lockCampaign(tx, workspaceId, campaignId);
    const [audience] = await tx.select().from(audiences).where(eq(audiences.campaignId, campaignId));
    if (campaign.blocker?.action !== 'remake' || !audience?.made) throw new AppError('conflict', 'The audience is not known to be gone.');
    await forgetMembers(tx, audience.id, now);
    const unknown = {
      facebookId: null,
      formerFacebookId: audience.facebookId,
      sizeLower: null,
      sizeUpper: null,
      operationCode: null,
      operationText: null,
      deliveryCode: null,
    };
    await tx.update(audiences).set(unknown).where(eq(audiences.id, audience.id));
    const begun = and(eq(syncRuns.campaignId, campaignId), inArray(syncRuns.state, [...openStates]));
    // Asked for by a person, it is never too late.
    const trigger = sql`case ${syncRuns.purpose} when 'sync' then 'manual' else ${syncRuns.trigger} end`;
    const runs = await tx
      .update(syncRuns)
      .set({ ...asQueued, trigger })
      .where(begun)
      .returning({ id: syncRuns.id });
    const ids = runs.map((run) => run.id);
    if (ids.length > 0) {
      await tx.delete(syncBatches).where(inArray(syncBatches.runId, ids));
      await tx.delete(rejects).where(inArray(rejects.runId, ids));
    }
    const state = runs.length > 0 ? ('running' as const) : campaign.state;
    await tx.update(campaigns).set({ state, blocker: null, updatedAt: now }).where(own(workspaceId, campaignId));
  });
}

/** Nothing of what the run has done stands any more. */
const asQueued = {
  state: 'queued',
  frozenAt: null,
  sentAt: null,
  waitUntil: null,
  waitReason: null,
  attempts: 0,
  halvings: 0,
  replaceSession: null,
  replaceStartedAt: null,
  mended: null,
  toAdd: null,
  toRemove: null,
  added: 0,
  removed: 0,
  received: 0,
  invalid: 0,
  errorCode: null,
  errorMessage: null,
  errorTrace: null,
} as const;

/** Whoever was in an audience that is gone is in none. Their stays are over. */
export async function forgetMembers(tx: Tx, audienceId: number, now: Date): Promise<void> {
  await tx.execute(sql`
    insert into audience_stays (workspace_id, audience_id, profile_id, control, since, until)
    select workspace_id, audience_id, profile_id, false, since, ${now.toISOString()}::timestamptz from audience_members
    where audience_id = ${audienceId} and state in ('in', 'removing', 'retiring')
    on conflict do nothing`);
  await tx.delete(audienceMembers).where(eq(audienceMembers.audienceId, audienceId));
  await tx.delete(batchMembers).where(eq(batchMembers.audienceId, audienceId));
  await tx.update(audiences).set({ members: 0 }).where(eq(audiences.id, audienceId));
}
