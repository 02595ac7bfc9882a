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
  const faults = parsed.error.issues.map(({ path, message }) =>
    faultAt([...partsOf(node), { id: node.id, at: '' }], pathText(path), message),
  );
  return faults.filter((fault, i) => faults.findIndex((other) => other.id === fault.id && other.field === fault.field) === i);
}

/** @param places where nodes stand, the root's among them; the innermost around the path has the fault. */
export function faultAt(places: readonly { id: string; at: string }[], path: string, message: string): FieldFault {
  const around = places.filter(({ at }) => at === '' || path === at || /^[.[]/.test(path.startsWith(at) ? path.slice(at.length) : ''));
  const { id, at } = around.reduce((inner, each) => (each.at.length > inner.at.length ? each : inner));
  const key = /^\.?(\w*)/.exec(path.slice(at.length))?.[1] ?? '';
  return { id, field: fieldOf[key] ?? 'events', message: plainly[message] ?? message };
}

/** The parser speaks to who writes JSON; beside a field it is said for who fills it in. */
const plainly: Record<string, string> = {
  'A text, or true or false.': 'Choose a value.',
  'A text.': 'Type a text.',
  'A pattern.': 'Type a pattern.',
  'A number.': 'Type a number.',
  'A whole number.': 'Type a whole number.',
  'A list needs at least one value.': 'Choose at least one value.',
  'A day such as 2026-03-09.': 'Choose a day.',
  'A segment is named by its key.': 'Choose a segment.',
  'Two whole numbers from 0 to 999, such as [0, 499].': 'Two whole numbers from 0 to 999.',
};
