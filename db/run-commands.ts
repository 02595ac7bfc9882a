import { and, desc, eq, inArray, isNotNull, ne, or, sql } from 'drizzle-orm';
import type { WorkspaceId } from '@/lib/auth';
import { AppError, invariant } from '@/lib/errors';
import { isOpen, openStates } from '@/lib/sync/run-state';
import { refuseIfFed } from './audiences';
import { own, ownCampaign } from './campaigns';
import type { Database } from './client';
import { insertRun, moving } from './run-queue';
import type { Run } from './runs';
import { audiences, batchMembers, campaigns, campaignVersions, syncBatches, syncRuns } from './schema';
import { settleCampaign } from './settle-campaign';

/** What a person does with a single run. */

type Tx = Parameters<Parameters<Database['orm']['transaction']>[0]>[0];

export const runCommands = ['release', 'cancel', 'retry'] as const;
export type RunCommand = (typeof runCommands)[number];

/** The commands that make sense now; whether a retry is too late is found out when it is given. */
export function runCommandsFor(run: Pick<Run, 'state' | 'replaceSession' | 'live'> & { partial: boolean }): RunCommand[] {
  if (run.state === 'held') return ['release', 'cancel'];
  if (isOpen(run.state)) return run.replaceSession === null && !isListening(run) ? ['cancel'] : [];
  return run.state === 'failed' || run.state === 'cancelled' || (run.state === 'confirmed' && run.partial) ? ['retry'] : [];
}

/** Without it nobody would be sent until the next hour, which no one means. */
const isListening = ({ live, state }: Pick<Run, 'live' | 'state'>): boolean => live && state === 'frozen';

/** @throws AppError not_found for one of another workspace. */
async function ownRun(tx: Tx, workspaceId: WorkspaceId, runId: number): Promise<Run> {
  const mine = and(eq(syncRuns.workspaceId, workspaceId), eq(syncRuns.id, runId));
  const [run] = Number.isSafeInteger(runId) ? await tx.select().from(syncRuns).where(mine).for('update') : [];
  if (!run) throw new AppError('not_found', 'There is no such run.');
  return run;
}

/** Lets a held run go on, past the change brake: the difference is computed anew, as of the same instant. */
export async function releaseHeldRun(db: Database, workspaceId: WorkspaceId, runId: number, now: Date): Promise<void> {
  await db.orm.transaction(async (tx) => {
    const run = await ownRun(tx, workspaceId, runId);
    if (run.state !== 'held') throw new AppError('conflict', 'This run is not held.');
    await tx.update(syncRuns).set({ state: 'audience_ready', releasedAt: now }).where(eq(syncRuns.id, run.id));
    await unblockHeld(tx, run, now);
  });
}

/** Of a paused campaign only the blocker goes. */
async function unblockHeld(tx: Tx, { campaignId }: Run, now: Date): Promise<void> {
  const state = sql`case ${campaigns.state} when 'blocked' then 'running' else ${campaigns.state} end`;
  const held = and(eq(campaigns.id, campaignId), sql`${campaigns.blocker} ->> 'action' = 'release'`);
  await tx.update(campaigns).set({ state, blocker: null, updatedAt: now }).where(held);
}

/**
 * The request in flight is answered, its answer dropped: what it did is in doubt until the next run decides anew. The lease stays, so that
 * no other run touches the audience before.
 */
export async function cancelRun(db: Database, workspaceId: WorkspaceId, runId: number, now: Date): Promise<void> {
  await db.orm.transaction(async (tx) => {
    const run = await ownRun(tx, workspaceId, runId);
    if (run.replaceSession !== null && isOpen(run.state))
      throw new AppError('conflict', 'Facebook is being sent a whole new list: half of it must not be left there. It will be finished.');
    if (run.state !== 'held' && !isOpen(run.state)) throw new AppError('conflict', 'This run has ended already.');
    if (isListening(run))
      throw new AppError('conflict', 'A live campaign sends by this run what happens. Pause the campaign to stop that.');
    const change = { state: 'cancelled' as const, finishedAt: now, waitUntil: null };
    const [cancelled] = await tx.update(syncRuns).set(change).where(eq(syncRuns.id, run.id)).returning();
    invariant(cancelled, 'a run that was locked is still there');
    if (run.state === 'held') await unblockHeld(tx, run, now);
    await settleCampaign(tx, cancelled, now);
  });
}

