'use client';

import { Plus, X } from 'lucide-react';
import { useRef, useState } from 'react';
import { cn } from './cn';
import { controlClasses } from './input';
import { type Option, OptionList } from './option-list';
import { Popover, PopoverContent, PopoverTrigger } from './popover';

type Props = {
  label: string;
  value: readonly string[];
  options: readonly Option[];
  onChange: (value: string[]) => void;
  free?: boolean;
  /** Between two of them. */
  word?: string;
  invalid?: boolean;
  describedBy?: string | undefined;
};

/** A pasted list may hold a thousand. */
const chipsAtFirst = 30;

/** Several of a list, each a chip, and what adds another. */
export function ChipsField({ word, ...props }: Props) {
  const { value, options, onChange } = props;
  const place = useRef<HTMLSpanElement>(null);
  const [showsAll, setShowsAll] = useState(false);
  const shown = showsAll ? value : value.slice(0, chipsAtFirst);
  const remove = (one: string) => {
    place.current?.querySelector<HTMLElement>('[role=combobox]')?.focus();
    onChange(value.filter((each) => each !== one));
  };
  return (
    <span ref={place} className="contents min-w-0 max-w-full flex-wrap items-center gap-1.5 sm:inline-flex">
      {shown.map((each, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a list from elsewhere may hold a text twice
        <span key={`${i} ${each}`} className="inline-flex min-w-0 max-w-full items-center gap-1.5">
          {word && i > 0 && <span className="text-muted-foreground text-sm">{word}</span>}
          <Chip text={options.find((option) => option.value === each)?.label ?? each} remove={() => remove(each)} />
        </span>
      ))}
      {shown.length < value.length && (
        <button
          type="button"
          className="h-7 rounded-md px-1.5 text-muted-foreground text-sm underline underline-offset-2 outline-none hover:text-foreground focus-visible:ring-[3px] focus-visible:ring-ring/40"
          onClick={() => setShowsAll(true)}
        >
          and {value.length - shown.length} more
        </button>
      )}
      <PickMore {...props} />
    </span>
  );
}

/** The list stays open while one chooses; lines that are pasted are taken one by one. */
export function PickMore({ label, value, options, onChange, free, invalid, describedBy }: Omit<Props, 'word'>) {
  const [open, setOpen] = useState(false);
  const isEmpty = value.length === 0;
  return (
    <Popover open={open} onOpenChange={setOpen}>
      <PopoverTrigger
        role="combobox"
        aria-label={`${label}: ${isEmpty ? 'nothing chosen' : `${value.length} chosen, choose others`}`}
        aria-invalid={invalid || undefined}
        aria-describedby={describedBy}
        data-empty={isEmpty || undefined}
        className={cn(
          controlClasses,
          'flex h-8 w-auto cursor-pointer items-center gap-1 rounded-md px-2 text-muted-foreground',
          !isEmpty && 'border-transparent bg-transparent px-1.5 shadow-none hover:bg-accent',
        )}
      >
        <Plus aria-hidden className="size-3.5" />
        {isEmpty && 'Choose…'}
      </PopoverTrigger>
      {open && (
        <PopoverContent className="p-0">
          <OptionList
            label={label}
            options={options}
            chosen={value}
            onChoose={(one) => onChange(value.includes(one) ? value.filter((each) => each !== one) : [...value, one])}
            free={free}
            onPasteLines={(lines) => onChange([...new Set([...value, ...lines])])}
          />
        </PopoverContent>
      )}
    </Popover>
  );
}

function Chip({ text, remove }: { text: string; remove: () => void }) {
  const shown = text === '' ? 'empty text' : text;
  return (
    <span className="inline-flex h-7 min-w-0 max-w-full items-center gap-0.5 rounded-md bg-primary/10 pr-0.5 pl-2 text-primary text-sm">
      <span className={cn('truncate', text === '' && 'italic')}>{shown}</span>
      <button
        type="button"
        aria-label={`Remove ${shown}`}
        className="grid size-6 shrink-0 place-items-center rounded outline-none hover:bg-primary/15 focus-visible:ring-2 focus-visible:ring-ring/50"
        onClick={remove}
      >
        <X aria-hidden className="size-3.5" />
      </button>
    </span>
  );
}
