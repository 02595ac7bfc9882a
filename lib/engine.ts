import { randomUUID } from 'node:crypto';
import type { Database } from '@/db/client';
import type { Env } from '@/lib/env';
import { graphFor } from '@/lib/facebook/graph-for';
import { log } from '@/lib/log';
import type { SyncWorld } from '@/lib/sync/advance-run';
import { type TickCounts, tick } from '@/lib/sync/tick';

/** Twice the client's time-out: an engine that waits for an answer keeps its run. */
const leaseMs = 2 * 60_000;

/** The sync engine of this process, over the real world. @param clock default the machine's; a rehearsal of another day brings its own. */
export function syncWorld(db: Database, env: Env, clock: () => Date = () => new Date()): SyncWorld {
  return {
    db,
    graphFor: (workspaceId, connectionId) => graphFor({ db, ...env }, workspaceId, connectionId),
    clock,
    lease: { engine: randomUUID(), ms: leaseMs },
    inFlight: env.syncRequestsInFlight,
    log: (event, facts) => log.info(facts, event),
  };
}

/** One heartbeat, within the environment's budget; its counts are all it logs. */
export async function heartbeat(db: Database, env: Env): Promise<TickCounts> {
  const counts = await tick(syncWorld(db, env), env.syncBudgetSeconds * 1000);
  if (Object.values(counts).some((count) => count > 0)) log.info(counts, 'tick');
  return counts;
}
