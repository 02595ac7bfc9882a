import { definitionSchema, pathText } from '@/lib/segment/definition';
import type { LeafNode } from './tree';
import { leafJson, partsOf } from './tree-json';

/** What is wrong in a leaf, by the node (itself, a step or a filter) and the field in it. */
export type FieldFault = { id: string; field: Field; message: string };

export type Field = 'events' | 'where' | 'window' | 'measure' | 'clock' | 'gap' | 'property' | 'op' | 'value' | 'segment' | 'bucket';

const fieldOf: Record<string, Field> = {
  did: 'events',
  didNot: 'events',
  where: 'where',
  within: 'window',
  count: 'measure',
  aggregate: 'measure',
  hours: 'clock',
  weekdays: 'clock',
  gap: 'gap',
  property: 'property',
  op: 'op',
  value: 'value',
  segment: 'segment',
  bucket: 'bucket',
};

const known = new WeakMap<LeafNode, readonly FieldFault[]>();

/** Every fault of a leaf, the first of each field. Of the same object the same list. */
export function faultsOf(node: LeafNode): readonly FieldFault[] {
  const before = known.get(node);
  if (before) return before;
  const faults = readFaults(node);
  known.set(node, faults);
  return faults;
}

function readFaults(node: LeafNode): FieldFault[] {
  const parsed = definitionSchema.safeParse(leafJson(node));
  if (parsed.success) return [];
  const parts = [...partsOf(node), { id: node.id, at: '' }].sort((a, b) => b.at.length - a.at.length);
  const faults = parsed.error.issues.map(({ path, message }): FieldFault => {
    const text = pathText(path);
    const part = parts.find(({ at }) => at === '' || text === at || text.startsWith(`${at}.`)) ?? { id: node.id, at: '' };
    const key = /^\.?(\w*)/.exec(text.slice(part.at.length))?.[1] ?? '';
    return { id: part.id, field: fieldOf[key] ?? 'events', message };
  });
  return faults.filter((fault, i) => faults.findIndex((other) => other.id === fault.id && other.field === fault.field) === i);
}
