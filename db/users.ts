import { eq, isNull, notLike, sql } from 'drizzle-orm';
import type { Database } from './client';
import { erasedPrefix } from './facebook-person';
import { memberships, users, workspaces } from './schema';
import { insertWorkspace } from './workspaces';

export type FacebookPerson = { facebookId: string; name: string; email: string | null; image: string | null };
export type Admitted = { userId: string; sessionVersion: number };

/** Any constant: makes two first sign-ins at the same moment take turns, so that an installation has one first owner. */
const firstSignInLock = 7_205_112;

/**
 * Lets a person in, or answers null for a stranger. The first of an installation becomes owner of every workspace; workspaces made
 * later by command, which have no members, are adopted by that same first person when they sign in. May be repeated.
 */
export async function admitPerson(db: Database, person: FacebookPerson, now: Date): Promise<Admitted | null> {
  return db.orm.transaction(async (tx) => {
    await tx.execute(sql`select pg_advisory_xact_lock(${firstSignInLock})`);
    const [known] = await tx.select().from(users).where(eq(users.facebookId, person.facebookId));
    // Somebody who was forgotten still was there: an installation is fresh only once.
    const [anybody] = await tx.select({ id: users.id }).from(users).limit(1);
    if (!known && anybody) return null;
    const there = notLike(users.facebookId, `${erasedPrefix}%`);
    const [first] = await tx.select({ id: users.id }).from(users).where(there).orderBy(users.createdAt).limit(1);
    const [user] = await tx
      .insert(users)
      .values({ ...person, createdAt: now, signedInAt: now })
      .onConflictDoUpdate({
        target: users.facebookId,
        set: { name: person.name, email: person.email, image: person.image, signedInAt: now },
      })
      .returning({ userId: users.id, sessionVersion: users.sessionVersion });
    if (!user) return null;
    if (!first || first.id === user.userId) {
      const orphans = await tx
        .select({ id: workspaces.id })
        .from(workspaces)
        .leftJoin(memberships, eq(memberships.workspaceId, workspaces.id))
        .where(isNull(memberships.userId));
      const [any] = await tx.select({ id: workspaces.id }).from(workspaces).limit(1);
      const adopted = any
        ? orphans.map((row) => row.id)
        : [await insertWorkspace(tx, { name: 'My workspace', zone: 'UTC', defaultCountry: null }, now)];
      for (const workspaceId of adopted)
        await tx.insert(memberships).values({ workspaceId, userId: user.userId, role: 'owner', createdAt: now });
    }
    return user;
  });
}
