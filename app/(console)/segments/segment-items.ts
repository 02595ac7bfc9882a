import type { SegmentItem } from '@/components/segment/segment-item';
import { database } from '@/db/open';
import { segmentTrends } from '@/db/segment-sizes';
import { segmentUsage, unused } from '@/db/segment-usage';
import { listSegments } from '@/db/segments';
import type { SignedIn } from '@/lib/auth';
import { segmentSentence } from '@/lib/segment/sentence';

/** All segments of the workspace, with the sizes recorded last: nothing is counted here. */
export async function segmentItems(user: SignedIn, now: Date): Promise<SegmentItem[]> {
  const db = database();
  const { workspaceId } = user;
  const [segments, usage, trends] = await Promise.all([
    listSegments(db, workspaceId),
    segmentUsage(db.orm, workspaceId),
    segmentTrends(db, workspaceId, now),
  ]);
  const names = new Map(segments.map(({ key, name }) => [key, name]));
  return segments.map((segment) => {
    const { key, name, kind, owner, updatedAt } = segment;
    const { last: size, days } = trends.get(key) ?? { last: null, days: [] };
    return {
      key,
      name,
      kind,
      owner,
      updatedAt,
      sentence: segmentSentence(segment, names),
      size,
      stale: size === null || size.at < updatedAt,
      days,
      usage: usage.get(key) ?? unused,
    };
  });
}
