'use client';

import { cn } from '@/components/ui/cn';
import { Input } from '@/components/ui/input';

type Props = {
  label: string;
  value: number;
  onChange: (value: number) => void;
  min?: number;
  max?: number;
  whole?: boolean;
  invalid?: boolean;
  describedBy?: string | undefined;
  className?: string;
};

/** NaN while it is empty. */
export function NumberInput({ label, value, onChange, min, max, whole, invalid, describedBy, className }: Props) {
  return (
    <Input
      type="number"
      step={whole ? 1 : 'any'}
      min={min}
      max={max}
      inputMode={whole ? 'numeric' : 'decimal'}
      aria-label={label}
      aria-invalid={invalid || undefined}
      aria-describedby={describedBy}
      className={cn('h-8 w-18 rounded-md px-2 tabular-nums', className)}
      value={Number.isNaN(value) ? '' : value}
      onChange={(event) => onChange(event.target.valueAsNumber)}
    />
  );
}
