'use client';

import { Check, ChevronsUpDown } from 'lucide-react';
import { useMemo, useState } from 'react';
import { Button } from '@/components/ui/button';
import { cn } from '@/components/ui/cn';
import { Command, CommandEmpty, CommandInput, CommandItem, CommandList } from '@/components/ui/command';
import { Popover, PopoverContent, PopoverTrigger } from '@/components/ui/popover';
import { allZones } from './viewer-zone';
import { offsetText } from './zoned-text';

type Props = { id: string; value: string; onChange: (zone: string) => void; disabled?: boolean };

/** Every IANA zone, searched by name or city; the offset is today's. */
export function ZonePicker({ id, value, onChange, disabled }: Props) {
  const [open, setOpen] = useState(false);
  const now = useMemo(() => new Date(), []);
  const zones = useMemo(() => (open ? allZones().map((zone) => ({ zone, offset: offsetText(zone, now) })) : []), [open, now]);
  return (
    <Popover open={open} onOpenChange={setOpen}>
      <PopoverTrigger asChild>
        <Button
          id={id}
          type="button"
          variant="outline"
          role="combobox"
          aria-expanded={open}
          disabled={disabled}
          className="w-full justify-between font-normal sm:w-80"
        >
          <span className="truncate">
            {value.replaceAll('_', ' ')} <span className="text-muted-foreground">({offsetText(value, now)})</span>
          </span>
          <ChevronsUpDown className="text-muted-foreground" aria-hidden />
        </Button>
      </PopoverTrigger>
      <PopoverContent className="w-80 p-0" align="start">
        <Command defaultValue={value}>
          <CommandInput placeholder="Search a city or region" />
          <CommandList>
            <CommandEmpty>No such time zone.</CommandEmpty>
            {zones.map(({ zone, offset }) => (
              <CommandItem
                key={zone}
                value={zone}
                keywords={[zone.replaceAll('_', ' '), offset]}
                onSelect={() => {
                  onChange(zone);
                  setOpen(false);
                }}
              >
                <Check className={cn('size-4', zone !== value && 'invisible')} aria-hidden />
                <span className="flex-1 truncate">{zone.replaceAll('_', ' ')}</span>
                <span className="text-muted-foreground text-xs tabular-nums">{offset}</span>
              </CommandItem>
            ))}
          </CommandList>
        </Command>
      </PopoverContent>
    </Popover>
  );
}
