'use client';

import { useState } from 'react';
import { Combobox } from '@/components/ui/combobox';
import { Select } from '@/components/ui/select';
import type { Compare } from '@/lib/segment/behaviour';
import type { PropertyView } from './catalogue';
import { CompareField } from './compare-field';
import type { Told } from './field-part';
import type { Measure } from './tree';
import { isOnce } from './tree-json';
import { And } from './window-field';

const ways: readonly [Measure['by'], string][] = [
  ['count', 'number of times'],
  ['sum', 'total of'],
  ['avg', 'average of'],
  ['min', 'smallest'],
  ['max', 'largest'],
  ['distinct', 'number of different'],
  ['first', 'for the first time'],
  ['last', 'for the last time'],
];

type Props = { value: Measure; properties: PropertyView[]; onChange: (measure: Measure) => void } & Told;

/** How often, or how much of a property, or the first or last time. */
export function MeasureFields({ value, properties, onChange, ...told }: Props) {
  // Somebody who counts and passes 1 on the way to 12 keeps the field.
  const [isCounting, setIsCounting] = useState(false);
  const isOften = value.by === 'count' && isOnce(value.compare) && !isCounting;
  const choose = (way: string) => {
    setIsCounting(way === 'count');
    onChange(way === 'once' ? { by: 'count', compare: { gte: 1 } } : begun(way as Measure['by'], value));
  };
  return (
    <>
      <Select dense aria-label="How it is measured" value={isOften ? 'once' : value.by} onChange={(event) => choose(event.target.value)}>
        <option value="once">at least once</option>
        {ways.map(([by, label]) => (
          <option key={by} value={by}>
            {label}
          </option>
        ))}
      </Select>
      {value.by === 'count' && !isOften && (
        <>
          <CompareField label="Times" value={value.compare} onChange={(compare) => onChange({ by: 'count', compare })} {...told} />
          <And word="times" />
        </>
      )}
      {'property' in value && (
        <>
          <Combobox
            free
            label="Measured property"
            placeholder="Property"
            value={value.property}
            options={measurable(properties, value.by)}
            onChange={(property) => onChange({ ...value, property })}
            className="h-8 w-auto max-w-48 rounded-md px-2.5"
            {...told}
          />
          <CompareField label="Amount" value={value.compare} onChange={(compare) => onChange({ ...value, compare })} {...told} />
        </>
      )}
    </>
  );
}

/** Numbers first: but for the number of different ones, which any type has. */
function measurable(properties: PropertyView[], by: Measure['by']) {
  const isNumber = (property: PropertyView) => property.type === 'number';
  const sorted = by === 'distinct' ? properties : [...properties.filter(isNumber), ...properties.filter((each) => !isNumber(each))];
  return sorted.map(({ name, type }) => ({ value: name, note: type }));
}

function begun(by: Measure['by'], before: Measure): Measure {
  if (by === 'first' || by === 'last') return { by };
  const compare: Compare = 'compare' in before && before.by !== 'count' ? before.compare : by === 'count' ? { gte: 2 } : { gt: 100 };
  if (by === 'count') return { by, compare: before.by === 'count' ? { gte: 2 } : compare };
  return { by, property: 'property' in before ? before.property : '', compare };
}
