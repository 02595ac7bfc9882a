'use client';

import * as RadioGroup from '@radix-ui/react-radio-group';
import type { ReactNode } from 'react';
import { cn } from '@/components/ui/cn';

type Option<V extends string> = { value: V; title: string; line: ReactNode };

/** One of a few, each with a line that says what it means. Arrow keys move, space chooses. */
export function ChoiceCards<V extends string>(props: {
  label: string;
  name: string;
  options: readonly Option<V>[];
  value: V | undefined;
  onChange: (value: V) => void;
  className?: string;
}) {
  const { label, name, options, value, onChange, className } = props;
  return (
    <RadioGroup.Root
      aria-label={label}
      name={name}
      value={value ?? null}
      onValueChange={(next) => onChange(next as V)}
      className={cn('grid gap-3 sm:grid-cols-2', className)}
    >
      {options.map((option) => (
        <RadioGroup.Item
          key={option.value}
          value={option.value}
          className={cn(
            'group flex cursor-pointer items-start gap-3 rounded-lg border bg-card p-3.5 text-left transition-colors',
            'hover:border-foreground/30 focus-visible:outline-2 focus-visible:outline-offset-2 focus-visible:outline-ring',
            'data-[state=checked]:border-primary data-[state=checked]:bg-primary/5 dark:data-[state=checked]:bg-primary/10',
          )}
        >
          <span className="mt-0.5 grid size-4 shrink-0 place-items-center rounded-full border border-foreground/30 group-data-[state=checked]:border-primary">
            <RadioGroup.Indicator className="size-2 rounded-full bg-primary" />
          </span>
          <span className="grid gap-0.5">
            <span className="font-medium text-sm">{option.title}</span>
            <span className="text-muted-foreground text-sm leading-snug">{option.line}</span>
          </span>
        </RadioGroup.Item>
      ))}
    </RadioGroup.Root>
  );
}
