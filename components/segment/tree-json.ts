import { type Compare, compareOf, type Did, type DidNot, type FirstLast, type Sequence } from '@/lib/segment/behaviour';
import type { Definition, Leaf, PropertyCondition } from '@/lib/segment/definition';
import {
  type BehaviourNode,
  type GroupNode,
  type LeafNode,
  type Measure,
  type Node,
  newGroup,
  type PropertyNode,
  plainBehaviour,
  type Step,
} from './tree';

/** Definition → tree → JSON. The way back gives the same definition, but for doubled nots, a root that holds one thing, and defaults. */

/** The root is always a group, so that there is a place to add to. @param series begins the ids; one a page and reading. */
export function treeOf(definition: Definition | undefined, series = 'n'): GroupNode {
  if (!definition) return { ...newGroup('all'), id: `${series}0` };
  let made = 0;
  const node = nodeOf(definition, () => `${series}${++made}`);
  return node.kind === 'group' ? node : { ...newGroup('all', [node]), id: `${series}0` };
}

type NextId = () => string;

function nodeOf(definition: Definition, next: NextId): Node {
  if ('not' in definition) {
    const node = nodeOf(definition.not, next);
    return { ...node, not: !node.not };
  }
  if ('all' in definition) return groupOf('all', definition.all, next);
  if ('any' in definition) return groupOf('any', definition.any, next);
  return leafOf(definition, next);
}

function groupOf(of: GroupNode['of'], list: readonly Definition[], next: NextId): GroupNode {
  return { id: next(), kind: 'group', not: false, of, children: list.map((each) => nodeOf(each, next)) };
}

function leafOf(leaf: Leaf, next: NextId): LeafNode {
  if ('sequence' in leaf) return sequenceOf(leaf, next);
  if ('did' in leaf) return behaviourOf('did', leaf, next);
  if ('didNot' in leaf) return behaviourOf('didNot', leaf, next);
  if ('property' in leaf) return propertyOf(leaf, next);
  const node = { id: next(), not: false };
  if ('has' in leaf) return { ...node, kind: 'has', has: leaf.has };
  if ('segment' in leaf) return { ...node, kind: 'segment', segment: leaf.segment };
  return { ...node, kind: 'bucket', bucket: leaf.bucket };
}

export function stepOf(names: string | string[], where: readonly PropertyCondition[] | undefined, next: NextId): Step {
  return { id: next(), events: [names].flat(), where: (where ?? []).map((each) => propertyOf(each, next)) };
}

function behaviourOf(verb: 'did' | 'didNot', leaf: Did | FirstLast | DidNot, next: NextId): BehaviourNode {
  const id = next();
  const clock = 'occurrence' in leaf ? {} : { hours: leaf.hours ?? null, weekdays: leaf.weekdays ?? null };
  return {
    ...plainBehaviour,
    ...clock,
    id,
    verb,
    step: stepOf('did' in leaf ? leaf.did : leaf.didNot, leaf.where, next),
    second: stepOf([], undefined, next),
    window: leaf.within ?? 'ever',
    measure: measureOf(leaf),
    includeZero: 'includeZero' in leaf && leaf.includeZero === true,
  };
}

function measureOf(leaf: Did | FirstLast | DidNot): Measure {
  if ('occurrence' in leaf) return { by: leaf.occurrence };
  if ('aggregate' in leaf && leaf.aggregate) {
    const { fn, property } = leaf.aggregate;
    return { by: fn, property, compare: compareOf(leaf.aggregate) };
  }
  return { by: 'count', compare: ('count' in leaf && leaf.count) || { gte: 1 } };
}

function sequenceOf({ sequence: [first, second], gap, within }: Sequence, next: NextId): BehaviourNode {
  const id = next();
  return {
    ...plainBehaviour,
    id,
    verb: 'did' in second ? 'then' : 'thenNot',
    step: stepOf(first.did, first.where, next),
    second: stepOf('did' in second ? second.did : second.didNot, second.where, next),
    gap,
    window: within ?? 'ever',
  };
}

function propertyOf(condition: PropertyCondition, next: NextId): PropertyNode {
  return {
    id: next(),
    kind: 'property',
    not: false,
    property: condition.property,
    op: condition.op,
    value: 'value' in condition ? condition.value : undefined,
    ignoreCase: 'ignoreCase' in condition && condition.ignoreCase === true,
  };
}

export type Json = Record<string, unknown>;

/** JSON of the whole tree as it stands; what is missing shows as a fault when it is parsed. */
export function jsonOf(root: GroupNode): Json {
  const only = onlyLeaf(root);
  return nodeJson(only ?? root);
}

