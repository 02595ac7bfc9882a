'use client';

import { ArrowRight } from 'lucide-react';
import { type ReactNode, useEffect, useState } from 'react';
import { counted, numberText } from '@/components/campaign/zoned-text';
import { Button } from '@/components/ui/button';
import { Dialog, DialogContent, DialogDescription, DialogFooter, DialogHeader, DialogTitle } from '@/components/ui/dialog';
import { Skeleton } from '@/components/ui/skeleton';
import type { Impact } from '@/db/segment-changes';
import type { Definition } from '@/lib/segment/definition';
import { UsageList } from './usage-list';

type Answer<T> = { ok: true; data: T } | { ok: false; message: string; field?: string };
type Change = { key: string; name: string; definition: Definition };

export type SaveSegment = (segment: Change & { isNew?: boolean; confirmed?: boolean }) => Promise<Answer<unknown>>;
export type ImpactOf = (change: { key: string; definition: Definition }) => Promise<Answer<Impact>>;

type Asked = { change: Change; settle: (agreed: boolean) => void };

/**
 * Saving asks first where campaigns under way follow the segment: it says which, and what changes. `save` answers null where the person thinks
 * better of it.
 */
export function useSaveGuard(
  save: SaveSegment,
  impact: ImpactOf,
): { save: (segment: Change & { isNew?: boolean }) => Promise<Answer<unknown> | null>; dialog: ReactNode } {
  const [asked, setAsked] = useState<Asked>();
  const guarded = async (segment: Change & { isNew?: boolean }) => {
    const answer = await save(segment);
    if (answer.ok || answer.field !== 'confirmed') return answer;
    const agreed = await new Promise<boolean>((settle) => setAsked({ change: segment, settle }));
    setAsked(undefined);
    return agreed ? save({ ...segment, confirmed: true }) : null;
  };
  return { save: guarded, dialog: asked && <ChangeDialog asked={asked} impact={impact} /> };
}

function ChangeDialog({ asked: { change, settle }, impact }: { asked: Asked; impact: ImpactOf }) {
  const [found, setFound] = useState<Answer<Impact>>();
  useEffect(() => {
    let gone = false;
    void impact({ key: change.key, definition: change.definition }).then((answer) => !gone && setFound(answer));
    return () => {
      gone = true;
    };
  }, [change, impact]);
  return (
    <Dialog open onOpenChange={(open) => !open && settle(false)}>
      <DialogContent>
        <DialogHeader>
          <DialogTitle>Change “{change.name}” for campaigns under way?</DialogTitle>
          <DialogDescription>These follow the segment, and are filled by its new conditions from their next run on.</DialogDescription>
        </DialogHeader>
        {found?.ok ? <UsageList usage={found.data} /> : !found && <Skeleton className="h-16" />}
        {found && !found.ok && <p className="text-muted-foreground text-sm">{found.message}</p>}
        {found?.ok ? <SizeChange sizes={found.data.sizes} /> : !found && <Skeleton className="h-14" />}
        <DialogFooter>
          <Button variant="outline" onClick={() => settle(false)}>
            Go on editing
          </Button>
          <Button onClick={() => settle(true)}>Save the change</Button>
        </DialogFooter>
      </DialogContent>
    </Dialog>
  );
}

function SizeChange({ sizes }: { sizes: Impact['sizes'] }) {
  if (!sizes) return <p className="text-muted-foreground text-sm">What it does to the size takes too long to count.</p>;
  const { before, after, join, leave } = sizes;
  return (
    <div className="rounded-xl bg-muted/60 p-3">
      <p className="flex items-center gap-2 font-semibold text-lg tabular-nums">
        <span className="sr-only">Users in it now:</span>
        {numberText(before)}
        <ArrowRight aria-hidden className="size-4 text-muted-foreground" />
        <span className="sr-only">and then:</span>
        {numberText(after)}
      </p>
      <p className="text-muted-foreground text-sm">
        {join === 0 && leave === 0
          ? 'Nobody joins or leaves today.'
          : `${counted(join, 'user')} would join, ${numberText(leave)} would leave, as of today.`}
      </p>
    </div>
  );
}
