import type { Database } from '@/db/client';
import { saveConnection } from '@/db/connections';
import type { WorkspaceId } from '@/lib/auth';
import type { EncryptionKeys } from '@/lib/crypto';
import { AppError } from '@/lib/errors';
import { type ConnectionHealth, connectionHealth, type FacebookApp } from './connect';

export type ConnectedBy = { userId: string | null; keys: EncryptionKeys };

/**
 * Looks a token over at Facebook and keeps it, sealed. One that lacks a permission is refused rather than kept half-useful.
 * @throws AppError unprocessable with what is wrong; GraphError where Facebook cannot say.
 */
export async function saveToken(
  db: Database,
  app: FacebookApp,
  workspaceId: WorkspaceId,
  token: string,
  by: ConnectedBy,
  now: Date,
): Promise<{ id: string; health: ConnectionHealth }> {
  const health = await connectionHealth(app, token);
  if (!health.valid) throw new AppError('unprocessable', health.problem ?? 'Facebook does not take this token.', 'token');
  const { kind, facebookUserId, name, scopes, expiresAt } = health;
  const id = await saveConnection(db, workspaceId, { kind, facebookUserId, name, token, scopes, expiresAt }, by, now);
  return { id, health };
}
