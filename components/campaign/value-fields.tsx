'use client';

import { type BuilderCatalogue, propertiesOfEvents, propertyLabel } from '@/components/segment/catalogue';
import { Combobox } from '@/components/ui/combobox';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { Select } from '@/components/ui/select';
import type { OptionValues } from './option-values';
import type { WhereForm } from './where-step';

type Worth = OptionValues['value'];

/** What a member is worth, which makes the audience value-based: its lookalikes are like those worth most. */
export function ValueFields({ form, catalogue }: { form: WhereForm; catalogue: BuilderCatalogue }) {
  const value = form.watch('options.value');
  const change = (part: Partial<Worth>) =>
    form.setValue('options.value', { ...value, ...part }, { shouldDirty: true, shouldValidate: form.formState.isSubmitted });
  return (
    <Field
      label="Value of a member"
      htmlFor="value"
      error={form.formState.errors.options?.value?.message}
      hint="Sent with each member, so that a lookalike resembles those worth most. Of one currency; below 0 counts as 0. Decided once, when the audience is made."
    >
      <div className="grid gap-2">
        <Select id="value" className="w-full" value={value.by} onChange={(event) => change({ by: event.target.value as Worth['by'] })}>
          <option value="none">None</option>
          <option value="property">A number of the profile</option>
          <option value="sum">The total of what they did</option>
          <option value="count">How often they did something</option>
        </Select>
        {value.by === 'property' && (
          <Combobox
            free
            label="Number"
            placeholder="Choose a property"
            value={value.property}
            options={numbers(catalogue.profileProperties)}
            onChange={(property) => change({ property })}
          />
        )}
        {(value.by === 'sum' || value.by === 'count') && <EventValue value={value} catalogue={catalogue} change={change} />}
      </div>
    </Field>
  );
}

type EventProps = { value: Worth; catalogue: BuilderCatalogue; change: (part: Partial<Worth>) => void };

function EventValue({ value, catalogue, change }: EventProps) {
  return (
    <>
      <Combobox
        free
        label="Event"
        placeholder="Choose an event"
        value={value.event}
        options={catalogue.events.map(({ name }) => ({ value: name }))}
        onChange={(event) => change({ event })}
      />
      {value.by === 'sum' && (
        <Combobox
          free
          label="Added up"
          placeholder="Choose a number of the event"
          value={value.sum}
          options={numbers(propertiesOfEvents(catalogue, [value.event]))}
          onChange={(sum) => change({ sum })}
        />
      )}
      <span className="flex items-center gap-2 text-sm">
        in the last
        <Input
          aria-label="Days"
          inputMode="numeric"
          className="w-20 tabular-nums"
          value={value.days}
          onChange={(event) => change({ days: event.target.value })}
        />
        days
      </span>
    </>
  );
}

const numbers = (properties: BuilderCatalogue['profileProperties']) =>
  properties.filter(({ type }) => type === 'number').map(({ name }) => ({ value: name, label: propertyLabel(name) }));
