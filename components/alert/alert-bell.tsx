'use client';

import { Bell } from 'lucide-react';
import Link from 'next/link';
import { usePathname } from 'next/navigation';
import { useCallback, useEffect, useState } from 'react';
import { Button } from '@/components/ui/button';
import { Popover, PopoverContent, PopoverTrigger } from '@/components/ui/popover';
import { AlertList } from './alert-list';
import type { AlertsView, AlertView } from './alert-view';

type Props = { initial: AlertsView; mayEdit: boolean; read: (input: { ids: number[] | 'all' }) => Promise<unknown> };

const pollMs = 60_000;

/** How many alerts are unread, and behind it what they say. Kept fresh while the page is looked at. */
export function AlertBell({ initial, mayEdit, read }: Props) {
  const [view, setView] = useState(initial);
  const [open, setOpen] = useState(false);
  const path = usePathname();
  const refresh = useCallback(async () => {
    if (document.visibilityState !== 'visible') return;
    const response = await fetch('/api/alerts', { headers: { accept: 'application/json' } }).catch(() => null);
    if (response?.ok) setView((await response.json()) as AlertsView);
  }, []);

  // biome-ignore lint/correctness/useExhaustiveDependencies: going to another page is an occasion to look again.
  useEffect(() => {
    void refresh();
    const timer = setInterval(() => void refresh(), pollMs);
    return () => clearInterval(timer);
  }, [refresh, path]);

  const markRead = async (ids: number[] | 'all') => {
    setView((now) => withRead(now, ids));
    await read({ ids });
    await refresh();
  };
  const follow = (alert: AlertView) => {
    setOpen(false);
    if (!alert.read) void markRead([alert.id]);
  };
  return (
    <Popover open={open} onOpenChange={setOpen}>
      <PopoverTrigger className="relative flex items-center gap-2.5 rounded-lg p-2 text-muted-foreground text-sm outline-none transition-colors hover:bg-accent hover:text-foreground focus-visible:ring-[3px] focus-visible:ring-ring/40 md:w-full md:px-2.5">
        <Bell aria-hidden className="size-[18px] md:size-4" />
        <span className="sr-only md:not-sr-only">Alerts</span>
        {view.unread > 0 && (
          <span className="absolute -top-0.5 -right-0.5 grid h-4.5 min-w-4.5 place-items-center rounded-full bg-destructive px-1 font-semibold text-[11px] text-white tabular-nums leading-none md:static md:ml-auto dark:text-background">
            {view.unread > 99 ? '99+' : view.unread}
            <span className="sr-only"> unread</span>
          </span>
        )}
      </PopoverTrigger>
      <PopoverContent side="bottom" align="end" aria-label="Alerts" className="w-[min(26rem,calc(100vw-1.5rem))] p-0">
        <header className="flex items-center justify-between gap-3 border-b px-4 py-2.5">
          <h2 className="font-medium text-sm">Alerts</h2>
          {view.unread > 0 && (
            <Button variant="ghost" size="sm" onClick={() => void markRead('all')}>
              Mark all read
            </Button>
          )}
        </header>
        <AlertList alerts={view.alerts} follow={follow} />
        {mayEdit && (
          <footer className="border-t px-4 py-2.5 text-sm">
            <Link
              href="/settings/alerts"
              onClick={() => setOpen(false)}
              className="rounded-sm text-muted-foreground underline-offset-4 outline-none hover:text-foreground hover:underline focus-visible:ring-[3px] focus-visible:ring-ring/40"
            >
              Who is told, and of what
            </Link>
          </footer>
        )}
      </PopoverContent>
    </Popover>
  );
}

function withRead({ alerts, unread }: AlertsView, ids: number[] | 'all'): AlertsView {
  const isMeant = (alert: AlertView) => ids === 'all' || ids.includes(alert.id);
  const fewer = alerts.filter((alert) => isMeant(alert) && !alert.read && !alert.resolvedAt).length;
  return {
    alerts: alerts.map((alert) => (isMeant(alert) ? { ...alert, read: true } : alert)),
    unread: ids === 'all' ? 0 : unread - fewer,
  };
}
