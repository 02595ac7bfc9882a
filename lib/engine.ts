import { randomUUID } from 'node:crypto';
import type { Database } from '@/db/client';
import { type DeliveryWorld, deliverAlerts } from '@/lib/alerts/deliver';
import { smtpMailer } from '@/lib/alerts/mailer';
import { watchAlerts } from '@/lib/alerts/watch';
import type { Env } from '@/lib/env';
import { checkConnections } from '@/lib/facebook/check-connections';
import { graphFor } from '@/lib/facebook/graph-for';
import { log } from '@/lib/log';
import type { SyncWorld } from '@/lib/sync/advance-run';
import { budgetHooks } from '@/lib/sync/budgeted-graph';
import { readLaterSizes } from '@/lib/sync/later-sizes';
import { tendLookalikes } from '@/lib/sync/lookalikes';
import { type TickCounts, tick } from '@/lib/sync/tick';

/** Twice the client's time-out: an engine that waits for an answer keeps its run. */
const leaseMs = 2 * 60_000;

/** The sync engine of this process, over the real world. @param clock default the machine's; a rehearsal of another day brings its own. */
export function syncWorld(db: Database, env: Env, clock: () => Date = () => new Date()): SyncWorld {
  return {
    db,
    graphFor: (workspaceId, connectionId, adAccountId) =>
      graphFor({ db, ...env }, workspaceId, connectionId, budgetHooks(db, adAccountId, clock)),
    clock,
    lease: { engine: randomUUID(), ms: leaseMs },
    inFlight: env.syncRequestsInFlight,
    log: (event, facts) => log.info(facts, event),
  };
}

/** What delivers alerts, over the real world. */
export function deliveryWorld(db: Database, env: Env): DeliveryWorld {
  return {
    db,
    keys: env.encryptionKeys,
    origin: env.origin,
    mail: env.smtp ? smtpMailer(env.smtp.url, env.smtp.from) : null,
    clock: () => new Date(),
    log: (event, facts) => log.warn(facts, event),
  };
}

/** Beside the runs' own budget. */
const alertBudgetMs = 10_000;
const lookalikeBudgetMs = 10_000;
const sizeBudgetMs = 10_000;

/** One heartbeat, within the environment's budget; its counts are all it logs. Alerts are told even where a tick fails. */
export async function heartbeat(db: Database, env: Env): Promise<TickCounts> {
  try {
    const world = syncWorld(db, env);
    const counts = await tick(world, env.syncBudgetSeconds * 1000);
    const startedMs = world.clock().getTime();
    await tendLookalikes(world, () => world.clock().getTime() - startedMs < lookalikeBudgetMs);
    await readLaterSizes(world, () => world.clock().getTime() - startedMs < lookalikeBudgetMs + sizeBudgetMs);
    if (Object.values(counts).some((count) => count > 0)) log.info(counts, 'tick');
    return counts;
  } finally {
    await tendAlerts(db, env);
  }
}

async function tendAlerts(db: Database, env: Env): Promise<void> {
  const world = deliveryWorld(db, env);
  const startedMs = world.clock().getTime();
  await checkConnections({ db, ...env }, world.clock());
  const raised = await watchAlerts(db, world.clock());
  const sent = await deliverAlerts(world, () => world.clock().getTime() - startedMs < alertBudgetMs);
  if (raised + sent > 0) log.info({ raised, sent }, 'alerts');
}
