'use client';

import { cn } from '@/components/ui/cn';

type Option<V> = { value: V; text: string; title: string };

/** Several of a small set, as buttons that stay pressed. */
export function TogglePick<V extends string | number>(props: {
  label: string;
  options: readonly Option<V>[];
  value: readonly V[];
  onChange: (value: V[]) => void;
  className?: string;
}) {
  const { label, options, value, onChange, className } = props;
  const toggle = (one: V) => onChange(value.includes(one) ? value.filter((other) => other !== one) : [...value, one]);
  return (
    <fieldset aria-label={label} className={className ?? 'flex flex-wrap gap-1.5'}>
      {options.map((option) => {
        const pressed = value.includes(option.value);
        return (
          <button
            key={option.value}
            type="button"
            aria-pressed={pressed}
            aria-label={option.title}
            onClick={() => toggle(option.value)}
            className={cn(
              'h-9 min-w-9 rounded-md border px-2.5 text-sm tabular-nums transition-colors',
              'focus-visible:outline-2 focus-visible:outline-offset-2 focus-visible:outline-ring',
              pressed ? 'border-primary bg-primary text-primary-foreground' : 'bg-card hover:border-foreground/30',
              option.text.length > 4 && 'col-span-2',
            )}
          >
            {option.text}
          </button>
        );
      })}
    </fieldset>
  );
}
