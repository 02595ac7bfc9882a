'use client';

import { memo, type ReactNode, useState } from 'react';
import { BehaviourFields } from './behaviour-fields';
import { useBuilderWorld } from './builder-state';
import { ConditionMenu } from './condition-menu';
import { type FieldFault, faultsOf } from './faults';
import { Grip } from './grip';
import { nameOf } from './node-names';
import { NotBadge } from './not-badge';
import { BucketFields, HasFields, SegmentFields } from './profile-fields';
import { PropertyFields } from './property-fields';
import type { LeafNode } from './tree';
import { partsOf } from './tree-json';

const nothing: ReadonlySet<string> = new Set();
const keyOf = ({ id, field }: Pick<FieldFault, 'id' | 'field'>) => `${id} ${field}`;

/** One condition: its fields, what is wrong in those that one has left, and what can be done with it. */
export const ConditionCard = memo(function ConditionCard({ node, note }: { node: LeafNode; note: ReactNode }) {
  const { edit, showsAll, refused } = useBuilderWorld();
  const [left, setLeft] = useState(nothing);
  const faults = faultsOf(node).filter((fault) => showsAll || left.has(keyOf(fault)));
  const isRefused = refused && [node, ...partsOf(node)].some(({ id }) => id === refused.id);
  const leave = (event: React.FocusEvent) => {
    const key = leftField(event);
    if (key && !left.has(key)) setLeft(new Set([...left, key]));
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset would need a legend that is seen
    <div
      role="group"
      aria-label={nameOf(node)}
      data-node={node.id}
      data-card
      className="flex items-start gap-1 rounded-xl border border-border bg-card py-2 pr-1.5 pl-1 shadow-xs transition-colors focus-within:border-foreground/20 hover:border-foreground/20 data-dragged:opacity-40 data-target:border-primary data-target:bg-primary/5"
      onBlur={leave}
    >
      <Grip node={node} />
      <div className="grid min-w-0 flex-1 gap-1.5">
        {node.not && (node.kind === 'behaviour' || node.kind === 'property') && <NotBadge node={node} />}
        <LeafFields node={node} faults={isRefused ? [...faults, refused] : faults} change={edit.change} />
      </div>
      {note && <div className="flex min-h-8 shrink-0 items-center text-sm">{note}</div>}
      <ConditionMenu node={node} />
    </div>
  );
});

function LeafFields({ node, faults, change }: { node: LeafNode; faults: readonly FieldFault[]; change: (node: LeafNode) => void }) {
  const { catalogue } = useBuilderWorld();
  switch (node.kind) {
    case 'behaviour':
      return <BehaviourFields node={node} faults={faults} onChange={change} />;
    case 'property':
      return <PropertyFields node={node} properties={catalogue.profileProperties} faults={faults} onChange={change} />;
    case 'has':
      return <HasFields node={node} faults={faults} onChange={change} />;
    case 'segment':
      return <SegmentFields node={node} faults={faults} onChange={change} />;
    case 'bucket':
      return <BucketFields node={node} faults={faults} onChange={change} />;
  }
}

/** The field that the focus leaves; not while it goes to a part of the same field or to the list it opened. */
function leftField({ target, relatedTarget }: React.FocusEvent): string | undefined {
  const field = target.closest<HTMLElement>('[data-field]');
  const node = target.closest<HTMLElement>('[data-node]');
  if (!field || !node) return undefined;
  const isWithin =
    relatedTarget instanceof Element && (field.contains(relatedTarget) || relatedTarget.closest('[data-radix-popper-content-wrapper]'));
  return isWithin ? undefined : `${node.dataset.node} ${field.dataset.field}`;
}
