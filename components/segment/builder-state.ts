'use client';

import { createContext, type RefObject, useContext, useEffect, useEffectEvent, useMemo, useReducer, useRef, useState } from 'react';
import type { Definition } from '@/lib/segment/definition';
import { type Edit, editOf } from './builder-edit';
import { type Arrival, focusOn } from './builder-focus';
import type { BuilderCatalogue } from './catalogue';
import { type Checked, checked } from './checked';
import type { FieldFault } from './faults';
import type { GroupNode } from './tree';
import { treeOf } from './tree-json';

/** What every row may ask for. */
export type BuilderWorld = {
  edit: Edit;
  catalogue: BuilderCatalogue;
  /** What the windows are shown for. */
  at: Date;
  isNow: boolean;
  /** Whether faults are shown that nobody came near yet. */
  showsAll: boolean;
  /** What only the server could tell. */
  refused: FieldFault | undefined;
};

const World = createContext<BuilderWorld | null>(null);
export const BuilderProvider = World.Provider;

export function useBuilderWorld(): BuilderWorld {
  const world = useContext(World);
  if (!world) throw new Error('invariant: rows stand in a builder');
  return world;
}

type History = { trees: readonly GroupNode[]; at: number };
type Travel = { kind: 'put'; tree: GroupNode; joins: boolean } | { kind: 'go'; by: 1 | -1 };

const mostKept = 100;

function travelled(history: History, travel: Travel): History {
  if (travel.kind === 'go') {
    const at = history.at + travel.by;
    return history.trees[at] ? { ...history, at } : history;
  }
  const past = history.trees.slice(0, history.at + (travel.joins ? 0 : 1));
  const trees = [...past, travel.tree].slice(-mostKept);
  return { trees, at: trees.length - 1 };
}

export type Builder = Checked & {
  root: GroupNode;
  edit: Edit;
  canUndo: boolean;
  canRedo: boolean;
  /** For a screen reader. */
  message: string;
  /** What is typed from now on is a step of its own for undo. */
  settle: () => void;
};

/** The tree with its history; `onChange` hears of every change. */
export function useBuilder(
  value: Definition | undefined,
  builder: RefObject<HTMLElement | null>,
  onChange: (definition: Definition | null) => void,
): Builder {
  const [history, travel] = useReducer(travelled, value, (begin): History => ({ trees: [treeOf(begin)], at: 0 }));
  const tree = history.trees[history.at] as GroupNode;
  const state = useMemo(() => checked(tree), [tree]);
  const [message, setMessage] = useState('');
  const root = useRef(tree);
  const told = useRef(tree);
  const arrival = useRef<Arrival>(undefined);
  const typedIn = useRef<Element>(undefined);

  const tell = useEffectEvent(() => onChange(state.definition));
  useEffect(() => {
    if (told.current === tree) return;
    told.current = tree;
    root.current = tree;
    tell();
    const to = arrival.current;
    arrival.current = undefined;
    if (to && builder.current) focusOn(builder.current, to);
    else if (document.activeElement === document.body) builder.current?.focus({ preventScroll: true });
  }, [tree, builder]);

  const edit = useMemo(() => {
    // The same words once more are read aloud only where something of them is new.
    const say = (words: string) => setMessage((before) => (before === words ? `${words}\u00a0` : words));
    const put = (next: GroupNode, joins: boolean) => {
      root.current = next;
      travel({ kind: 'put', tree: next, joins });
    };
    return editOf({ builder, root, typedIn, arrival, put, go: (by) => travel({ kind: 'go', by }), say });
  }, [builder]);
  const settle = () => {
    typedIn.current = undefined;
  };
  return { ...state, root: tree, edit, message, settle, canUndo: history.at > 0, canRedo: history.at < history.trees.length - 1 };
}
