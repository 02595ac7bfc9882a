import { setTimeout as delay } from 'node:timers/promises';
import { and, desc, eq, sql } from 'drizzle-orm';
import { letAdSetGo, takeAdSet } from '@/db/ad-set-leases';
import type { Database } from '@/db/client';
import { campaignVersions, syncRuns } from '@/db/schema';
import type { AdSetChoice } from '@/lib/campaign/plan';
import { GraphError } from '@/lib/facebook/errors';
import { attachAudience, detachAudience } from '@/lib/facebook/targeting';
import type { RunContext, SyncWorld } from './advance-run';

/** Names of ad sets that had served the audience and did not any more: somebody has changed them at Facebook, and it was put back. */
export type Mended = string[];

/**
 * The run's ad sets, as far as the campaign still means them, show to or hide from the audience; those it has let go do not any more. What
 * else stands in their targeting is left alone. @throws the first refusal, after the others are done.
 */
export async function pointAdSets(world: SyncWorld, context: RunContext, audienceId: string): Promise<Mended> {
  const { run, version, current, audience, graph } = context;
  const former = await formerAdSets(world.db, run.campaignId);
  const meant = version.adSets.filter(({ id, as }) => current.adSets.some((other) => other.id === id && other.as === as));
  const dropped = (await perhapsPointed(world.db, run.campaignId)).filter(({ id }) => current.adSets.every((other) => other.id !== id));
  for (const { id } of dropped) await alone(world, context, id, () => detachAudience(graph, id, audienceId)).catch(unlessPassing);
  const mended: Mended = [];
  await each(meant, async ({ id, as, name }) => {
    const done = await alone(world, context, id, () => attachAudience(graph, id, audienceId, as, audience.formerFacebookId));
    if (done === 'attached' && former.some((other) => other.id === id && other.as === as)) mended.push(name ?? id);
  });
  return mended;
}

/** None of the campaign's ad sets uses the audience any more. */
export const letAdSetsGo = async (world: SyncWorld, context: RunContext, audienceId: string): Promise<void> =>
  each(await perhapsPointed(world.db, context.run.campaignId), async ({ id }) => {
    await alone(world, context, id, () => detachAudience(context.graph, id, audienceId));
  });

/** One that Facebook refuses for good does not keep the others waiting; the refusal names it. */
async function each(adSets: AdSetChoice[], change: (adSet: AdSetChoice) => Promise<void>): Promise<void> {
  const refusals: GraphError[] = [];
  for (const adSet of adSets) {
    const refusal = await change(adSet).then(() => null, unlessPassing);
    if (refusal) refusals.push(refusal.of({ kind: 'adSet', name: adSet.name ?? adSet.id }));
  }
  if (refusals[0]) throw refusals[0];
}

/** A refusal that a person must mend, such as of a deleted ad set, or of settings Facebook does not take, is handed back; anything else is thrown on at once. */
function unlessPassing(error: unknown): GraphError {
  if (error instanceof GraphError && (error.action === 'fix' || error.action === 'split')) return error;
  throw error;
}

/** Reading, writing and reading back take a time-out each at most. */
const leaseMs = 4 * 60_000;
const lookMs = 200;
const mostLooks = 100;

/** With no other run at the same ad set, here or in another engine. */
async function alone<T>(world: SyncWorld, { run }: RunContext, adSetId: string, change: () => Promise<T>): Promise<T> {
  const holder = `${world.lease.engine}:${run.id}`;
  for (let look = 1; !(await takeAdSet(world.db, adSetId, holder, world.clock(), leaseMs)); look++) {
    if (look === mostLooks) throw new Error('another run is changing the same ad set');
    await delay(lookMs);
  }
  try {
    return await change();
  } finally {
    await letAdSetGo(world.db, adSetId, holder);
  }
}

/** Those of the version that was confirmed last. */
async function formerAdSets(db: Database, campaignId: string): Promise<AdSetChoice[]> {
  const [last] = await db.orm
    .select({ adSets: campaignVersions.adSets })
    .from(syncRuns)
    .innerJoin(campaignVersions, eq(campaignVersions.id, syncRuns.versionId))
    .where(and(eq(syncRuns.campaignId, campaignId), eq(syncRuns.state, 'confirmed'), eq(syncRuns.purpose, 'sync')))
    .orderBy(desc(syncRuns.occurrenceAt))
    .limit(1);
  return last?.adSets ?? [];
}

/** Each once: also those of versions since, whose runs may have pointed some before they came to nothing. */
async function perhapsPointed(db: Database, campaignId: string): Promise<AdSetChoice[]> {
  const confirmed = sql`select r.version_id from sync_runs r
    where r.campaign_id = ${campaignId}::uuid and r.state = 'confirmed' and r.purpose = 'sync' order by r.occurrence_at desc limit 1`;
  const versions = await db.orm
    .select({ adSets: campaignVersions.adSets })
    .from(campaignVersions)
    .where(and(eq(campaignVersions.campaignId, campaignId), sql`${campaignVersions.id} >= coalesce((${confirmed}), 0)`));
  return [...new Map(versions.flatMap(({ adSets }) => adSets).map((adSet) => [adSet.id, adSet])).values()];
}
