import { and, eq, inArray, isNotNull, sql } from 'drizzle-orm';
import { isNotHeld } from '@/db/blocked-campaigns';
import type { Database } from '@/db/client';
import { markConnection } from '@/db/connections';
import { settleRemovals } from '@/db/removals';
import { claimRun, dueCampaigns, LeaseLost, moving, queueDueRun, releaseEnded, releaseRun, writeRun } from '@/db/run-queue';
import { halvedInVain, type Run } from '@/db/runs';
import { type Blocker, type CampaignState, campaigns } from '@/db/schema';
import { blockingBeside, settleCampaign } from '@/db/settle-campaign';
import { queueWithdrawalRuns } from '@/db/withdrawals';
import { AppError } from '@/lib/errors';
import { termsUrl, valueTermsUrl } from '@/lib/facebook/ads';
import { type GraphAction, GraphError, isLimit } from '@/lib/facebook/errors';
import { settleLive } from '@/lib/live/settle';
import { faultOf } from '@/lib/log';
import { advanceRun, contextOf, type RunContext, type SyncWorld } from './advance-run';
import { type Decision, decide } from './failure';
import { seenThrough } from './lost-access';
import { isHalted, isOpen, liesOpen } from './run-state';

export type TickCounts = { queued: number; skipped: number; advanced: number; held: number; finished: number; failed: number };

export const noCounts = (): TickCounts => ({ queued: 0, skipped: 0, advanced: 0, held: 0, finished: 0, failed: 0 });

/** Runs worked on at the same time: one slow ad account does not hold up the others. */
const runsAtOnce = 3;

/**
 * One heartbeat: makes the runs that have fallen due, then moves runs step by step until nothing can move or the budget is spent. Late,
 * twice or from two machines at once, nothing is done twice. @param budgetMs stops at a batch's edge; the next tick goes on.
 */
export async function tick(world: SyncWorld, budgetMs: number): Promise<TickCounts> {
  const counts = noCounts();
  const startedMs = world.clock().getTime();
  const inBudget = () => world.clock().getTime() - startedMs < budgetMs;
  await queueDue(world, counts, inBudget);
  // Runs of schedules do not wait for live campaigns to be mended.
  await settleLive(world, world.clock()).catch((error: unknown) =>
    world.log('live campaigns were not looked at', { fault: faultOf(error) }),
  );
  // All have ended before any fault is told: whoever called may close the database then.
  const workers = await Promise.allSettled(Array.from({ length: runsAtOnce }, () => work(world, counts, inBudget)));
  const fault = workers.find((worker) => worker.status === 'rejected');
  if (fault) throw fault.reason;
  await settleRemovals(world.db, world.clock());
  return counts;
}

async function queueDue(world: SyncWorld, counts: TickCounts, inBudget: () => boolean): Promise<void> {
  for (const { id } of await dueCampaigns(world.db, world.clock(), 1000)) {
    if (!inBudget()) return;
    const made = await queueDueRun(world.db, id, world.clock()).catch((error: unknown) => {
      // One campaign that cannot be looked at holds up no other; the next heartbeat looks again.
      world.log('not queued', { campaign: id, fault: faultOf(error) });
      return { queued: 0, skipped: 0 };
    });
    counts.queued += made.queued;
    counts.skipped += made.skipped;
  }
  counts.queued += await queueWithdrawalRuns(world.db, world.clock());
}

async function work(world: SyncWorld, counts: TickCounts, inBudget: () => boolean): Promise<void> {
  while (inBudget()) {
    const run = await claimRun(world.db, world.lease, world.clock());
    if (!run) return;
    await workOn(world, run, counts, inBudget);
  }
}

