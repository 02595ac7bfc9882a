import { and, eq, isNull, sql } from 'drizzle-orm';
import { cookies } from 'next/headers';
import { redirect } from 'next/navigation';
import { getServerSession } from 'next-auth';
import type { Database } from '@/db/client';
import { database } from '@/db/open';
import { type KeyKind, keys, memberships, type Role, users, workspaces } from '@/db/schema';
import { digestOf } from '@/lib/crypto';
import { sessionOptions } from '@/lib/session-options';

/** Minted only in this file, by the session gate and the key check: holding one proves the right to that workspace's rows. */
export type WorkspaceId = number & { readonly __brand: 'WorkspaceId' };

export type SignedIn = {
  userId: string;
  name: string;
  image: string | null;
  role: Role;
  workspaceId: WorkspaceId;
  workspace: { name: string; zone: string; defaultCountry: string | null };
  /** All the user may switch to, by name. */
  workspaces: { id: WorkspaceId; name: string }[];
};

const rank: Record<Role, number> = { viewer: 0, approver: 1, marketer: 2, owner: 3 };

/** Approvers read like viewers and release; marketers edit; owners do everything. */
export const roleAllows = (have: Role, need: Role): boolean => rank[have] >= rank[need];

export const workspaceCookie = 'beckon.workspace';

/** Null without a session, after the user was signed out everywhere, or when no workspace is left to them. */
export async function currentUser(): Promise<SignedIn | null> {
  const session = await getServerSession(sessionOptions());
  if (!session?.beckon) return null;
  const rows = await database()
    .orm.select({
      userId: users.id,
      userName: users.name,
      image: users.image,
      role: memberships.role,
      workspaceId: workspaces.id,
      name: workspaces.name,
      zone: workspaces.zone,
      defaultCountry: workspaces.defaultCountry,
    })
    .from(users)
    .innerJoin(memberships, eq(memberships.userId, users.id))
    .innerJoin(workspaces, eq(workspaces.id, memberships.workspaceId))
    .where(and(eq(users.id, session.beckon.userId), eq(users.sessionVersion, session.beckon.sessionVersion)))
    .orderBy(workspaces.id);
  const wanted = Number((await cookies()).get(workspaceCookie)?.value);
  const row = rows.find((candidate) => candidate.workspaceId === wanted) ?? rows[0];
  if (!row) return null;
  const { userId, userName, image, role, workspaceId, ...workspace } = row;
  const choices = rows.map((each) => ({ id: each.workspaceId, name: each.name }));
  return { userId, name: userName, image, role, workspaceId, workspace, workspaces: choices };
}

/** The gate of every screen and action: the signed-in user, or a redirect to the sign-in page. */
export async function requireUser(): Promise<SignedIn> {
  return (await currentUser()) ?? redirect('/sign-in');
}

/**
 * The key check of intake and API.
 * @param accountId the public half of an upload key; needed for that kind only.
 */
export async function workspaceByKey(
  db: Database,
  kind: KeyKind,
  secret: string,
  accountId?: string,
): Promise<{ workspaceId: WorkspaceId; role: Role } | null> {
  const [row] = await db.orm
    .select({ workspaceId: keys.workspaceId, role: keys.role, accountId: keys.accountId })
    .from(keys)
    .where(and(eq(keys.digest, digestOf(secret)), eq(keys.kind, kind), isNull(keys.revokedAt)));
  if (!row || (kind === 'upload' && row.accountId !== accountId)) return null;
  return { workspaceId: row.workspaceId, role: row.role };
}

/** For the commands, whose operator holds the database itself; and for the tick. */
export async function allWorkspaceIds(db: Database): Promise<WorkspaceId[]> {
  const rows = await db.orm.select({ id: workspaces.id }).from(workspaces).orderBy(sql`${workspaces.id}`);
  return rows.map((row) => row.id);
}
