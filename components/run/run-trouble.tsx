import { CircleAlert, Clock, Download, Hand, Info } from 'lucide-react';
import type { ReactNode } from 'react';
import { idleRunMeaning } from '@/components/campaign/state-words';
import { counted, dayAndTime, listed } from '@/components/campaign/zoned-text';
import { Button } from '@/components/ui/button';
import { cn } from '@/components/ui/cn';
import { isMoving, type RunView } from './run-view';

type Props = { run: RunView; zone: string; now: Date; rejectsHref: string | null };

/** What went wrong, what it waits for, or why it did nothing: in words, with what to do. */
export function RunTrouble({ run, zone, now, rejectsHref }: Props) {
  const idle = idleRunMeaning[run.state];
  // A live run that listens waits for nobody's sake.
  const waits = isMoving(run.state) && run.screenState !== 'live' && run.waitUntil && run.waitUntil > now;
  return (
    <>
      {run.errorMessage && (!isMoving(run.state) || run.waitUntil) && (
        <Notice icon={CircleAlert} bad>
          <p className="font-medium">{run.errorMessage}</p>
          <p className="text-muted-foreground text-sm">
            {whatNext(run)}
            {run.errorTrace && (
              <>
                {' '}
                For Facebook’s support: trace <code className="font-mono text-xs">{run.errorTrace}</code>
              </>
            )}
          </p>
        </Notice>
      )}
      {run.state === 'held' && (
        <Notice icon={Hand}>
          <p className="font-medium">{run.holdReason}</p>
          <p className="text-muted-foreground text-sm">
            Nothing has been sent. If that is what you mean, let it go on; if not, cancel it and look at the segment and the data.
          </p>
        </Notice>
      )}
      {run.mended && run.mended.length > 0 && (
        <Notice icon={Info}>
          <p>
            Somebody had taken the audience away from {listed(run.mended.map((name) => `“${name}”`))} at Facebook. It was put back; nothing
            else of the {run.mended.length === 1 ? 'ad set' : 'ad sets'} was changed.
          </p>
        </Notice>
      )}
      {waits && run.waitUntil && (
        <Notice icon={Clock}>
          <p>
            {run.waitReason ?? 'Facebook asks to wait.'} It goes on at {dayAndTime(run.waitUntil, zone)}.
          </p>
        </Notice>
      )}
      {idle && (
        <Notice icon={Info}>
          <p>{idle}</p>
        </Notice>
      )}
      {rejectsHref && (
        <Notice icon={CircleAlert}>
          <div className="flex flex-wrap items-center justify-between gap-3">
            <p>Facebook refused {counted(run.invalid, 'row')}. Everything else went out.</p>
            <Button asChild variant="outline" size="sm">
              <a href={rejectsHref} download>
                <Download aria-hidden /> Download as CSV
              </a>
            </Button>
          </div>
        </Notice>
      )}
    </>
  );
}

function whatNext({ state, purpose, deferred }: RunView): string {
  if (isMoving(state)) return 'Beckon tries again by itself.';
  if (state === 'skipped' || state === 'collapsed') return 'When that had passed it was too late for this run.';
  if (state !== 'confirmed' || deferred === 0) return 'Mend it, then press Retry: only what is missing is sent.';
  const left = `${counted(deferred, 'row')} could not be removed.`;
  const forGood = 'To be rid of everybody at once, delete the audience in Ads Manager.';
  if (purpose === 'withdraw') return `${left} Beckon asks again every hour. ${forGood}`;
  if (purpose === 'empty') return `${left} As many were taken out as Facebook allows; Retry asks once more. ${forGood}`;
  return `${left} The next run asks again, or replaces the whole list where the campaign lets it; Retry asks at once.`;
}

function Notice({ icon: Icon, bad, children }: { icon: typeof Info; bad?: boolean; children: ReactNode }) {
  return (
    <div className={cn('flex items-start gap-3 rounded-lg border p-4', bad ? 'border-destructive/40 bg-destructive/5' : 'bg-card')}>
      <Icon className={cn('mt-0.5 size-5 shrink-0', bad ? 'text-destructive' : 'text-muted-foreground')} aria-hidden />
      <div className="min-w-0 flex-1">{children}</div>
    </div>
  );
}
