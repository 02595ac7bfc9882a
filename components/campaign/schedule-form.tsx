'use client';

import type { UseFormReturn } from 'react-hook-form';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { ChoiceCards } from './choice-cards';
import { DatesFields } from './dates-fields';
import { EveryFields } from './every-fields';
import type { ScheduleValues } from './schedule-values';
import { ZonePicker } from './zone-picker';

export type ScheduleFormApi = UseFormReturn<ScheduleValues>;

const kinds = [
  { value: 'every', title: 'On a rhythm', line: 'Every few hours, days, weeks or months.' },
  { value: 'now', title: 'Now, once', line: 'As soon as you press Schedule.' },
  { value: 'at', title: 'Later, once', line: 'On a date and time you choose.' },
  { value: 'dates', title: 'On several dates', line: 'Up to 100 dates and times.' },
] as const;

/** Every field of the WHEN step; the values live in the form it is given. */
export function ScheduleForm({ form }: { form: ScheduleFormApi }) {
  const kind = form.watch('kind');
  return (
    <div className="grid gap-6">
      <ChoiceCards
        label="When it runs"
        name="kind"
        options={kinds}
        value={kind}
        onChange={(value) => form.setValue('kind', value, { shouldDirty: true, shouldValidate: true })}
      />
      {kind === 'at' && (
        <Field label="Date and time" htmlFor="at" error={form.formState.errors.at?.message}>
          <Input
            id="at"
            type="datetime-local"
            className="w-full sm:w-64"
            aria-invalid={Boolean(form.formState.errors.at)}
            {...form.register('at')}
          />
        </Field>
      )}
      {kind === 'dates' && <DatesFields form={form} />}
      {kind === 'every' && <EveryFields form={form} />}
      {kind !== 'now' && (
        <Field
          label="Time zone"
          error={form.formState.errors.zone?.message}
          hint="Wall-clock times: 09:00 stays 09:00 when the clocks change."
        >
          <ZonePicker
            value={form.watch('zone')}
            onChange={(zone) => form.setValue('zone', zone, { shouldDirty: true, shouldValidate: true })}
          />
        </Field>
      )}
    </div>
  );
}