/** A root of one condition is that condition. */
function onlyLeaf({ of, not, children: [only, ...rest] }: GroupNode): LeafNode | undefined {
  return of === 'all' && !not && rest.length === 0 && only && only.kind !== 'group' ? only : undefined;
}

export function nodeJson(node: Node): Json {
  const json = node.kind === 'group' ? { [node.of]: node.children.map(nodeJson) } : leafJson(node);
  return node.not ? { not: json } : json;
}

/** Without its `not`. A number that is missing is null. */
export const leafJson = (node: LeafNode): Json => JSON.parse(JSON.stringify(leafShape(node))) as Json;

function leafShape(node: LeafNode): Json {
  switch (node.kind) {
    case 'has':
      return { has: node.has };
    case 'segment':
      return { segment: node.segment };
    case 'bucket':
      return { bucket: node.bucket };
    case 'property':
      return propertyJson(node);
    case 'behaviour':
      return behaviourJson(node);
  }
}

function behaviourJson(node: BehaviourNode): Json {
  const within = node.window === 'ever' ? {} : { within: node.window };
  if (node.verb === 'then' || node.verb === 'thenNot') {
    const sequence = [stepJson('did', node.step), stepJson(node.verb === 'then' ? 'did' : 'didNot', node.second)];
    return { sequence, gap: node.gap, ...within };
  }
  const clock = { ...(node.hours && { hours: node.hours }), ...(node.weekdays && { weekdays: node.weekdays }) };
  if (node.verb === 'didNot') return { ...stepJson('didNot', node.step), ...within, ...clock };
  const { measure } = node;
  if (measure.by === 'first' || measure.by === 'last')
    return { ...stepJson('did', node.step), occurrence: measure.by, within: node.window };
  const zero = node.includeZero ? { includeZero: true } : {};
  return { ...stepJson('did', node.step), ...within, ...clock, ...measureJson(measure), ...zero };
}

function measureJson(measure: Exclude<Measure, { by: 'first' | 'last' }>): Json {
  if (measure.by === 'count') return isOnce(measure.compare) ? {} : { count: measure.compare };
  return { aggregate: { fn: measure.by, property: measure.property, ...measure.compare } };
}

export const isOnce = (compare: Compare): boolean => 'gte' in compare && compare.gte === 1;

export function stepJson(verb: 'did' | 'didNot', { events, where }: Step): Json {
  return { [verb]: events.length > 1 ? events : (events[0] ?? ''), ...(where.length > 0 && { where: where.map(propertyJson) }) };
}

const caseless = new Set(['is', 'isNot', 'isOneOf', 'isNoneOf', 'contains', 'notContains', 'startsWith', 'endsWith', 'matches']);

/** Whether upper and lower case can be made one: the operators on texts. */
export const knowsCase = (node: PropertyNode): boolean => caseless.has(node.op) && typeof node.value !== 'boolean';

function propertyJson(node: PropertyNode): Json {
  const { property, op, value, ignoreCase } = node;
  return { property, op, ...(value === undefined ? {} : { value }), ...(ignoreCase && caseless.has(op) ? { ignoreCase } : {}) };
}

/** Where each node of the tree, steps and filters too, stands in `jsonOf(root)`: path → id. */
export function placesOf(root: GroupNode): Map<string, string> {
  const places = new Map([['', root.id]]);
  place(onlyLeaf(root) ?? root, '', places);
  return places;
}

const join = (path: string, part: string) => (path ? `${path}.${part}` : part);

function place(node: Node, path: string, places: Map<string, string>): void {
  places.set(path, node.id);
  const inner = node.not ? join(path, 'not') : path;
  places.set(inner, node.id);
  if (node.kind === 'group') {
    for (const [i, child] of node.children.entries()) place(child, join(inner, `${node.of}[${i}]`), places);
    return;
  }
  for (const { id, at } of partsOf(node)) places.set(join(inner, at), id);
}

/** Steps of a sequence and filters of a leaf, each with where it stands in it. */
export function partsOf(node: LeafNode): { id: string; at: string }[] {
  if (node.kind !== 'behaviour') return [];
  const filters = (step: Step, at: string) => step.where.map(({ id }, i) => ({ id, at: join(at, `where[${i}]`) }));
  if (node.verb === 'did' || node.verb === 'didNot') return filters(node.step, '');
  return [node.step, node.second].flatMap((step, i) => {
    const at = `sequence[${i}]`;
    return [{ id: step.id, at }, ...filters(step, at)];
  });
}
