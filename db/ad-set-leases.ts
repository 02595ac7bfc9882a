import { and, eq, lt, sql } from 'drizzle-orm';
import type { Database } from './client';
import { adSetLeases } from './schema';

/**
 * An ad set's targeting is read, changed and written whole: two runs at the same one would undo each other. @returns whether the holder has
 * it now; it must be let go, and is taken over when the lease has ended.
 */
export async function takeAdSet(db: Database, adSetId: string, holder: string, now: Date, leaseMs: number): Promise<boolean> {
  const lease = { leasedBy: holder, leasedUntil: new Date(now.getTime() + leaseMs) };
  const taken = await db.orm
    .insert(adSetLeases)
    .values({ adSetId, ...lease })
    .onConflictDoUpdate({ target: adSetLeases.adSetId, set: lease, setWhere: lt(adSetLeases.leasedUntil, now) })
    .returning({ adSetId: sql`1` });
  return taken.length > 0;
}

export async function letAdSetGo(db: Database, adSetId: string, holder: string): Promise<void> {
  await db.orm.delete(adSetLeases).where(and(eq(adSetLeases.adSetId, adSetId), eq(adSetLeases.leasedBy, holder)));
}
