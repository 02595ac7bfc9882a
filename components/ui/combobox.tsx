'use client';

import { ChevronDown } from 'lucide-react';
import { useRef, useState } from 'react';
import { cn } from './cn';
import { controlClasses } from './input';
import { type Option, OptionList } from './option-list';
import { Popover, PopoverContent, PopoverTrigger } from './popover';

type Props = {
  /** Undefined, or an empty text that is not on the list: nothing chosen. */
  value: string | undefined;
  onChange: (value: string) => void;
  options: readonly Option[];
  label: string;
  placeholder?: string;
  /** What is typed may be taken although it is not on the list. */
  free?: boolean;
  invalid?: boolean;
  describedBy?: string | undefined;
  /** After a choice the caller says where the focus goes. */
  handsOn?: boolean;
  className?: string;
};

/** One of a list, found by typing. */
export function Combobox({ value, onChange, options, label, placeholder = 'Choose…', free, handsOn, className, ...told }: Props) {
  const [open, setOpen] = useState(false);
  const hasChosen = useRef(false);
  const choose = (chosen: string) => {
    hasChosen.current = true;
    setOpen(false);
    onChange(chosen);
  };
  const shown = options.find((option) => option.value === value)?.label ?? value ?? '';
  return (
    <Popover open={open} onOpenChange={setOpen}>
      <PopoverTrigger
        role="combobox"
        aria-label={`${label}: ${shown || 'nothing chosen'}`}
        aria-expanded={open}
        aria-invalid={told.invalid || undefined}
        aria-describedby={told.describedBy}
        data-empty={shown === '' || undefined}
        className={cn(controlClasses, 'flex cursor-pointer items-center justify-between gap-1.5 text-left', className)}
      >
        <span className={cn('truncate', !shown && 'text-muted-foreground')}>{shown || placeholder}</span>
        <ChevronDown aria-hidden className="size-4 shrink-0 text-muted-foreground" />
      </PopoverTrigger>
      {/* Gone at once when it closes: what opens next must find the focus free. */}
      {open && (
        <PopoverContent
          className="p-0"
          onCloseAutoFocus={(event) => {
            if (handsOn && hasChosen.current) event.preventDefault();
            hasChosen.current = false;
          }}
        >
          <OptionList label={label} options={options} chosen={value === undefined ? [] : [value]} onChoose={choose} free={free} />
        </PopoverContent>
      )}
    </Popover>
  );
}
