import { alertView } from '@/components/alert/alert-view';
import { alertsFor, unreadAlerts } from '@/db/alerts';
import { sessionRoute } from '@/lib/session-route';

export const dynamic = 'force-dynamic';

/** What the bell shows. */
export const GET = sessionRoute('viewer', async ({ user, db }) => {
  const [rows, unread] = await Promise.all([alertsFor(db, user.workspaceId, user.userId), unreadAlerts(db, user.workspaceId, user.userId)]);
  return { alerts: rows.map(alertView), unread };
});
