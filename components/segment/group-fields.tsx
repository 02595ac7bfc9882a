'use client';

import { memo, type ReactNode } from 'react';
import { cn } from '@/components/ui/cn';
import { FieldError } from '@/components/ui/field';
import { Select } from '@/components/ui/select';
import { AddCondition } from './add-condition';
import { useBuilderWorld } from './builder-state';
import { ConditionCard } from './condition-card';
import { ConditionMenu } from './condition-menu';
import { Grip } from './grip';
import { glueOf, groupWords } from './node-names';
import type { GroupNode, Node } from './tree';

/** What is shown beside a condition, by the condition's id. */
export type Notes = ReadonlyMap<string, ReactNode>;

/** A group within the tree. */
const GroupCard = memo(function GroupCard({ node, notes }: { node: GroupNode; notes: Notes }) {
  return (
    <fieldset
      data-node={node.id}
      data-card
      data-group
      className="grid min-w-0 gap-1.5 rounded-xl border border-border bg-muted/50 py-2 pr-2 pl-1 data-dragged:opacity-40"
    >
      <legend className="sr-only">{groupWords(node)}</legend>
      <div className="flex items-center gap-1">
        <Grip node={node} />
        <GroupKind node={node} />
        <span className="ml-auto flex items-center gap-1 text-sm">
          {notes.get(node.id)}
          <ConditionMenu node={node} />
        </span>
      </div>
      <div className="pl-6">
        <GroupChildren node={node} notes={notes} />
      </div>
    </fieldset>
  );
});

const kinds = ['all', 'any', 'none', 'notAll'] as const;
const kindOf = ({ of, not }: GroupNode): (typeof kinds)[number] => (not ? (of === 'any' ? 'none' : 'notAll') : of);
const groupOf = {
  all: { of: 'all', not: false },
  any: { of: 'any', not: false },
  none: { of: 'any', not: true },
  notAll: { of: 'all', not: true },
} as const;

/** All, any or none of its conditions. */
export function GroupKind({ node }: { node: GroupNode }) {
  const { edit } = useBuilderWorld();
  return (
    <Select
      dense
      aria-label="How the conditions go together"
      className="font-medium"
      value={kindOf(node)}
      onChange={(event) => edit.change({ ...node, ...groupOf[event.target.value as (typeof kinds)[number]] })}
    >
      {kinds.map((kind) => (
        <option key={kind} value={kind}>
          {groupWords({ ...node, ...groupOf[kind] })}
        </option>
      ))}
    </Select>
  );
}

/** Its conditions, with what stands between them, and the place to add one. */
export function GroupChildren({ node, notes }: { node: GroupNode; notes: Notes }) {
  const { showsAll } = useBuilderWorld();
  const isEmpty = node.children.length === 0;
  return (
    <>
      <ul data-children className={cn('grid grid-cols-[minmax(0,1fr)]', isEmpty && 'min-h-1')}>
        {node.children.map((child, i) => (
          <li key={child.id} className="min-w-0">
            {i > 0 && <Glue word={glueOf(node)} />}
            <Child node={child} notes={notes} />
          </li>
        ))}
      </ul>
      <div className={cn('flex flex-wrap items-center gap-3', !isEmpty && 'mt-2')}>
        <AddCondition group={node} />
        {isEmpty && showsAll && <FieldError>A group needs at least one condition.</FieldError>}
      </div>
    </>
  );
}

const Glue = ({ word }: { word: string }) => (
  <div className="flex h-5.5 select-none items-center pl-8 font-medium text-muted-foreground text-xs">{word}</div>
);

function Child({ node, notes }: { node: Node; notes: Notes }) {
  return node.kind === 'group' ? <GroupCard node={node} notes={notes} /> : <ConditionCard node={node} note={notes.get(node.id)} />;
}
