import { and, eq, inArray, isNotNull, sql } from 'drizzle-orm';
import { AppError } from '@/lib/errors';
import { openStates } from '@/lib/sync/run-state';
import type { Database } from './client';
import { isChosenEnd } from './run-queue';
import { audiences, type CampaignState, type campaigns, type RunState, syncRuns } from './schema';

/** What becomes of a campaign's runs when it is edited. */

type Tx = Parameters<Parameters<Database['orm']['transaction']>[0]>[0];
type Campaign = typeof campaigns.$inferSelect;

/** The states of syncs that are not at their end; more of them may have fallen due. */
export async function unfinishedSyncs(orm: Pick<Tx, 'select'>, campaignId: string): Promise<RunState[]> {
  return (
    await orm
      .select({ state: syncRuns.state })
      .from(syncRuns)
      .where(syncsIn(campaignId, [...openStates, 'held']))
  ).map((run) => run.state);
}

export async function isAtFacebook(tx: Tx, campaignId: string): Promise<boolean> {
  const [audience] = await tx.select({ facebookId: audiences.facebookId }).from(audiences).where(eq(audiences.campaignId, campaignId));
  return audience?.facebookId != null;
}

type Edit = {
  /** Whether the audience is at Facebook already. */
  begun: boolean;
  /** Whether an occurrence is. */
  ahead: boolean;
  /** Whether the same people are meant, to be sent in the same way. */
  sameWho: boolean;
  now: Date;
};

/**
 * Where nothing is at Facebook yet, a run that waits is made of what is meant now: another ad account, perhaps, or another audience. Without
 * an occurrence ahead, what is under way has to serve what was chosen now, and is compared anew where other people are meant. With one, the
 * end has not come, and what was to be done then and has not begun is not done.
 * @returns what the campaign is by its runs.
 */
export async function takeAlong(
  tx: Tx,
  campaign: Campaign,
  versionId: number,
  { begun, ahead, sameWho, now }: Edit,
): Promise<{ state: CampaignState; blocker?: null }> {
  const { id } = campaign;
  if (!begun || !ahead)
    await tx
      .update(syncRuns)
      .set({ versionId })
      .where(syncsIn(id, ['queued']));
  if (!ahead && !sameWho) await compareAnew(tx, id, versionId);
  else if (!ahead)
    await tx
      .update(syncRuns)
      .set({ versionId })
      .where(syncsIn(id, [...openStates, 'held']));
  else
    await tx
      .update(syncRuns)
      .set({ state: 'cancelled', finishedAt: now, waitUntil: null })
      .where(and(inCampaign(id, ['queued', 'audience_ready']), isChosenEnd));
  const runs = await unfinishedSyncs(tx, id);
  const isHeld = runs.includes('held');
  // The edit may be the cure.
  if (campaign.state === 'blocked' && !isHeld)
    await tx
      .update(syncRuns)
      .set({ waitUntil: null })
      .where(and(syncsIn(id, openStates), isNotNull(syncRuns.waitReason)));
  const cured = isHeld ? {} : { blocker: null };
  if (campaign.state === 'paused') return { state: 'paused', ...cured };
  return { state: isHeld ? 'blocked' : runs.length > 0 ? 'running' : 'scheduled', ...cured };
}

/** @throws AppError conflict while a whole list is being sent, which is finished as it was begun. */
async function compareAnew(tx: Tx, campaignId: string, versionId: number): Promise<void> {
  const whole = await tx.$count(syncRuns, and(syncsIn(campaignId, ['frozen']), isNotNull(syncRuns.replaceSession)));
  if (whole > 0) throw new AppError('conflict', 'Facebook is being sent a whole new list just now. Try again when that run has ended.');
  const session = { replaceSession: null, replaceStartedAt: null };
  // Nobody has looked at what these would change.
  const anew = { state: 'audience_ready', holdReason: null, releasedAt: null, frozenAt: null, sentAt: null } as const;
  const sendBy = sql`case when ${syncRuns.state} in ('frozen', 'sent') then 'difference' else ${syncRuns.sendBy} end`;
  await tx
    .update(syncRuns)
    .set({ ...anew, ...session, sendBy, versionId })
    .where(syncsIn(campaignId, ['audience_ready', 'frozen', 'sent', 'held']));
}

const inCampaign = (campaignId: string, states: readonly RunState[]) =>
  and(eq(syncRuns.campaignId, campaignId), inArray(syncRuns.state, [...states]));
const syncsIn = (campaignId: string, states: readonly RunState[]) => and(inCampaign(campaignId, states), eq(syncRuns.purpose, 'sync'));
