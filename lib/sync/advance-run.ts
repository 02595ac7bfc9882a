import { and, eq, isNull, or } from 'drizzle-orm';
import type { Database } from '@/db/client';
import { forgetMembers } from '@/db/remake-audience';
import { type Lease, LeaseLost, writeRun } from '@/db/run-queue';
import { hasDeferredRemovals, type Run } from '@/db/runs';
import { audiences, campaigns, campaignVersions, type SendBy } from '@/db/schema';
import { settleCampaign } from '@/db/settle-campaign';
import type { WorkspaceId } from '@/lib/auth';
import { invariant } from '@/lib/errors';
import { adSets, audienceInfo, createAudience, findAudienceByMark } from '@/lib/facebook/ads';
import { GraphError, isLimit, ofAudience } from '@/lib/facebook/errors';
import { valueKey } from '@/lib/facebook/row';
import type { Graph } from '@/lib/facebook/transport';
import { flushRun } from '@/lib/live/flush-run';
import { mayStart } from '@/lib/schedule/missed';
import { confirmRun } from './confirm-run';
import { freezeRun } from './freeze-run';
import { seenThrough } from './lost-access';
import { sendDifference } from './send';
import { meantSendBy } from './send-by';
import { sendReplacement } from './send-replacement';

/** Everything the engine touches besides its arguments. */
export type SyncWorld = {
  db: Database;
  /** Facebook in the name of a connection, held to what the ad account's limits allow. */
  graphFor: (workspaceId: WorkspaceId, connectionId: string, adAccountId: string) => Promise<Graph>;
  /** The time now: what leases, waits and records are counted by. Windows are counted by the occurrence. */
  clock: () => Date;
  lease: Lease;
  /** Requests in flight for one run. */
  inFlight: number;
  log: (event: string, facts: Record<string, unknown>) => void;
};

export type Version = typeof campaignVersions.$inferSelect;
export type Audience = typeof audiences.$inferSelect;
export type RunContext = {
  run: Run;
  /** The one the run was made under: who, and how. */
  version: Version;
  /** The campaign's newest: by whom Facebook is reached, and which ad sets are still meant. An edit of these cures a blocked run. */
  current: Version;
  audience: Audience;
  graph: Graph;
  /** Asked before each request; false once the tick's time is up. */
  mayGoOn: () => boolean;
};

export async function contextOf(world: SyncWorld, run: Run, mayGoOn: () => boolean): Promise<RunContext> {
  const { orm } = world.db;
  const [version] = await orm.select().from(campaignVersions).where(eq(campaignVersions.id, run.versionId));
  const [newest] = await orm
    .select({ version: campaignVersions })
    .from(campaigns)
    .innerJoin(campaignVersions, eq(campaignVersions.id, campaigns.versionId))
    .where(eq(campaigns.id, run.campaignId));
  const [audience] = await orm.select().from(audiences).where(eq(audiences.id, run.audienceId));
  invariant(version && newest && audience, 'a run has its version, campaign and audience');
  const current = newest.version;
  const graph = await world.graphFor(run.workspaceId, current.connectionId, audience.adAccountId);
  return { run, version, current, audience, graph, mayGoOn };
}

/**
 * One step of one run: the outside call with no transaction open, then its result and the new state in one transaction. May be repeated
 * at any point. @returns the run as it is then. @throws GraphError, and LeaseLost where another engine has taken over.
 */
export async function advanceRun(world: SyncWorld, context: RunContext): Promise<Run> {
  switch (context.run.state) {
    case 'queued':
      return ensureAudience(world, context);
    case 'audience_ready':
      return context.run.purpose === 'detach' ? skipToSent(world, context) : freezeRun(world, context);
    case 'frozen':
      if (context.run.live && context.run.purpose === 'sync') return flushRun(world, context);
      return context.run.sendBy === 'replace' ? sendReplacement(world, context) : sendDifference(world, context);
    case 'sent':
      return confirmRun(world, context);
    default:
      throw new Error(`invariant: a run that is ${context.run.state} does not move`);
  }
}

/**
 * A fault, cured by now, has kept it from beginning for longer than a run may be late, and another occurrence is ahead. What a person has
 * asked for by name is never too late, nor what only waited its turn: in an account that is always at its limit nothing would be made else.
 */
async function isTooLate(world: SyncWorld, { run, version }: RunContext): Promise<boolean> {
  const kept = run.errorCode !== null && !isLimit(run.errorCode);
  if (run.purpose !== 'sync' || run.live || run.trigger === 'manual' || !kept) return false;
  if (mayStart(version.schedule, version.scheduledAt, run.occurrenceAt, world.clock())) return false;
  const [campaign] = await world.db.orm.select({ nextAt: campaigns.nextAt }).from(campaigns).where(eq(campaigns.id, run.campaignId));
  return campaign?.nextAt != null;
}

