'use client';

import { Input } from '@/components/ui/input';
import { Select } from '@/components/ui/select';
import { type Duration, durationParts, type Unit } from '@/lib/segment/dates';

type Props = { label: string; value: Duration; onChange: (duration: Duration) => void /** Days and longer only. */; calendar?: boolean };

const elapsed: Unit[] = ['minutes', 'hours'];
const calendarUnits: Unit[] = ['days', 'weeks', 'months', 'years'];

export function DurationField({ label, value, onChange, calendar }: Props) {
  const { unit, n } = durationParts(value);
  const units = calendar ? calendarUnits : [...elapsed, ...calendarUnits];
  const change = (nextUnit: string, nextN: number) => onChange({ [nextUnit]: nextN } as Duration);
  return (
    <span className="flex items-center gap-2">
      <Input
        type="number"
        min={1}
        max={10_000}
        aria-label={`${label}: number`}
        className="w-20 tabular-nums"
        value={Number.isNaN(n) ? '' : n}
        onChange={(event) => change(unit, event.target.valueAsNumber)}
      />
      <Select aria-label={`${label}: unit`} value={unit} onChange={(event) => change(event.target.value, n)}>
        {units.map((each) => (
          <option key={each} value={each}>
            {each}
          </option>
        ))}
      </Select>
    </span>
  );
}
