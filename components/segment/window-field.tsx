'use client';

import { useState } from 'react';
import { Input } from '@/components/ui/input';
import { Select } from '@/components/ui/select';
import type { Duration } from '@/lib/segment/dates';
import type { Window } from '@/lib/segment/window';
import { calendarUnits, DurationField } from './duration-field';
import type { Told } from './field-part';
import { beginningOf, kindOf, presetOf, presets, windowKinds } from './window-kinds';

type Props = { value: Window; onChange: (window: Window) => void } & Told;

/** Presets first; every other window below them, with fields of its own. */
export function WindowField({ value, onChange, invalid, describedBy }: Props) {
  // Somebody who chose "in the last …" and passes 7 on the way to 70 keeps the fields.
  const [isOwn, setIsOwn] = useState(false);
  const preset = isOwn ? undefined : presetOf(value);
  const choose = (chosen: string) => {
    const found = presets.find((each) => each.key === chosen);
    setIsOwn(!found);
    onChange(found ? found.window : beginningOf(chosen, value));
  };
  return (
    <>
      <Select
        dense
        aria-label="Time window"
        aria-invalid={invalid || undefined}
        value={preset?.key ?? kindOf(value)}
        onChange={(event) => choose(event.target.value)}
      >
        {presets.map(({ key, label }) => (
          <option key={key} value={key}>
            {label}
          </option>
        ))}
        <optgroup label="Other">
          {windowKinds.map(({ kind, label }) => (
            <option key={kind} value={kind}>
              {label}
            </option>
          ))}
        </optgroup>
      </Select>
      {!preset && <WindowDetail value={value} onChange={onChange} invalid={invalid} describedBy={describedBy} />}
    </>
  );
}

function WindowDetail({ value, onChange, ...told }: Props) {
  const day = (text: string, label: string, change: (text: string) => void) => (
    <DayInput label={label} value={text} onChange={change} {...told} />
  );
  if (typeof value === 'string') return null;
  if ('last' in value) return <DurationField label="Length" value={value.last} onChange={(last) => onChange({ last })} {...told} />;
  if ('exactly' in value) {
    return (
      <>
        <DurationField
          label="How long ago"
          units={calendarUnits}
          value={value.exactly}
          onChange={(exactly) => onChange({ exactly })}
          {...told}
        />
        <And word="ago" />
      </>
    );
  }
  if ('on' in value) return day(value.on, 'Day', (on) => onChange({ on }));
  if ('before' in value) return day(value.before, 'Day', (before) => onChange({ before }));
  if ('after' in value) return day(value.after, 'Day', (after) => onChange({ after }));
  if ('between' in value) {
    const [first, last] = value.between;
    return (
      <>
        {day(first, 'First day', (text) => onChange({ between: [text, last] }))}
        <And word="and" />
        {day(last, 'Last day', (text) => onChange({ between: [first, text] }))}
      </>
    );
  }
  const ago = (part: Partial<{ from: Duration; to: Duration }>) => onChange({ ago: { ...value.ago, ...part } });
  return (
    <>
      <DurationField label="From" units={calendarUnits} value={value.ago.from} onChange={(from) => ago({ from })} {...told} />
      <And word="and" />
      <DurationField label="To" units={calendarUnits} value={value.ago.to} onChange={(to) => ago({ to })} {...told} />
      <And word="ago" />
    </>
  );
}

export const And = ({ word }: { word: string }) => <span className="text-muted-foreground text-sm">{word}</span>;

export function DayInput({
  label,
  value,
  onChange,
  invalid,
  describedBy,
}: { label: string; value: string; onChange: (text: string) => void } & Told) {
  return (
    <Input
      type="date"
      aria-label={label}
      aria-invalid={invalid || undefined}
      aria-describedby={describedBy}
      className="h-8 w-36 rounded-md px-2"
      value={value}
      onChange={(event) => onChange(event.target.value)}
    />
  );
}
