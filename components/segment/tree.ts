import type { Compare, Did, DidNot, FirstLast } from '@/lib/segment/behaviour';
import type { Definition, Has, PropertyCondition } from '@/lib/segment/definition';
import type { Window } from '@/lib/segment/window';

/** The builder's own tree: like a definition, but parts may still be missing, and every node has an id to be found by. */
export type GroupNode = { id: string; kind: 'group'; of: 'all' | 'any' | 'none'; children: Node[] };
export type BehaviourNode = { id: string; kind: 'did' | 'didNot'; event: string; where: PropertyNode[]; window: Window; count: Compare };
export type PropertyNode = {
  id: string;
  kind: 'property';
  property: string;
  op: PropertyCondition['op'];
  value: unknown;
  ignoreCase: boolean;
};
export type HasNode = { id: string; kind: 'has'; has: Has['has'] };
export type Node = GroupNode | BehaviourNode | PropertyNode | HasNode;

let made = 0;
const newId = () => `node-${++made}`;

export const newGroup = (of: GroupNode['of'] = 'all', children: Node[] = []): GroupNode => ({ id: newId(), kind: 'group', of, children });
export const newBehaviour = (kind: 'did' | 'didNot' = 'did'): BehaviourNode => ({
  id: newId(),
  kind,
  event: '',
  where: [],
  window: { last: { days: 7 } },
  count: { gte: 1 },
});
export const newProperty = (): PropertyNode => ({ id: newId(), kind: 'property', property: '', op: 'is', value: '', ignoreCase: false });
export const newHas = (): HasNode => ({ id: newId(), kind: 'has', has: 'reachable' });

/** The root is always a group, so that there is a place to add to. */
export function treeOf(definition: Definition | undefined): GroupNode {
  if (!definition) return newGroup('all', [newBehaviour()]);
  const node = nodeOf(definition);
  return node.kind === 'group' ? node : newGroup('all', [node]);
}

function nodeOf(definition: Definition): Node {
  if ('all' in definition) return newGroup('all', definition.all.map(nodeOf));
  if ('any' in definition) return newGroup('any', definition.any.map(nodeOf));
  if ('not' in definition) return newGroup('none', 'any' in definition.not ? definition.not.any.map(nodeOf) : [nodeOf(definition.not)]);
  if ('did' in definition) return behaviourOf('did', definition.did, definition);
  if ('didNot' in definition) return behaviourOf('didNot', definition.didNot, definition);
  if ('has' in definition) return { id: newId(), kind: 'has', has: definition.has };
  if ('property' in definition) return propertyOf(definition);
  throw new Error('the builder does not show this condition yet');
}

/** Several event names are kept in one text, a line each. */
function behaviourOf(kind: 'did' | 'didNot', names: string | string[], condition: Did | FirstLast | DidNot): BehaviourNode {
  const count = 'count' in condition && condition.count ? condition.count : { gte: 1 };
  const where = (condition.where ?? []).map(propertyOf);
  return { id: newId(), kind, event: [names].flat().join('\n'), where, window: condition.within ?? 'ever', count };
}

function propertyOf(condition: PropertyCondition): PropertyNode {
  const ignoreCase = 'ignoreCase' in condition && condition.ignoreCase === true;
  return {
    id: newId(),
    kind: 'property',
    property: condition.property,
    op: condition.op,
    value: 'value' in condition ? condition.value : undefined,
    ignoreCase,
  };
}

/** JSON of the tree as it stands; what is missing shows as a fault when it is parsed. */
export function jsonOf(node: Node): Record<string, unknown> {
  switch (node.kind) {
    case 'group': {
      const children = node.children.map(jsonOf);
      return node.of === 'none' ? { not: { any: children } } : { [node.of]: children };
    }
    case 'has':
      return { has: node.has };
    case 'property':
      return propertyJson(node);
    default: {
      const names = node.event.split('\n');
      const where = node.where.length > 0 ? { where: node.where.map(propertyJson) } : {};
      const within = node.window === 'ever' ? {} : { within: node.window };
      const isOnce = 'gte' in node.count && node.count.gte === 1;
      const count = node.kind === 'did' && !isOnce ? { count: node.count } : {};
      return { [node.kind]: names.length > 1 ? names : node.event, ...where, ...within, ...count };
    }
  }
}

const caseless = new Set(['is', 'isNot', 'isOneOf', 'isNoneOf', 'contains', 'notContains', 'startsWith', 'endsWith', 'matches']);

function propertyJson({ property, op, value, ignoreCase }: PropertyNode): Record<string, unknown> {
  return { property, op, ...(value === undefined ? {} : { value }), ...(ignoreCase && caseless.has(op) ? { ignoreCase } : {}) };
}

/** The tree with one node replaced, or without it where `next` is null. */
export function replaced(group: GroupNode, id: string, next: Node | null): GroupNode {
  const children = group.children.flatMap((child): Node[] => {
    if (child.id === id) return next ? [next] : [];
    return child.kind === 'group' ? [replaced(child, id, next)] : [child];
  });
  return { ...group, children };
}

/** A fault's path in the definition, "all[1].where[0].op", to the id of the node it stands in. */
export function nodeAt(root: GroupNode, path: string): string {
  let node: Node = root;
  for (const match of path.matchAll(/(?:^|\.)(all|any)\[(\d+)\]/g)) {
    const child: Node | undefined = node.kind === 'group' ? node.children[Number(match[2])] : undefined;
    if (!child) break;
    node = child;
  }
  return node.id;
}
