import { PanelCard } from './panel-card';
import { counted, numberText } from './zoned-text';

export type DryRunCounts = {
  join: number;
  leave: number;
  stay: number;
  out: number;
  excluded: number;
  control: number;
  overCap: number;
  unreachable: number;
  requests: number;
};

/** What the first run would do if it ran now. */
export function DryRunPanel({ counts }: { counts: DryRunCounts }) {
  const figures: [string, number, string][] = [
    ['Would join', counts.join, 'added to the audience'],
    ['Would leave', counts.leave, 'removed from it'],
    ['Stay', counts.stay, 'in it already'],
    ['Cannot be sent', counts.unreachable, 'no identifier that is sent'],
    ...(
      [
        ['Excluded', counts.excluded, 'by segment or consent'],
        ['Control group', counts.control, 'never sent'],
        ['Beyond the cap', counts.overCap, 'others come first'],
        ['Out', counts.out, 'not sent again'],
      ] as [string, number, string][]
    ).filter(([, value]) => value > 0),
  ];
  return (
    <PanelCard
      title="Dry run"
      line={`If it ran now: ${counts.requests === 0 ? 'nothing to send' : counted(counts.requests, 'request')} to Facebook. Nothing is sent by looking.`}
    >
      <dl className="grid grid-cols-2 gap-4 sm:grid-cols-4">
        {figures.map(([label, value, note]) => (
          <div key={label}>
            <dt className="text-muted-foreground text-sm">{label}</dt>
            <dd className="font-semibold text-xl tabular-nums tracking-tight">{numberText(value)}</dd>
            <dd className="text-muted-foreground text-xs">{note}</dd>
          </div>
        ))}
      </dl>
    </PanelCard>
  );
}