export async function workOn(
  world: SyncWorld,
  claimed: Run,
  counts: TickCounts,
  inBudget: () => boolean,
  contextFor: typeof contextOf = contextOf,
): Promise<void> {
  let run = claimed;
  let context: RunContext | null = null;
  try {
    while (isOpen(run.state) && inBudget()) {
      const campaign = await campaignOf(world, run);
      if (!campaign || isHalted(campaign.state, run)) break;
      context = await contextFor(world, run, inBudget);
      run = await advanceRun(world, context);
      counts.advanced++;
      if (run.state !== 'held' && campaign.blocker !== null) await clearBlocker(world, run, context);
      // Only after a step: it may have been claimed because another run waits for it to end.
      if (liesOpen(run, world.clock())) break;
    }
    if (run.state === 'confirmed') counts.finished++;
    else if (run.state === 'held') counts.held++;
    else if (run.leasedBy !== null) await releaseRun(world.db, run.id, world.lease);
  } catch (error) {
    const failed = await seen(error, context)
      .then((fault) => settleFailure(world, run, context, fault))
      .catch((second: unknown) => unsettled(world, run, second));
    if (failed) counts.failed++;
    await releaseEnded(world.db, run.id, world.lease).catch((second: unknown) => unsettled(world, run, second));
  }
}

/** An audience is told to be gone only where the ad account can be seen: what follows may be that its ledger is forgotten. */
const seen = async (error: unknown, context: RunContext | null): Promise<unknown> =>
  context && error instanceof GraphError && error.subject?.kind === 'audience'
    ? seenThrough(context.graph, context.audience.adAccountId, error)
    : error;

/** Another engine, or a person who stopped the campaign, has the last word; and what cannot be written now is retried when the lease ends. */
function unsettled(world: SyncWorld, run: Run, error: unknown): false {
  world.log(error instanceof LeaseLost ? 'lease lost' : 'failure not recorded', { run: run.id, fault: faultOf(error) });
  return false;
}

/** Asked before each step: paused or stopped by a person meanwhile, the request in flight has finished, and nothing more is sent. */
async function campaignOf(world: SyncWorld, run: Run): Promise<{ state: CampaignState; blocker: Blocker | null } | undefined> {
  const { state, blocker } = campaigns;
  const [campaign] = await world.db.orm.select({ state, blocker }).from(campaigns).where(eq(campaigns.id, run.campaignId));
  return campaign;
}

/** A step that went well proves that what blocked the campaign is cured; a held run still waits for a person, and another for its own cure. */
async function clearBlocker(world: SyncWorld, run: Run, { current }: RunContext): Promise<void> {
  const cured = await world.db.orm
    .update(campaigns)
    .set({ state: sql`case ${campaigns.state} when 'blocked' then 'running' else ${campaigns.state} end`, blocker: null })
    .where(and(eq(campaigns.id, run.campaignId), isNotNull(campaigns.blocker), isNotHeld, sql`not exists (${blockingBeside(run)})`))
    .returning({ id: campaigns.id });
  if (cured.length > 0) await markConnection(world.db, run.workspaceId, current.connectionId, null);
}

/** @returns whether the run has failed for good. */
async function settleFailure(world: SyncWorld, run: Run, context: RunContext | null, error: unknown): Promise<boolean> {
  if (error instanceof LeaseLost) throw error;
  const graphError = error instanceof GraphError ? error : null;
  const action = actionFor(error);
  const message = graphError?.userMessage ?? (error instanceof AppError ? error.message : 'Something went wrong on our side.');
  const code = graphError?.codeText ?? (error instanceof AppError ? error.code : 'internal');
  const decision = await world.db.orm.transaction(async (tx) => {
    const now = world.clock();
    // As the row is now: requests that were answered beside the one that failed have set its attempts back.
    const mine = await writeRun(tx, run, world.lease, {}, now);
    const decided = decide(action, {
      // Our own budget says exactly when, as often as it must.
      attempts: graphError?.facts.kind === 'budget' ? 0 : attemptsBefore(mine, action),
      waitMs: graphError?.waitMs ?? null,
      sending: isOfBatch(graphError) && !halvedInVain(mine),
      random: Math.random(),
    });
    const told = { errorCode: code, errorMessage: message, errorTrace: graphError?.traceId ?? null };
    await writeRun(tx, run, world.lease, { leasedBy: null, leasedUntil: null, ...told, ...changeFor(decided, message, mine, now) }, now);
    if (decided.kind === 'block') await blockCampaign(tx, run, blockerFor(decided.action, graphError, message, run, context));
    if (decided.kind === 'fail') await failCampaign(tx, run, now);
    return decided.kind;
  });
  world.log('step failed', { run: run.id, state: run.state, decision, fault: graphError ? graphError.codeText : faultOf(error) });
  if (action === 'reconnect' && context && graphError)
    await markConnection(world.db, run.workspaceId, context.current.connectionId, graphError.userMessage);
  return decision === 'fail';
}

