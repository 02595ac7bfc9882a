import { Check } from 'lucide-react';
import { numberText } from '@/components/campaign/zoned-text';
import { cn } from '@/components/ui/cn';
import { isMoving, progressOf, type RunView, stagesOf } from './run-view';

/** The bar and its stages; it moves as the page is read again. */
export function RunProgress({ run }: { run: RunView }) {
  const share = progressOf(run);
  const failed = run.state === 'failed';
  return (
    <section aria-label="Progress" className="grid gap-4 rounded-lg border bg-card p-4 sm:p-5">
      <div
        role="progressbar"
        aria-label="Progress of the run"
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={share}
        className="h-2.5 overflow-hidden rounded-full bg-muted"
      >
        <div
          className={cn(
            'h-full rounded-full transition-[width] duration-700 ease-out motion-reduce:transition-none',
            failed ? 'bg-destructive' : 'bg-primary',
            isMoving(run.state) && 'animate-pulse motion-reduce:animate-none',
          )}
          style={{ width: `${share}%` }}
        />
      </div>
      <ol className="grid grid-cols-2 gap-3 sm:grid-cols-4">
        {stagesOf(run, { number: numberText }).map((stage) => (
          <li key={stage.title} aria-current={stage.state === 'current' ? 'step' : undefined} className="flex items-start gap-2">
            <span
              className={cn(
                'mt-0.5 grid size-4 shrink-0 place-items-center rounded-full border',
                stage.state === 'done' && 'border-primary bg-primary text-primary-foreground',
                stage.state === 'current' && 'border-primary',
              )}
            >
              {stage.state === 'done' && <Check className="size-3" aria-label="done" />}
              {stage.state === 'current' && <span className="size-1.5 rounded-full bg-primary" />}
            </span>
            <span className="grid min-w-0">
              <span className={cn('text-sm', stage.state === 'ahead' ? 'text-muted-foreground' : 'font-medium')}>{stage.title}</span>
              <span className="truncate text-muted-foreground text-sm tabular-nums">{stage.detail}</span>
            </span>
          </li>
        ))}
      </ol>
    </section>
  );
}
