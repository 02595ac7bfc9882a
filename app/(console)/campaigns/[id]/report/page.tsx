import { ChevronLeft, Download } from 'lucide-react';
import Link from 'next/link';
import { notFound } from 'next/navigation';
import { Suspense } from 'react';
import { PanelCard } from '@/components/campaign/panel-card';
import { ConversionTable } from '@/components/report/conversion-table';
import { GoalForm } from '@/components/report/goal-form';
import { MatchQualityFigures } from '@/components/report/match-quality';
import { Button } from '@/components/ui/button';
import { Skeleton } from '@/components/ui/skeleton';
import { eventNames } from '@/db/catalogue';
import { type Goal, reportOf } from '@/db/reports';
import { goalOf } from '@/lib/campaign/report-request';
import { AppError } from '@/lib/errors';
import { type OpenCampaign, openCampaign } from '../../open-campaign';

type Props = { params: Promise<{ id: string }>; searchParams: Promise<Record<string, string | string[] | undefined>> };

export const metadata = { title: 'Report' };

export default async function ReportPage({ params, searchParams }: Props) {
  const { id } = await params;
  const open = await openCampaign(id);
  if (!open.campaign.audience) notFound();
  const query = new URLSearchParams(
    Object.entries(await searchParams).flatMap(([key, value]) => (typeof value === 'string' ? [[key, value]] : [])),
  );
  const goal = goalIn(query);
  const events = await eventNames(open.db, open.user.workspaceId);
  return (
    <div className="grid grid-cols-1 gap-6">
      <header className="grid gap-2">
        <Link href={`/campaigns/${id}`} className="flex w-fit items-center gap-1 text-muted-foreground text-sm hover:text-foreground">
          <ChevronLeft className="size-4" aria-hidden /> {open.campaign.name}
        </Link>
        <div className="flex flex-wrap items-center justify-between gap-3">
          <h1 className="font-semibold text-2xl tracking-tight">Report</h1>
          <Button asChild variant="outline">
            <a href={`/campaigns/${id}/report/csv${goal ? `?${new URLSearchParams({ goal: goal.event, days: String(goal.days) })}` : ''}`}>
              <Download aria-hidden /> Download as CSV
            </a>
          </Button>
        </div>
      </header>
      <PanelCard title="Conversions" line="Who reached the goal: members against the control group.">
        <div className="grid gap-6">
          <GoalForm events={events} goal={goal} />
          {goal && (
            <Suspense key={`${goal.event} ${goal.days}`} fallback={<Skeleton className="h-40" />}>
              <ConversionsPart open={open} goal={goal} />
            </Suspense>
          )}
        </div>
      </PanelCard>
      <PanelCard title="Match quality" line="How well Facebook can find the members it was sent.">
        <Suspense fallback={<Skeleton className="h-32" />}>
          <QualityPart open={open} />
        </Suspense>
      </PanelCard>
    </div>
  );
}

/** An address that somebody has changed by hand asks for nothing. */
function goalIn(query: URLSearchParams): Goal | null {
  try {
    return goalOf(query);
  } catch (error) {
    if (error instanceof AppError) return null;
    throw error;
  }
}

type Open = OpenCampaign;

async function ConversionsPart({ open: { user, db, campaign, now }, goal }: { open: Open; goal: Goal }) {
  try {
    const { conversions } = await reportOf(db, user.workspaceId, campaign.id, goal, now);
    const hasControl = Boolean(campaign.draft.controlPercent);
    const schedule = campaign.version?.schedule;
    const zone = schedule && 'zone' in schedule ? schedule.zone : user.workspace.zone;
    return conversions && <ConversionTable conversions={conversions} hasControl={hasControl} zone={zone} />;
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return (
      <p role="alert" className="text-destructive text-sm">
        {error.message}
      </p>
    );
  }
}

async function QualityPart({ open: { user, db, campaign, now } }: { open: Open }) {
  const { quality } = await reportOf(db, user.workspaceId, campaign.id, null, now);
  return <MatchQualityFigures quality={quality} />;
}