/**
 * A run that has ended goes on where it was: what has no answer is sent again. Where removals were put off it is compared anew, as of the
 * same instant, for whoever shares an identifier with one who goes must be added after them; one that decides on a few only, and forgets what
 * else is in doubt when it is compared, makes its additions once more instead.
 * @throws AppError conflict once a later run has begun: it has decided anew.
 */
export async function retryRun(db: Database, workspaceId: WorkspaceId, runId: number, now: Date): Promise<void> {
  await db.orm.transaction(async (tx) => {
    const run = await ownRun(tx, workspaceId, runId);
    const campaign = await ownCampaign(tx, workspaceId, run.campaignId, true);
    const deferred = and(eq(syncBatches.runId, run.id), eq(syncBatches.op, 'remove'), eq(syncBatches.state, 'deferred'));
    const partial = (await tx.select({ seq: syncBatches.seq }).from(syncBatches).where(deferred).limit(1)).length > 0;
    if (!runCommandsFor({ ...run, partial }).includes('retry'))
      throw new AppError('conflict', 'There is nothing left to send in this run.');
    if (run.purpose === 'sync' && (campaign.state === 'stopped' || campaign.state === 'archived'))
      throw new AppError('conflict', `The campaign is ${campaign.state}, and that is final.`);
    await refuseIfLate(tx, run);
    await refuseIfTaken(tx, workspaceId, run.audienceId, now);
    const cleared = {
      errorCode: null,
      errorMessage: null,
      errorTrace: null,
      waitUntil: null,
      waitReason: null,
      attempts: 0,
      halvings: 0,
      finishedAt: null,
    };
    const from = partial ? await withDeferred(tx, run) : { state: run.frozenAt === null ? ('queued' as const) : ('frozen' as const) };
    await tx
      .update(syncRuns)
      // So that it is never too late: for syncs alone, for what was chosen for the end may still be called off.
      .set({ ...cleared, ...from, ...(run.purpose === 'sync' ? { trigger: 'manual' } : {}) })
      .where(eq(syncRuns.id, run.id));
    if (!['paused', 'stopped', 'archived'].includes(campaign.state))
      await tx.update(campaigns).set({ state: 'running', blocker: null, updatedAt: now }).where(own(workspaceId, campaign.id));
  });
}

/**
 * From where a run goes on whose removals were put off: by a new comparison; or, where that would decide on a few only, with these removals, and
 * after them all its additions once more, counted anew, for they may be undone by what is removed.
 */
async function withDeferred(tx: Tx, { id, purpose }: Run): Promise<Partial<Run>> {
  if (purpose === 'sync' || purpose === 'empty') return { state: 'audience_ready', frozenAt: null, sentAt: null };
  const open = and(
    eq(syncBatches.runId, id),
    or(eq(syncBatches.state, 'deferred'), and(eq(syncBatches.op, 'add'), eq(syncBatches.state, 'sent'))),
  );
  await tx.update(syncBatches).set({ state: 'pending', attempts: 0, finishedAt: null }).where(open);
  return { state: 'frozen', added: 0, received: 0, invalid: 0 };
}

/** By another campaign since: one audience is fed by one at a time. */
async function refuseIfTaken(tx: Tx, workspaceId: WorkspaceId, audienceId: number, now: Date): Promise<void> {
  const [audience] = await tx.select().from(audiences).where(eq(audiences.id, audienceId));
  if (audience) await refuseIfFed(tx, workspaceId, audience, now);
}

async function refuseIfLate(tx: Tx, run: Run): Promise<void> {
  const later = and(
    eq(syncRuns.audienceId, run.audienceId),
    sql`(${syncRuns.occurrenceAt}, ${syncRuns.id}) > (select occurrence_at, id from sync_runs where id = ${run.id})`,
    // Who takes out the withdrawn decides on nobody else.
    ne(syncRuns.purpose, 'withdraw'),
    sql`${syncRuns.state} not in ('skipped', 'collapsed')`,
  );
  const [newer] = await tx.select({ id: syncRuns.id }).from(syncRuns).where(later).limit(1);
  if (newer) throw new AppError('conflict', 'A later run has decided anew. Press Run now instead.');
}

