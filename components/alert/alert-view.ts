import type { AlertRow } from '@/db/alerts';

/** As the browser has it: instants as text. */
export type AlertView = Omit<AlertRow, 'createdAt' | 'resolvedAt'> & { createdAt: string; resolvedAt: string | null };
export type AlertsView = { alerts: AlertView[]; unread: number };

export const alertView = (row: AlertRow): AlertView => ({
  ...row,
  createdAt: row.createdAt.toISOString(),
  resolvedAt: row.resolvedAt?.toISOString() ?? null,
});
