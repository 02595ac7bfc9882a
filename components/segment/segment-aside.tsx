'use client';

import { useCallback, useState } from 'react';
import { ReachEstimate } from '@/components/campaign/reach-estimate';
import type { Who } from '@/components/campaign/reach-lines';
import type { Identifier } from '@/lib/identity/identifiers';
import { AsOfField } from './as-of';
import { MembersPanel } from './members-panel';
import type { Ticks } from './ticks';
import { type Chosen, WhyDialog } from './why-dialog';
import { WhyPanel } from './why-panel';

type Props = {
  /** Null while the description has gaps. */
  who: Who | null;
  /** Null: now. */
  at: Date | null;
  zone: string;
  /** What the campaign sends; default all. */
  sent?: readonly Identifier[];
  onAt: (at: Date | null) => void;
  /** Where the conditions stand, to tick them. */
  ticks?: Ticks;
};

/** Beside a description of users: as of when, how many, who, and why one of them is in or not. */
export function SegmentAside({ who, at, zone, sent, onAt, ticks }: Props) {
  const [chosen, setChosen] = useState<Chosen | null>(null);
  const close = useCallback(() => setChosen(null), []);
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-4">
      <AsOfField at={at} zone={zone} onChange={onAt} />
      <ReachEstimate who={who} at={at} sent={sent} />
      <MembersPanel who={who} at={at} zone={zone} onChoose={setChosen} />
      <WhyPanel disabled={!who} onChoose={setChosen} ticked={ticks?.name} onClear={ticks?.clear} />
      <WhyDialog chosen={chosen} who={who} at={at} zone={zone} onClose={close} onTold={ticks?.tell} />
    </div>
  );
}
