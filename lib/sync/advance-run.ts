import { and, desc, eq, sql } from 'drizzle-orm';
import type { Database } from '@/db/client';
import { memberCount } from '@/db/ledger';
import { freezeMembers } from '@/db/ledger-freeze';
import { type Lease, restingState, writeRun } from '@/db/run-queue';
import type { Run } from '@/db/runs';
import { audienceSizes, audiences, campaigns, campaignVersions, syncRuns } from '@/db/schema';
import { mostMembersMs, translated } from '@/db/segment-query';
import { segmentSources } from '@/db/segment-references';
import { segmentByKey, segmentSql } from '@/db/segments';
import type { WorkspaceId } from '@/lib/auth';
import type { AdSetChoice } from '@/lib/campaign/plan';
import { invariant } from '@/lib/errors';
import { audienceInfo, createAudience, findAudienceByMark } from '@/lib/facebook/ads';
import { GraphError } from '@/lib/facebook/errors';
import { attachAudience, detachAudience } from '@/lib/facebook/targeting';
import type { Graph } from '@/lib/facebook/transport';
import { writtenOut } from '@/lib/segment/references';
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
  return { run, version, current, audience, graph: await world.graphFor(run.workspaceId, current.connectionId), mayGoOn };
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
  const asked = version.definition ?? (await segmentByKey(db, workspaceId, version.segmentKey ?? '')).definition;
  const definition = writtenOut(asked, await segmentSources(db, workspaceId, asked));
  const now = world.clock();
  const segment = await segmentSql(db, workspaceId, definition, { at: occurrenceAt, now });
  const facts = { workspaceId, audienceId: audience.id, runId: run.id, schema: audience.schema, mode: version.mode };
  const freezing = db.orm.transaction(
    async (tx) => {
      await tx.execute(sql`set local jit = off`);
      await tx.execute(sql`set local work_mem = '128MB'`);
      await tx.execute(sql.raw(`set local statement_timeout = ${mostMembersMs}`));
      // First, so that an engine that has lost the run stops here.
      const mine = await writeRun(tx, run, world.lease, {}, now);
      const frozen = await freezeMembers(tx, { ...facts, segment, now });
      const frozenAt = world.clock();
      const done = { ...frozen, definition, state: 'frozen' as const, frozenAt, attempts: 0, waitUntil: null, waitReason: null };
      return writeRun(tx, mine, world.lease, done, frozenAt);
    },
    // Its statements must see one and the same people: identifiers change while it works.
    { isolationLevel: 'repeatable read' },
  );
  return freezing.catch((error: unknown) => {
    throw translated(error);
  });
}

async function confirm(world: SyncWorld, context: RunContext): Promise<Run> {
  const { run, audience, graph } = context;
  invariant(audience.facebookId, 'a sent run has its audience at Facebook');
  await pointAdSets(context, audience.facebookId, await formerAdSets(world.db, run.campaignId));
  const info = await audienceInfo(graph, audience.facebookId);
  const now = world.clock();
  return world.db.orm.transaction(async (tx) => {
    const { sizeLower, sizeUpper, operationCode, operationText, deliveryCode } = info;
    const members = await memberCount(tx, audience.id);
    await tx
      .update(audiences)
      .set({ sizeLower, sizeUpper, operationCode, operationText, deliveryCode, members, checkedAt: now })
      .where(eq(audiences.id, audience.id));
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

/**
 * The run's ad sets, as far as the campaign still means them, show to or hide from the audience; those it has let go do not any more. One
 * that Facebook refuses for good does not keep the others from it. @throws the first refusal, after the others are done.
 */
async function pointAdSets({ version, current, graph }: RunContext, facebookId: string, former: AdSetChoice[]): Promise<void> {
  const meant = version.adSets.filter(({ id, as }) => current.adSets.some((other) => other.id === id && other.as === as));
  const dropped = former.filter(({ id }) => current.adSets.every((other) => other.id !== id));
  for (const { id } of dropped) await detachAudience(graph, id, facebookId).catch(unlessPassing);
  const refusals: GraphError[] = [];
  for (const { id, as } of meant) {
    const refusal = await attachAudience(graph, id, facebookId, as).then(() => null, unlessPassing);
    if (refusal) refusals.push(refusal);
  }
  if (refusals[0]) throw refusals[0];
}

/** A refusal that a person must mend, such as of a deleted ad set, is handed back; anything else is thrown on at once. */
function unlessPassing(error: unknown): GraphError {
  if (error instanceof GraphError && error.action === 'fix') return error;
  throw error;
}

/** Those of the version that was confirmed last. */
async function formerAdSets(db: Database, campaignId: string): Promise<AdSetChoice[]> {
  const [last] = await db.orm
    .select({ adSets: campaignVersions.adSets })
    .from(syncRuns)
    .innerJoin(campaignVersions, eq(campaignVersions.id, syncRuns.versionId))
    .where(and(eq(syncRuns.campaignId, campaignId), eq(syncRuns.state, 'confirmed')))
    .orderBy(desc(syncRuns.occurrenceAt))
    .limit(1);
  return last?.adSets ?? [];
}

type Tx = Parameters<Parameters<Database['orm']['transaction']>[0]>[0];

/** After a run has ended: what the campaign is now. What a person has decided meanwhile (paused, stopped) stands. */
export async function settleCampaign(tx: Tx, campaignId: string): Promise<void> {
  const [campaign] = await tx.select().from(campaigns).where(eq(campaigns.id, campaignId)).for('update');
  if (!campaign || !['scheduled', 'running', 'awaiting_next', 'blocked'].includes(campaign.state)) return;
  const state = await restingState(tx, campaignId, campaign.nextAt);
  await tx.update(campaigns).set({ state, blocker: null }).where(eq(campaigns.id, campaignId));
}
