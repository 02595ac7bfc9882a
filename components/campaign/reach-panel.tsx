import { cn } from '@/components/ui/cn';
import { PanelCard } from './panel-card';
import { identifierLabel } from './plan-sentences';
import type { FunnelStep, ReachCounts } from './reach-lines';
import { numberText } from './zoned-text';

/** How many qualify, how many of them Facebook can be told about, and by what. */
export function ReachPanel({ reach, line }: { reach: ReachCounts; line?: string | undefined }) {
  return (
    <PanelCard title="Reach" line={line}>
      <ReachFigures reach={reach} />
    </PanelCard>
  );
}

export function ReachFigures({ reach, steps }: { reach: ReachCounts; steps?: readonly FunnelStep[] }) {
  return (
    <div className="grid gap-4">
      <Headline reach={reach} />
      {steps && steps.length > 0 && <Funnel steps={steps} reachable={reach.reachable} />}
      {reach.qualify > 0 && <ByIdentifier reach={reach} />}
      <SizeNote reach={reach} />
    </div>
  );
}

function Headline({ reach }: { reach: ReachCounts }) {
  if (reach.qualify === 0)
    return (
      <p className="text-sm">
        <span className="block font-semibold text-2xl tracking-tight">Nobody</span>
        <span className="text-muted-foreground">fits this description.</span>
      </p>
    );
  const share = `${Math.round((100 * reach.reachable) / reach.qualify)}\u00a0%`;
  const about = reach.exact ? '' : '≈\u00a0';
  const margin = reach.exact ? '' : ` ±\u00a0${numberText(reach.margin)}`;
  return (
    <p className="text-sm">
      <span className="block font-semibold text-2xl tabular-nums tracking-tight">
        {about}
        {numberText(reach.reachable)}
      </span>
      <span className="text-muted-foreground">
        can be reached of {about}
        {numberText(reach.qualify)}
        {margin} who qualify ({share})
      </span>
    </p>
  );
}

/** How many remain after each condition, and of those who can be reached. */
function Funnel({ steps, reachable }: { steps: readonly FunnelStep[]; reachable: number }) {
  const last = { phrase: 'can be reached on Facebook', remaining: reachable };
  // Who asks for it as a condition has been told already.
  const rows = steps.at(-1)?.phrase === last.phrase ? steps : [...steps, last];
  const most = Math.max(1, ...rows.map((row) => row.remaining));
  const emptied = steps.findIndex((step) => step.remaining === 0);
  return (
    <section aria-label="Condition by condition" className="grid gap-2.5 border-t pt-3">
      <ol className="grid gap-2.5">
        {rows.map((row, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a condition may come twice
          <li key={`${i} ${row.phrase}`} className="grid gap-1">
            <div className="flex items-baseline justify-between gap-3 text-xs">
              <span className={cn('line-clamp-2 text-muted-foreground', i === emptied && 'text-destructive')} title={row.phrase}>
                {row.phrase}
              </span>
              <span className="font-medium tabular-nums">{numberText(row.remaining)}</span>
            </div>
            <Bar share={row.remaining / most} isLast={row.phrase === last.phrase} />
          </li>
        ))}
      </ol>
      {emptied > 0 && <p className="text-muted-foreground text-xs">The condition in red leaves nobody.</p>}
    </section>
  );
}

function Bar({ share, isLast }: { share: number; isLast?: boolean }) {
  return (
    <span aria-hidden className="block h-1.5 overflow-hidden rounded-full bg-muted">
      <span
        className={cn('block h-full rounded-full transition-[width]', isLast ? 'bg-success' : 'bg-primary/70')}
        style={{ width: `${share * 100}%` }}
      />
    </span>
  );
}

function ByIdentifier({ reach }: { reach: ReachCounts }) {
  return (
    <dl className="grid gap-1.5 border-t pt-3 text-xs">
      {(['email', 'phone', 'mobileAdvertiserId'] as const).map((name) => {
        const share = reach.qualify === 0 ? 0 : reach.byIdentifier[name] / reach.qualify;
        return (
          <div key={name} className="flex justify-between gap-3">
            <dt className="text-muted-foreground">{identifierLabel[name]}</dt>
            <dd className="tabular-nums">
              {numberText(reach.byIdentifier[name])}
              <span className="ml-2 inline-block w-9 text-right text-muted-foreground">{Math.round(100 * share)}&nbsp;%</span>
            </dd>
          </div>
        );
      })}
    </dl>
  );
}

function SizeNote({ reach }: { reach: ReachCounts }) {
  if (!reach.exact || reach.reachable >= 1_000) return null;
  return (
    <p className="border-t pt-3 text-muted-foreground text-xs">
      {reach.reachable < 100
        ? 'Facebook does not show ads to fewer than 100 people it has matched.'
        : 'Facebook hides the size of audiences under 1,000.'}
    </p>
  );
}
