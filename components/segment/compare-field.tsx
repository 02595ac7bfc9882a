'use client';

import { Select } from '@/components/ui/select';
import type { Compare } from '@/lib/segment/behaviour';
import type { Told } from './field-part';
import { NumberInput } from './number-input';
import { And } from './window-field';

const words: readonly [string, string][] = [
  ['gte', 'at least'],
  ['gt', 'more than'],
  ['eq', 'exactly'],
  ['lte', 'at most'],
  ['lt', 'less than'],
  ['between', 'between'],
  ['ne', 'other than'],
];

type Props = { label: string; value: Compare; onChange: (compare: Compare) => void } & Told;

/** How a number must compare; of two numbers the ends are included. */
export function CompareField({ label, value, onChange, ...told }: Props) {
  const op = Object.keys(value)[0] ?? 'gte';
  const bound = Object.values(value)[0] as number | [number, number];
  const [first, last] = Array.isArray(bound) ? bound : [bound, bound];
  const choose = (next: string) => onChange((next === 'between' ? { between: [first, last] } : { [next]: first }) as Compare);
  return (
    <>
      <Select dense aria-label={`${label}: comparison`} value={op} onChange={(event) => choose(event.target.value)}>
        {words.map(([each, text]) => (
          <option key={each} value={each}>
            {text}
          </option>
        ))}
      </Select>
      {op === 'between' ? (
        <>
          <NumberInput label={`${label}: from`} value={first} onChange={(n) => onChange({ between: [n, last] })} {...told} />
          <And word="and" />
          <NumberInput label={`${label}: to`} value={last} onChange={(n) => onChange({ between: [first, n] })} {...told} />
        </>
      ) : (
        <NumberInput label={label} value={first} onChange={(n) => onChange({ [op]: n } as Compare)} {...told} />
      )}
    </>
  );
}

/** Whether nothing at all would satisfy it. */
export function holdsForZero(compare: Compare): boolean {
  if ('between' in compare) return compare.between[0] <= 0 && compare.between[1] >= 0;
  if ('eq' in compare) return compare.eq === 0;
  if ('ne' in compare) return compare.ne !== 0;
  if ('gt' in compare) return compare.gt < 0;
  if ('gte' in compare) return compare.gte <= 0;
  return 'lt' in compare ? compare.lt > 0 : compare.lte >= 0;
}
