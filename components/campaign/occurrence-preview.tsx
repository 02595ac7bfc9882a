'use client';

import { CalendarClock, Info } from 'lucide-react';
import { useMemo } from 'react';
import { describeSchedule } from '@/lib/schedule/describe';
import { scheduleSchema } from '@/lib/schedule/schedule';
import { type OccurrenceLine, previewOfValues } from './schedule-preview';
import { type ScheduleValues, scheduleOf } from './schedule-values';
import { useViewerZone } from './viewer-zone';
import { offsetText } from './zoned-text';

/** The schedule as a sentence, its next five occurrences in both zones, and what about it may surprise. */
export function OccurrencePreview({ values, now }: { values: ScheduleValues; now: Date }) {
  const viewerZone = useViewerZone();
  const preview = useMemo(() => previewOfValues(values, viewerZone, now), [values, viewerZone, now]);
  const sentence = useMemo(() => {
    const schedule = scheduleSchema.safeParse(scheduleOf(values)).data;
    return schedule ? describeSchedule(schedule) : null;
  }, [values]);
  return (
    <aside aria-label="What this schedule means" aria-live="polite" className="grid gap-4 rounded-lg border bg-card p-4 lg:sticky lg:top-4">
      <h3 className="flex items-center gap-2 font-medium text-sm">
        <CalendarClock className="size-4 text-muted-foreground" aria-hidden /> Next occurrences
      </h3>
      {sentence && <p className="text-sm">{sentence}.</p>}
      {!preview && <p className="text-muted-foreground text-sm">Finish the schedule to see when it runs.</p>}
      {preview && <OccurrenceLines lines={preview.lines} zone={values.zone} viewerZone={viewerZone} now={now} />}
      {preview?.lines.length === 0 && values.kind !== 'now' && (
        <p className="text-destructive text-sm">Nothing is due any more: move the dates into the future.</p>
      )}
      {preview?.more && <p className="text-muted-foreground text-sm">… and so on.</p>}
      {preview?.notes.map((note) => (
        <p key={note} className="flex items-start gap-2 text-muted-foreground text-sm">
          <Info className="mt-0.5 size-4 shrink-0" aria-hidden /> {note}
        </p>
      ))}
    </aside>
  );
}

export function OccurrenceLines(props: { lines: OccurrenceLine[]; zone: string; viewerZone: string | null; now: Date }) {
  const { lines, zone, viewerZone, now } = props;
  if (lines.length === 0) return null;
  const differs = lines.some((line) => line.viewer);
  return (
    <div className="grid gap-2">
      <ol className="grid gap-1.5">
        {lines.map((line) => (
          <li key={line.at.toISOString()} className="text-sm tabular-nums">
            {line.campaign}
            {line.viewer && <span className="block text-muted-foreground">{line.viewer} for you</span>}
          </li>
        ))}
      </ol>
      <p className="text-muted-foreground text-xs">
        {zone.replaceAll('_', ' ')} ({offsetText(zone, lines[0]?.at ?? now)})
        {differs && viewerZone ? ` · you are in ${viewerZone.replaceAll('_', ' ')}` : ''}
      </p>
    </div>
  );
}
