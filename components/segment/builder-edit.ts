import type { RefObject } from 'react';
import type { Definition } from '@/lib/segment/definition';
import { type Arrival, typedField } from './builder-focus';
import type { Field } from './faults';
import { glueOf, groupWords, nameOf } from './node-names';
import { type GroupNode, type Node, newId } from './tree';
import { treeOf } from './tree-json';
import { copied, dissolved, find, inserted, joined, type Move, moved, replaced, stepped, without } from './tree-moves';

/** What the rows change the tree by; the same object for as long as the builder stands. */
export type Edit = {
  /** Puts the node in the place of the one with its id. */
  change: (node: Node) => void;
  add: (groupId: string, node: Node, field?: Field) => void;
  remove: (id: string) => void;
  move: (id: string, move: Move) => void;
  /** Those that can be made now. */
  movesOf: (id: string) => Move[];
  drop: (id: string, place: DropPlace) => void;
  duplicate: (id: string) => void;
  /** The group's conditions take its place. */
  dissolve: (id: string) => void;
  replaceAll: (definition: Definition) => void;
  undo: () => void;
  redo: () => void;
  /** With the next change the focus goes there. */
  arrive: (id: string, field?: Field) => void;
  root: () => GroupNode;
};

export type DropPlace = { kind: 'between'; groupId: string; index: number } | { kind: 'onto'; id: string };

export type EditWorld = {
  builder: RefObject<HTMLElement | null>;
  root: RefObject<GroupNode>;
  /** The field whose letters become one step for undo. */
  typedIn: RefObject<Element | undefined>;
  arrival: RefObject<Arrival | undefined>;
  /** @param joins takes the place of the tree before: one more letter. */
  put: (tree: GroupNode, joins: boolean) => void;
  go: (by: 1 | -1) => void;
  /** For a screen reader. */
  say: (message: string) => void;
};

let readings = 0;

export function editOf(world: EditWorld): Edit {
  const { root, typedIn, arrival, say } = world;
  const put = (tree: GroupNode | null, said: string, to?: Arrival) => {
    if (!tree || tree === root.current) return;
    typedIn.current = undefined;
    arrival.current = to;
    world.put(tree, false);
    say(said);
  };
  const go = (by: 1 | -1, said: string) => {
    typedIn.current = undefined;
    world.go(by);
    say(said);
  };
  return {
    root: () => root.current,
    arrive: (id, field) => {
      arrival.current = { id, field };
    },
    change: (node) => {
      const field = typedField(world.builder.current);
      const joins = field !== undefined && field === typedIn.current;
      typedIn.current = field;
      world.put(replaced(root.current, node.id, node), joins);
    },
    add: (groupId, node, field) => {
      const group = groupAt(root.current, groupId);
      put(inserted(root.current, groupId, group.children.length, node), `Added: ${nameOf(node)}.`, { id: node.id, field });
    },
    remove: (id) => {
      const found = find(root.current, id);
      if (found) put(without(root.current, id), `Removed: ${nameOf(found.node)}.`, neighbourOf(root.current, id));
    },
    move: (id, move) => {
      const tree = stepped(root.current, id, move);
      if (tree) put(tree, whereabouts(tree, id), { id, field: 'grip' });
      else say('It can go no further that way.');
    },
    movesOf: (id) => moves.filter((move) => stepped(root.current, id, move) !== null),
    drop: (id, place) => {
      const tree = place.kind === 'onto' ? joined(root.current, id, place.id) : moved(root.current, id, place.groupId, place.index);
      put(tree, whereabouts(tree, id), { id, field: 'grip' });
    },
    duplicate: (id) => {
      const found = find(root.current, id);
      if (!found) return;
      const copy = copied(found.node, newId);
      put(inserted(root.current, found.parent.id, found.index + 1, copy), `Duplicated: ${nameOf(copy)}.`, { id: copy.id, field: 'grip' });
    },
    dissolve: (id) => {
      const found = find(root.current, id);
      if (found?.node.kind !== 'group') return;
      const first = found.node.children[0];
      put(dissolved(root.current, id), 'Group taken away; its conditions stay.', first && { id: first.id, field: 'grip' });
    },
    replaceAll: (definition) => put(treeOf(definition, `p${++readings}-`), 'The definition is taken over.', { id: root.current.id }),
    undo: () => go(-1, 'Undone.'),
    redo: () => go(1, 'Done again.'),
  };
}

const moves: Move[] = ['up', 'down', 'into', 'out', 'wrap'];

const groupAt = (root: GroupNode, id: string): GroupNode => {
  const node = find(root, id)?.node;
  return node?.kind === 'group' ? node : root;
};

/** Where the focus goes when it is gone: what comes next, else what came before, else the place to add. */
function neighbourOf(root: GroupNode, id: string): Arrival {
  const found = find(root, id);
  if (!found) return { id: root.id, field: 'add' };
  const beside = found.parent.children[found.index + 1] ?? found.parent.children[found.index - 1];
  if (beside) return { id: beside.id, field: 'grip' };
  return found.parent.id === root.id ? { id: root.id, field: 'add' } : neighbourOf(root, found.parent.id);
}

function whereabouts(root: GroupNode, id: string): string {
  const found = find(root, id);
  if (!found) return '';
  const { node, parent, index } = found;
  const group = parent.id === root.id ? '' : ` in the group “${groupWords(parent)}”`;
  const after = parent.children[index - 1];
  const place = after ? `, after “${nameOf(after)}” with “${glueOf(parent)}” between` : '';
  return `Moved “${nameOf(node)}”: number ${index + 1} of ${parent.children.length}${group}${place}.`;
}