async function skip(world: SyncWorld, { run }: RunContext): Promise<Run> {
  const now = world.clock();
  return world.db.orm.transaction(async (tx) => {
    const rest = { finishedAt: now, waitUntil: null, waitReason: null, leasedBy: null, leasedUntil: null };
    const done = await writeRun(tx, run, world.lease, { ...rest, state: 'skipped' }, now);
    await settleCampaign(tx, done, now);
    return done;
  });
}

/** Creating is not idempotent at Facebook: an audience that carries our mark is looked for first. */
async function ensureAudience(world: SyncWorld, context: RunContext): Promise<Run> {
  const { run, version, audience, graph } = context;
  invariant(run.purpose === 'sync' || audience.facebookId, 'an errand is about an audience that is there');
  const known = audience.facebookId ?? (await findAudienceByMark(graph, version.adAccountId, audience.mark))?.id;
  if (known === undefined && (await isTooLate(world, context))) return skip(world, context);
  const facebookId = known ?? (await create(world, context));
  const info = await audienceInfo(graph, facebookId).catch(async (error: unknown) => {
    if (run.purpose === 'sync' || !(error instanceof GraphError) || !error.isGone) throw ofAudience(error);
    const seen = await seenThrough(graph, audience.adAccountId, error);
    if (seen !== error) throw seen;
    return null;
  });
  if (!info) return endWithAudience(world, context);
  // Of another account: as good as gone.
  if (info.accountId !== version.adAccountId)
    throw ofAudience(new GraphError({ kind: 'api', status: 400, code: 100, subcode: 33 }, null, null));
  if (await isTooLate(world, context)) return skip(world, context);
  const sendBy = run.purpose === 'sync' && !run.live ? await meantWay(world, context, info.operationCode) : 'difference';
  const now = world.clock();
  return world.db.orm.transaction(async (tx) => {
    const ready = { state: 'audience_ready' as const, sendBy, attempts: 0, waitUntil: null, waitReason: null };
    const done = await writeRun(tx, run, world.lease, ready, now);
    // Meanwhile a person may have chosen another audience, or another ad account for it.
    const same = and(
      eq(audiences.adAccountId, version.adAccountId),
      or(isNull(audiences.facebookId), eq(audiences.facebookId, facebookId)),
    );
    const kept = await tx
      .update(audiences)
      .set({ facebookId })
      .where(and(eq(audiences.id, audience.id), same))
      .returning({ id: audiences.id });
    if (kept.length === 0) throw new LeaseLost();
    return done;
  });
}

/** Asks Facebook for the ad sets only where their answer decides. */
async function meantWay(world: SyncWorld, { version, audience, graph }: RunContext, operationCode: number | null): Promise<SendBy> {
  const { mode, options } = version;
  const facts = { chosen: options.sendBy, mode, made: audience.made, members: audience.members, operationCode };
  const removalsRefused = await hasDeferredRemovals(world.db, audience.id);
  const known = { ...facts, removalsRefused, activeAdSet: false };
  if (meantSendBy(known) === meantSendBy({ ...known, activeAdSet: true })) return meantSendBy(known);
  const ids = version.adSets.map(({ id }) => id);
  const sets = ids.length > 0 ? (await adSets(graph, version.adAccountId, { ids, limit: 100 })).items : [];
  return meantSendBy({ ...known, activeAdSet: sets.some(({ status }) => status === 'ACTIVE') });
}

async function create(world: SyncWorld, { run, version, audience, graph }: RunContext): Promise<string> {
  // Looking may have outlasted the lease, and another engine may have made it since.
  const now = world.clock();
  await world.db.orm.transaction((tx) => writeRun(tx, run, world.lease, {}, now));
  const words = 'new' in version.audience ? (version.audience.new.description ?? '') : '';
  const description = `${words} ${audience.mark}`.trim();
  const valued = audience.schema.includes(valueKey);
  return createAudience(graph, version.adAccountId, {
    name: audience.name,
    description,
    source: version.options.customerFileSource,
    valued,
  });
}

/** What was asked of an audience that is gone has come true without us. */
async function endWithAudience(world: SyncWorld, { run, audience }: RunContext): Promise<Run> {
  const now = world.clock();
  return world.db.orm.transaction(async (tx) => {
    const rest = { finishedAt: now, toAdd: 0, toRemove: 0, waitUntil: null, waitReason: null, leasedBy: null, leasedUntil: null };
    const done = await writeRun(tx, run, world.lease, { ...rest, state: 'confirmed' }, now);
    await forgetMembers(tx, audience.id, now);
    await settleCampaign(tx, done, now);
    return done;
  });
}

/** Letting the ad sets go needs no difference. */
async function skipToSent(world: SyncWorld, { run }: RunContext): Promise<Run> {
  const now = world.clock();
  return world.db.orm.transaction((tx) =>
    writeRun(
      tx,
      run,
      world.lease,
      { state: 'sent', toAdd: 0, toRemove: 0, sentAt: now, attempts: 0, waitUntil: null, waitReason: null },
      now,
    ),
  );
}
