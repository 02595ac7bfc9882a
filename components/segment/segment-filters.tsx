'use client';

import { useAddressQuery } from '@/components/ui/address-query';
import { SearchField } from '@/components/ui/search-field';
import { Select } from '@/components/ui/select';
import { sorts } from './segment-item';

/** Search and order of the saved segments. */
export function SegmentFilters() {
  const { chosen, choose } = useAddressQuery();
  return (
    <div className="mb-4 flex flex-wrap gap-2">
      <SearchField
        label="Search segments"
        placeholder="Search by name or what they did"
        value={chosen('q')}
        onSearch={(text) => choose('q', text)}
      />
      <Select
        aria-label="Order"
        className="w-40"
        value={chosen('sort') || 'updated'}
        onChange={(event) => choose('sort', event.target.value)}
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
