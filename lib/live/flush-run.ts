import { and, eq, inArray, ne } from 'drizzle-orm';
import type { Database } from '@/db/client';
import { flushTouched } from '@/db/live-flush';
import { writeRun } from '@/db/run-queue';
import type { Run } from '@/db/runs';
import { campaigns, syncRuns } from '@/db/schema';
import { drawSeed } from '@/lib/campaign/draw';
import { liveSpan } from '@/lib/schedule/occurrences';
import type { RunContext, SyncWorld } from '@/lib/sync/advance-run';
import { definitionOf } from '@/lib/sync/freeze-run';
import { openStates } from '@/lib/sync/run-state';
import { finishSending, sendBatches, unfinished } from '@/lib/sync/send';

/**
 * What a live run does once it is frozen: sends what waits, decides anew whom something has happened to, until there is nobody left; then it
 * lies open until its period is over or another run of the audience waits. @returns the run as it is then.
 */
export async function flushRun(world: SyncWorld, context: RunContext): Promise<Run> {
  const narrowing = await definitionOf(world.db, context);
  for (;;) {
    if (!(await sendBatches(world, context)) || !context.mayGoOn()) return unfinished(context.run);
    if ((await flush(world, context, narrowing)) > 0) continue;
    const until = await openUntil(world.db, context);
    return until !== null && until > world.clock() ? lieOpen(world, context.run, until) : finishSending(world, context.run);
  }
}

/** @returns how many were decided anew. */
async function flush(
  world: SyncWorld,
  { run, version, audience }: RunContext,
  narrowing: Awaited<ReturnType<typeof definitionOf>>,
): Promise<number> {
  const now = world.clock();
  const { mode, options } = version;
  return world.db.orm.transaction(async (tx) => {
    const mine = await writeRun(tx, run, world.lease, { waitUntil: null }, now);
    const { taken, toAdd, toRemove } = await flushTouched(world.db, tx, {
      workspaceId: run.workspaceId,
      audienceId: audience.id,
      runId: run.id,
      schema: audience.schema,
      mode,
      stayedSince: null,
      cap: null,
      controlPercent: options.controlPercent,
      seed: drawSeed(run.campaignId),
      narrowing,
      now,
    });
    if (toAdd + toRemove > 0) {
      const counts = { toAdd: (mine.toAdd ?? 0) + toAdd, toRemove: (mine.toRemove ?? 0) + toRemove };
      await writeRun(tx, run, world.lease, counts, now);
    }
    return taken;
  });
}

/** Until the next occurrence or the campaign's end; null where another run of the audience waits. */
async function openUntil(db: Database, { run, version }: RunContext): Promise<Date | null> {
  const [other] = await db.orm
    .select({ id: syncRuns.id })
    .from(syncRuns)
    .where(and(eq(syncRuns.audienceId, run.audienceId), ne(syncRuns.id, run.id), inArray(syncRuns.state, [...openStates])))
    .limit(1);
  const [campaign] = await db.orm
    .select({ nextAt: campaigns.nextAt, versionId: campaigns.versionId })
    .from(campaigns)
    .where(eq(campaigns.id, run.campaignId));
  if (other || !campaign || campaign.versionId !== version.id || version.schedule.kind !== 'live') return null;
  return campaign.nextAt ?? liveSpan(version.schedule, version.scheduledAt).until;
}

/** Waits without a reason: nothing is wrong. Who is touched meanwhile wakes it (lib/live/pump.ts). */
const lieOpen = (world: SyncWorld, run: Run, until: Date): Promise<Run> =>
  world.db.orm.transaction((tx) =>
    writeRun(tx, run, world.lease, { waitUntil: until, waitReason: null, attempts: 0, ...noFault }, world.clock()),
  );

/** Trouble that has passed is no news. */
const noFault = { errorCode: null, errorMessage: null, errorTrace: null };
