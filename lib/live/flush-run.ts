import { and, eq, sql } from 'drizzle-orm';
import { type Flushed, flushTouched, mostTouched, touchedProfiles } from '@/db/live-flush';
import { writeRun } from '@/db/run-queue';
import type { Run } from '@/db/runs';
import { syncRuns } from '@/db/schema';
import { drawSeed } from '@/lib/campaign/draw';
import { invariant } from '@/lib/errors';
import { liveSpan } from '@/lib/schedule/occurrences';
import type { Definition } from '@/lib/segment/definition';
import type { RunContext, SyncWorld } from '@/lib/sync/advance-run';
import { readAudience, recordAudience } from '@/lib/sync/audience-state';
import { definitionOf } from '@/lib/sync/freeze-run';
import { pointAdSets } from '@/lib/sync/point-ad-sets';
import { openStates } from '@/lib/sync/run-state';
import { finishSending, sendBatches, unfinished } from '@/lib/sync/send';

/**
 * What a live run does once it is frozen: sends what waits, decides anew whom something has happened to, until there is nobody left; then it
 * lies open until its period is over or another run of the audience waits. @returns the run as it is then.
 */
export async function flushRun(world: SyncWorld, context: RunContext): Promise<Run> {
  const narrowing = await definitionOf(world.db, context);
  let flushed: Flushed | null = null;
  do {
    const idle = flushed !== null && flushed.toAdd + flushed.toRemove === 0;
    if (!idle && !(await sendBatches(world, context))) return unfinished(context.run);
    // Who is touched from now on wakes the run again.
    if (flushed && flushed.taken < mostTouched) break;
    if (!context.mayGoOn()) return unfinished(context.run);
    flushed = await flush(world, context, narrowing);
  } while (flushed.taken > 0);
  const run = context.run.mended === null ? await showAudience(world, context) : context.run;
  return (await lieOpen(world, { ...context, run })) ?? finishSending(world, run);
}

/** What other runs do at their end: this one's is an hour away, and whom it takes in until then is to see the ads. Once a run. */
async function showAudience(world: SyncWorld, context: RunContext): Promise<Run> {
  const { facebookId } = context.audience;
  invariant(facebookId, 'a frozen run has its audience at Facebook');
  const mended = await pointAdSets(world, context, facebookId);
  const info = await readAudience(context);
  const now = world.clock();
  return world.db.orm.transaction(async (tx) => {
    const shown = await writeRun(tx, context.run, world.lease, { mended }, now);
    await recordAudience(tx, context, info, now);
    return shown;
  });
}

async function flush(world: SyncWorld, { run, version, audience }: RunContext, narrowing: Definition | null): Promise<Flushed> {
  const now = world.clock();
  const { mode, options } = version;
  const { workspaceId, id: runId } = run;
  const rules = { mode, stayedSince: null, cap: null, controlPercent: options.controlPercent, seed: drawSeed(run.campaignId) };
  const touched = await touchedProfiles(world.db, {
    ...rules,
    workspaceId,
    runId,
    audienceId: audience.id,
    schema: audience.schema,
    narrowing,
    now,
  });
  if (!touched) return { taken: 0, toAdd: 0, toRemove: 0 };
  return world.db.orm.transaction(async (tx) => {
    const mine = await writeRun(tx, run, world.lease, { waitUntil: null }, now);
    const flushed = await flushTouched(tx, audience.id, touched);
    const { toAdd, toRemove } = flushed;
    const counts = { toAdd: (mine.toAdd ?? 0) + toAdd, toRemove: (mine.toRemove ?? 0) + toRemove };
    if (toAdd + toRemove > 0) await writeRun(tx, run, world.lease, counts, now);
    return flushed;
  });
}

/**
 * Lets go of the run until the next occurrence or the campaign's end, without a reason: nothing is wrong. Who is touched meanwhile wakes it
 * (lib/live/settle.ts). @returns null where it is over: that instant has come, the campaign was edited, or another run of the audience waits.
 */
async function lieOpen(world: SyncWorld, { run, version }: RunContext): Promise<Run | null> {
  const now = world.clock();
  const end = version.schedule.kind === 'live' ? liveSpan(version.schedule, version.scheduledAt).until : null;
  const until = sql`(select coalesce(c.next_at, ${end?.toISOString() ?? null}::timestamptz) from campaigns c where c.id = ${run.campaignId} and c.version_id = ${version.id})`;
  const other = sql`
    select from sync_runs o where o.audience_id = ${run.audienceId} and o.id <> ${run.id} and o.state in ${[...openStates]}`;
  const [open] = await world.db.orm
    .update(syncRuns)
    .set({ waitUntil: until, waitReason: null, attempts: 0, leasedBy: null, leasedUntil: null, ...noFault })
    .where(
      and(
        eq(syncRuns.id, run.id),
        eq(syncRuns.state, run.state),
        eq(syncRuns.leasedBy, world.lease.engine),
        sql`${until} > ${now.toISOString()}::timestamptz and not exists (${other})`,
      ),
    )
    .returning();
  return open ?? null;
}

/** Trouble that has passed is no news. */
const noFault = { errorCode: null, errorMessage: null, errorTrace: null };
