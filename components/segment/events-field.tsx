'use client';

import { ChipsField, PickMore } from '@/components/ui/chips-field';
import { Combobox } from '@/components/ui/combobox';
import { useBuilderWorld } from './builder-state';
import type { Told } from './field-part';

const counts = new Intl.NumberFormat('en-US', { notation: 'compact', maximumFractionDigits: 1 });

type Props = { label: string; value: readonly string[]; onChange: (events: string[]) => void } & Told;

/** One event from the list, or any of several. */
export function EventsField({ label, value, onChange, ...told }: Props) {
  const { catalogue } = useBuilderWorld();
  const options = catalogue.events.map(({ name, count }) => ({ value: name, note: count > 0 ? counts.format(count) : undefined }));
  const [only = ''] = value;
  if (value.length > 1) return <ChipsField free label={label} word="or" value={value} options={options} onChange={onChange} {...told} />;
  return (
    <>
      <Combobox
        free
        label={label}
        placeholder="Choose an event"
        value={only}
        options={options}
        onChange={(event) => onChange([event])}
        className="h-8 w-auto max-w-64 rounded-md px-2.5 font-medium"
        {...told}
      />
      {only && <PickMore free label={`Or another than ${only}`} value={value} options={options} onChange={onChange} {...told} />}
    </>
  );
}
