'use client';

import { useAddressQuery } from '@/components/ui/address-query';
import { SearchField } from '@/components/ui/search-field';
import { Select } from '@/components/ui/select';
import { campaignStates } from './state-words';

/** Search and state of the campaigns. */
export function CampaignFilters() {
  const { chosen, choose } = useAddressQuery();
  return (
    <div className="flex flex-wrap gap-2">
      <SearchField
        label="Search campaigns"
        placeholder="Search by name or segment"
        value={chosen('q')}
        onSearch={(text) => choose('q', text)}
      />
      <Select aria-label="State" className="w-40" value={chosen('state')} onChange={(event) => choose('state', event.target.value)}>
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
