'use client';

import { Search } from 'lucide-react';
import { usePathname, useRouter, useSearchParams } from 'next/navigation';
import { useEffect, useRef, useState, useTransition } from 'react';
import { Input } from '@/components/ui/input';
import { Select } from '@/components/ui/select';
import { sorts } from './segment-item';

/** Search and order, kept in the address: a filtered list can be reloaded, bookmarked and sent. */
export function SegmentFilters() {
  const router = useRouter();
  const path = usePathname();
  const params = useSearchParams();
  const [, start] = useTransition();
  const [text, setText] = useState(params.get('q') ?? '');
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  // What was asked for last: the search comes a moment after it is typed, and the order may be chosen meanwhile.
  const asked = useRef(params.toString());
  useEffect(() => {
    asked.current = params.toString();
  }, [params]);
  const put = (name: string, value: string) => {
    const next = new URLSearchParams(asked.current);
    if (value) next.set(name, value);
    else next.delete(name);
    asked.current = next.toString();
    start(() => router.replace(next.size ? `${path}?${next}` : path, { scroll: false }));
  };
  const search = (value: string) => {
    setText(value);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => put('q', value.trim()), 250);
  };
  return (
    <div className="mb-4 flex flex-wrap gap-2">
      <div className="relative min-w-48 flex-1 sm:max-w-xs">
        <Search className="-translate-y-1/2 pointer-events-none absolute top-1/2 left-3 size-4 text-muted-foreground" aria-hidden />
        <Input
          type="search"
          aria-label="Search segments"
          placeholder="Search by name or what they did"
          className="pl-9"
          value={text}
          onChange={(event) => search(event.target.value)}
        />
      </div>
      <Select
        aria-label="Order"
        className="w-40"
        value={params.get('sort') ?? 'updated'}
        onChange={(event) => put('sort', event.target.value)}
      >
        {Object.entries(sorts).map(([sort, label]) => (
          <option key={sort} value={sort}>
            {label}
          </option>
        ))}
      </Select>
    </div>
  );
}
