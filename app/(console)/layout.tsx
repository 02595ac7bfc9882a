import { FlaskConical } from 'lucide-react';
import Link from 'next/link';
import type { ReactNode } from 'react';
import { AlertBell } from '@/components/alert/alert-bell';
import { alertView } from '@/components/alert/alert-view';
import { Mark } from '@/components/shell/mark';
import { Navigation } from '@/components/shell/navigation';
import { UserMenu } from '@/components/shell/user-menu';
import { alertsFor, unreadAlerts } from '@/db/alerts';
import { database } from '@/db/open';
import { requireUser, roleAllows } from '@/lib/auth';
import { env } from '@/lib/env';
import { chooseWorkspace } from './actions';
import { markAlertsRead } from './alert-actions';

export const dynamic = 'force-dynamic';

/** The sign-in gate for everything inside. */
export default async function ConsoleLayout({ children }: { children: ReactNode }) {
  const user = await requireUser();
  const { sandboxUrl } = env();
  const { name, workspaceId, workspaces } = user;
  const db = database();
  const [rows, unread] = await Promise.all([alertsFor(db, workspaceId, user.userId), unreadAlerts(db, workspaceId, user.userId)]);
  const alerts = { alerts: rows.map(alertView), unread };
  // A picture of a sandbox that ran elsewhere is nobody's any more, and the page's policy would refuse it.
  const image = sandboxUrl && !user.image?.startsWith(`${sandboxUrl}/`) ? null : user.image;
  return (
    <div className="min-h-dvh md:grid md:grid-cols-[220px_minmax(0,1fr)]">
      <aside className="z-30 flex items-center gap-3 border-b bg-sidebar px-4 py-2 md:sticky md:top-0 md:h-dvh md:flex-col md:items-stretch md:border-r md:border-b-0 md:px-3 md:py-4">
        <Link
          href="/campaigns"
          className="flex min-w-0 flex-1 items-center gap-2.5 rounded-lg px-1 py-1 outline-none focus-visible:ring-[3px] focus-visible:ring-ring/40 md:flex-none md:px-2"
        >
          <Mark className="size-7 shrink-0" />
          <span className="min-w-0">
            <span className="block font-semibold text-sm leading-tight tracking-tight">Beckon</span>
            <span className="block truncate text-muted-foreground text-xs leading-tight">{user.workspace.name}</span>
          </span>
        </Link>
        <div className="fixed inset-x-0 bottom-0 z-30 border-t bg-sidebar/95 px-1 pt-1 pb-[max(0.25rem,env(safe-area-inset-bottom))] backdrop-blur md:static md:mt-4 md:flex-1 md:border-0 md:bg-transparent md:p-0 md:backdrop-blur-none">
          <Navigation />
        </div>
        <AlertBell initial={alerts} mayEdit={roleAllows(user.role, 'owner')} read={markAlertsRead} />
        <UserMenu {...{ name, image, workspaceId, workspaces, chooseWorkspace }} />
      </aside>
      <div className="min-w-0 pb-20 md:pb-0">
        {sandboxUrl && <SandboxBanner adsManager={`${sandboxUrl}/ads-manager`} />}
        <main className="mx-auto w-full max-w-6xl px-4 py-6 sm:px-8 sm:py-8">{children}</main>
      </div>
    </div>
  );
}

function SandboxBanner({ adsManager }: { adsManager: string }) {
  return (
    <div className="flex flex-wrap items-center gap-x-3 gap-y-1 border-warning/40 border-b bg-warning/15 px-4 py-1.5 text-warning-foreground text-xs sm:px-8">
      <span className="flex items-center gap-1.5 font-semibold tracking-wide">
        <FlaskConical aria-hidden className="size-3.5" /> SANDBOX
      </span>
      <span>A rehearsal: nothing reaches Facebook.</span>
      <a href={adsManager} target="_blank" rel="noreferrer" className="font-medium underline underline-offset-2">
        Open Ads Manager
      </a>
    </div>
  );
}
