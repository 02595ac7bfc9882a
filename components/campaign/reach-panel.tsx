import { PanelCard } from './panel-card';
import { identifierLabel } from './plan-sentences';
import { numberText } from './zoned-text';

export type ReachCounts = {
  qualify: number;
  reachable: number;
  byIdentifier: { email: number; phone: number; mobileAdvertiserId: number };
};

/** How many qualify, how many of them Facebook can be told about, and by what. */
export function ReachPanel({ reach }: { reach: ReachCounts }) {
  return (
    <PanelCard title="Reach">
      <ReachFigures reach={reach} />
    </PanelCard>
  );
}

export function ReachFigures({ reach }: { reach: ReachCounts }) {
  const share = reach.qualify === 0 ? 0 : Math.round((100 * reach.reachable) / reach.qualify);
  return (
    <div className="grid gap-3">
      <p>
        <span className="font-semibold text-2xl tabular-nums tracking-tight">{numberText(reach.reachable)}</span>{' '}
        <span className="text-muted-foreground text-sm">
          can be reached of {numberText(reach.qualify)} who qualify{reach.qualify > 0 && ` (${share}\u00a0%)`}
        </span>
      </p>
      <dl className="grid gap-1.5 text-sm">
        {(['email', 'phone', 'mobileAdvertiserId'] as const).map((name) => (
          <div key={name} className="flex justify-between gap-3">
            <dt className="text-muted-foreground">{identifierLabel[name]}</dt>
            <dd className="tabular-nums">{numberText(reach.byIdentifier[name])}</dd>
          </div>
        ))}
      </dl>
      {reach.reachable < 1_000 && (
        <p className="text-muted-foreground text-sm">
          {reach.reachable < 100
            ? 'Facebook does not show ads to fewer than 100 people it has matched.'
            : 'Facebook hides the size of audiences under 1,000.'}
        </p>
      )}
    </div>
  );
}
