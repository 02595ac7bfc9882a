import { setTimeout as delay } from 'node:timers/promises';
import { claimRun } from '@/db/run-queue';
import { faultOf } from '@/lib/log';
import { contextOf, type RunContext, type SyncWorld } from '@/lib/sync/advance-run';
import { noCounts, workOn } from '@/lib/sync/tick';
import { settleLive } from './settle';

/** Runs flushed at the same time. */
const flushesAtOnce = 4;
/** Between two looks. */
const restMs = 200;
/** Where no campaign listens. */
const idleMs = 2_000;
/** Of one flush, in which further ones may follow. */
const budgetMs = 5_000;

/** Flushes the live runs that have waited long enough. @returns how many. */
export async function flushLive(world: SyncWorld, contextFor: typeof contextOf = contextOf): Promise<number> {
  let flushed = 0;
  const work = async () => {
    for (;;) {
      const run = await claimRun(world.db, world.lease, world.clock(), true);
      if (!run) return;
      flushed++;
      const startedMs = world.clock().getTime();
      await workOn(world, run, noCounts(), () => world.clock().getTime() - startedMs < budgetMs, contextFor);
    }
  };
  const workers = await Promise.allSettled(Array.from({ length: flushesAtOnce }, work));
  const fault = workers.find((worker) => worker.status === 'rejected');
  if (fault) throw fault.reason;
  return flushed;
}

/** How long what a run is about is kept: another connection, or a cure, is seen that much later. */
const keptMs = 5_000;

/** What a run is about hardly ever changes, and asking for it would take as long as sending a few people. */
function keptContexts(): typeof contextOf {
  const kept = new Map<number, { context: RunContext; untilMs: number }>();
  return async (world, run, mayGoOn) => {
    const nowMs = world.clock().getTime();
    const known = run.state === 'frozen' ? kept.get(run.id) : undefined;
    if (known && known.untilMs > nowMs) return { ...known.context, run, mayGoOn };
    const context = await contextOf(world, run, mayGoOn);
    for (const [id, { untilMs }] of kept) if (untilMs <= nowMs) kept.delete(id);
    kept.set(run.id, { context, untilMs: nowMs + keptMs });
    return context;
  };
}

/**
 * Until the signal is given: settles what has arrived, and beside it, so that a slow ad account holds up neither, flushes live runs. Faults
 * are told and outlived.
 */
export async function pump(world: SyncWorld, signal: AbortSignal): Promise<void> {
  let listening = true;
  const contextFor = keptContexts();
  const forever = async (once: () => Promise<unknown>) => {
    while (!signal.aborted) {
      await once().catch((error: unknown) => world.log('live campaigns were not looked at', { fault: faultOf(error) }));
      await delay(listening ? restMs : idleMs, undefined, { signal }).catch(() => {});
    }
  };
  const settle = async () => {
    listening = await settleLive(world, world.clock());
  };
  await Promise.all([forever(settle), forever(async () => listening && flushLive(world, contextFor))]);
}
