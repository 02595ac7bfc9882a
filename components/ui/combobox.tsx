'use client';

import { Check, ChevronsUpDown } from 'lucide-react';
import { useState } from 'react';
import { cn } from './cn';
import { Command, CommandEmpty, CommandInput, CommandItem, CommandList } from './command';
import { controlClasses } from './input';
import { Popover, PopoverContent, PopoverTrigger } from './popover';

export type Option = { value: string; label?: string; note?: string };

type Props = {
  value: string;
  onChange: (value: string) => void;
  options: readonly Option[];
  label: string;
  placeholder?: string;
  /** What is typed may be taken although it is not on the list. */
  free?: boolean;
  invalid?: boolean;
  className?: string;
};

/** One of a list, found by typing. */
export function Combobox({ value, onChange, options, label, placeholder = 'Choose…', free, invalid, className }: Props) {
  const [open, setOpen] = useState(false);
  const [typed, setTyped] = useState('');
  const choose = (chosen: string) => {
    onChange(chosen);
    setTyped('');
    setOpen(false);
  };
  const shown = options.find((option) => option.value === value)?.label ?? value;
  const isNew = free && typed.trim() !== '' && !options.some((option) => option.value === typed.trim());
  return (
    <Popover open={open} onOpenChange={setOpen}>
      <PopoverTrigger
        role="combobox"
        aria-label={`${label}: ${shown || 'nothing chosen'}`}
        aria-expanded={open}
        aria-invalid={invalid || undefined}
        className={cn(controlClasses, 'flex cursor-pointer items-center justify-between gap-2 text-left', className)}
      >
        <span className={cn('truncate', !value && 'text-muted-foreground')}>{shown || placeholder}</span>
        <ChevronsUpDown aria-hidden className="size-3.5 shrink-0 text-muted-foreground" />
      </PopoverTrigger>
      <PopoverContent className="p-0">
        <Command label={label}>
          <CommandInput placeholder="Type to search…" value={typed} onValueChange={setTyped} />
          <CommandList>
            {!isNew && <CommandEmpty>Nothing fits.</CommandEmpty>}
            {isNew && (
              <CommandItem value={typed} onSelect={() => choose(typed.trim())}>
                Use “{typed.trim()}”
              </CommandItem>
            )}
            {options.map((option) => (
              <CommandItem key={option.value} value={option.value} keywords={[option.label ?? '']} onSelect={() => choose(option.value)}>
                <span className="truncate">{option.label ?? option.value}</span>
                {option.note && <span className="ml-auto text-muted-foreground text-xs tabular-nums">{option.note}</span>}
                {option.value === value && <Check aria-hidden className={cn('size-4 text-primary', !option.note && 'ml-auto')} />}
              </CommandItem>
            ))}
          </CommandList>
        </Command>
      </PopoverContent>
    </Popover>
  );
}
