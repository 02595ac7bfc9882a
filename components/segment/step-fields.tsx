'use client';

import { Filter } from 'lucide-react';
import type { ReactNode } from 'react';
import { Button } from '@/components/ui/button';
import { useBuilderWorld } from './builder-state';
import { EventsField } from './events-field';
import type { FieldFault } from './faults';
import { FaultLines, Part, told } from './field-part';
import { newProperty, type Step } from './tree';

export type StepProps = { step: Step; faults: readonly FieldFault[]; onChange: (step: Step) => void };

/** @param id whose faults these are: a step of a sequence has its own, the only one of did and did not the condition's. */
export function StepEvents({ id, label, step, faults, onChange }: StepProps & { id: string; label: string }) {
  return (
    <span data-node={id} className="contents">
      <Part field="events">
        <EventsField
          label={label}
          value={step.events}
          onChange={(events) => onChange({ ...step, events })}
          {...told(faults, id, 'events')}
        />
      </Part>
      <FaultLines id={id} fields={['events']} faults={faults} />
    </span>
  );
}

export function AddFilter({ step, onChange }: { step: Step; onChange: (step: Step) => void }) {
  const { edit } = useBuilderWorld();
  if (step.events.length === 0) return null;
  const add = () => {
    const filter = newProperty();
    edit.arrive(filter.id);
    onChange({ ...step, where: [...step.where, filter] });
  };
  return (
    <SmallButton onClick={add}>
      <Filter aria-hidden /> Filter
    </SmallButton>
  );
}

export function SmallButton({ onClick, children }: { onClick: () => void; children: ReactNode }) {
  return (
    <Button
      variant="ghost"
      className="h-6 justify-self-start gap-1 rounded-md px-1.5 font-normal text-muted-foreground text-xs hover:text-foreground [&_svg]:size-3.5"
      onClick={onClick}
    >
      {children}
    </Button>
  );
}
