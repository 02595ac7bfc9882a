import { eq } from 'drizzle-orm';
import { z } from 'zod';
import type { WorkspaceId } from '@/lib/auth';
import { AppError, invariant } from '@/lib/errors';
import type { Database } from './client';
import { createKey, createUploadKey } from './keys';
import { workspaces } from './schema';

export type Workspace = { id: WorkspaceId; name: string; zone: string; defaultCountry: string | null; consentProperty: string | null };

const isZone = (zone: string) => {
  try {
    return Boolean(new Intl.DateTimeFormat('en', { timeZone: zone }));
  } catch {
    return false;
  }
};

export const workspaceInput = z.strictObject({
  name: z.string().trim().min(1, 'Name the workspace.').max(80, 'At most 80 characters.'),
  zone: z.string().refine(isZone, 'A time zone by its IANA name, such as Asia/Kolkata.'),
  defaultCountry: z
    .string()
    .regex(/^[A-Z]{2}$/, 'A country by two capital letters, such as IN.')
    .nullable()
    .default(null),
});
export type WorkspaceInput = z.output<typeof workspaceInput>;

type Writer = Pick<Database['orm'], 'insert'>;

export async function insertWorkspace(tx: Writer, input: WorkspaceInput, now: Date): Promise<WorkspaceId> {
  const [row] = await tx
    .insert(workspaces)
    .values({ ...input, createdAt: now })
    .returning({ id: workspaces.id });
  invariant(row, 'an inserted workspace has an id');
  return row.id;
}

export type WorkspaceSecrets = { workspaceId: WorkspaceId; writeKey: string; accountId: string; passcode: string; apiKey: string };

/** A workspace with one key of each kind. The secrets are in the answer and nowhere else. */
export async function createWorkspace(db: Database, input: WorkspaceInput, now: Date): Promise<WorkspaceSecrets> {
  return db.orm.transaction(async (tx) => {
    const workspaceId = await insertWorkspace(tx, input, now);
    const writeKey = await createKey(tx, workspaceId, { kind: 'write', name: 'First write key', role: 'marketer' }, now);
    const apiKey = await createKey(tx, workspaceId, { kind: 'api', name: 'First API key', role: 'owner' }, now);
    const upload = await createUploadKey(tx, workspaceId, now);
    return { workspaceId, writeKey, ...upload, apiKey };
  });
}

export async function workspaceById(db: Database, id: WorkspaceId): Promise<Workspace> {
  const [row] = await db.orm.select().from(workspaces).where(eq(workspaces.id, id));
  if (!row) throw new AppError('not_found', 'There is no such workspace.');
  const { name, zone, defaultCountry, consentProperty } = row;
  return { id, name, zone, defaultCountry, consentProperty };
}

export async function updateWorkspace(db: Database, id: WorkspaceId, input: WorkspaceInput): Promise<void> {
  await db.orm.update(workspaces).set(input).where(eq(workspaces.id, id));
}
