'use client';

import { useState } from 'react';
import { cn } from '@/components/ui/cn';
import { DryRunList } from './dry-run-list';
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

export type DryRunOutcome = 'join' | 'leave' | 'stay' | 'out' | 'excluded' | 'control' | 'over_cap' | 'unreachable';
export type DryRunFigure = { outcome: DryRunOutcome; label: string; value: number; note: string };

const figuresOf = (counts: DryRunCounts): DryRunFigure[] => {
  const always: DryRunFigure[] = [
    { outcome: 'join', label: 'Would join', value: counts.join, note: 'added to the audience' },
    { outcome: 'leave', label: 'Would leave', value: counts.leave, note: 'removed from it' },
    { outcome: 'stay', label: 'Stay', value: counts.stay, note: 'in it already' },
    { outcome: 'unreachable', label: 'Cannot be sent', value: counts.unreachable, note: 'no identifier that is sent' },
  ];
  const sometimes: DryRunFigure[] = [
    { outcome: 'excluded', label: 'Excluded', value: counts.excluded, note: 'by segment or consent' },
    { outcome: 'control', label: 'Control group', value: counts.control, note: 'never sent' },
    { outcome: 'over_cap', label: 'Beyond the cap', value: counts.overCap, note: 'others come first' },
    { outcome: 'out', label: 'Out', value: counts.out, note: 'not sent again' },
  ];
  return [...always, ...sometimes.filter(({ value }) => value > 0)];
};

type Props = { campaignId: string; counts: DryRunCounts /** Until all is sent. */; seconds: number };

/** What the first run would do if it ran now; each count opens into who they are. */
export function DryRunPanel({ campaignId, counts, seconds }: Props) {
  const [opened, setOpened] = useState<DryRunOutcome | null>(null);
  const figures = figuresOf(counts);
  const shown = figures.find(({ outcome }) => outcome === opened);
  const effort =
    counts.requests === 0 ? 'nothing to send to Facebook' : `${counted(counts.requests, 'request')} to Facebook, ${lasts(seconds)}`;
  return (
    <PanelCard title="Dry run" line={`If it ran now: ${effort}. Nothing is sent by looking; choose a number to see who they are.`}>
      <ul className="-m-2 grid grid-cols-2 gap-1 sm:grid-cols-4">
        {figures.map((figure) => (
          <li key={figure.outcome}>
            <Figure
              figure={figure}
              pressed={figure.outcome === opened}
              onPress={() => setOpened(figure.outcome === opened ? null : figure.outcome)}
            />
          </li>
        ))}
      </ul>
      {shown && <DryRunList key={shown.outcome} campaignId={campaignId} figure={shown} />}
    </PanelCard>
  );
}

type FigureProps = { figure: DryRunFigure; pressed: boolean; onPress: () => void };

function Figure({ figure: { label, value, note }, pressed, onPress }: FigureProps) {
  return (
    <button
      type="button"
      aria-pressed={pressed}
      disabled={value === 0}
      onClick={onPress}
      className={cn(
        'grid w-full rounded-md p-2 text-left outline-none focus-visible:ring-[3px] focus-visible:ring-ring/40 enabled:hover:bg-accent',
        pressed && 'bg-accent',
      )}
    >
      <span className="text-muted-foreground text-sm">{label}</span>
      <span
        className={cn('font-semibold text-xl tabular-nums tracking-tight', value > 0 && 'underline decoration-border underline-offset-4')}
      >
        {numberText(value)}
      </span>
      <span className="text-muted-foreground text-xs">{note}</span>
    </button>
  );
}

/** Rounded as it deserves. */
function lasts(seconds: number): string {
  if (seconds < 60) return 'less than a minute';
  const minutes = Math.round(seconds / 60);
  return minutes < 90 ? `about ${counted(minutes, 'minute')}` : `about ${counted(Math.round(minutes / 60), 'hour')}`;
}
