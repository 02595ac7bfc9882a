'use client';

import { Check } from 'lucide-react';
import { useMemo, useState } from 'react';
import { cn } from './cn';
import { Command, CommandEmpty, CommandInput, CommandItem, CommandList } from './command';

export type Option = { value: string; label?: string; note?: string };

/** As many as somebody reads; what is typed finds the others. */
const mostShown = 100;

/** Those that hold all typed words, what begins with them first; otherwise in their own order. */
export function matching<O extends Option>(options: readonly O[], typed: string): O[] {
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
  const first = words[0] ?? '';
  const text = (option: O) => `${option.label ?? ''} ${option.value}`.trim().toLowerCase();
  const found = options.filter((option) => words.every((word) => text(option).includes(word)));
  return first ? found.sort((a, b) => Number(text(b).startsWith(first)) - Number(text(a).startsWith(first))) : found;
}

type Props = {
  label: string;
  options: readonly Option[];
  chosen: readonly string[];
  onChoose: (value: string) => void;
  /** What is typed may be taken although it is not on the list. */
  free?: boolean;
  placeholder?: string;
  /** Takes a pasted text of several lines. */
  onPasteLines?: (lines: string[]) => void;
};

/** Found by typing: arrows, Enter, Escape. What is typed is emptied by a choice. */
export function OptionList({ label, options, chosen, onChoose, free, placeholder = 'Type to search…', onPasteLines }: Props) {
  const [typed, setTyped] = useState('');
  const found = useMemo(() => matching(options, typed), [options, typed]);
  const own = typed.trim();
  const isNew = free && own !== '' && !options.some(({ value, label }) => value === own || label?.toLowerCase() === own.toLowerCase());
  const choose = (value: string) => {
    onChoose(value);
    setTyped('');
  };
  const paste = (event: React.ClipboardEvent) => {
    const lines = event.clipboardData
      .getData('text')
      .split(/\r?\n/)
      .map((line) => line.trim())
      .filter(Boolean);
    if (!onPasteLines || lines.length < 2) return;
    event.preventDefault();
    onPasteLines(lines);
  };
  return (
    <Command label={label} shouldFilter={false}>
      <CommandInput placeholder={placeholder} value={typed} onValueChange={setTyped} onPaste={paste} maxLength={2000} />
      <CommandList>
        {found.length === 0 && !isNew && <CommandEmpty>{free ? 'Type what you look for.' : 'Nothing fits.'}</CommandEmpty>}
        {found.slice(0, mostShown).map((option) => (
          <CommandItem key={option.value} value={`=${option.value}`} onSelect={() => choose(option.value)}>
            <span className="truncate">{option.label ?? option.value}</span>
            {option.note && <span className="ml-auto shrink-0 text-muted-foreground text-xs tabular-nums">{option.note}</span>}
            {chosen.includes(option.value) && (
              <Check aria-hidden className={cn('size-4 shrink-0 text-primary', !option.note && 'ml-auto')} />
            )}
          </CommandItem>
        ))}
        {isNew && (
          <CommandItem value="+" onSelect={() => choose(own)}>
            <span className="truncate">Use “{own}”</span>
          </CommandItem>
        )}
      </CommandList>
      {found.length > mostShown && (
        <p className="border-border border-t px-3 py-1.5 text-muted-foreground text-xs">
          {found.length - mostShown} more: type to find them.
        </p>
      )}
    </Command>
  );
}
