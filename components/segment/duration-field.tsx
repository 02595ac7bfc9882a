'use client';

import { Select } from '@/components/ui/select';
import { type Duration, durationParts, type Unit } from '@/lib/segment/dates';
import type { Told } from './field-part';
import { NumberInput } from './number-input';

const allUnits: Unit[] = ['minutes', 'hours', 'days', 'weeks', 'months', 'years'];
export const calendarUnits: readonly Unit[] = ['days', 'weeks', 'months', 'years'];
export const gapUnits: readonly Unit[] = ['minutes', 'hours', 'days', 'weeks'];

type Props = { label: string; value: Duration; onChange: (duration: Duration) => void; units?: readonly Unit[] } & Partial<Told>;

/** A whole number and a unit. */
export function DurationField({ label, value, onChange, units = allUnits, invalid, describedBy }: Props) {
  const { unit, n } = durationParts(value);
  const change = (nextUnit: string, nextN: number) => onChange({ [nextUnit]: nextN } as Duration);
  return (
    <span className="inline-flex items-center gap-1.5">
      <NumberInput
        whole
        label={`${label}: number`}
        min={1}
        value={n}
        invalid={invalid}
        describedBy={describedBy}
        onChange={(next) => change(unit, next)}
        className="w-16"
      />
      <Select dense aria-label={`${label}: unit`} value={unit} onChange={(event) => change(event.target.value, n)}>
        {units.map((each) => (
          <option key={each} value={each}>
            {n === 1 ? each.slice(0, -1) : each}
          </option>
        ))}
      </Select>
    </span>
  );
}
