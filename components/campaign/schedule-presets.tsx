'use client';

import { cn } from '@/components/ui/cn';
import type { ScheduleFormApi } from './schedule-form';
import type { ScheduleValues } from './schedule-values';

type Preset = { title: string; values: Partial<ScheduleValues> };

const presets: Preset[] = [
  { title: 'Every morning', values: { unit: 'days', n: 1, time: '09:00' } },
  { title: 'Weekday mornings', values: { unit: 'weeks', n: 1, weekdays: ['mon', 'tue', 'wed', 'thu', 'fri'], time: '09:00' } },
  { title: 'Every Monday', values: { unit: 'weeks', n: 1, weekdays: ['mon'], time: '09:00' } },
  { title: '1st of the month', values: { unit: 'months', n: 1, monthRule: 'days', monthDays: [1], time: '09:00' } },
  { title: 'Last day of the month', values: { unit: 'months', n: 1, monthRule: 'days', monthDays: [-1], time: '09:00' } },
  { title: 'Every 6 hours', values: { unit: 'hours', n: 6, time: '00:00' } },
];

/** Common rhythms in one press; everything can be changed after. */
export function SchedulePresets({ form }: { form: ScheduleFormApi }) {
  const current = form.watch();
  const choose = (values: Partial<ScheduleValues>) => {
    for (const [name, value] of Object.entries(values)) form.setValue(name as keyof ScheduleValues, value, { shouldDirty: true });
    void form.trigger();
  };
  return (
    <fieldset aria-label="Common rhythms" className="flex flex-wrap gap-1.5">
      {presets.map(({ title, values }) => {
        const chosen = Object.entries(values).every(
          ([name, value]) => JSON.stringify(current[name as keyof ScheduleValues]) === JSON.stringify(value),
        );
        return (
          <button
            key={title}
            type="button"
            aria-pressed={chosen}
            onClick={() => choose(values)}
            className={cn(
              'h-8 rounded-full border px-3 text-[13px] transition-colors focus-visible:outline-2 focus-visible:outline-offset-2 focus-visible:outline-ring',
              chosen ? 'border-primary bg-primary/10 font-medium text-primary' : 'bg-card hover:border-foreground/30',
            )}
          >
            {title}
          </button>
        );
      })}
    </fieldset>
  );
}
