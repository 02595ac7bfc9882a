import { eq } from 'drizzle-orm';
import { memberCount } from '@/db/ledger';
import { writeRun } from '@/db/run-queue';
import type { Run } from '@/db/runs';
import { audienceSizes, audiences } from '@/db/schema';
import { settleCampaign } from '@/db/settle-campaign';
import { invariant } from '@/lib/errors';
import { audienceInfo } from '@/lib/facebook/ads';
import { isTooSmall, ofAudience } from '@/lib/facebook/errors';
import type { RunContext, SyncWorld } from './advance-run';
import { letAdSetsGo, pointAdSets } from './point-ad-sets';
import { settleReplacement } from './settle-replacement';

/** Points the ad sets, reads size and status, and ends the run. */
export async function confirmRun(world: SyncWorld, context: RunContext): Promise<Run> {
  const { version, audience, graph } = context;
  invariant(audience.facebookId, 'a sent run has its audience at Facebook');
  const run = context.run.sendBy === 'replace' ? await settleReplacement(world, context) : context.run;
  if (run.state !== 'sent') return run;
  const mended = run.purpose === 'sync' ? await pointAdSets(world, context, audience.facebookId) : [];
  if (run.purpose === 'detach') await letAdSetsGo(world, context, audience.facebookId);
  const info = await audienceInfo(graph, audience.facebookId).catch((error: unknown) => {
    throw ofAudience(error);
  });
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
    const rest = { mended, finishedAt: now, attempts: 0, waitUntil: null, waitReason: null, leasedBy: null, leasedUntil: null };
    // Trouble that has passed is no news on a run that is done.
    const told = isTooSmall(run.errorCode ?? '') ? {} : { errorCode: null, errorMessage: null, errorTrace: null };
    const done = await writeRun(tx, run, world.lease, { ...rest, ...told, state: 'confirmed' }, now);
    await settleCampaign(tx, done, now);
    return done;
  });
}
