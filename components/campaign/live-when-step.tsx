'use client';

import { useState } from 'react';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { Select } from '@/components/ui/select';
import type { CampaignDraft } from '@/lib/campaign/plan';
import { describeSchedule } from '@/lib/schedule/describe';
import { scheduleFaults } from '@/lib/schedule/faults';
import { type LiveSchedule, scheduleSchema } from '@/lib/schedule/schedule';
import { type SavePatch, useDraftSaving } from './draft-saving';
import { PanelCard } from './panel-card';
import { StepForm } from './step-form';
import { useStepWalk } from './step-walk';
import { ZonePicker } from './zone-picker';
import { wallDay } from './zoned-text';

type Props = { id: string; draft: CampaignDraft; workspaceZone: string; now: Date; save: SavePatch };

type Values = { begins: 'now' | 'at'; start: string; ends: 'never' | 'on'; end: string; zone: string };

const dayMs = 86_400_000;

function valuesOf(schedule: CampaignDraft['schedule'], workspaceZone: string, now: Date): Values {
  const { start, end, zone } = schedule?.kind === 'live' ? schedule : { zone: workspaceZone };
  const day = (days: number) => wallDay(new Date(now.getTime() + days * dayMs), zone);
  return {
    begins: start ? 'at' : 'now',
    start: start ? (start.length > 10 ? start : `${start}T00:00`) : `${day(1)}T09:00`,
    ends: end ? 'on' : 'never',
    end: end?.date ?? day(91),
    zone,
  };
}

/** @returns the schedule, or what is wrong, by field. */
function readWhen({ begins, start, ends, end, zone }: Values): { schedule: LiveSchedule } | { fault: { start?: string; end?: string } } {
  const json = { kind: 'live', zone, ...(begins === 'at' ? { start } : {}), ...(ends === 'on' ? { end: { date: end } } : {}) };
  const parsed = scheduleSchema.safeParse(json);
  const issues = parsed.success ? scheduleFaults(parsed.data, new Date()) : parsed.error.issues;
  const about = (name: string) => issues.find(({ path }) => path[0] === name)?.message;
  if (parsed.success && issues.length === 0 && parsed.data.kind === 'live') return { schedule: parsed.data };
  return { fault: { start: about('start'), end: about('end') } };
}

/** When a live campaign listens. */
export function LiveWhenStep({ id, draft, workspaceZone, now, save }: Props) {
  const saving = useDraftSaving(id, save);
  const walk = useStepWalk(id, 'when', saving);
  const [values, setValues] = useState(() => valuesOf(draft.schedule, workspaceZone, now));
  const read = readWhen(values);
  const fault = 'fault' in read ? read.fault : {};
  const change = (part: Partial<Values>) => {
    const next = { ...values, ...part };
    setValues(next);
    const reading = readWhen(next);
    if ('schedule' in reading) saving.change({ schedule: reading.schedule });
    else saving.hold();
  };
  const submit = async (event: React.FormEvent) => {
    event.preventDefault();
    if ('schedule' in read) await walk.next({ schedule: read.schedule });
  };
  return (
    <StepForm step="when" id={id} saving={saving} onSubmit={submit}>
      <div className="grid grid-cols-1 items-start gap-8 lg:grid-cols-[minmax(0,1fr)_22rem]">
        <div className="grid gap-6">
          <Field label="It begins" htmlFor="begins" error={fault.start}>
            <div className="flex flex-wrap gap-2">
              <Select id="begins" value={values.begins} onChange={(event) => change({ begins: event.target.value as Values['begins'] })}>
                <option value="now">when you press Schedule</option>
                <option value="at">on a date</option>
              </Select>
              {values.begins === 'at' && (
                <Input
                  type="datetime-local"
                  aria-label="Begins at"
                  className="w-full sm:w-60"
                  value={values.start}
                  aria-invalid={Boolean(fault.start)}
                  onChange={(event) => change({ start: event.target.value })}
                />
              )}
            </div>
          </Field>
          <Field label="It ends" htmlFor="ends" error={fault.end} hint="A last day counts whole.">
            <div className="flex flex-wrap gap-2">
              <Select id="ends" value={values.ends} onChange={(event) => change({ ends: event.target.value as Values['ends'] })}>
                <option value="never">never</option>
                <option value="on">after a last day</option>
              </Select>
              {values.ends === 'on' && (
                <Input
                  type="date"
                  aria-label="Last day"
                  className="w-full sm:w-44"
                  value={values.end}
                  aria-invalid={Boolean(fault.end)}
                  onChange={(event) => change({ end: event.target.value })}
                />
              )}
            </div>
          </Field>
          <Field label="Time zone" hint="Of these dates, and of a date trigger’s time of day.">
            <ZonePicker value={values.zone} onChange={(zone) => change({ zone })} />
          </Field>
        </div>
        <LiveMeaning schedule={'schedule' in read ? read.schedule : null} />
      </div>
    </StepForm>
  );
}

/** What live means, where others have their next occurrences. */
export function LiveMeaning({ schedule }: { schedule: LiveSchedule | null }) {
  return (
    <PanelCard title="Live">
      <div className="grid gap-2 text-sm">
        {schedule && <p className="font-medium">{describeSchedule(schedule)}.</p>}
        <p className="text-muted-foreground">
          Whoever qualifies is in the audience within seconds, and whoever does no longer is out. Once an hour everybody is compared anew:
          mere time may have decided something.
        </p>
      </div>
    </PanelCard>
  );
}
