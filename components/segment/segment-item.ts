import type { SegmentKind } from '@/db/schema';
import type { Size } from '@/db/segment-sizes';
import type { SegmentUsage } from '@/db/segment-usage';

/** A row of the list of segments. */
export type SegmentItem = {
  key: string;
  name: string;
  kind: SegmentKind;
  /** Who is in it, in words. */
  sentence: string;
  /** As it was counted last. */
  size: Size | null;
  /** Changed since it was counted, or never counted. */
  stale: boolean;
  days: { day: string; qualify: number | null }[];
  usage: SegmentUsage;
  owner: string | null;
  updatedAt: Date;
};

export const sorts = { updated: 'Last changed', name: 'Name', size: 'Size', used: 'Most used' } as const;
export type Sort = keyof typeof sorts;

export const isSort = (text: unknown): text is Sort => typeof text === 'string' && text in sorts;

const uses = ({ usage }: SegmentItem) => usage.campaigns.length + usage.segments.length;

const orders: Record<Sort, (a: SegmentItem, b: SegmentItem) => number> = {
  updated: (a, b) => b.updatedAt.getTime() - a.updatedAt.getTime(),
  name: (a, b) => a.name.localeCompare(b.name),
  size: (a, b) => (b.size?.qualify ?? -1) - (a.size?.qualify ?? -1),
  used: (a, b) => uses(b) - uses(a),
};

/** Those that hold every word of the text, in order; equal ones by name. */
export function shownSegments(items: readonly SegmentItem[], text: string, sort: Sort): SegmentItem[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return items
    .filter(({ name, key, sentence, owner }) => {
      const all = `${name} ${key} ${sentence} ${owner ?? ''}`.toLowerCase();
      return words.every((word) => all.includes(word));
    })
    .sort((a, b) => orders[sort](a, b) || orders.name(a, b));
}
