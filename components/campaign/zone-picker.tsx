'use client';

import { useMemo } from 'react';
import { Combobox } from '@/components/ui/combobox';
import { offsetText } from './zoned-text';
import { allZones } from './zones';

type Props = { value: string; onChange: (zone: string) => void; invalid?: boolean };

/** Every IANA zone, searched by region or city; the offset is today's. */
export function ZonePicker({ value, onChange, invalid }: Props) {
  const options = useMemo(() => {
    const now = new Date();
    return allZones().map((zone) => ({ value: zone, label: zone.replaceAll('_', ' '), note: offsetText(zone, now) }));
  }, []);
  return <Combobox label="Time zone" value={value} onChange={onChange} options={options} invalid={invalid} className="sm:w-80" />;
}
