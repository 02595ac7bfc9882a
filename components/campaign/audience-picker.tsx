'use client';

import { useCallback } from 'react';
import { Button } from '@/components/ui/button';
import { Input } from '@/components/ui/input';
import { ListSkeleton, LoadFault } from './account-picker';
import { type AudienceView, type FacebookActions, hiddenSize } from './facebook-views';
import { usePagedSearch } from './paged-search';
import { numberText } from './zoned-text';

type Props = {
  connectionId: string;
  accountId: string;
  value: string;
  onChange: (id: string) => void;
  search: FacebookActions['searchAudiences'];
};

/** One of the ad account's own customer-list audiences. */
export function AudiencePicker({ connectionId, accountId, value, onChange, search }: Props) {
  const ask = useCallback(
    (query: { search?: string; after?: string }) => search({ connectionId, accountId, ...query }),
    [search, connectionId, accountId],
  );
  const list = usePagedSearch<AudienceView>(ask);
  return (
    <div className="overflow-hidden rounded-lg border bg-card">
      <div className="border-b p-2">
        <Input
          type="search"
          aria-label="Search audiences"
          placeholder="Search audiences by name"
          value={list.search}
          onChange={(event) => list.setSearch(event.target.value)}
          onKeyDown={(event) => event.key === 'Enter' && event.preventDefault()}
        />
      </div>
      <div className="max-h-80 overflow-y-auto p-2" role="radiogroup" aria-label="Existing audience" aria-busy={list.state === 'loading'}>
        {list.state === 'failed' && <LoadFault message={list.message} retry={list.retry} />}
        {list.state === 'loading' && list.items.length === 0 && <ListSkeleton label="Asking Facebook for the audiences" />}
        {list.state === 'ready' && list.items.length === 0 && (
          <p className="p-3 text-muted-foreground text-sm">
            {list.search
              ? `No audience is called anything like “${list.search}”.`
              : 'This ad account has no customer-list audience. Make a new one.'}
          </p>
        )}
        {list.items.map((audience) => (
          <label key={audience.id} className="flex cursor-pointer items-start gap-3 rounded-md px-2 py-2 text-sm hover:bg-muted">
            <input
              type="radio"
              name="existing"
              className="mt-1 accent-primary"
              checked={audience.id === value}
              onChange={() => onChange(audience.id)}
            />
            <span className="grid min-w-0">
              <span className="truncate font-medium">{audience.name}</span>
              <span className="text-muted-foreground">
                {sizeText(audience)}
                {audience.operationText ? ` · ${audience.operationText}` : ''}
              </span>
            </span>
          </label>
        ))}
        {list.more && (
          <Button type="button" variant="ghost" size="sm" className="w-full" onClick={list.more} disabled={list.state === 'loading'}>
            Show more audiences
          </Button>
        )}
      </div>
    </div>
  );
}

/** "12,000–15,000 people", or what it means where Facebook hides it. */
export function sizeText({ sizeLower, sizeUpper }: { sizeLower: number | null; sizeUpper: number | null }): string {
  if (sizeLower === null) return hiddenSize;
  return sizeUpper === null || sizeUpper === sizeLower
    ? `about ${numberText(sizeLower)} people`
    : `${numberText(sizeLower)}–${numberText(sizeUpper)} people`;
}
