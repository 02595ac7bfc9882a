import { eq, sql } from 'drizzle-orm';
import type { Database } from '@/db/client';
import { freezeMembers, memberCount } from '@/db/ledger';
import { type Lease, restingState, writeRun } from '@/db/run-queue';
import type { Run } from '@/db/runs';
import { audienceSizes, audiences, campaigns, campaignVersions } from '@/db/schema';
import { segmentByKey, segmentSql } from '@/db/segments';
import type { WorkspaceId } from '@/lib/auth';
import { invariant } from '@/lib/errors';
import { audienceInfo, createAudience, findAudienceByMark } from '@/lib/facebook/ads';
import { GraphError } from '@/lib/facebook/errors';
import { identifiersOf } from '@/lib/facebook/row';
import { attachAudience } from '@/lib/facebook/targeting';
import type { Graph } from '@/lib/facebook/transport';
import { sendBatches } from './send';

/** Everything the engine touches besides its arguments. */
export type SyncWorld = {
  db: Database;
  graphFor: (workspaceId: WorkspaceId, connectionId: string) => Promise<Graph>;
  /** The time now: what leases, waits and records are counted by. Windows are counted by the occurrence. */
  clock: () => Date;
  lease: Lease;
  /** Requests in flight for one run. */
  inFlight: number;
  log: (event: string, facts: Record<string, unknown>) => void;
};

export type Version = typeof campaignVersions.$inferSelect;
export type Audience = typeof audiences.$inferSelect;
export type RunContext = { run: Run; version: Version; audience: Audience; graph: Graph };

export async function contextOf(world: SyncWorld, run: Run): Promise<RunContext> {
  const [version] = await world.db.orm.select().from(campaignVersions).where(eq(campaignVersions.id, run.versionId));
  const [audience] = await world.db.orm.select().from(audiences).where(eq(audiences.id, run.audienceId));
  invariant(version && audience, 'a run has its version and audience');
  return { run, version, audience, graph: await world.graphFor(run.workspaceId, version.connectionId) };
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
      return freeze(world, context);
    case 'frozen':
      return sendBatches(world, context);
    case 'sent':
      return confirm(world, context);
    default:
      throw new Error(`invariant: a run that is ${context.run.state} does not move`);
  }
}

/** Creating is not idempotent at Facebook: an audience that carries our mark is looked for first. */
async function ensureAudience(world: SyncWorld, { run, version, audience, graph }: RunContext): Promise<Run> {
  const facebookId = audience.facebookId ?? (await findOrCreate(graph, version, audience));
  const info = await audienceInfo(graph, facebookId);
  // 1487366: deleted, or of another account: as good as gone.
  if (info.accountId !== version.adAccountId) throw new GraphError({ kind: 'api', status: 400, code: 100, subcode: 33 }, null, null);
  const now = world.clock();
  return world.db.orm.transaction(async (tx) => {
    await tx.update(audiences).set({ facebookId }).where(eq(audiences.id, audience.id));
    return writeRun(tx, run, world.lease, { state: 'audience_ready', attempts: 0, waitUntil: null, waitReason: null }, now);
  });
}

async function findOrCreate(graph: Graph, version: Version, audience: Audience): Promise<string> {
  const found = await findAudienceByMark(graph, version.adAccountId, audience.mark);
  if (found) return found.id;
  const words = 'new' in version.audience ? (version.audience.new.description ?? '') : '';
  return createAudience(graph, version.adAccountId, { name: audience.name, description: `${words} ${audience.mark}`.trim() });
}

async function freeze(world: SyncWorld, { run, version, audience }: RunContext): Promise<Run> {
  const { db } = world;
  const { workspaceId, occurrenceAt } = run;
  const definition = version.definition ?? (await segmentByKey(db, workspaceId, version.segmentKey ?? '')).definition;
  const segment = await segmentSql(db, workspaceId, definition, occurrenceAt);
  const now = world.clock();
  return db.orm.transaction(async (tx) => {
    await tx.execute(sql`set local jit = off`);
    await tx.execute(sql`set local work_mem = '128MB'`);
    // First, so that an engine that has lost the run stops here.
    const mine = await writeRun(tx, run, world.lease, {}, now);
    const identifiers = identifiersOf(audience.schema);
    const frozen = await freezeMembers(tx, {
      workspaceId,
      audienceId: audience.id,
      runId: run.id,
      segment,
      identifiers,
      mode: version.mode,
      now,
    });
    return writeRun(
      tx,
      mine,
      world.lease,
      { ...frozen, definition, state: 'frozen', frozenAt: now, attempts: 0, waitUntil: null, waitReason: null },
      world.clock(),
    );
  });
}

async function confirm(world: SyncWorld, { run, version, audience, graph }: RunContext): Promise<Run> {
  invariant(audience.facebookId, 'a sent run has its audience at Facebook');
  for (const { id, as } of version.adSets) await attachAudience(graph, id, audience.facebookId, as);
  const info = await audienceInfo(graph, audience.facebookId);
  const now = world.clock();
  return world.db.orm.transaction(async (tx) => {
    const { sizeLower, sizeUpper, operationCode, operationText, deliveryCode } = info;
    await tx
      .update(audiences)
      .set({ sizeLower, sizeUpper, operationCode, operationText, deliveryCode, checkedAt: now })
      .where(eq(audiences.id, audience.id));
    const members = await memberCount(tx, audience.id);
    const size = { members, facebookLower: sizeLower, facebookUpper: sizeUpper };
    await tx
      .insert(audienceSizes)
      .values({ workspaceId: run.workspaceId, audienceId: audience.id, at: now, ...size })
      .onConflictDoUpdate({ target: [audienceSizes.audienceId, audienceSizes.at], set: size });
    const change = {
      state: 'confirmed' as const,
      finishedAt: now,
      attempts: 0,
      waitUntil: null,
      waitReason: null,
      leasedBy: null,
      leasedUntil: null,
    };
    const done = await writeRun(tx, run, world.lease, change, now);
    await settleCampaign(tx, run.campaignId);
    return done;
  });
}

type Tx = Parameters<Parameters<Database['orm']['transaction']>[0]>[0];

/** After a run has ended: what the campaign is now. What a person has decided meanwhile (paused, stopped) stands. */
export async function settleCampaign(tx: Tx, campaignId: string): Promise<void> {
  const [campaign] = await tx.select().from(campaigns).where(eq(campaigns.id, campaignId)).for('update');
  if (!campaign || !['scheduled', 'running', 'awaiting_next', 'blocked'].includes(campaign.state)) return;
  const state = await restingState(tx, campaignId, campaign.nextAt);
  await tx.update(campaigns).set({ state, blocker: null }).where(eq(campaigns.id, campaignId));
}
