'use client';

import { UsersRound } from 'lucide-react';
import { useEffect, useState } from 'react';
import { askMembers, type SampleMember } from '@/components/campaign/ask';
import type { Who } from '@/components/campaign/reach-lines';
import { shortDay } from '@/components/campaign/zoned-text';
import { Button } from '@/components/ui/button';
import { FieldError } from '@/components/ui/field';
import { Skeleton } from '@/components/ui/skeleton';
import type { Chosen } from './why-dialog';

type Props = { who: Who | null; at: Date | null; zone: string; onChoose: (chosen: Chosen) => void };

/** Twenty of those who qualify, the last seen first; each can be asked why. Asked for by button. */
export function MembersPanel({ who, at, zone, onChoose }: Props) {
  const { members, fault, busy, look } = useSample(who, at);
  return (
    <section aria-label="Who is in" className="grid grid-cols-[minmax(0,1fr)] gap-3 rounded-lg border bg-card p-4">
      <div className="flex items-center justify-between gap-2">
        <h3 className="flex items-center gap-2 font-medium text-sm">
          <UsersRound className="size-4 text-muted-foreground" aria-hidden /> Who is in
        </h3>
        <Button variant="outline" size="sm" disabled={!who || busy} onClick={look}>
          {busy ? 'Looking…' : members ? 'Look again' : 'Show 20'}
        </Button>
      </div>
      <FieldError>{fault}</FieldError>
      {busy && !members && <Skeleton className="h-40" />}
      {members?.length === 0 && <p className="text-muted-foreground text-sm">Nobody fits.</p>}
      {members && members.length > 0 && (
        <ul className="grid max-h-80 gap-0.5 overflow-y-auto">
          {members.map((member) => (
            <li key={member.profileId}>
              <button
                type="button"
                title={`Why is ${member.name} in?`}
                className="flex w-full items-center justify-between gap-2 rounded-md px-2 py-1 text-left text-sm outline-none hover:bg-accent focus-visible:ring-[3px] focus-visible:ring-ring/40 focus-visible:ring-inset"
                onClick={() => onChoose(member)}
              >
                <span className="truncate">{member.name}</span>
                <span className="shrink-0 text-muted-foreground text-xs tabular-nums">{shortDay(new Date(member.lastSeen), zone)}</span>
              </button>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

/** What was found goes when something else is asked: it would be of the description before. */
function useSample(who: Who | null, at: Date | null) {
  const [members, setMembers] = useState<SampleMember[]>();
  const [fault, setFault] = useState<string>();
  const [abort, setAbort] = useState<AbortController>();
  const key = JSON.stringify({ who, at });
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key is the reason, not an input
  useEffect(() => {
    setMembers(undefined);
    setFault(undefined);
  }, [key]);
  useEffect(() => () => abort?.abort(), [abort]);
  const look = () => {
    if (!who) return;
    const asking = new AbortController();
    setAbort(asking);
    setFault(undefined);
    askMembers({ who, at }, asking.signal)
      .then(
        setMembers,
        (error: unknown) => asking.signal.aborted || setFault(error instanceof Error ? error.message : 'Something went wrong.'),
      )
      .finally(() => setAbort((current) => (current === asking ? undefined : current)));
  };
  return { members, fault, busy: abort !== undefined, look };
}
