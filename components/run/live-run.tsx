import { Radio } from 'lucide-react';
import { dayAndTime, numberText } from '@/components/campaign/zoned-text';
import type { RunView } from './run-view';

/** A live run that listens: what it has done so far, and until when. */
export function LiveRun({ run, zone }: { run: RunView; zone: string }) {
  return (
    <section aria-label="Live" className="flex flex-wrap items-center gap-x-4 gap-y-2 rounded-lg border bg-card p-4 sm:p-5">
      <Radio aria-hidden className="size-5 text-primary" />
      <p className="min-w-0 flex-1 text-sm">
        <span className="font-medium">Listening.</span> Whoever qualifies or leaves is sent within seconds: so far{' '}
        <span className="tabular-nums">
          +{numberText(run.added)} −{numberText(run.removed)}
        </span>
        .
      </p>
      {run.waitUntil && <p className="text-muted-foreground text-sm">Compared anew at {dayAndTime(run.waitUntil, zone)}</p>}
    </section>
  );
}