const isOfBatch = (error: GraphError | null): boolean => error?.subject?.kind === 'audience' && error.subject.batch === true;

/** How often the same stood in the way before: whom Facebook has kept waiting for a limit has not failed. */
function attemptsBefore(run: Run, action: GraphAction): number {
  const waited = run.waitReason !== null && isLimit(run.errorCode ?? '');
  return waited === (action === 'wait') ? run.attempts : 0;
}

/** A stopped one stays stopped: only what was still asked of it waits. */
async function blockCampaign(tx: Tx, run: Run, blocker: Blocker): Promise<void> {
  const state = sql`case when ${inArray(campaigns.state, [...moving])} then 'blocked' else ${campaigns.state} end`;
  await tx
    .update(campaigns)
    .set({ state, blocker: { ...blocker, runId: run.id } })
    .where(and(eq(campaigns.id, run.campaignId), isNotHeld));
}

/** A refusal of ours stands until a person mends it: a connection that is gone, a segment that was deleted. Anything else may pass. */
function actionFor(error: unknown): GraphAction {
  // What Facebook does not understand of an ad set is in its settings: nothing of ours is halved by waiting.
  if (error instanceof GraphError) return error.action === 'split' && error.subject?.kind === 'adSet' ? 'fix' : error.action;
  if (error instanceof AppError) return error.code === 'not_found' ? 'reconnect' : 'give_up';
  return 'retry';
}

function changeFor(decision: Decision, message: string, run: Run, now: Date) {
  switch (decision.kind) {
    case 'wait':
      return { attempts: decision.attempts, waitUntil: new Date(now.getTime() + decision.waitMs), waitReason: message };
    case 'block':
      return { waitUntil: new Date(now.getTime() + decision.waitMs), waitReason: message };
    case 'split':
    case 'defer':
      return { attempts: run.attempts, waitUntil: null, waitReason: null };
    case 'fail':
      return { state: 'failed' as const, finishedAt: now, waitUntil: null, waitReason: null };
  }
}

type Tx = Parameters<Parameters<Database['orm']['transaction']>[0]>[0];

/**
 * One failed run does not end a campaign that has further occurrences. An errand that fails says nothing of its syncs, but what was chosen
 * for its end is part of it.
 */
async function failCampaign(tx: Tx, run: Run, now: Date): Promise<void> {
  const stateNow = async () =>
    (await tx.select({ state: campaigns.state }).from(campaigns).where(eq(campaigns.id, run.campaignId)))[0]?.state ?? 'archived';
  const before = await stateNow();
  await settleCampaign(tx, run, now);
  const itsOwn = run.purpose === 'sync' || (['empty', 'detach'].includes(run.purpose) && run.trigger === 'schedule');
  if (itsOwn && moving.includes(before) && (await stateNow()) === 'completed')
    await tx.update(campaigns).set({ state: 'failed' }).where(eq(campaigns.id, run.campaignId));
}

/** The one thing to do, where it is about what it is about. */
function blockerFor(
  action: 'reconnect' | 'accept_terms' | 'fix',
  error: GraphError | null,
  message: string,
  run: Run,
  context: RunContext | null,
): Blocker {
  if (action === 'reconnect') return { action, message, link: '/settings' };
  if (action === 'accept_terms') return { action, message, link: context ? termsLink(context, error) : undefined };
  if (error?.subject?.kind === 'adSet')
    return { action, message: `Ad set “${error.subject.name}”: ${message}`, link: `/campaigns/${run.campaignId}/edit/where` };
  if (error?.subject?.kind === 'adAccount') return { action, message: `The ad account of the audience cannot be seen. ${message}` };
  if (error?.subject?.kind === 'audience' && error.isGone) {
    const made = context?.audience.made ?? false;
    const told = 'The audience was deleted at Facebook, or belongs to another ad account now.';
    return made ? { action: 'remake', message: told } : { action, message: `${told} Clone the campaign to use another one.` };
  }
  return { action, message };
}

const ofValues = 1870092;

const termsLink = ({ graph, version }: RunContext, error: GraphError | null): string =>
  (error?.facts.subcode === ofValues ? valueTermsUrl : termsUrl)(graph, version.adAccountId);
