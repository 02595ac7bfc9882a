'use client';

import { X } from 'lucide-react';
import { Button } from '@/components/ui/button';
import { cn } from '@/components/ui/cn';
import { Select } from '@/components/ui/select';
import { type Weekday, weekdayNames } from '@/lib/segment/behaviour';
import type { FieldFault } from './faults';
import { FaultLines, Line, Part } from './field-part';
import type { BehaviourNode } from './tree';
import { And } from './window-field';

const dayWords: Record<Weekday, [string, string]> = {
  mon: ['Mo', 'Monday'],
  tue: ['Tu', 'Tuesday'],
  wed: ['We', 'Wednesday'],
  thu: ['Th', 'Thursday'],
  fri: ['Fr', 'Friday'],
  sat: ['Sa', 'Saturday'],
  sun: ['Su', 'Sunday'],
};

const hourText = (hour: number) => `${String(hour).padStart(2, '0')}:00`;

type Props = { node: BehaviourNode; faults: readonly FieldFault[]; onChange: (part: Pick<BehaviourNode, 'hours' | 'weekdays'>) => void };

/** Hours of the day and days of the week, in the workspace's zone; none chosen is all of them. */
export function ClockFields({ node, faults, onChange }: Props) {
  const { hours, weekdays } = node;
  const change = (part: Partial<Props['node']>) => onChange({ hours, weekdays, ...part });
  const toggle = (day: Weekday) => {
    const next = weekdayNames.filter((each) => (each === day) !== (weekdays ?? []).includes(each));
    change({ weekdays: next.length === 0 || next.length === 7 ? null : next });
  };
  return (
    <Line className="border-border border-l-2 pl-2.5">
      <Part field="clock">
        <HoursField hours={hours} onChange={(next) => change({ hours: next })} />
        <And word="on" />
        <fieldset className="inline-flex overflow-hidden rounded-md border border-input bg-card shadow-xs">
          <legend className="sr-only">Days of the week</legend>
          {weekdayNames.map((day) => (
            <button
              key={day}
              type="button"
              aria-pressed={weekdays?.includes(day) ?? false}
              className={cn(
                'h-7.5 w-8 text-muted-foreground text-xs outline-none transition-colors hover:bg-accent focus-visible:bg-accent focus-visible:text-foreground',
                weekdays?.includes(day) && 'bg-primary/12 font-medium text-primary hover:bg-primary/18',
              )}
              onClick={() => toggle(day)}
            >
              <span aria-hidden>{dayWords[day][0]}</span>
              <span className="sr-only">{dayWords[day][1]}</span>
            </button>
          ))}
        </fieldset>
        <span className="text-muted-foreground text-xs">{weekdays ? '' : 'any day'}</span>
      </Part>
      <Button
        variant="ghost"
        size="icon"
        aria-label="Remove hours and days"
        className="text-muted-foreground"
        onClick={() => onChange({ hours: null, weekdays: null })}
      >
        <X aria-hidden />
      </Button>
      <FaultLines id={node.id} fields={['clock']} faults={faults} />
    </Line>
  );
}

function HoursField({ hours, onChange }: { hours: [number, number] | null; onChange: (hours: [number, number] | null) => void }) {
  const [from, to] = hours ?? [9, 17];
  const hour = (label: string, value: number, first: number, change: (hour: number) => void) => (
    <Select dense aria-label={label} value={value} onChange={(event) => change(Number(event.target.value))}>
      {Array.from({ length: 24 }, (_, i) => i + first).map((each) => (
        <option key={each} value={each}>
          {hourText(each)}
        </option>
      ))}
    </Select>
  );
  return (
    <>
      <Select
        dense
        aria-label="Hours of the day"
        value={hours ? 'some' : 'any'}
        onChange={(event) => onChange(event.target.value === 'some' ? [from, to] : null)}
      >
        <option value="any">at any hour</option>
        <option value="some">between</option>
      </Select>
      {hours && (
        <>
          {hour('From hour', from, 0, (next) => onChange([next, to]))}
          <And word="and" />
          {hour('To hour', to, 1, (next) => onChange([from, next]))}
          {to < from && <span className="text-muted-foreground text-xs">over midnight</span>}
        </>
      )}
    </>
  );
}
