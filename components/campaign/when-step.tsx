'use client';

import { zodResolver } from '@hookform/resolvers/zod';
import { useEffect, useMemo } from 'react';
import { useForm } from 'react-hook-form';
import type { CampaignDraft } from '@/lib/campaign/plan';
import type { HeldSchedule } from '@/lib/schedule/counting';
import { type Schedule, scheduleSchema } from '@/lib/schedule/schedule';
import { type SavePatch, useDraftSaving } from './draft-saving';
import { OccurrencePreview } from './occurrence-preview';
import { ScheduleForm } from './schedule-form';
import { type ScheduleValues, scheduleOf, scheduleValuesSchema, valuesOf } from './schedule-values';
import { StepForm } from './step-form';
import { useStepWalk } from './step-walk';

type Props = {
  id: string;
  draft: CampaignDraft;
  /** The schedule that runs, while an edit is being made. */
  held: HeldSchedule | undefined;
  workspaceZone: string;
  now: Date;
  save: SavePatch;
};

/** Schedule on the left, what it means on the right. A schedule that is not valid is not saved; the last valid one stays. */
export function WhenStep({ id, draft, held, workspaceZone, now, save }: Props) {
  const saving = useDraftSaving(id, save);
  const walk = useStepWalk(id, 'when', saving);
  const schema = useMemo(() => scheduleValuesSchema(() => new Date(), held?.schedule), [held]);
  const form = useForm<ScheduleValues>({
    resolver: zodResolver(schema),
    defaultValues: valuesOf(draft.schedule, workspaceZone, now),
    mode: 'onChange',
  });

  useEffect(() => {
    const watching = form.watch((values) => {
      const schedule = schema.safeParse(values).success ? parsed(values as ScheduleValues) : null;
      if (schedule) saving.change({ schedule });
      else saving.hold();
    });
    return () => watching.unsubscribe();
  }, [form, schema, saving.change, saving.hold]);

  return (
    <StepForm
      step="when"
      id={id}
      saving={saving}
      onSubmit={form.handleSubmit((values) => walk.next({ schedule: parsed(values) ?? undefined }))}
    >
      <div className="grid grid-cols-1 items-start gap-8 lg:grid-cols-[minmax(0,1fr)_22rem]">
        <ScheduleForm form={form} />
        <OccurrencePreview values={form.watch()} held={held} now={now} />
      </div>
    </StepForm>
  );
}

const parsed = (values: ScheduleValues): Schedule | null => scheduleSchema.safeParse(scheduleOf(values)).data ?? null;
