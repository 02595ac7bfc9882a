import { and, desc, eq } from 'drizzle-orm';
import type { WorkspaceId } from '@/lib/auth';
import { type EncryptionKeys, seal, unseal } from '@/lib/crypto';
import type { Database } from './client';
import { type AlertChannel, alertDeliveries, alertSettings, alerts } from './schema';

export const defaultReachPercent = 30;

export type AlertSettings = {
  emails: string[];
  /** Host of the webhook, for the screen: the rest of its address is a secret. */
  webhookHost: string | null;
  reachPercent: number | null;
};

export async function alertSettingsOf(db: Database, workspaceId: WorkspaceId, keys: EncryptionKeys): Promise<AlertSettings> {
  const [row] = await db.orm.select().from(alertSettings).where(eq(alertSettings.workspaceId, workspaceId));
  if (!row) return { emails: [], webhookHost: null, reachPercent: defaultReachPercent };
  const webhookHost = row.sealedWebhook ? new URL(unseal(keys, row.sealedWebhook)).host : null;
  return { emails: row.emails, webhookHost, reachPercent: row.reachPercent };
}

/** @throws when its key is no longer in ENCRYPTION_KEYS. */
export async function webhookOf(db: Database, workspaceId: WorkspaceId, keys: EncryptionKeys): Promise<string | null> {
  const [row] = await db.orm
    .select({ sealed: alertSettings.sealedWebhook })
    .from(alertSettings)
    .where(eq(alertSettings.workspaceId, workspaceId));
  return row?.sealed ? unseal(keys, row.sealed) : null;
}

export type AlertSettingsChange = {
  emails: string[];
  /** An address replaces it, null takes it away, undefined keeps it. */
  webhook?: string | null;
  reachPercent: number | null;
};

export async function saveAlertSettings(
  db: Database,
  workspaceId: WorkspaceId,
  { emails, webhook, reachPercent }: AlertSettingsChange,
  keys: EncryptionKeys,
  now: Date,
): Promise<void> {
  const change = {
    emails,
    reachPercent,
    updatedAt: now,
    ...(webhook === undefined ? {} : { sealedWebhook: webhook === null ? null : seal(keys, webhook) }),
  };
  await db.orm
    .insert(alertSettings)
    .values({ ...change, workspaceId })
    .onConflictDoUpdate({ target: alertSettings.workspaceId, set: change });
}

export type FailedDelivery = { channel: AlertChannel; address: string | null; fault: string | null; at: Date; title: string };

/** The newest that could not be delivered, for the settings to say so. */
export async function lastFailedDelivery(db: Database, workspaceId: WorkspaceId): Promise<FailedDelivery | null> {
  const { channel, address, fault, finishedAt } = alertDeliveries;
  const [row] = await db.orm
    .select({ channel, address, fault, at: finishedAt, title: alerts.title })
    .from(alertDeliveries)
    .innerJoin(alerts, eq(alerts.id, alertDeliveries.alertId))
    .where(and(eq(alertDeliveries.workspaceId, workspaceId), eq(alertDeliveries.state, 'failed')))
    .orderBy(desc(alertDeliveries.id))
    .limit(1);
  return row?.at ? { ...row, at: row.at } : null;
}
