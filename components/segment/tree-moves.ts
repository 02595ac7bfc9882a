import { limits } from '@/lib/segment/definition';
import { type GroupNode, type Node, newGroup } from './tree';

/** Changes of a tree. Each gives a new root in which all that did not change is the same object. */

export type Found = { node: Node; parent: GroupNode; index: number };

/** A node below the root, and where it stands. */
export function find(root: GroupNode, id: string): Found | undefined {
  for (const [index, node] of root.children.entries()) {
    if (node.id === id) return { node, parent: root, index };
    const found = node.kind === 'group' ? find(node, id) : undefined;
    if (found) return found;
  }
  return undefined;
}

/** @param next what stands in its place: nothing, or one or several nodes. */
function spliced(group: GroupNode, id: string, next: readonly Node[]): GroupNode {
  let isChanged = false;
  const children = group.children.flatMap((child): Node[] => {
    if (child.id === id) {
      isChanged = true;
      return [...next];
    }
    if (child.kind !== 'group') return [child];
    const inner = spliced(child, id, next);
    if (inner === child) return [child];
    isChanged = true;
    return inner.children.length === 0 ? [] : [inner];
  });
  return isChanged ? { ...group, children } : group;
}

export const replaced = (root: GroupNode, id: string, next: Node): GroupNode =>
  root.id === id && next.kind === 'group' ? next : spliced(root, id, [next]);

/** A group that becomes empty goes too; the root stays. */
export const without = (root: GroupNode, id: string): GroupNode => spliced(root, id, []);

export function inserted(root: GroupNode, groupId: string, index: number, node: Node): GroupNode {
  const group = root.id === groupId ? root : find(root, groupId)?.node;
  if (group?.kind !== 'group') return root;
  return replaced(root, groupId, { ...group, children: [...group.children.slice(0, index), node, ...group.children.slice(index)] });
}

/** @param index among the group's children as they stand before. Into itself: unchanged. */
export function moved(root: GroupNode, id: string, groupId: string, index: number): GroupNode {
  const found = find(root, id);
  if (!found || contains(found.node, groupId)) return root;
  const isSame = found.parent.id === groupId;
  if (isSame && (index === found.index || index === found.index + 1)) return root;
  // Put in first: else the group it goes to might vanish as empty.
  const copy = { ...found.node, id: `${id} moving` };
  return renamed(without(inserted(root, groupId, index, copy), id), copy.id, found.node);
}

const renamed = (root: GroupNode, id: string, node: Node) => spliced(root, id, [node]);

export const contains = (node: Node, id: string): boolean =>
  node.id === id || (node.kind === 'group' && node.children.some((child) => contains(child, id)));

/** The two together, in a group of the other kind than the one around them. */
export function joined(root: GroupNode, id: string, targetId: string): GroupNode {
  const target = find(root, targetId);
  const found = find(root, id);
  if (!target || !found || contains(found.node, targetId)) return root;
  const group = newGroup(otherKind(target.parent), [target.node, found.node]);
  return replaced(without(root, id), targetId, group);
}

/** It alone, in a group of its own. */
export function wrapped(root: GroupNode, id: string): GroupNode {
  const found = find(root, id);
  return found ? replaced(root, id, newGroup(otherKind(found.parent), [found.node])) : root;
}

export const otherKind = ({ of }: GroupNode): GroupNode['of'] => (of === 'all' ? 'any' : 'all');

/** Its conditions in its place. */
export function dissolved(root: GroupNode, id: string): GroupNode {
  const found = find(root, id);
  return found?.node.kind === 'group' ? spliced(root, id, found.node.children) : root;
}

/** Whether a group can be dissolved without a change of meaning. */
export const isDissolvable = ({ node, parent }: Found): boolean =>
  node.kind === 'group' && !node.not && (node.of === parent.of || node.children.length === 1);

export type Move = 'up' | 'down' | 'into' | 'out' | 'wrap';

/** What a keyboard or a menu moves: null where it cannot. `up` from the first place of a group leaves it. */
export function stepped(root: GroupNode, id: string, move: Move): GroupNode | null {
  const found = find(root, id);
  if (!found) return null;
  const next = step(root, found, move);
  return next && next !== root && levels(next) <= limits.depth ? next : null;
}

function step(root: GroupNode, { node, parent, index }: Found, move: Move): GroupNode | undefined {
  const outer = find(root, parent.id);
  const beside = parent.children[index - 1]?.kind === 'group' ? parent.children[index - 1] : parent.children[index + 1];
  switch (move) {
    case 'up':
      if (index > 0) return moved(root, node.id, parent.id, index - 1);
      return outer && moved(root, node.id, outer.parent.id, outer.index);
    case 'down':
      if (index < parent.children.length - 1) return moved(root, node.id, parent.id, index + 2);
      return outer && moved(root, node.id, outer.parent.id, outer.index + 1);
    case 'into':
      if (beside?.kind !== 'group') return undefined;
      return moved(root, node.id, beside.id, parent.children.indexOf(beside) < index ? beside.children.length : 0);
    case 'out':
      return outer && moved(root, node.id, outer.parent.id, outer.index + 1);
    case 'wrap':
      return wrapped(root, node.id);
  }
}

/** How deep the definition is: a leaf is 1, every group and every not one more. */
export function levels(node: Node): number {
  const own = node.kind === 'group' ? 1 + Math.max(0, ...node.children.map(levels)) : 1;
  return own + (node.not ? 1 : 0);
}

/** How many conditions the definition has: groups and nots count. */
export function sizeOf(node: Node): number {
  const own = node.kind === 'group' ? node.children.reduce((sum, child) => sum + sizeOf(child), 1) : 1;
  return own + (node.not ? 1 : 0);
}

/** The same with ids of its own, all the way down. */
export function copied(node: Node, newId: () => string): Node {
  if (node.kind === 'group') return { ...node, id: newId(), children: node.children.map((child) => copied(child, newId)) };
  if (node.kind !== 'behaviour') return { ...node, id: newId() };
  const step = ({ events, where }: typeof node.step) => ({ id: newId(), events, where: where.map((each) => ({ ...each, id: newId() })) });
  return { ...node, id: newId(), step: step(node.step), second: step(node.second) };
}
