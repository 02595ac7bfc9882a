'use client';

import { Search } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { Button } from '@/components/ui/button';
import { Checkbox } from '@/components/ui/checkbox';
import { Input } from '@/components/ui/input';

type Props = { segments: readonly { key: string; name: string }[]; chosen: readonly string[]; most: number };

/** Which segments are compared; the choice becomes the address. */
export function OverlapPicker({ segments, chosen, most }: Props) {
  const router = useRouter();
  const [keys, setKeys] = useState<readonly string[]>(chosen);
  const [text, setText] = useState('');
  const shown = segments.filter(({ key, name }) => keys.includes(key) || name.toLowerCase().includes(text.trim().toLowerCase()));
  const full = keys.length >= most;
  const toggle = (key: string, on: boolean) => setKeys(on ? [...keys, key] : keys.filter((each) => each !== key));
  return (
    <form
      className="grid gap-3 rounded-2xl border bg-card p-4"
      onSubmit={(event) => {
        event.preventDefault();
        router.push(`/segments/overlap?${new URLSearchParams(keys.map((key) => ['s', key]))}`);
      }}
    >
      {segments.length > 8 && (
        <div className="relative max-w-xs">
          <Search className="-translate-y-1/2 pointer-events-none absolute top-1/2 left-3 size-4 text-muted-foreground" aria-hidden />
          <Input
            type="search"
            aria-label="Search segments"
            placeholder="Search segments"
            className="pl-9"
            value={text}
            onChange={(event) => setText(event.target.value)}
          />
        </div>
      )}
      <fieldset>
        <legend className="sr-only">Segments to compare</legend>
        <div className="grid max-h-52 gap-x-4 overflow-y-auto sm:grid-cols-2 lg:grid-cols-3">
          {shown.map(({ key, name }) => (
            <label key={key} htmlFor={`compare-${key}`} className="flex min-w-0 items-center gap-2 rounded-md py-1.5 text-sm">
              <Checkbox
                id={`compare-${key}`}
                checked={keys.includes(key)}
                disabled={full && !keys.includes(key)}
                onCheckedChange={(on) => toggle(key, on === true)}
              />
              <span className="truncate" title={name}>
                {name}
              </span>
            </label>
          ))}
        </div>
      </fieldset>
      <div className="flex items-center gap-3">
        <Button type="submit" disabled={keys.length < 2}>
          Compare
        </Button>
        <p className="text-muted-foreground text-sm">
          {keys.length < 2 ? 'Choose two to eight.' : full ? `${most} chosen, the most that fit.` : `${keys.length} chosen.`}
        </p>
      </div>
    </form>
  );
}
