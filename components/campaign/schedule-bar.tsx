'use client';

import { ArrowLeft, CalendarCheck } from 'lucide-react';
import Link from 'next/link';
import { useRouter } from 'next/navigation';
import { useState, useTransition } from 'react';
import { toast } from 'sonner';
import { Button } from '@/components/ui/button';
import type { CampaignDraft } from '@/lib/campaign/plan';
import type { HeldSchedule } from '@/lib/schedule/counting';
import type { Answer } from './facebook-views';
import { scheduleEffect } from './plan-sentences';
import { previewOf } from './schedule-preview';
import { counted } from './zoned-text';

type Props = {
  id: string;
  draft: CampaignDraft;
  ready: boolean;
  held: HeldSchedule | undefined;
  isPaused: boolean;
  /** Of the audience that the campaign has made already. */
  madeName: string | null;
  now: Date;
  schedule: (input: { id: string }) => Promise<Answer<{ droppedDates: number }>>;
};

/** The one button that starts anything, and what it will do. */
export function ScheduleBar({ id, draft, ready, held, isPaused, madeName, now, schedule }: Props) {
  const router = useRouter();
  const [busy, start] = useTransition();
  const [fault, setFault] = useState<string | null>(null);
  const first = draft.schedule ? (previewOf(draft.schedule, null, now, held).lines[0]?.campaign ?? null) : null;
  const effect = isPaused ? 'It stays paused; the new version begins when it is resumed.' : scheduleEffect(draft, first, madeName);
  const press = () =>
    start(async () => {
      setFault(null);
      const answer = await schedule({ id });
      if (!answer.ok) return setFault(answer.message);
      toast.success(isPaused ? 'Saved as a new version. It is still paused.' : held ? 'Scheduled as a new version.' : 'Scheduled.');
      if (answer.data.droppedDates) toast.info(`${counted(answer.data.droppedDates, 'repeated date')} dropped.`);
      router.push(`/campaigns/${id}`);
    });
  return (
    <div className="sticky bottom-[calc(3.6rem+env(safe-area-inset-bottom))] z-20 -mx-4 md:bottom-0 flex flex-wrap items-center gap-3 border-t bg-background/95 px-4 py-3 backdrop-blur sm:mx-0 sm:px-0">
      <Button asChild variant="ghost" className="max-sm:order-2">
        <Link href={`/campaigns/${id}/edit/where`}>
          <ArrowLeft aria-hidden /> Back
        </Link>
      </Button>
      <p role="status" className="min-w-0 flex-1 text-muted-foreground text-sm max-sm:order-1 max-sm:basis-full">
        {fault ? <span className="text-destructive">{fault}</span> : ready ? effect : 'Finish the steps above first.'}
      </p>
      <Button onClick={press} disabled={!ready || busy} className="max-sm:order-3 max-sm:flex-1">
        <CalendarCheck aria-hidden /> {busy ? 'Scheduling…' : held ? 'Schedule the new version' : 'Schedule'}
      </Button>
    </div>
  );
}
