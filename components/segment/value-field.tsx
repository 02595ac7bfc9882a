'use client';

import { X } from 'lucide-react';
import { Combobox } from '@/components/ui/combobox';
import { Input } from '@/components/ui/input';
import { Select } from '@/components/ui/select';
import type { Duration } from '@/lib/segment/dates';
import { DurationField } from './duration-field';
import type { PropertyNode } from './tree';

type Props = {
  node: PropertyNode;
  type: 'text' | 'number' | 'boolean' | 'date' | 'list';
  values: string[];
  onChange: (value: unknown) => void;
};

/** The input that fits operator and type. */
export function ValueField({ node, type, values, onChange }: Props) {
  const { op, value } = node;
  switch (op) {
    case 'exists':
    case 'notExists':
      return null;
    case 'isOneOf':
    case 'isNoneOf':
    case 'containsAny':
    case 'containsAll':
    case 'containsNone':
      return <ManyValues value={value as string[]} values={values} onChange={onChange} />;
    case 'between':
      return <Two kind="number" value={value as [number, number]} onChange={onChange} />;
    case 'dateBetween':
      return <Two kind="date" value={value as [string, string]} onChange={onChange} />;
    case 'inLast':
    case 'inNext':
    case 'notInLast':
      return <DurationField label="Length" value={value as Duration} onChange={onChange} />;
    case 'anniversaryIn':
      return <AnniversaryField value={value as { days: number }} onChange={onChange} />;
    case 'dateBefore':
    case 'dateAfter':
    case 'dateOn':
      return (
        <Input
          type="date"
          aria-label="Day"
          className="w-40"
          value={String(value).slice(0, 10)}
          onChange={(event) => onChange(event.target.value)}
        />
      );
    case 'eq':
    case 'ne':
    case 'gt':
    case 'gte':
    case 'lt':
    case 'lte':
      return <NumberInput label="Number" value={value as number} onChange={onChange} />;
    default:
      if (type === 'boolean') return <TrueOrFalse value={value as boolean} onChange={onChange} />;
      if (op === 'is' || op === 'isNot') {
        const options = values.map((each) => ({ value: each }));
        return <Combobox free label="Value" value={String(value)} options={options} onChange={onChange} className="w-52" />;
      }
      return <Input aria-label="Text" className="w-52" value={String(value)} onChange={(event) => onChange(event.target.value)} />;
  }
}

function AnniversaryField({ value, onChange }: { value: { days: number }; onChange: (value: unknown) => void }) {
  return (
    <span className="flex items-center gap-2 text-muted-foreground text-sm">
      <NumberInput label="Days" value={value.days} onChange={(days) => onChange({ days })} /> days
    </span>
  );
}

function NumberInput({ label, value, onChange }: { label: string; value: number; onChange: (value: number) => void }) {
  const shown = Number.isNaN(value) ? '' : value;
  return (
    <Input
      type="number"
      step="any"
      aria-label={label}
      className="w-28 tabular-nums"
      value={shown}
      onChange={(event) => onChange(event.target.valueAsNumber)}
    />
  );
}

function Two({
  kind,
  value,
  onChange,
}: {
  kind: 'number' | 'date';
  value: [number, number] | [string, string];
  onChange: (value: unknown) => void;
}) {
  const [first, last] = value;
  const read = (input: HTMLInputElement) => (kind === 'number' ? input.valueAsNumber : input.value);
  const className = kind === 'number' ? 'w-28 tabular-nums' : 'w-40';
  const shown = (part: number | string) => (Number.isNaN(part) ? '' : part);
  return (
    <span className="flex flex-wrap items-center gap-2">
      <Input
        type={kind}
        step="any"
        aria-label="From"
        className={className}
        value={shown(first)}
        onChange={(event) => onChange([read(event.target), last])}
      />
      <span className="text-muted-foreground text-sm">and</span>
      <Input
        type={kind}
        step="any"
        aria-label="To"
        className={className}
        value={shown(last)}
        onChange={(event) => onChange([first, read(event.target)])}
      />
    </span>
  );
}

function TrueOrFalse({ value, onChange }: { value: boolean; onChange: (value: boolean) => void }) {
  return (
    <Select aria-label="Value" value={String(value)} onChange={(event) => onChange(event.target.value === 'true')}>
      <option value="true">true</option>
      <option value="false">false</option>
    </Select>
  );
}

function ManyValues({ value, values, onChange }: { value: string[]; values: string[]; onChange: (value: string[]) => void }) {
  const left = values.filter((each) => !value.includes(each)).map((each) => ({ value: each }));
  return (
    <span className="flex flex-wrap items-center gap-1.5">
      {value.map((each) => (
        <span key={each} className="inline-flex items-center gap-1 rounded-md bg-primary/10 py-1 pr-1 pl-2 text-primary text-xs">
          {each}
          <button
            type="button"
            aria-label={`Remove ${each}`}
            className="rounded p-0.5 hover:bg-primary/15"
            onClick={() => onChange(value.filter((other) => other !== each))}
          >
            <X aria-hidden className="size-3" />
          </button>
        </span>
      ))}
      <Combobox
        free
        label="Add a value"
        placeholder="Add…"
        value=""
        options={left}
        onChange={(added) => onChange([...value, added])}
        className="w-32"
      />
    </span>
  );
}
