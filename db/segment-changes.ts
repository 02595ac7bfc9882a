import { isDeepStrictEqual } from 'node:util';
import type { WorkspaceId } from '@/lib/auth';
import { AppError } from '@/lib/errors';
import type { Definition } from '@/lib/segment/definition';
import { pairOf } from '@/lib/segment/overlap';
import type { Database } from './client';
import { overlapCounts } from './segment-overlap';
import { isUnderWay, reachedBy, type SegmentUsage, unused } from './segment-usage';
import { segmentByKey } from './segments';

type Change = { key: string; definition: Definition };

/** Campaigns under way, and segments, that a change of who is in it reaches; none where the definition stays the same. */
async function changeReaches(db: Database, workspaceId: WorkspaceId, { key, definition }: Change): Promise<SegmentUsage> {
  const saved = await segmentByKey(db, workspaceId, key).catch((error: unknown) => {
    if (error instanceof AppError) return null;
    throw error;
  });
  if (!saved || isDeepStrictEqual(saved.definition, definition)) return unused;
  const reached = await reachedBy(db.orm, workspaceId, key);
  return { ...reached, campaigns: reached.campaigns.filter(({ state }) => isUnderWay(state)) };
}

/** What a person is asked before it is saved. @throws AppError conflict, with the field "confirmed", that names the campaigns. */
export async function refuseUnconfirmed(db: Database, workspaceId: WorkspaceId, change: Change): Promise<void> {
  const { campaigns } = await changeReaches(db, workspaceId, change);
  if (campaigns.length === 0) return;
  const names = campaigns.map(({ name }) => `“${name}”`).join(', ');
  throw new AppError(
    'conflict',
    `${names} ${campaigns.length === 1 ? 'follows' : 'follow'} this segment. Confirm that it is to change.`,
    'confirmed',
  );
}

export type Impact = SegmentUsage & {
  /** How many are in it now and would be; null where that takes too long to count. */
  sizes: { before: number; after: number; join: number; leave: number } | null;
};

export async function impactOf(db: Database, workspaceId: WorkspaceId, change: Change, now: Date): Promise<Impact> {
  const reached = await changeReaches(db, workspaceId, change);
  const counts = await overlapCounts(db, workspaceId, [{ segment: change.key }, change.definition], now).catch((error: unknown) => {
    if (error instanceof AppError) return null;
    throw error;
  });
  if (!counts) return { ...reached, sizes: null };
  const { onlyFirst: leave, both, onlySecond: join } = pairOf(counts, 0, 1);
  return { ...reached, sizes: { before: leave + both, after: both + join, join, leave } };
}
