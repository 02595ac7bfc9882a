import { setTimeout as delay } from 'node:timers/promises';
import { spendBudget, tellBudget } from '@/db/ad-account-budgets';
import type { Database } from '@/db/client';
import { GraphError } from '@/lib/facebook/errors';
import type { GraphHooks } from '@/lib/facebook/transport';

/** Waited for on the spot; longer, and the run is put aside. */
const shortMs = 3_000;

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
});
