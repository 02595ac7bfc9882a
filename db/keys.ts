import { randomInt } from 'node:crypto';
import { and, desc, eq, isNull } from 'drizzle-orm';
import type { WorkspaceId } from '@/lib/auth';
import { digestOf, randomSecret } from '@/lib/crypto';
import { AppError } from '@/lib/errors';
import type { Database } from './client';
import { type KeyKind, keys, type Role } from './schema';

type Writer = Pick<Database['orm'], 'insert'>;

const prefixes: Record<KeyKind, string> = { write: 'wk', upload: 'pc', api: 'ak' };

export type NewKey = { kind: KeyKind; name: string; role: Role; accountId?: string };

/** @returns the secret, which is kept nowhere. */
export async function createKey(db: Writer, workspaceId: WorkspaceId, key: NewKey, now: Date): Promise<string> {
  const secret = randomSecret(prefixes[key.kind]);
  await db.insert(keys).values({ ...key, workspaceId, digest: digestOf(secret), hint: secret.slice(-4), createdAt: now });
  return secret;
}

/** CleverTap's shape of a credential: an account id to show, a passcode to keep. */
export async function createUploadKey(db: Writer, workspaceId: WorkspaceId, now: Date): Promise<{ accountId: string; passcode: string }> {
  const accountId = Array.from({ length: 3 }, () =>
    randomInt(36 ** 3, 36 ** 4)
      .toString(36)
      .toUpperCase(),
  ).join('-');
  const passcode = await createKey(db, workspaceId, { kind: 'upload', name: 'First upload key', role: 'marketer', accountId }, now);
  return { accountId, passcode };
}

export type KeyRow = { id: string; kind: KeyKind; name: string; hint: string; role: Role; accountId: string | null; createdAt: Date };

export async function listKeys(db: Database, workspaceId: WorkspaceId): Promise<KeyRow[]> {
  const { id, kind, name, hint, role, accountId, createdAt } = keys;
  return db.orm
    .select({ id, kind, name, hint, role, accountId, createdAt })
    .from(keys)
    .where(and(eq(keys.workspaceId, workspaceId), isNull(keys.revokedAt)))
    .orderBy(desc(keys.createdAt));
}

export async function revokeKey(db: Database, workspaceId: WorkspaceId, id: string, now: Date): Promise<void> {
  const gone = await db.orm
    .update(keys)
    .set({ revokedAt: now })
    .where(and(eq(keys.workspaceId, workspaceId), eq(keys.id, id), isNull(keys.revokedAt)))
    .returning({ id: keys.id });
  if (gone.length === 0) throw new AppError('not_found', 'There is no such key, or it was revoked already.');
}
