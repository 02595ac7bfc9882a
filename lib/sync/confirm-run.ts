import { and, desc, eq } from 'drizzle-orm';
import type { Database } from '@/db/client';
import { memberCount } from '@/db/ledger';
import { writeRun } from '@/db/run-queue';
import type { Run } from '@/db/runs';
import { audienceSizes, audiences, campaignVersions, syncRuns } from '@/db/schema';
import { settleCampaign } from '@/db/settle-campaign';
import type { AdSetChoice } from '@/lib/campaign/plan';
import { invariant } from '@/lib/errors';
import { audienceInfo } from '@/lib/facebook/ads';
import { GraphError } from '@/lib/facebook/errors';
import { attachAudience, detachAudience } from '@/lib/facebook/targeting';
import type { RunContext, SyncWorld } from './advance-run';
import { settleReplacement } from './settle-replacement';

/** Points the ad sets, reads size and status, and ends the run. */
export async function confirmRun(world: SyncWorld, context: RunContext): Promise<Run> {
  const { version, audience, graph } = context;
  invariant(audience.facebookId, 'a sent run has its audience at Facebook');
  const run = context.run.sendBy === 'replace' ? await settleReplacement(world, context) : context.run;
  if (run.state !== 'sent') return run;
  await changeAdSets(world, context, audience.facebookId);
  const info = await audienceInfo(graph, audience.facebookId);
  const now = world.clock();
  return world.db.orm.transaction(async (tx) => {
    const { sizeLower, sizeUpper, operationCode, operationText, deliveryCode } = info;
    // Whom a remove-only campaign has taken out was never in by its doing.
    const members = version.mode === 'remove' ? 0 : await memberCount(tx, audience.id);
    await tx
      .update(audiences)
      .set({ sizeLower, sizeUpper, operationCode, operationText, deliveryCode, members, checkedAt: now })
      .where(eq(audiences.id, audience.id));
    const size = { members, facebookLower: sizeLower, facebookUpper: sizeUpper };
    await tx
      .insert(audienceSizes)
      .values({ workspaceId: run.workspaceId, audienceId: audience.id, at: now, ...size })
      .onConflictDoUpdate({ target: [audienceSizes.audienceId, audienceSizes.at], set: size });
    const rest = { finishedAt: now, attempts: 0, waitUntil: null, waitReason: null, leasedBy: null, leasedUntil: null };
    const done = await writeRun(tx, run, world.lease, { ...rest, state: 'confirmed' }, now);
    await settleCampaign(tx, done, now);
    return done;
  });
}

async function changeAdSets(world: SyncWorld, context: RunContext, facebookId: string): Promise<void> {
  const { run, current } = context;
  if (run.purpose === 'sync') return pointAdSets(context, facebookId, await formerAdSets(world.db, run.campaignId));
  if (run.purpose === 'detach') return everyAdSet(current.adSets, ({ id }) => detachAudience(context.graph, id, facebookId));
}

/** The run's ad sets, as far as the campaign still means them, show to or hide from the audience; those it has let go do not any more. */
async function pointAdSets({ version, current, graph }: RunContext, facebookId: string, former: AdSetChoice[]): Promise<void> {
  const meant = version.adSets.filter(({ id, as }) => current.adSets.some((other) => other.id === id && other.as === as));
  const dropped = former.filter(({ id }) => current.adSets.every((other) => other.id !== id));
  for (const { id } of dropped) await detachAudience(graph, id, facebookId).catch(unlessPassing);
  await everyAdSet(meant, ({ id, as }) => attachAudience(graph, id, facebookId, as));
}

/** One that Facebook refuses for good does not keep the others waiting. @throws the first refusal, after the others are done. */
async function everyAdSet(adSets: AdSetChoice[], change: (adSet: AdSetChoice) => Promise<unknown>): Promise<void> {
  const refusals: GraphError[] = [];
  for (const adSet of adSets) {
    const refusal = await change(adSet).then(() => null, unlessPassing);
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
    .where(and(eq(syncRuns.campaignId, campaignId), eq(syncRuns.state, 'confirmed'), eq(syncRuns.purpose, 'sync')))
    .orderBy(desc(syncRuns.occurrenceAt))
    .limit(1);
  return last?.adSets ?? [];
}
