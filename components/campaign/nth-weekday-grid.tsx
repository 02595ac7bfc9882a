'use client';

import { cn } from '@/components/ui/cn';
import { weekdays } from '@/lib/schedule/schedule';
import { type ScheduleValues, weekdayName } from './schedule-values';

const places = [
  [1, 'First'],
  [2, 'Second'],
  [3, 'Third'],
  [4, 'Fourth'],
  [5, 'Fifth'],
  [-1, 'Last'],
] as const;

type Picked = ScheduleValues['nthWeekdays'];

/** First to fifth and last of each weekday: any number of them, as buttons that stay pressed. */
export function NthWeekdayGrid({ value, onChange }: { value: Picked; onChange: (value: Picked) => void }) {
  const isPicked = (n: number, day: string) => value.some((one) => one.n === n && one.day === day);
  const toggle = (picked: Picked[number]) =>
    onChange(isPicked(picked.n, picked.day) ? value.filter((one) => one.n !== picked.n || one.day !== picked.day) : [...value, picked]);
  return (
    <fieldset aria-label="Weekdays of the month" className="grid max-w-md grid-cols-[auto_repeat(7,minmax(0,1fr))] items-center gap-1.5">
      <span />
      {weekdays.map((day) => (
        <span key={day} aria-hidden className="text-center text-muted-foreground text-xs">
          {weekdayName[day].slice(0, 2)}
        </span>
      ))}
      {places.map(([n, place]) => (
        <div key={n} className="contents">
          <span aria-hidden className="pr-1 text-muted-foreground text-xs">
            {place}
          </span>
          {weekdays.map((day) => (
            <button
              key={day}
              type="button"
              aria-pressed={isPicked(n, day)}
              aria-label={`${place} ${weekdayName[day]}`}
              onClick={() => toggle({ n, day })}
              className={cn(
                'h-8 rounded-md border transition-colors focus-visible:outline-2 focus-visible:outline-offset-2 focus-visible:outline-ring',
                isPicked(n, day) ? 'border-primary bg-primary' : 'bg-card hover:border-foreground/30',
              )}
            >
              <span
                aria-hidden
                className={cn('mx-auto block size-1.5 rounded-full', isPicked(n, day) ? 'bg-primary-foreground' : 'bg-border')}
              />
            </button>
          ))}
        </div>
      ))}
    </fieldset>
  );
}
