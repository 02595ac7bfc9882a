'use client';

import { Combobox } from '@/components/ui/combobox';
import { Select } from '@/components/ui/select';
import type { PropertyView } from './catalogue';
import { operatorsFor, typeOfOperator, valueFor } from './operators';
import type { PropertyNode } from './tree';
import { ValueField } from './value-field';

const builtInLabels: Record<string, string> = {
  $country: 'Country',
  $city: 'City',
  $language: 'Language',
  $platform: 'Platform',
  $firstSeen: 'First seen',
  $lastSeen: 'Last seen',
};

type Props = { node: PropertyNode; properties: PropertyView[]; onChange: (node: PropertyNode) => void };

/** Property, operator, value; the lists follow the property's type. */
export function PropertyFields({ node, properties, onChange }: Props) {
  const known = properties.find((each) => each.name === node.property);
  const type = typeOfOperator(node.op, known?.type, node.value);
  const choose = (property: string) => {
    const next = properties.find((each) => each.name === property)?.type ?? 'text';
    const op = operatorsFor(next)[0]?.[0] ?? 'is';
    onChange({ ...node, property, op, value: valueFor(op, next, undefined) });
  };
  return (
    <div className="flex flex-wrap items-center gap-2">
      <Combobox
        free
        label="Property"
        placeholder="Property…"
        value={node.property}
        options={properties.map(({ name, type: kind }) => ({ value: name, label: builtInLabels[name] ?? name, note: kind }))}
        onChange={choose}
        className="w-44"
      />
      <Select
        aria-label="Operator"
        value={node.op}
        onChange={(event) => onChange(withOperator(node, event.target.value as PropertyNode['op'], type))}
      >
        {operatorsFor(type).map(([op, label]) => (
          <option key={op} value={op}>
            {label}
          </option>
        ))}
      </Select>
      <ValueField node={node} type={type} values={known?.values ?? []} onChange={(value) => onChange({ ...node, value })} />
    </div>
  );
}

const withOperator = (node: PropertyNode, op: PropertyNode['op'], type: PropertyView['type']): PropertyNode => ({
  ...node,
  op,
  value: valueFor(op, type, node.value),
});
