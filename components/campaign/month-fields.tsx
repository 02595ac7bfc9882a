'use client';

import { Field } from '@/components/ui/field';
import { ChoiceCards } from './choice-cards';
import { NthWeekdayGrid } from './nth-weekday-grid';
import type { ScheduleFormApi } from './schedule-form';
import { TogglePick } from './toggle-pick';

const days = [
  ...Array.from({ length: 31 }, (_, i) => ({ value: i + 1, text: String(i + 1), title: `Day ${i + 1}` })),
  { value: -1, text: 'Last day', title: 'The last day of the month' },
];
const rules = [
  { value: 'days', title: 'Days', line: 'Such as the 1st, the 15th or the last day.' },
  { value: 'nth', title: 'Weekdays', line: 'Such as the first Monday or the last Friday.' },
  { value: 'both', title: 'Both', line: 'The days, and the weekdays as well.' },
] as const;

/** Which days of a month. */
export function MonthFields({ form }: { form: ScheduleFormApi }) {
  const { errors } = form.formState;
  const again = { shouldDirty: true, shouldValidate: true };
  const rule = form.watch('monthRule');
  return (
    <div className="grid gap-4">
      <ChoiceCards
        label="Days of the month or weekdays"
        name="monthRule"
        options={rules}
        value={rule}
        onChange={(value) => form.setValue('monthRule', value, again)}
        className="sm:grid-cols-3"
      />
      {rule !== 'nth' && (
        <Field label="Days of the month" error={errors.monthDays?.message}>
          <TogglePick
            label="Days of the month"
            options={days}
            value={form.watch('monthDays')}
            onChange={(picked) => form.setValue('monthDays', picked, again)}
            className="grid max-w-md grid-cols-7 gap-1.5"
          />
        </Field>
      )}
      {rule !== 'days' && (
        <Field label="Weekdays of the month" error={errors.nthWeekdays?.message}>
          <NthWeekdayGrid value={form.watch('nthWeekdays')} onChange={(picked) => form.setValue('nthWeekdays', picked, again)} />
        </Field>
      )}
    </div>
  );
}
