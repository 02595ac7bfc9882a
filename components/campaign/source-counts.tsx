import { identifierFaultSentence } from './identifier-faults';
import { counted, dayAndTime, numberText } from './zoned-text';

type Props = {
  events: { name: string; lastSeen: Date; total: number; volume: { day: string; count: number }[] }[];
  faults: { identifier: string; count: number }[];
  zone: string;
};

/** What has arrived, and what of it could not be used. */
export function SourceCounts({ events, faults, zone }: Props) {
  const total = events.reduce((sum, event) => sum + event.total, 0);
  const month = events.reduce((sum, event) => sum + event.volume.reduce((all, day) => all + day.count, 0), 0);
  const last = events.reduce<Date | null>((latest, event) => (latest === null || event.lastSeen > latest ? event.lastSeen : latest), null);
  const figures: [string, string, string][] = [
    ['Events stored', numberText(total), `${counted(events.length, 'event name')}`],
    ['In the last 30 days', numberText(month), `about ${numberText(Math.round(month / 30))} a day`],
    ['Newest event', last ? dayAndTime(last, zone) : 'None yet', zone.replaceAll('_', ' ')],
  ];
  return (
    <section aria-label="What has arrived" className="grid gap-3">
      <dl className="grid gap-px overflow-hidden rounded-lg border bg-border sm:grid-cols-3">
        {figures.map(([label, value, note]) => (
          <div key={label} className="grid gap-0.5 bg-card p-4">
            <dt className="text-muted-foreground text-sm">{label}</dt>
            <dd className="font-semibold text-lg tabular-nums tracking-tight">{value}</dd>
            <dd className="text-muted-foreground text-sm">{note}</dd>
          </div>
        ))}
      </dl>
      {faults.length > 0 && (
        <ul className="grid gap-1 rounded-lg border bg-card p-4 text-sm">
          {faults.map((fault) => (
            <li key={fault.identifier}>{identifierFaultSentence(fault.identifier, fault.count)}</li>
          ))}
        </ul>
      )}
    </section>
  );
}
