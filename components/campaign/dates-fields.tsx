'use client';

import { Plus, X } from 'lucide-react';
import { useFieldArray } from 'react-hook-form';
import { Button } from '@/components/ui/button';
import { FieldError } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import type { ScheduleFormApi } from './schedule-form';
import { counted } from './zoned-text';

const mostDates = 100;

/** The list of dates and times, each with its own fault beside it. */
export function DatesFields({ form }: { form: ScheduleFormApi }) {
  const list = useFieldArray({ control: form.control, name: 'dates' });
  const errors = form.formState.errors.dates;
  const values = form.watch('dates').map(({ at }) => at);
  const add = () => {
    const last = form.getValues('dates').at(-1)?.at ?? '';
    list.append({ at: last ? dayLater(last) : '' });
  };
  return (
    <fieldset className="grid gap-2">
      <legend className="mb-2 font-medium text-sm">
        Dates and times <span className="font-normal text-muted-foreground">({counted(list.fields.length, 'date')})</span>
      </legend>
      {list.fields.map((field, i) => {
        const error = errors?.[i]?.at?.message;
        return (
          <div key={field.id} className="grid gap-1">
            <div className="flex items-center gap-2">
              <Input
                type="datetime-local"
                className="w-full sm:w-64"
                aria-label={`Date and time ${i + 1}`}
                aria-invalid={Boolean(error)}
                aria-describedby={error ? `date-${i}-error` : undefined}
                {...form.register(`dates.${i}.at`)}
              />
              <Button type="button" variant="ghost" size="icon" aria-label={`Remove date ${i + 1}`} onClick={() => list.remove(i)}>
                <X aria-hidden />
              </Button>
            </div>
            {!error && values.indexOf(values[i] ?? '') < i && (
              <p className="text-muted-foreground text-xs">The same as date {values.indexOf(values[i] ?? '') + 1}: it runs once.</p>
            )}
            {error && <FieldError id={`date-${i}-error`}>{error}</FieldError>}
          </div>
        );
      })}
      {errors?.message && <FieldError>{errors.message}</FieldError>}
      <Button type="button" variant="outline" size="sm" className="mt-1 w-fit" onClick={add} disabled={list.fields.length >= mostDates}>
        <Plus aria-hidden /> Add a date
      </Button>
    </fieldset>
  );
}

/** The same wall time a day later. */
function dayLater(wall: string): string {
  const day = new Date(`${wall.slice(0, 10)}T00:00:00Z`);
  if (Number.isNaN(day.getTime())) return wall;
  return `${new Date(day.getTime() + 86_400_000).toISOString().slice(0, 10)}${wall.slice(10)}`;
}
