'use client';

import { Plus, Trash2 } from 'lucide-react';
import { Button } from '@/components/ui/button';
import { cn } from '@/components/ui/cn';
import { DropdownMenu, DropdownMenuContent, DropdownMenuItem, DropdownMenuTrigger } from '@/components/ui/dropdown-menu';
import { FieldError } from '@/components/ui/field';
import { Select } from '@/components/ui/select';
import { BehaviourFields } from './behaviour-fields';
import type { BuilderCatalogue } from './catalogue';
import { PropertyFields } from './property-fields';
import { type GroupNode, type HasNode, type Node, newBehaviour, newGroup, newHas, newProperty } from './tree';

type Shared = {
  catalogue: BuilderCatalogue;
  now: Date;
  /** Faults by the id of the node they stand in. */
  faults: Map<string, string>;
  change: (id: string, next: Node | null) => void;
};

export function GroupFields({ node, depth, ...shared }: { node: GroupNode; depth: number } & Shared) {
  const add = (child: Node) => shared.change(node.id, { ...node, children: [...node.children, child] });
  return (
    <fieldset className={cn('grid min-w-0 gap-3', depth > 0 && 'rounded-xl border border-border bg-muted/40 p-3')}>
      <legend className="sr-only">Group of conditions</legend>
      <div className="flex items-center gap-2 text-sm">
        <Select
          aria-label="How the conditions go together"
          value={node.of}
          onChange={(event) => shared.change(node.id, { ...node, of: event.target.value as GroupNode['of'] })}
        >
          <option value="all">All of these</option>
          <option value="any">Any of these</option>
          <option value="none">None of these</option>
        </Select>
        {depth > 0 && <RemoveButton label="Remove this group" onClick={() => shared.change(node.id, null)} />}
      </div>
      {node.children.map((child) => (
        <div key={child.id} className="min-w-0">
          {child.kind === 'group' ? <GroupFields node={child} depth={depth + 1} {...shared} /> : <Condition node={child} {...shared} />}
          <FieldError className="mt-1.5">{shared.faults.get(child.id)}</FieldError>
        </div>
      ))}
      {node.children.length === 0 && <FieldError>A group needs at least one condition.</FieldError>}
      <AddMenu add={add} canNest={depth < 7} />
    </fieldset>
  );
}

function Condition({ node, catalogue, now, change }: { node: Exclude<Node, GroupNode> } & Shared) {
  return (
    <div className="flex items-start gap-2 rounded-xl border border-border bg-card p-3 shadow-xs">
      <div className="min-w-0 flex-1">
        {node.kind === 'has' && <HasFields node={node} onChange={(next) => change(node.id, next)} />}
        {node.kind === 'property' && (
          <PropertyFields node={node} properties={catalogue.profileProperties} onChange={(next) => change(node.id, next)} />
        )}
        {(node.kind === 'did' || node.kind === 'didNot') && (
          <BehaviourFields node={node} catalogue={catalogue} now={now} onChange={(next) => change(node.id, next)} />
        )}
      </div>
      <RemoveButton label="Remove this condition" onClick={() => change(node.id, null)} />
    </div>
  );
}

function HasFields({ node, onChange }: { node: HasNode; onChange: (node: HasNode) => void }) {
  return (
    <div className="flex items-center gap-2 text-sm">
      Has
      <Select aria-label="Has" value={node.has} onChange={(event) => onChange({ ...node, has: event.target.value as HasNode['has'] })}>
        <option value="reachable">anything Facebook can match by itself</option>
        <option value="email">an email</option>
        <option value="phone">a phone number</option>
        <option value="mobileAdvertiserId">a mobile advertiser id</option>
      </Select>
    </div>
  );
}

function RemoveButton({ label, onClick }: { label: string; onClick: () => void }) {
  return (
    <Button variant="ghost" size="icon" aria-label={label} className="text-muted-foreground hover:text-destructive" onClick={onClick}>
      <Trash2 aria-hidden />
    </Button>
  );
}

function AddMenu({ add, canNest }: { add: (node: Node) => void; canNest: boolean }) {
  return (
    <DropdownMenu>
      <DropdownMenuTrigger asChild>
        <Button variant="outline" size="sm" className="w-fit">
          <Plus aria-hidden /> Add a condition
        </Button>
      </DropdownMenuTrigger>
      <DropdownMenuContent align="start">
        <DropdownMenuItem onSelect={() => add(newBehaviour('did'))}>They did something</DropdownMenuItem>
        <DropdownMenuItem onSelect={() => add(newBehaviour('didNot'))}>They did not do something</DropdownMenuItem>
        <DropdownMenuItem onSelect={() => add(newProperty())}>Who they are</DropdownMenuItem>
        <DropdownMenuItem onSelect={() => add(newHas())}>How they can be reached</DropdownMenuItem>
        {canNest && <DropdownMenuItem onSelect={() => add(newGroup('any', [newBehaviour()]))}>A group of conditions</DropdownMenuItem>}
      </DropdownMenuContent>
    </DropdownMenu>
  );
}
