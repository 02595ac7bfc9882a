'use client';

import { usePathname, useRouter } from 'next/navigation';
import { useTransition } from 'react';
import { Combobox } from '@/components/ui/combobox';
import { Field } from '@/components/ui/field';
import { Select } from '@/components/ui/select';
import type { Goal } from '@/db/reports';

const spans = [1, 3, 7, 14, 30, 60, 90];

/** What is hoped for, and how soon; kept in the address, so that a report can be sent to somebody. */
export function GoalForm({ events, goal }: { events: string[]; goal: Goal | null }) {
  const router = useRouter();
  const path = usePathname();
  const [busy, start] = useTransition();
  const days = goal?.days ?? 7;
  const show = (event: string, within: number) =>
    start(() => router.replace(`${path}?${new URLSearchParams({ goal: event, days: String(within) })}`, { scroll: false }));
  return (
    <div className="grid gap-4 sm:grid-cols-2" aria-busy={busy}>
      <Field label="Goal" hint="The event the campaign is to bring about.">
        <Combobox
          label="Goal"
          value={goal?.event}
          options={events.map((name) => ({ value: name, label: name }))}
          onChange={(event) => show(event, days)}
          placeholder="Choose an event"
        />
      </Field>
      <Field label="Within" htmlFor="days" hint="Of joining the audience, or of being drawn for the control group.">
        <Select id="days" value={days} disabled={!goal} onChange={(event) => goal && show(goal.event, Number(event.target.value))}>
          {(spans.includes(days) ? spans : [...spans, days]).map((span) => (
            <option key={span} value={span}>
              {span === 1 ? '1 day' : `${span} days`}
            </option>
          ))}
        </Select>
      </Field>
    </div>
  );
}
