'use client';

import { CalendarDays, Clock } from 'lucide-react';
import { Button } from '@/components/ui/button';
import { ChipsField } from '@/components/ui/chips-field';
import { Combobox } from '@/components/ui/combobox';
import { Input } from '@/components/ui/input';
import type { Option } from '@/components/ui/option-list';
import { Select } from '@/components/ui/select';
import type { Duration } from '@/lib/segment/dates';
import type { PropertyView, ValueView } from './catalogue';
import { DurationField } from './duration-field';
import type { Told } from './field-part';
import { NumberInput } from './number-input';
import type { PropertyNode } from './tree';
import { And, DayInput } from './window-field';

type Props = { node: PropertyNode; type: PropertyView['type']; values: readonly ValueView[]; onChange: (value: unknown) => void } & Told;

/** The input that fits operator and type. */
export function ValueField({ node, type, values, onChange, ...told }: Props) {
  const { op, value } = node;
  switch (op) {
    case 'exists':
    case 'notExists':
      return null;
    case 'isOneOf':
    case 'isNoneOf':
      return <Texts value={value as string[]} options={[...optionsOf(values), emptyText]} onChange={onChange} {...told} />;
    case 'containsAny':
    case 'containsAll':
    case 'containsNone':
      return <Texts value={value as string[]} options={optionsOf(values)} onChange={onChange} {...told} />;
    case 'between':
      return <TwoNumbers value={value as [number, number]} onChange={onChange} {...told} />;
    case 'dateBetween':
      return <TwoDays value={value as [string, string]} onChange={onChange} {...told} />;
    case 'inLast':
    case 'inNext':
    case 'notInLast':
      return <DurationField label="Length" value={value as Duration} onChange={onChange} {...told} />;
    case 'anniversaryIn':
      return <AnniversaryField value={value as { days: number }} onChange={onChange} {...told} />;
    case 'dateOn':
    case 'dateBefore':
    case 'dateAfter':
      return <DateField value={String(value)} onChange={onChange} {...told} />;
    case 'eq':
    case 'ne':
    case 'gt':
    case 'gte':
    case 'lt':
    case 'lte':
      return <NumberInput label="Number" value={value as number} onChange={onChange} className="w-24" {...told} />;
    default:
      if (type === 'boolean') return <TrueOrFalse value={value as boolean} onChange={onChange} />;
      return <TextField op={op} value={value as string | undefined} values={values} onChange={onChange} {...told} />;
  }
}

const counts = new Intl.NumberFormat('en-US', { notation: 'compact', maximumFractionDigits: 1 });

const optionsOf = (values: readonly ValueView[]) =>
  values.map(({ value, label, count }) => ({
    value,
    label: label ?? value,
    note: label ? value : count === undefined ? undefined : counts.format(count),
  }));

const emptyText = { value: '', label: 'empty text' };

type Change<V> = { value: V; onChange: (value: unknown) => void } & Told;

const Texts = (props: Change<string[]> & { options: Option[] }) => <ChipsField free label="Values" {...props} />;

function TwoNumbers({ value: [first, last], onChange, ...told }: Change<[number, number]>) {
  return (
    <>
      <NumberInput label="From" value={first} onChange={(n) => onChange([n, last])} className="w-24" {...told} />
      <And word="and" />
      <NumberInput label="To" value={last} onChange={(n) => onChange([first, n])} className="w-24" {...told} />
    </>
  );
}

function TwoDays({ value: [first, last], onChange, ...told }: Change<[string, string]>) {
  return (
    <>
      <DayInput label="First day" value={first} onChange={(text) => onChange([text, last])} {...told} />
      <And word="and" />
      <DayInput label="Last day" value={last} onChange={(text) => onChange([first, text])} {...told} />
    </>
  );
}

function AnniversaryField({ value, onChange, ...told }: Change<{ days: number }>) {
  return (
    <>
      <Select
        dense
        aria-label="Anniversary"
        value={value.days === 0 ? 'today' : 'next'}
        onChange={(event) => onChange({ days: event.target.value === 'today' ? 0 : 7 })}
      >
        <option value="today">today</option>
        <option value="next">today or in the next</option>
      </Select>
      {value.days !== 0 && (
        <>
          <NumberInput whole label="Days" min={0} max={366} value={value.days} onChange={(days) => onChange({ days })} {...told} />
          <And word="days" />
        </>
      )}
    </>
  );
}

const isLocalTime = (text: string) => /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?$/.test(text);

/** A day, or an instant: of the workspace's clock, or with an offset, as text, where it came so. */
function DateField({ value, onChange, ...told }: Change<string>) {
  if (value.length <= 10) {
    return (
      <>
        <DayInput label="Day" value={value} onChange={onChange} {...told} />
        {value && (
          <Button variant="ghost" size="icon" aria-label="With a time" className={faint} onClick={() => onChange(`${value}T00:00`)}>
            <Clock aria-hidden />
          </Button>
        )}
      </>
    );
  }
  return (
    <>
      {isLocalTime(value) ? (
        <Input
          type="datetime-local"
          aria-label="Date and time"
          aria-invalid={told.invalid || undefined}
          aria-describedby={told.describedBy}
          className="h-8 w-52 rounded-md px-2"
          value={value}
          onChange={(event) => onChange(event.target.value)}
        />
      ) : (
        <PlainText label="Date and time" value={value} onChange={onChange} {...told} />
      )}
      <Button variant="ghost" size="icon" aria-label="Without the time" className={faint} onClick={() => onChange(value.slice(0, 10))}>
        <CalendarDays aria-hidden />
      </Button>
    </>
  );
}

const faint = 'text-muted-foreground';

function PlainText({ label, value, onChange, invalid, describedBy }: Change<string> & { label: string }) {
  return (
    <Input
      aria-label={label}
      aria-invalid={invalid || undefined}
      aria-describedby={describedBy}
      className="h-8 w-52 rounded-md px-2.5"
      value={value}
      onChange={(event) => onChange(event.target.value)}
    />
  );
}

function TrueOrFalse({ value, onChange }: { value: boolean; onChange: (value: boolean) => void }) {
  return (
    <Select dense aria-label="Value" value={String(value)} onChange={(event) => onChange(event.target.value === 'true')}>
      <option value="true">true</option>
      <option value="false">false</option>
    </Select>
  );
}

type TextProps = Change<string | undefined> & { op: PropertyNode['op']; values: readonly ValueView[] };

/** One of the known values or any other; emptied it is no value, so that nobody asks for the empty text by mistake. */
function TextField({ op, value, values, onChange, ...told }: TextProps) {
  if (op === 'is' || op === 'isNot') {
    const options = [...optionsOf(values), emptyText];
    return (
      <Combobox
        free
        label="Value"
        value={value}
        options={options}
        onChange={onChange}
        className="h-8 w-auto max-w-64 rounded-md px-2.5"
        {...told}
      />
    );
  }
  const label = op === 'matches' ? 'Pattern' : 'Text';
  return <PlainText label={label} value={value ?? ''} onChange={(text) => onChange(text === '' ? undefined : text)} {...told} />;
}
