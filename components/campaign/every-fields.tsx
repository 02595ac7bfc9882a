'use client';

import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { Select } from '@/components/ui/select';
import { weekdays } from '@/lib/schedule/schedule';
import { EndFields } from './end-fields';
import { MonthFields } from './month-fields';
import type { ScheduleFormApi } from './schedule-form';
import { SchedulePresets } from './schedule-presets';
import { weekdayName } from './schedule-values';
import { TogglePick } from './toggle-pick';

/** The rhythm: every how many of what, on which days, at which time, from when until when. */
export function EveryFields({ form }: { form: ScheduleFormApi }) {
  const { errors } = form.formState;
  const unit = form.watch('unit');
  const again = { shouldDirty: true, shouldValidate: true };
  return (
    <div className="grid gap-5">
      <SchedulePresets form={form} />
      <Field
        label="Every"
        htmlFor="n"
        error={errors.n?.message}
        hint={unit === 'hours' ? 'Counted as elapsed time: over a change of the clocks the hour of the day shifts.' : undefined}
      >
        <div className="flex gap-2">
          <Input
            id="n"
            type="number"
            inputMode="numeric"
            min={1}
            className="w-24 tabular-nums"
            aria-invalid={Boolean(errors.n)}
            {...form.register('n', { valueAsNumber: true })}
          />
          <Select aria-label="Unit" className="w-36" {...form.register('unit')}>
            {(['hours', 'days', 'weeks', 'months'] as const).map((name) => (
              <option key={name} value={name}>
                {form.watch('n') === 1 ? name.slice(0, -1) : name}
              </option>
            ))}
          </Select>
        </div>
      </Field>
      {unit === 'weeks' && (
        <Field label="On" error={errors.weekdays?.message}>
          <TogglePick
            label="Weekdays"
            options={weekdays.map((day) => ({ value: day, text: weekdayName[day].slice(0, 3), title: weekdayName[day] }))}
            value={form.watch('weekdays')}
            onChange={(days) => form.setValue('weekdays', days, again)}
          />
        </Field>
      )}
      {unit === 'months' && <MonthFields form={form} />}
      <div className="grid gap-5 sm:grid-cols-2">
        <Field label={unit === 'hours' ? 'First at' : 'At'} htmlFor="time" error={errors.time?.message}>
          <Input id="time" type="time" className="w-full sm:w-40" aria-invalid={Boolean(errors.time)} {...form.register('time')} />
        </Field>
        <Field label="Starting on" htmlFor="start" error={errors.start?.message}>
          <Input id="start" type="date" className="w-full sm:w-48" aria-invalid={Boolean(errors.start)} {...form.register('start')} />
        </Field>
      </div>
      <EndFields form={form} />
    </div>
  );
}
