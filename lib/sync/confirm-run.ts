import { writeRun } from '@/db/run-queue';
import type { Run } from '@/db/runs';
import { settleCampaign } from '@/db/settle-campaign';
import { invariant } from '@/lib/errors';
import { isTooSmall } from '@/lib/facebook/errors';
import type { RunContext, SyncWorld } from './advance-run';
import { readAudience, recordAudience } from './audience-state';
import { letAdSetsGo, pointAdSets } from './point-ad-sets';
import { settleReplacement } from './settle-replacement';

/** Points the ad sets, reads size and status, and ends the run. A live run has pointed them before it lay open. */
export async function confirmRun(world: SyncWorld, context: RunContext): Promise<Run> {
  const { facebookId } = context.audience;
  invariant(facebookId, 'a sent run has its audience at Facebook');
  const run = context.run.sendBy === 'replace' ? await settleReplacement(world, context) : context.run;
  if (run.state !== 'sent') return run;
  const mended = run.purpose === 'sync' ? (run.mended ?? (await pointAdSets(world, context, facebookId))) : [];
  if (run.purpose === 'detach') await letAdSetsGo(world, context, facebookId);
  const info = await readAudience(context);
  const now = world.clock();
  return world.db.orm.transaction(async (tx) => {
    const rest = { mended, finishedAt: now, attempts: 0, waitUntil: null, waitReason: null, leasedBy: null, leasedUntil: null };
    // Trouble that has passed is no news on a run that is done.
    const told = isTooSmall(run.errorCode ?? '') ? {} : { errorCode: null, errorMessage: null, errorTrace: null };
    const done = await writeRun(tx, run, world.lease, { ...rest, ...told, state: 'confirmed' }, now);
    await recordAudience(tx, context, info, now);
    await settleCampaign(tx, done, now);
    return done;
  });
}
