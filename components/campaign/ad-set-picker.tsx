'use client';

import { Search, X } from 'lucide-react';
import { useCallback } from 'react';
import { Badge } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import { Checkbox } from '@/components/ui/checkbox';
import { Input } from '@/components/ui/input';
import { Select } from '@/components/ui/select';
import type { AdSetChoice } from '@/lib/campaign/plan';
import { ListSkeleton, LoadFault } from './account-picker';
import { type AdSetView, byCampaign, type FacebookActions, statusWords } from './facebook-views';
import { usePagedSearch } from './paged-search';
import { counted } from './zoned-text';

type Props = {
  connectionId: string;
  accountId: string;
  value: AdSetChoice[];
  onChange: (adSets: AdSetChoice[]) => void;
  search: FacebookActions['searchAdSets'];
};

/** Chosen ad sets on top, each shown to or hidden from; below them the account's, by campaign. None chosen means audience only. */
export function AdSetPicker({ connectionId, accountId, value, onChange, search }: Props) {
  const ask = useCallback(
    (query: { search?: string; after?: string }) => search({ connectionId, accountId, ...query }),
    [search, connectionId, accountId],
  );
  const list = usePagedSearch<AdSetView>(ask);
  const toggle = (adSet: AdSetView) =>
    onChange(
      value.some((one) => one.id === adSet.id)
        ? value.filter((one) => one.id !== adSet.id)
        : [...value, { id: adSet.id, name: adSet.name, as: 'include' }],
    );
  return (
    <div className="grid grid-cols-1 gap-3">
      <ChosenAdSets value={value} onChange={onChange} />
      <div className="overflow-hidden rounded-lg border bg-card">
        <div className="relative border-b">
          <Search className="-translate-y-1/2 pointer-events-none absolute top-1/2 left-3 size-4 text-muted-foreground" aria-hidden />
          <Input
            type="search"
            aria-label="Search ad sets"
            placeholder="Search ad sets by name"
            className="rounded-none border-0 pl-9 shadow-none focus-visible:ring-inset"
            value={list.search}
            onChange={(event) => list.setSearch(event.target.value)}
            onKeyDown={(event) => event.key === 'Enter' && event.preventDefault()}
          />
        </div>
        <fieldset className="max-h-96 min-w-0 overflow-y-auto p-2" aria-label="Ad sets" aria-busy={list.state === 'loading'}>
          {list.state === 'failed' && <LoadFault message={list.message} retry={list.retry} />}
          {list.state === 'loading' && list.items.length === 0 && <ListSkeleton label="Asking Facebook for the ad sets" />}
          {list.state === 'ready' && list.items.length === 0 && (
            <p className="p-3 text-muted-foreground text-sm">
              {list.search
                ? `No ad set is called anything like “${list.search}”.`
                : 'This ad account has no ad set yet. Go on with the audience only.'}
            </p>
          )}
          {byCampaign(list.items).map((group) => (
            <CampaignGroup key={group.id} group={group} chosen={value} onToggle={toggle} />
          ))}
          {list.more && (
            <Button type="button" variant="ghost" size="sm" className="w-full" onClick={list.more} disabled={list.state === 'loading'}>
              {list.state === 'loading' ? 'Loading…' : 'Show more ad sets'}
            </Button>
          )}
        </fieldset>
      </div>
    </div>
  );
}

function ChosenAdSets({ value, onChange }: { value: AdSetChoice[]; onChange: (adSets: AdSetChoice[]) => void }) {
  if (value.length === 0) {
    return <p className="text-muted-foreground text-sm">Audience only: no ad set uses it yet. Choose any number below.</p>;
  }
  const change = (id: string, as: AdSetChoice['as']) => onChange(value.map((one) => (one.id === id ? { ...one, as } : one)));
  return (
    <div className="grid grid-cols-1 gap-2">
      <p className="text-muted-foreground text-sm">{counted(value.length, 'ad set')} chosen</p>
      <ul className="grid grid-cols-1 gap-1.5">
        {value.map((one) => (
          <li key={one.id} className="flex items-center gap-2 rounded-lg border bg-card py-1.5 pr-1.5 pl-3">
            <span className="min-w-0 flex-1 truncate text-sm" title={one.name}>
              {one.name ?? one.id}
            </span>
            <Select
              aria-label={`What ${one.name ?? one.id} does with the audience`}
              className="h-8 w-32"
              value={one.as}
              onChange={(event) => change(one.id, event.target.value === 'exclude' ? 'exclude' : 'include')}
            >
              <option value="include">Show to</option>
              <option value="exclude">Hide from</option>
            </Select>
            <Button
              type="button"
              variant="ghost"
              size="icon"
              aria-label={`Remove ${one.name ?? one.id}`}
              onClick={() => onChange(value.filter((other) => other.id !== one.id))}
            >
              <X aria-hidden />
            </Button>
          </li>
        ))}
      </ul>
    </div>
  );
}

function CampaignGroup(props: {
  group: { id: string; name: string; adSets: AdSetView[] };
  chosen: AdSetChoice[];
  onToggle: (adSet: AdSetView) => void;
}) {
  const { group, chosen, onToggle } = props;
  return (
    <div className="mb-2">
      <p className="px-2 pt-1 pb-1 font-medium text-muted-foreground text-xs">{group.name}</p>
      {group.adSets.map((adSet) => (
        <label
          key={adSet.id}
          htmlFor={`ad-set-${adSet.id}`}
          className="flex cursor-pointer items-center gap-3 rounded-md px-2 py-1.5 text-sm hover:bg-muted"
        >
          <Checkbox
            id={`ad-set-${adSet.id}`}
            checked={chosen.some((one) => one.id === adSet.id)}
            onCheckedChange={() => onToggle(adSet)}
            aria-label={adSet.name}
          />
          <span className="min-w-0 flex-1 truncate">{adSet.name}</span>
          {adSet.advantageAudience && (
            <Badge variant="outline" title="Advantage+ audience: Facebook may also show the ads to people outside the audiences shown to.">
              Advantage+
            </Badge>
          )}
          <span className="shrink-0 text-muted-foreground text-xs">{statusWords(adSet.status)}</span>
        </label>
      ))}
    </div>
  );
}
