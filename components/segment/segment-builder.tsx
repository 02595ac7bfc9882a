'use client';

import { Redo2, Undo2 } from 'lucide-react';
import { useMemo, useRef, useState } from 'react';
import { Button } from '@/components/ui/button';
import { AppError } from '@/lib/errors';
import { type Definition, parseDefinition } from '@/lib/segment/definition';
import { describe } from '@/lib/segment/describe';
import type { BuilderCatalogue } from './catalogue';
import { GroupFields } from './group-fields';
import { type GroupNode, jsonOf, type Node, nodeAt, replaced, treeOf } from './tree';

type Props = {
  value: Definition | undefined;
  catalogue: BuilderCatalogue;
  /** Null while something is missing or wrong. */
  onChange: (definition: Definition | null) => void;
};

/** The whole language as a form; what is wrong stands beside the condition it is in. Undo and redo by button or keyboard. */
export function SegmentBuilder({ value, catalogue, onChange }: Props) {
  const history = useHistory(value);
  const { root } = history;
  const [now] = useState(() => new Date());
  const [touched, setTouched] = useState(value !== undefined);
  const { definition, faults } = useMemo(() => checked(root), [root]);

  const change = (id: string, next: Node | null) => {
    setTouched(true);
    const tree = id === root.id && next?.kind === 'group' ? next : replaced(root, id, next);
    history.push(tree);
    onChange(checked(tree).definition);
  };
  const travel = (tree: GroupNode | undefined) => tree && onChange(checked(tree).definition);
  const onKeyDown = (event: React.KeyboardEvent) => {
    if (!(event.metaKey || event.ctrlKey) || event.key.toLowerCase() !== 'z' || event.target instanceof HTMLInputElement) return;
    event.preventDefault();
    travel(event.shiftKey ? history.redo() : history.undo());
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: a keyboard shortcut over the form, beside its buttons
    <div className="grid gap-4" onKeyDown={onKeyDown}>
      <div className="flex items-start justify-between gap-4">
        <p aria-live="polite" className="text-pretty text-sm">
          {definition ? (
            describe(definition)
          ) : (
            <span className="text-muted-foreground">Describe the users you mean; the sentence appears here.</span>
          )}
        </p>
        <div className="flex shrink-0">
          <Button variant="ghost" size="icon" aria-label="Undo" disabled={!history.canUndo} onClick={() => travel(history.undo())}>
            <Undo2 aria-hidden />
          </Button>
          <Button variant="ghost" size="icon" aria-label="Redo" disabled={!history.canRedo} onClick={() => travel(history.redo())}>
            <Redo2 aria-hidden />
          </Button>
        </div>
      </div>
      <GroupFields node={root} depth={0} catalogue={catalogue} now={now} faults={touched ? faults : new Map()} change={change} />
    </div>
  );
}

function checked(root: GroupNode): { definition: Definition | null; faults: Map<string, string> } {
  try {
    return { definition: parseDefinition(jsonOf(root)), faults: new Map() };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return { definition: null, faults: new Map([[nodeAt(root, error.field ?? ''), error.message]]) };
  }
}

/** The last hundred trees, and where in them one stands. */
function useHistory(value: Definition | undefined) {
  const [first] = useState(() => treeOf(value));
  const past = useRef<GroupNode[]>([first]);
  const [at, setAt] = useState(0);
  const go = (index: number) => {
    setAt(index);
    return past.current[index];
  };
  return {
    root: past.current[at] ?? first,
    canUndo: at > 0,
    canRedo: at < past.current.length - 1,
    push: (tree: GroupNode) => {
      past.current = [...past.current.slice(0, at + 1), tree].slice(-100);
      setAt(past.current.length - 1);
    },
    undo: () => (at > 0 ? go(at - 1) : undefined),
    redo: () => (at < past.current.length - 1 ? go(at + 1) : undefined),
  };
}
