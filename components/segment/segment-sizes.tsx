'use client';

import { RefreshCw } from 'lucide-react';
import { createContext, type ReactNode, useCallback, useContext, useEffect, useRef, useState } from 'react';
import { distanceText, numberText } from '@/components/campaign/zoned-text';
import { Button } from '@/components/ui/button';
import { cn } from '@/components/ui/cn';
import { Skeleton } from '@/components/ui/skeleton';
import type { Size } from '@/db/segment-sizes';

export type CountNow = (which: { key: string }) => Promise<{ ok: true; data: Size } | { ok: false; message: string }>;

type Counted = { size: Size } | { fault: string } | 'counting';
type Sizes = { counted: ReadonlyMap<string, Counted>; count: (key: string) => void };

const SizesContext = createContext<Sizes>({ counted: new Map(), count: () => {} });

type ProviderProps = {
  /** Keys of segments that no recorded size speaks for: counted one after the other, while the page is looked at. */
  stale: readonly string[];
  countNow: CountNow;
  children: ReactNode;
};

/** The page comes with the sizes recorded last; what is missing is counted after it is there. */
export function SegmentSizes({ stale, countNow, children }: ProviderProps) {
  const [counted, setCounted] = useState<ReadonlyMap<string, Counted>>(new Map());
  const queue = useRef<Promise<unknown>>(Promise.resolve());
  const gone = useRef(false);
  const count = useCallback(
    (key: string) => {
      const put = (value: Counted) => setCounted((before) => new Map(before).set(key, value));
      put('counting');
      queue.current = queue.current.then(async () => {
        if (gone.current) return;
        const answer = await countNow({ key }).catch(() => ({ ok: false as const, message: 'No answer.' }));
        put(answer.ok ? { size: answer.data } : { fault: answer.message });
      });
    },
    [countNow],
  );
  const wanted = stale.join(' ');
  useEffect(() => {
    gone.current = false;
    for (const key of wanted.split(' ').filter(Boolean)) count(key);
    return () => {
      gone.current = true;
    };
  }, [wanted, count]);
  return <SizesContext value={{ counted, count }}>{children}</SizesContext>;
}

type SizeProps = { segmentKey: string; name: string; size: Size | null; now: Date; mayCount: boolean; className?: string };

/** How many qualify, how many can be reached, and how old that is. */
export function SegmentSize({ segmentKey, name, size: recorded, now, mayCount, className }: SizeProps) {
  const { counted, count } = useContext(SizesContext);
  const answer = counted.get(segmentKey);
  const counting = answer === 'counting';
  const size = answer && answer !== 'counting' && 'size' in answer ? answer.size : recorded;
  const fault = answer && answer !== 'counting' && 'fault' in answer ? answer.fault : undefined;
  return (
    <div className={cn('flex items-center gap-1', className)} aria-busy={counting}>
      <div className="min-w-0 text-right max-md:text-left">
        {size === null && counting && <Skeleton className="h-9 w-20" />}
        {size === null && !counting && !fault && <span className="text-muted-foreground text-xs">not counted yet</span>}
        {fault && <span className="block max-w-44 text-balance text-muted-foreground text-xs">{fault}</span>}
        {size && !fault && <SizeText size={size} now={now} />}
      </div>
      {mayCount && (
        <Button
          variant="ghost"
          size="icon"
          className="text-muted-foreground"
          disabled={counting}
          onClick={() => count(segmentKey)}
          aria-label={`Count ${name} now`}
          title="Count now"
        >
          <RefreshCw aria-hidden className={cn(counting && 'animate-spin')} />
        </Button>
      )}
    </div>
  );
}

function SizeText({ size, now }: { size: Size; now: Date }) {
  const at = new Date(size.at);
  if (size.qualify === null) return <span className="text-muted-foreground text-xs">takes too long to count</span>;
  return (
    <>
      <span className="block font-medium tabular-nums">{numberText(size.qualify)}</span>
      <span className="block text-muted-foreground text-xs tabular-nums md:whitespace-nowrap">
        {numberText(size.reachable ?? 0)} reachable · <time dateTime={at.toISOString()}>{distanceText(at, now > at ? now : at)}</time>
      </span>
    </>
  );
}
