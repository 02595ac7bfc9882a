import { and, desc, eq, lte } from 'drizzle-orm';
import type { WorkspaceId } from '@/lib/auth';
import { type EncryptionKeys, seal, unseal } from '@/lib/crypto';
import { AppError, invariant } from '@/lib/errors';
import { retryBlocked } from './blocked-campaigns';
import type { Database } from './client';
import { type ConnectionKind, connections } from './schema';

export type ConnectionRow = {
  id: string;
  kind: ConnectionKind;
  facebookUserId: string;
  name: string;
  scopes: string[];
  expiresAt: Date | null;
  brokenReason: string | null;
  createdAt: Date;
  updatedAt: Date;
};

/** Never the token. */
const shown = {
  id: connections.id,
  kind: connections.kind,
  facebookUserId: connections.facebookUserId,
  name: connections.name,
  scopes: connections.scopes,
  expiresAt: connections.expiresAt,
  brokenReason: connections.brokenReason,
  createdAt: connections.createdAt,
  updatedAt: connections.updatedAt,
};

/** Most recently connected first. */
export async function listConnections(db: Database, workspaceId: WorkspaceId): Promise<ConnectionRow[]> {
  return db.orm.select(shown).from(connections).where(eq(connections.workspaceId, workspaceId)).orderBy(desc(connections.updatedAt));
}

export type NewConnection = {
  kind: ConnectionKind;
  facebookUserId: string;
  name: string;
  token: string;
  scopes: string[];
  expiresAt: Date | null;
};

/** One a Facebook person: connecting again replaces the token and mends what was broken, campaigns included. @returns its id. */
export async function saveConnection(
  db: Database,
  workspaceId: WorkspaceId,
  connection: NewConnection,
  by: { userId: string | null; keys: EncryptionKeys },
  now: Date,
): Promise<string> {
  const { token, ...facts } = connection;
  const values = { ...facts, sealedToken: seal(by.keys, token), brokenReason: null, updatedAt: now };
  return db.orm.transaction(async (tx) => {
    const [row] = await tx
      .insert(connections)
      .values({ ...values, workspaceId, createdBy: by.userId, createdAt: now })
      .onConflictDoUpdate({ target: [connections.workspaceId, connections.facebookUserId], set: values })
      .returning({ id: connections.id });
    invariant(row, 'a saved connection has an id');
    await retryBlocked(tx, row.id);
    return row.id;
  });
}

/** @throws AppError not_found for one of another workspace, and for one whose person took the token back. */
export async function connectionToken(db: Database, workspaceId: WorkspaceId, id: string, keys: EncryptionKeys): Promise<string> {
  const [row] = await db.orm
    .select({ sealedToken: connections.sealedToken })
    .from(connections)
    .where(and(eq(connections.workspaceId, workspaceId), eq(connections.id, id)));
  if (!row) throw new AppError('not_found', 'There is no such connection to Facebook.');
  if (row.sealedToken === '')
    throw new AppError('not_found', 'The connection to Facebook was withdrawn. Connect again, or choose another.');
  return unseal(keys, row.sealedToken);
}

/** @param reason in words; null when Facebook takes the token again. */
export async function markConnection(db: Database, workspaceId: WorkspaceId, id: string, reason: string | null): Promise<void> {
  await db.orm
    .update(connections)
    .set({ brokenReason: reason })
    .where(and(eq(connections.workspaceId, workspaceId), eq(connections.id, id)));
}

export type DueCheck = { id: string; workspaceId: WorkspaceId };

/** Connections of any workspace that were not looked at since `before`; they count as looked at from now on, so that nobody else does. */
export async function claimChecks(db: Database, before: Date, now: Date, limit: number): Promise<DueCheck[]> {
  return db.sql<DueCheck[]>`
    update connections set checked_at = ${now.toISOString()}::timestamptz
    where id in (
      select id from connections
      where sealed_token <> '' and coalesce(checked_at, updated_at) < ${before.toISOString()}::timestamptz
      order by checked_at nulls first limit ${limit} for update skip locked)
    returning id, workspace_id as "workspaceId"`;
}

export type CheckedFacts = { scopes?: string[]; expiresAt?: Date | null; brokenReason: string | null };

/** What Facebook says of a token today; one that works again wakes what waited for it. A token that was exchanged meanwhile is let be. */
export async function settleCheck(db: Database, check: DueCheck, checkedAt: Date, facts: CheckedFacts): Promise<void> {
  const mine = and(eq(connections.workspaceId, check.workspaceId), eq(connections.id, check.id), lte(connections.updatedAt, checkedAt));
  await db.orm.transaction(async (tx) => {
    const [before] = await tx.select({ brokenReason: connections.brokenReason }).from(connections).where(mine).for('update');
    if (!before) return;
    await tx.update(connections).set(facts).where(mine);
    if (before.brokenReason !== null && facts.brokenReason === null) await retryBlocked(tx, check.id);
  });
}

/** Facebook could not say: asked again from then on. */
export async function putOffCheck(db: Database, { id, workspaceId }: DueCheck, checkedAt: Date): Promise<void> {
  await db.orm
    .update(connections)
    .set({ checkedAt })
    .where(and(eq(connections.workspaceId, workspaceId), eq(connections.id, id)));
}

/** The one to use where none is named: the newest that works, else the newest. */
export async function defaultConnection(db: Database, workspaceId: WorkspaceId): Promise<ConnectionRow> {
  const all = await listConnections(db, workspaceId);
  const chosen = all.find((connection) => connection.brokenReason === null) ?? all[0];
  if (!chosen) throw new AppError('unprocessable', 'Connect a Facebook Ads account first.');
  return chosen;
}

export async function connectionById(db: Database, workspaceId: WorkspaceId, id: string): Promise<ConnectionRow | null> {
  const [row] = await db.orm
    .select(shown)
    .from(connections)
    .where(and(eq(connections.workspaceId, workspaceId), eq(connections.id, id)));
  return row ?? null;
}
