'use client';

import type { HeldSchedule } from '@/lib/schedule/counting';
import type { Schedule } from '@/lib/schedule/schedule';
import { LiveMeaning } from './live-when-step';
import { OccurrenceLines } from './occurrence-preview';
import { PanelCard } from './panel-card';
import { previewOf } from './schedule-preview';
import { useViewerZone } from './viewer-zone';

/** The next occurrences of a finished schedule. */
export function UpcomingPanel({ schedule, held, now }: { schedule: Schedule; held: HeldSchedule | undefined; now: Date }) {
  const viewerZone = useViewerZone();
  const preview = previewOf(schedule, viewerZone, now, held);
  if (schedule.kind === 'live') return <LiveMeaning schedule={schedule} />;
  return (
    <PanelCard title="Next occurrences">
      {schedule.kind === 'now' ? (
        <p className="text-sm">As soon as you press Schedule.</p>
      ) : (
        <div className="grid gap-3">
          {preview.lines.length === 0 && (
            <p className="text-destructive text-sm">Nothing is due any more: move the dates into the future.</p>
          )}
          <OccurrenceLines lines={preview.lines} zone={schedule.zone} viewerZone={viewerZone} now={now} />
          {preview.notes.map((note) => (
            <p key={note} className="text-muted-foreground text-sm">
              {note}
            </p>
          ))}
        </div>
      )}
    </PanelCard>
  );
}
