'use client';

import { Clock } from 'lucide-react';
import { useEffect, useEffectEvent, useState } from 'react';
import { askWhy } from '@/components/campaign/ask';
import type { Who } from '@/components/campaign/reach-lines';
import { dayAndTime } from '@/components/campaign/zoned-text';
import { Badge } from '@/components/ui/badge';
import { FieldError } from '@/components/ui/field';
import { Skeleton } from '@/components/ui/skeleton';
import { type Moment, shortInstant, type Told } from './explain-words';
import { Explanation } from './explanation';

type Props = { who: Who /** Null: now. */; at: Date | null; zone: string; profileId: string; onTold?: (tree: Told) => void };

/** Why the profile is in, or why not: the verdict, when it changes by itself, and each condition. */
export function Why({ who, at, zone, profileId, onTold }: Props) {
  const { told, fault } = useWhy(who, at, profileId, onTold);
  if (fault) return <FieldError>{fault}</FieldError>;
  if (!told)
    return (
      <div role="status" aria-label="Looking" className="grid gap-2">
        <Skeleton className="h-6 w-40" />
        <Skeleton className="h-24" />
      </div>
    );
  const moment = { at: told.at, zone };
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-4">
      <Verdict tree={told.tree} moment={moment} isPast={at !== null} />
      <Explanation tree={told.tree} moment={moment} />
    </div>
  );
}

function useWhy(who: Who, at: Date | null, profileId: string, onTold?: (tree: Told) => void) {
  const [told, setTold] = useState<{ tree: Told; at: Date }>();
  const [fault, setFault] = useState<string>();
  const key = JSON.stringify({ who, at, profileId });
  const tell = useEffectEvent((tree: Told) => onTold?.(tree));
  useEffect(() => {
    const { who, at, profileId } = JSON.parse(key) as { who: Who; at: string | null; profileId: string; onTold?: (tree: Told) => void };
    const abort = new AbortController();
    setTold(undefined);
    setFault(undefined);
    const now = at ? new Date(at) : new Date();
    askWhy({ who, at: at ? now : null }, profileId, abort.signal).then(
      (tree) => {
        setTold({ tree, at: now });
        tell(tree);
      },
      (error: unknown) => {
        if (!abort.signal.aborted) setFault(error instanceof Error ? error.message : 'Something went wrong.');
      },
    );
    return () => abort.abort();
  }, [key]);
  return { told, fault };
}

function Verdict({ tree, moment, isPast }: { tree: Told; moment: Moment; isPast: boolean }) {
  const { answer, changesAt, steadyUntil } = tree;
  const zone = moment.zone.replaceAll('_', ' ');
  const when = isPast ? ` as of ${dayAndTime(moment.at, moment.zone)}` : '';
  const change = changesAt
    ? `${answer ? 'Leaves' : 'Comes in'} on ${shortInstant(changesAt, moment)} (${zone}), unless something happens before then.`
    : steadyUntil
      ? `Stays so until ${shortInstant(steadyUntil, moment)} (${zone}) at least, unless something happens.`
      : 'Stays so until something happens.';
  return (
    <div className="grid gap-1.5">
      <p>
        <Badge tone={answer ? 'good' : 'neutral'} className="text-sm">
          {answer ? 'In' : 'Not in'}
          {when}
        </Badge>
      </p>
      <p className="flex items-start gap-1.5 text-muted-foreground text-sm">
        <Clock aria-hidden className="mt-0.5 size-3.5 shrink-0" /> {change}
      </p>
    </div>
  );
}
