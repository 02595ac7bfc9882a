import type { Size } from '@/db/segment-sizes';
import type { SegmentUsage } from '@/db/segment-usage';
import type { Segment } from '@/db/segments';
import type { SegmentNames } from './describe';
import { segmentSentence } from './sentence';

type Around = { names: SegmentNames; size: Size | null; usage: SegmentUsage };

/** What the API says of a saved segment; `size` is the one recorded last. */
export function segmentView(segment: Segment, { names, size, usage }: Around) {
  const { key, name, kind, definition, owner, createdAt, updatedAt } = segment;
  return {
    key,
    name,
    kind,
    ...(kind === 'list' ? {} : { definition }),
    sentence: segmentSentence(segment, names),
    size,
    usedBy: usage,
    owner,
    createdAt,
    updatedAt,
  };
}

export type SegmentView = ReturnType<typeof segmentView>;
