import type { Database } from '@/db/client';
import { segmentTrends } from '@/db/segment-sizes';
import { segmentUsage, unused } from '@/db/segment-usage';
import { listSegments } from '@/db/segments';
import type { WorkspaceId } from '@/lib/auth';
import { AppError } from '@/lib/errors';
import { type SegmentView, segmentView } from '@/lib/segment/view';

/** All saved segments of the workspace, or the one of that key where there is one. */
export async function segmentViews(db: Database, workspaceId: WorkspaceId, now: Date, key?: string): Promise<SegmentView[]> {
  const [segments, trends, usage] = await Promise.all([
    listSegments(db, workspaceId),
    segmentTrends(db, workspaceId, now),
    segmentUsage(db.orm, workspaceId),
  ]);
  const names = new Map(segments.map((segment) => [segment.key, segment.name]));
  return segments
    .filter((segment) => key === undefined || segment.key === key)
    .map((segment) =>
      segmentView(segment, { names, size: trends.get(segment.key)?.last ?? null, usage: usage.get(segment.key) ?? unused }),
    );
}

/** @throws AppError not_found. */
export async function segmentViewOf(db: Database, workspaceId: WorkspaceId, now: Date, key: string): Promise<SegmentView> {
  const [view] = await segmentViews(db, workspaceId, now, key);
  if (!view) throw new AppError('not_found', `There is no segment “${key}”.`);
  return view;
}
