'use client';

import { type ReactNode, useMemo, useState } from 'react';
import type { Definition } from '@/lib/segment/definition';
import type { Told } from './explain-words';
import { Tick } from './tick';

type Ticked = { definition: Definition | null | undefined; at: Date | null; name: string; tree: Told };

export type Ticks = {
  /** By the conditions' paths in the definition. */
  notes: ReadonlyMap<string, ReactNode> | undefined;
  /** Whose they are. */
  name: string | undefined;
  tell: (name: string, tree: Told) => void;
  clear: () => void;
};

/** The answers told last, beside the conditions they are of: until the description or its instant changes. */
export function useTicks(definition: Definition | null | undefined, at: Date | null): Ticks {
  const [ticked, setTicked] = useState<Ticked>();
  const current = ticked && ticked.definition === definition && ticked.at === at ? ticked : undefined;
  const notes = useMemo(() => current && new Map(ticksOf(current.tree, '', current.name)), [current]);
  return {
    notes,
    name: current?.name,
    tell: (name, tree) => setTicked({ definition, at, name, tree }),
    clear: () => setTicked(undefined),
  };
}

/** Those inside come first: what is negated in place is told by its negation. */
function* ticksOf(tree: Told, path: string, name: string): Generator<[string, ReactNode]> {
  const inner = (part: string) => (path ? `${path}.${part}` : part);
  if ('all' in tree) for (const [i, part] of tree.all.entries()) yield* ticksOf(part, inner(`all[${i}]`), name);
  else if ('any' in tree) for (const [i, part] of tree.any.entries()) yield* ticksOf(part, inner(`any[${i}]`), name);
  else if ('not' in tree) yield* ticksOf(tree.not, inner('not'), name);
  yield [path, <Tick key={path} holds={tree.answer} of={name} />];
}
