'use client';

import { CalendarClock, Info } from 'lucide-react';
import { useMemo, useState } from 'react';
import type { HeldSchedule } from '@/lib/schedule/counting';
import { describeSchedule } from '@/lib/schedule/describe';
import { scheduleSchema } from '@/lib/schedule/schedule';
import { OccurrenceCalendar } from './occurrence-calendar';
import { type OccurrenceLine, previewOfValues } from './schedule-preview';
import { type ScheduleValues, scheduleOf } from './schedule-values';
import { useViewerZone } from './viewer-zone';
import { zoneText } from './zoned-text';

/** The schedule as a sentence, its next five occurrences, its months, and what about it may surprise. */
export function OccurrencePreview({ values, held, now }: { values: ScheduleValues; held?: HeldSchedule; now: Date }) {
  const viewerZone = useViewerZone();
  const preview = useMemo(() => previewOfValues(values, viewerZone, now, held), [values, viewerZone, now, held]);
  const schedule = useMemo(() => scheduleSchema.safeParse(scheduleOf(values)).data ?? null, [values]);
  return (
    <aside aria-label="What this schedule means" className="grid gap-4 rounded-lg border bg-card p-4 lg:sticky lg:top-4">
      <h3 className="flex items-center gap-2 font-medium text-sm">
        <CalendarClock className="size-4 text-muted-foreground" aria-hidden /> Next occurrences
      </h3>
      <div aria-live="polite" className="grid gap-4">
        {schedule && <p className="text-sm">{describeSchedule(schedule)}.</p>}
        {!preview && <p className="text-muted-foreground text-sm">Finish the schedule to see when it runs.</p>}
        {preview && <OccurrenceLines lines={preview.lines} zone={values.zone} viewerZone={viewerZone} now={now} more={preview.more} />}
        {preview?.lines.length === 0 && values.kind !== 'now' && (
          <p className="text-destructive text-sm">Nothing is due any more: move the dates into the future.</p>
        )}
        {preview?.notes.map((note) => (
          <p key={note} className="flex items-start gap-2 text-muted-foreground text-sm">
            <Info className="mt-0.5 size-4 shrink-0" aria-hidden /> {note}
          </p>
        ))}
      </div>
      {schedule && schedule.kind !== 'now' && schedule.kind !== 'live' && (
        <div className="border-t pt-3">
          <OccurrenceCalendar schedule={schedule} held={held} first={preview?.lines[0]?.at} now={now} />
        </div>
      )}
    </aside>
  );
}

type LinesProps = { lines: OccurrenceLine[]; zone: string; viewerZone: string | null; now: Date; more?: boolean };

/** Each in the campaign's zone, the viewer's where it differs, and UTC on demand. */
export function OccurrenceLines({ lines, zone, viewerZone, now, more }: LinesProps) {
  const [inUtc, setInUtc] = useState(false);
  if (lines.length === 0) return null;
  const differs = lines.some((line) => line.viewer);
  return (
    <div className="grid gap-2">
      <ol className="grid gap-1.5">
        {lines.map((line) => (
          <li key={line.at.toISOString()} className="flex flex-wrap justify-between gap-x-4 text-sm tabular-nums">
            {line.campaign}
            <span className="text-right text-muted-foreground">
              {line.viewer && <span className="block">{line.viewer} for you</span>}
              {inUtc && line.utc && <span className="block">{line.utc} UTC</span>}
            </span>
          </li>
        ))}
        {more && <li className="list-none text-muted-foreground text-sm">… and so on.</li>}
      </ol>
      <p className="flex flex-wrap items-center gap-x-1.5 text-muted-foreground text-xs">
        {zone === 'UTC' ? zone : zoneText(zone, lines[0]?.at ?? now)}
        {differs && viewerZone ? ` · you are in ${viewerZone.replaceAll('_', ' ')}` : ''}
        {lines.some((line) => line.utc) && (
          <button
            type="button"
            aria-pressed={inUtc}
            onClick={() => setInUtc(!inUtc)}
            className="rounded-sm underline underline-offset-2 hover:text-foreground focus-visible:outline-2 focus-visible:outline-ring"
          >
            {inUtc ? 'Hide UTC' : 'Show UTC'}
          </button>
        )}
      </p>
    </div>
  );
}
