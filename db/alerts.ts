import { and, desc, eq, inArray, isNull, sql } from 'drizzle-orm';
import type { NewAlert } from '@/lib/alerts/alert';
import { plainArray } from '@/lib/array-literal';
import type { WorkspaceId } from '@/lib/auth';
import type { Database } from './client';
import { type AlertChannel, type AlertKind, alertDeliveries, alertReads, alertSettings, alerts, workspaces } from './schema';

type Tx = Parameters<Parameters<Database['orm']['transaction']>[0]>[0];

export type AlertRow = {
  id: number;
  kind: AlertKind;
  title: string;
  message: string;
  link: string;
  createdAt: Date;
  resolvedAt: Date | null;
  read: boolean;
};

/** Newest first. */
export async function alertsFor(db: Database, workspaceId: WorkspaceId, userId: string, limit = 30): Promise<AlertRow[]> {
  const { id, kind, title, message, link, createdAt, resolvedAt } = alerts;
  return db.orm
    .select({ id, kind, title, message, link, createdAt, resolvedAt, read: sql<boolean>`${alertReads.alertId} is not null` })
    .from(alerts)
    .leftJoin(alertReads, and(eq(alertReads.alertId, alerts.id), eq(alertReads.userId, userId)))
    .where(eq(alerts.workspaceId, workspaceId))
    .orderBy(desc(alerts.id))
    .limit(limit);
}

/** What is over needs nobody: only alerts that still stand count as unread. */
export async function unreadAlerts(db: Database, workspaceId: WorkspaceId, userId: string): Promise<number> {
  const [row] = await db.orm
    .select({ count: sql<number>`count(*)::int` })
    .from(alerts)
    .leftJoin(alertReads, and(eq(alertReads.alertId, alerts.id), eq(alertReads.userId, userId)))
    .where(and(eq(alerts.workspaceId, workspaceId), isNull(alerts.resolvedAt), isNull(alertReads.alertId)));
  return row?.count ?? 0;
}

/** Ids of another workspace are passed over; may be repeated. */
export async function readAlerts(db: Database, workspaceId: WorkspaceId, userId: string, ids: number[]): Promise<void> {
  await db.orm.execute(sql`
    insert into alert_reads (alert_id, user_id)
    select id, ${userId}::uuid from alerts where workspace_id = ${workspaceId} and id = any(${plainArray(ids)}::text::int[])
    on conflict do nothing`);
}

export async function readAllAlerts(db: Database, workspaceId: WorkspaceId, userId: string): Promise<void> {
  await db.orm.execute(sql`
    insert into alert_reads (alert_id, user_id) select id, ${userId}::uuid from alerts where workspace_id = ${workspaceId} on conflict do nothing`);
}

/**
 * Keeps an alert and what is to be delivered of it, once: one that stands under the same key, or was told before and merely happened, is
 * left as it is. @returns whether it is new.
 */
export async function raiseAlert(db: Database, workspaceId: WorkspaceId, alert: NewAlert, now: Date): Promise<boolean> {
  return db.orm.transaction(async (tx) => {
    const [row] = await tx
      .insert(alerts)
      .values({ ...alert, workspaceId, createdAt: now })
      .onConflictDoNothing()
      .returning({ id: alerts.id });
    if (row) await addDeliveries(tx, workspaceId, row.id, now);
    return row !== undefined;
  });
}

async function addDeliveries(tx: Tx, workspaceId: WorkspaceId, alertId: number, now: Date): Promise<void> {
  const [settings] = await tx.select().from(alertSettings).where(eq(alertSettings.workspaceId, workspaceId));
  const base = { workspaceId, alertId, state: 'pending' as const, dueAt: now };
  const deliveries = [
    ...(settings?.emails ?? []).map((address) => ({ ...base, channel: 'email' as const, address })),
    ...(settings?.sealedWebhook ? [{ ...base, channel: 'webhook' as const, address: null }] : []),
  ];
  if (deliveries.length > 0) await tx.insert(alertDeliveries).values(deliveries);
}

export type OpenAlert = { id: number; workspaceId: WorkspaceId; key: string };

/** Those about something that can be mended, of every workspace: the watch closes what is. */
export async function standingAlerts(db: Database): Promise<OpenAlert[]> {
  return db.orm
    .select({ id: alerts.id, workspaceId: alerts.workspaceId, key: alerts.key })
    .from(alerts)
    .where(and(isNull(alerts.resolvedAt), inArray(alerts.kind, ['needs_attention', 'token_expiring'])));
}

export async function resolveAlerts(db: Database, ids: number[], now: Date): Promise<void> {
  if (ids.length > 0) await db.orm.update(alerts).set({ resolvedAt: now }).where(inArray(alerts.id, ids));
}

export type Delivery = {
  id: number;
  alertId: number;
  workspaceId: WorkspaceId;
  workspaceName: string;
  channel: AlertChannel;
  address: string | null;
  attempts: number;
  title: string;
  message: string;
  link: string;
};

/** Takes the delivery that is due first, for so long that nobody else tries it meanwhile; its try is counted before it is made. */
export async function claimDelivery(db: Database, now: Date, leaseMs: number): Promise<Delivery | null> {
  const at = now.toISOString();
  const [claimed] = await db.sql<{ id: number }[]>`
    update alert_deliveries set attempts = attempts + 1, due_at = ${at}::timestamptz + ${leaseMs} * interval '1 millisecond'
    where id = (select id from alert_deliveries where state = 'pending' and due_at <= ${at}::timestamptz order by due_at, id limit 1 for update skip locked)
    returning id`;
  if (!claimed) return null;
  const { id, alertId, workspaceId, channel, address, attempts } = alertDeliveries;
  const { title, message, link } = alerts;
  const [row] = await db.orm
    .select({ id, alertId, workspaceId, workspaceName: workspaces.name, channel, address, attempts, title, message, link })
    .from(alertDeliveries)
    .innerJoin(alerts, eq(alerts.id, alertId))
    .innerJoin(workspaces, eq(workspaces.id, workspaceId))
    .where(eq(id, claimed.id));
  return row ?? null;
}

export type DeliveryOutcome = { state: 'sent' } | { state: 'failed'; fault: string } | { state: 'pending'; fault: string; dueAt: Date };

export async function settleDelivery(db: Database, id: number, outcome: DeliveryOutcome, now: Date): Promise<void> {
  const finishedAt = outcome.state === 'pending' ? null : now;
  await db.orm
    .update(alertDeliveries)
    .set({ fault: null, ...outcome, finishedAt })
    .where(eq(alertDeliveries.id, id));
}
