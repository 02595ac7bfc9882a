import { eq, type SQL, sql } from 'drizzle-orm';
import { z } from 'zod';
import { plainArray } from '@/lib/array-literal';
import type { WorkspaceId } from '@/lib/auth';
import { withdrawnPath } from '@/lib/campaign/consent';
import type { Database } from './client';
import { anyErasedLately, erasedLately } from './erasures';
import { workspaces } from './schema';
import { segmentByKey, segmentSql, type When } from './segments';
import { queueAllWithdrawn } from './withdrawals';

/** Whom no campaign of the workspace ever sends. */
export const exclusionsInput = z.strictObject({
  excludeSegments: z
    .array(z.string().min(1).max(80))
    .max(20, 'At most 20 segments.')
    .refine((keys) => new Set(keys).size === keys.length, 'Each segment once.'),
  consentProperty: z.string().trim().min(1, 'Name the property.').max(200, 'At most 200 characters.').nullable(),
});
export type Exclusions = z.output<typeof exclusionsInput>;

export async function exclusionsOf(db: Database, workspaceId: WorkspaceId): Promise<Exclusions> {
  const { excludeSegments, consentProperty } = workspaces;
  const [row] = await db.orm.select({ excludeSegments, consentProperty }).from(workspaces).where(eq(workspaces.id, workspaceId));
  return row ?? { excludeSegments: [], consentProperty: null };
}

/** Another consent property takes out at once whoever has withdrawn it. @throws AppError unprocessable for a segment that is not there. */
export async function saveExclusions(db: Database, workspaceId: WorkspaceId, exclusions: Exclusions, now: Date): Promise<void> {
  for (const key of exclusions.excludeSegments) await segmentByKey(db, workspaceId, key);
  const before = await exclusionsOf(db, workspaceId);
  await db.orm.transaction(async (tx) => {
    await tx.update(workspaces).set(exclusions).where(eq(workspaces.id, workspaceId));
    const { consentProperty } = exclusions;
    if (consentProperty !== null && consentProperty !== before.consentProperty)
      await queueAllWithdrawn(tx, workspaceId, withdrawnProfiles(workspaceId, consentProperty), now);
  });
}

/** Selects profile_id. @param among of these alone. */
export function withdrawnProfiles(workspaceId: WorkspaceId, consentProperty: string, among?: readonly string[]): SQL {
  const some = among ? sql` and profile_id = any(${plainArray(among)}::text::bigint[])` : sql``;
  return sql`
    select profile_id from profiles where workspace_id = ${workspaceId}${some} and properties @? ${withdrawnPath(consentProperty)}::jsonpath`;
}

/** One query of profile_id for each reason not to be sent; somebody may be in several. @param among asks about these alone, and others may come with them. */
export async function refusedProfiles(db: Database, workspaceId: WorkspaceId, when: When, among?: readonly string[]): Promise<SQL[]> {
  const { excludeSegments, consentProperty } = await exclusionsOf(db, workspaceId);
  const excluded = await Promise.all(
    excludeSegments.map((key) => segmentSql(db, workspaceId, { segment: key }, when, among ? { among } : {})),
  );
  const at = when instanceof Date ? when : when.at;
  const refused = (await anyErasedLately(db, workspaceId, at)) ? [...excluded, erasedLately(workspaceId, at)] : excluded;
  return consentProperty === null ? refused : [...refused, withdrawnProfiles(workspaceId, consentProperty, among)];
}
