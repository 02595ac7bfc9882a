import type { Database } from '@/db/client';
import { sweepLists } from '@/db/list-sweep';
import { sweepLive } from '@/db/live-settle';
import { forgetMerges } from '@/db/profile-merge';
import { recordDueSizes } from '@/db/segment-sizes';
import { faultOf, log } from '@/lib/log';

export type UpkeepCounts = { sized: number; swept: number; forgotten: number };

/**
 * What can wait: the day's sizes of segments, lists let go, live campaigns that are over, merges nobody asks for. Beside the heartbeat and never in its way; late, twice or from two machines at once
 * it does nothing wrong. @param budgetMs begins nothing afterwards; what is begun takes ten seconds at most, or a sweep.
 */
export async function upkeep(db: Database, clock: () => Date, budgetMs: number): Promise<UpkeepCounts> {
  const startedMs = clock().getTime();
  const inBudget = () => clock().getTime() - startedMs < budgetMs;
  const swept = await sweepLists(db, clock(), inBudget);
  const forgotten = (inBudget() ? await sweepLive(db) : 0) + (inBudget() ? await forgetMerges(db, clock()) : 0);
  const { recorded: sized, faults } = await recordDueSizes(db, clock, inBudget);
  for (const fault of faults) log.warn({ fault: faultOf(fault) }, 'segment not counted');
  const counts = { sized, swept, forgotten };
  if (Object.values(counts).some((count) => count > 0)) log.info(counts, 'upkeep');
  return counts;
}
