'use client';

import { X } from 'lucide-react';
import { Button } from '@/components/ui/button';
import { useBuilderWorld } from './builder-state';
import { propertiesOfEvents } from './catalogue';
import type { FieldFault } from './faults';
import { PropertyFields } from './property-fields';
import type { Step } from './tree';

type Props = { step: Step; faults: readonly FieldFault[]; onChange: (step: Step) => void };

/** What the event's own properties must be: all of it. */
export function StepFilters({ step, faults, onChange }: Props) {
  const { catalogue } = useBuilderWorld();
  const properties = propertiesOfEvents(catalogue, step.events);
  const { where } = step;
  return where.map((filter, i) => (
    <div key={filter.id} data-node={filter.id} className="flex items-start gap-1.5 border-border border-l-2 pl-2.5">
      <span className="flex h-8 w-8 shrink-0 items-center text-muted-foreground text-sm">{i === 0 ? 'with' : 'and'}</span>
      <PropertyFields
        node={filter}
        properties={properties}
        faults={faults}
        onChange={(next) => onChange({ ...step, where: where.map((each) => (each.id === next.id ? next : each)) })}
      />
      <Button
        variant="ghost"
        size="icon"
        aria-label="Remove this filter"
        className="text-muted-foreground"
        onClick={() => onChange({ ...step, where: where.filter((each) => each.id !== filter.id) })}
      >
        <X aria-hidden />
      </Button>
    </div>
  ));
}