/**
 * A run that takes back the last one: who joined by it leaves, who left by it comes back. The campaign is paused, or its next run would do
 * the same again. @throws AppError conflict where there is nothing to take back.
 */
export async function undoLastRun(db: Database, workspaceId: WorkspaceId, campaignId: string, now: Date): Promise<{ runId: number }> {
  return db.orm.transaction(async (tx) => {
    const campaign = await ownCampaign(tx, workspaceId, campaignId, true);
    if (campaign.state === 'archived') throw new AppError('conflict', 'The campaign is archived.');
    await refuseIfLive(tx, campaign.versionId);
    const runs = and(eq(syncRuns.campaignId, campaignId), eq(syncRuns.workspaceId, workspaceId));
    const [open] = await tx
      .select({ state: syncRuns.state })
      .from(syncRuns)
      .where(and(runs, inArray(syncRuns.state, [...openStates, 'held'])))
      .limit(1);
    if (open?.state === 'held') throw new AppError('conflict', 'A run is held. Let it go on, or cancel it, first.');
    if (open) throw new AppError('conflict', 'A run is under way. Cancel it, or wait for its end.');
    const run = await lastFrozen(tx, campaignId);
    await refuseIfTaken(tx, workspaceId, run.audienceId, now);
    const undo = {
      workspaceId,
      campaignId,
      versionId: run.versionId,
      audienceId: run.audienceId,
      purpose: 'undo' as const,
      undoes: run.id,
    };
    const runId = await insertRun(tx, { ...undo, trigger: 'manual' }, now);
    if (moving.includes(campaign.state))
      await tx.update(campaigns).set({ state: 'paused', blocker: null, updatedAt: now }).where(own(workspaceId, campaignId));
    return { runId };
  });
}

/** Its run takes people in and lets them go for an hour; nobody means all of that by its last. */
async function refuseIfLive(tx: Tx, versionId: number | null): Promise<void> {
  const [version] = await tx
    .select({ trigger: campaignVersions.trigger })
    .from(campaignVersions)
    .where(eq(campaignVersions.id, versionId ?? 0));
  if (version?.trigger)
    throw new AppError('conflict', 'A live campaign has no last run to take back. Pause it, or stop it and take its members out.');
}

async function lastFrozen(tx: Tx, campaignId: string): Promise<Run> {
  const [last] = await tx
    .select({ run: syncRuns, mode: campaignVersions.mode })
    .from(syncRuns)
    .innerJoin(campaignVersions, eq(campaignVersions.id, syncRuns.versionId))
    .where(and(eq(syncRuns.campaignId, campaignId), isNotNull(syncRuns.frozenAt), ne(syncRuns.purpose, 'withdraw')))
    .orderBy(desc(syncRuns.occurrenceAt), desc(syncRuns.id))
    .limit(1);
  if (!last) throw new AppError('conflict', 'No run has changed the audience yet.');
  if (last.run.purpose === 'undo') throw new AppError('conflict', 'The last run has been undone already.');
  if (last.mode === 'remove') throw new AppError('conflict', 'Beckon cannot put back whom others had put into this audience.');
  const named = and(eq(batchMembers.audienceId, last.run.audienceId), eq(batchMembers.runId, last.run.id));
  const [batch] = await tx.select({ seq: batchMembers.seq }).from(batchMembers).where(named).limit(1);
  if (!batch) throw new AppError('conflict', 'The last run changed nothing.');
  return last.run;
}

/** Takes out of the audience whom the campaign has put in. */
export async function queueEmptying(tx: Tx, campaign: typeof campaigns.$inferSelect, now: Date): Promise<void> {
  const [audience] = await tx.select().from(audiences).where(eq(audiences.campaignId, campaign.id));
  if (!audience?.facebookId || campaign.versionId === null) return;
  const { workspaceId, id: campaignId, versionId } = campaign;
  await insertRun(tx, { workspaceId, campaignId, versionId, audienceId: audience.id, purpose: 'empty', trigger: 'manual' }, now);
}
