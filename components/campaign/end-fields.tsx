'use client';

import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { Select } from '@/components/ui/select';
import type { ScheduleFormApi } from './schedule-form';

/** Until when. An end date counts to the end of its day. */
export function EndFields({ form }: { form: ScheduleFormApi }) {
  const { errors } = form.formState;
  const end = form.watch('end');
  return (
    <Field label="Ending" htmlFor="end" error={errors.endDate?.message ?? errors.endAfter?.message}>
      <div className="flex flex-wrap items-center gap-2">
        <Select id="end" className="w-44" {...form.register('end')}>
          <option value="never">never</option>
          <option value="date">on a date</option>
          <option value="after">after a number of runs</option>
        </Select>
        {end === 'date' && (
          <Input type="date" aria-label="Last day" className="w-48" aria-invalid={Boolean(errors.endDate)} {...form.register('endDate')} />
        )}
        {end === 'after' && (
          <>
            <Input
              type="number"
              inputMode="numeric"
              min={1}
              aria-label="Number of runs"
              className="w-24 tabular-nums"
              aria-invalid={Boolean(errors.endAfter)}
              {...form.register('endAfter', { valueAsNumber: true })}
            />
            <span className="text-muted-foreground text-sm">runs</span>
          </>
        )}
      </div>
    </Field>
  );
}
