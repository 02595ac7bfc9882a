import { dayAndTime, durationText, numberText, secondsText } from '@/components/campaign/zoned-text';
import { isPassedOver, lateByMs, type RunView } from './run-view';

/** Title, value, and what is to be said of it. */
type Figure = [string, string, string?];

/** What the run found and did, and when. */
export function RunFigures({ run, zone }: { run: RunView; zone: string }) {
  const figures: Figure[] = [
    ['Qualified', count(run.qualified)],
    ['Left out', count(leftOut(run)), leftOutWords(run)],
    ['Added', count(run.frozenAt && run.added)],
    ['Removed', count(run.frozenAt && run.removed)],
    ['Refused by Facebook', count(run.frozenAt && run.invalid)],
    ...timesOf(run, zone),
    ['Everything as of', dayAndTime(run.occurrenceAt, zone)],
  ];
  return (
    <dl className="grid grid-cols-2 gap-px overflow-hidden rounded-lg border bg-border sm:grid-cols-4 [&>:last-child:nth-child(odd)]:col-span-2">
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

/** What was passed over began nothing. */
function timesOf(run: RunView, zone: string): Figure[] {
  if (isPassedOver(run)) return [['Recorded', run.finishedAt ? dayAndTime(run.finishedAt, zone) : '–']];
  const finished = run.finishedAt ? secondsText(run.finishedAt, zone) : '–';
  const late = lateByMs(run);
  const took = run.finishedAt ? `took ${durationText(run.finishedAt.getTime() - run.createdAt.getTime())}` : undefined;
  return [
    ['Started', secondsText(run.frozenAt ?? run.createdAt, zone), late ? `${durationText(late)} late` : 'on time'],
    ['Finished', finished, took],
  ];
}

const leftOut = (run: RunView): number | null =>
  run.unreachable === null ? null : run.unreachable + (run.excluded ?? 0) + (run.control ?? 0) + (run.overCap ?? 0);

/** Why they are not sent. */
function leftOutWords(run: RunView): string | undefined {
  const reasons: [number | null, string][] = [
    [run.unreachable, 'no identifier to send'],
    [run.excluded, 'excluded'],
    [run.control, 'control group'],
    [run.overCap, 'beyond the cap'],
  ];
  const parts = reasons.flatMap(([value, reason]) => (value ? [`${numberText(value)} ${reason}`] : []));
  return parts.length > 0 ? parts.join(', ') : undefined;
}

const count = (value: number | null): string => (value === null ? '–' : numberText(value));
