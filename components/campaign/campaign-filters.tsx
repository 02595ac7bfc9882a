'use client';

import { Search } from 'lucide-react';
import { usePathname, useRouter, useSearchParams } from 'next/navigation';
import { useEffect, useRef, useState, useTransition } from 'react';
import { Input } from '@/components/ui/input';
import { Select } from '@/components/ui/select';
import { campaignStates } from './state-words';

/** Search and state, kept in the address: a filtered list can be reloaded, bookmarked and sent. */
export function CampaignFilters() {
  const router = useRouter();
  const path = usePathname();
  const params = useSearchParams();
  const [, start] = useTransition();
  const [text, setText] = useState(params.get('q') ?? '');
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  const put = (name: string, value: string) => {
    const next = new URLSearchParams(params);
    if (value) next.set(name, value);
    else next.delete(name);
    start(() => router.replace(next.size ? `${path}?${next}` : path, { scroll: false }));
  };
  return (
    <div className="flex flex-wrap gap-2">
      <div className="relative min-w-48 flex-1 sm:max-w-xs">
        <Search className="-translate-y-1/2 pointer-events-none absolute top-1/2 left-3 size-4 text-muted-foreground" aria-hidden />
        <Input
          type="search"
          aria-label="Search campaigns"
          placeholder="Search by name or segment"
          className="pl-9"
          value={text}
          onChange={(event) => {
            const { value } = event.target;
            setText(value);
            clearTimeout(timer.current);
            timer.current = setTimeout(() => put('q', value.trim()), 250);
          }}
        />
      </div>
      <Select aria-label="State" className="w-40" value={params.get('state') ?? ''} onChange={(event) => put('state', event.target.value)}>
        <option value="">All states</option>
        {Object.entries(campaignStates).map(([state, { label }]) => (
          <option key={state} value={state}>
            {label}
          </option>
        ))}
      </Select>
    </div>
  );
}
