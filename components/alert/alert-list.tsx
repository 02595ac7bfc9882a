'use client';

import { BellOff, CircleX, KeyRound, type LucideIcon, TrendingUpDown, TriangleAlert } from 'lucide-react';
import Link from 'next/link';
import { distanceText } from '@/components/campaign/zoned-text';
import { cn } from '@/components/ui/cn';
import type { AlertView } from './alert-view';

const marks: Record<AlertView['kind'], { icon: LucideIcon; tone: string }> = {
  run_failed: { icon: CircleX, tone: 'text-destructive' },
  needs_attention: { icon: TriangleAlert, tone: 'text-warning-foreground' },
  token_expiring: { icon: KeyRound, tone: 'text-warning-foreground' },
  reach_changed: { icon: TrendingUpDown, tone: 'text-primary' },
};

/** Newest first; each leads to the page where something can be done. */
export function AlertList({ alerts, follow }: { alerts: AlertView[]; follow: (alert: AlertView) => void }) {
  if (alerts.length === 0) {
    return (
      <div className="grid justify-items-center gap-2 px-4 py-10 text-center text-muted-foreground text-sm">
        <BellOff aria-hidden className="size-5" />
        <p>Nothing needs you.</p>
      </div>
    );
  }
  const now = new Date();
  return (
    <ul className="max-h-[min(28rem,60dvh)] overflow-y-auto overscroll-contain p-1">
      {alerts.map((alert) => (
        <li key={alert.id}>
          <AlertLink alert={alert} now={now} follow={follow} />
        </li>
      ))}
    </ul>
  );
}

function AlertLink({ alert, now, follow }: { alert: AlertView; now: Date; follow: (alert: AlertView) => void }) {
  const { icon: Icon, tone } = marks[alert.kind];
  const isNew = !alert.read && !alert.resolvedAt;
  return (
    <Link
      href={alert.link}
      onClick={() => follow(alert)}
      className="flex items-start gap-3 rounded-lg px-3 py-2.5 outline-none transition-colors hover:bg-accent focus-visible:ring-[3px] focus-visible:ring-ring/40 focus-visible:ring-inset"
    >
      <Icon aria-hidden className={cn('mt-0.5 size-4 shrink-0', alert.resolvedAt ? 'text-muted-foreground' : tone)} />
      <span className="grid min-w-0 flex-1 gap-0.5">
        <span className={cn('break-words text-sm', isNew ? 'font-medium' : 'text-muted-foreground')}>
          {isNew && <span className="sr-only">Unread: </span>}
          {alert.title}
        </span>
        {!alert.resolvedAt && <span className="line-clamp-3 break-words text-muted-foreground text-xs">{alert.message}</span>}
        <span className="text-muted-foreground text-xs">
          {distanceText(new Date(alert.createdAt), now)}
          {alert.resolvedAt && ' · mended since'}
        </span>
      </span>
      {isNew && <span aria-hidden className="mt-1.5 size-2 shrink-0 rounded-full bg-primary" />}
    </Link>
  );
}
