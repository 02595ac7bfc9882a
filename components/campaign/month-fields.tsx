'use client';

import { Field } from '@/components/ui/field';
import { Select } from '@/components/ui/select';
import { weekdays } from '@/lib/schedule/schedule';
import { ChoiceCards } from './choice-cards';
import type { ScheduleFormApi } from './schedule-form';
import { weekdayName } from './schedule-values';
import { TogglePick } from './toggle-pick';

const days = [
  ...Array.from({ length: 31 }, (_, i) => ({ value: i + 1, text: String(i + 1), title: `Day ${i + 1}` })),
  { value: -1, text: 'Last day', title: 'The last day of the month' },
];
const places = [
  [1, 'first'],
  [2, 'second'],
  [3, 'third'],
  [4, 'fourth'],
  [5, 'fifth'],
  [-1, 'last'],
] as const;
const rules = [
  { value: 'days', title: 'On days of the month', line: 'Such as the 1st, the 15th or the last day.' },
  { value: 'nth', title: 'On a weekday of the month', line: 'Such as the first Monday.' },
] as const;

/** Which days of a month. */
export function MonthFields({ form }: { form: ScheduleFormApi }) {
  const { errors } = form.formState;
  const again = { shouldDirty: true, shouldValidate: true };
  const rule = form.watch('monthRule');
  return (
    <div className="grid gap-4">
      <ChoiceCards
        label="Days"
        name="monthRule"
        options={rules}
        value={rule}
        onChange={(value) => form.setValue('monthRule', value, again)}
      />
      {rule === 'days' ? (
        <Field label="Days of the month" error={errors.monthDays?.message}>
          <TogglePick
            label="Days of the month"
            options={days}
            value={form.watch('monthDays')}
            onChange={(picked) => form.setValue('monthDays', picked, again)}
            className="grid max-w-md grid-cols-7 gap-1.5"
          />
        </Field>
      ) : (
        <Field label="On the" error={errors.nth?.message}>
          <div className="flex gap-2">
            <Select aria-label="Which one" className="w-32" {...form.register('nth', { valueAsNumber: true })}>
              {places.map(([value, text]) => (
                <option key={value} value={value}>
                  {text}
                </option>
              ))}
            </Select>
            <Select aria-label="Weekday" className="w-40" {...form.register('nthDay')}>
              {weekdays.map((day) => (
                <option key={day} value={day}>
                  {weekdayName[day]}
                </option>
              ))}
            </Select>
          </div>
        </Field>
      )}
    </div>
  );
}
