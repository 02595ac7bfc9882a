import { setTimeout as delay } from 'node:timers/promises';
import { restAccount, spendBudget, tellBudget } from '@/db/ad-account-budgets';
import type { Database } from '@/db/client';
import { GraphError } from '@/lib/facebook/errors';
import type { GraphHooks } from '@/lib/facebook/transport';

/** Waited for on the spot; longer, and the run is put aside. */
const shortMs = 3_000;

/** Where neither Facebook's answer nor its documentation says how long. */
const restMs = 60_000;

/** Holds calls back before Facebook's limits do, by one budget an ad account that all engines share. */
export const budgetHooks = (db: Database, adAccountId: string, clock: () => Date): GraphHooks => ({
  beforeCall: async (method) => {
    for (let waited = 0; ; ) {
      const waitMs = await spendBudget(db, adAccountId, method === 'GET' ? 'read' : 'write', clock());
      if (waitMs === 0) return;
      waited += waitMs;
      if (waited > shortMs) throw new GraphError({ kind: 'budget', status: null }, null, waitMs);
      await delay(waitMs);
    }
  },
  onUsage: (usage) => tellBudget(db, adAccountId, usage, clock()),
  onRefusal: async (refusal) => {
    if (refusal.stopsAccount) await restAccount(db, adAccountId, refusal.waitMs ?? restMs, clock());
  },
});
