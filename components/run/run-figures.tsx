import { dayAndTime, durationText, numberText, secondsText } from '@/components/campaign/zoned-text';
import { lateByMs, type RunView } from './run-view';

/** What the run found and did, and when. */
export function RunFigures({ run, zone }: { run: RunView; zone: string }) {
  const late = lateByMs(run);
  const began = run.frozenAt ?? run.createdAt;
  const figures: [string, string, string?][] = [
    ['Qualified', count(run.qualified)],
    ['No identifier to send', count(run.unreachable)],
    ['Added', count(run.frozenAt && run.added)],
    ['Removed', count(run.frozenAt && run.removed)],
    ['Refused by Facebook', count(run.frozenAt && run.invalid)],
    ['Started', secondsText(began, zone), late ? `${durationText(late)} late` : 'on time'],
    [
      'Finished',
      run.finishedAt ? secondsText(run.finishedAt, zone) : '–',
      run.finishedAt ? `took ${durationText(run.finishedAt.getTime() - run.createdAt.getTime())}` : undefined,
    ],
    ['Everything as of', dayAndTime(run.occurrenceAt, zone)],
  ];
  return (
    <dl className="grid grid-cols-2 gap-px overflow-hidden rounded-lg border bg-border sm:grid-cols-4">
      {figures.map(([label, value, note]) => (
        <div key={label} className="bg-card p-4">
          <dt className="text-muted-foreground text-sm">{label}</dt>
          <dd className="font-medium tabular-nums">{value}</dd>
          {note && <dd className="text-muted-foreground text-xs">{note}</dd>}
        </div>
      ))}
    </dl>
  );
}

const count = (value: number | null): string => (value === null ? '–' : numberText(value));
