import { randomBytes } from 'node:crypto';
import { and, desc, eq, sql } from 'drizzle-orm';
import type { WorkspaceId } from '@/lib/auth';
import { fewestInSeed, type LookalikeInput } from '@/lib/campaign/lookalike';
import { AppError } from '@/lib/errors';
import { valueKey } from '@/lib/facebook/row';
import { countryName } from '@/lib/identity/countries';
import { audienceOfCampaign } from './audiences';
import type { Database } from './client';
import { audiences, campaigns, campaignVersions, lookalikes } from './schema';

export type Lookalike = typeof lookalikes.$inferSelect;

/** Newest first. */
export async function lookalikesOfCampaign(db: Database, workspaceId: WorkspaceId, campaignId: string): Promise<Lookalike[]> {
  const rows = await db.orm
    .select({ lookalike: lookalikes })
    .from(lookalikes)
    .innerJoin(audiences, eq(audiences.id, lookalikes.audienceId))
    .where(and(eq(lookalikes.workspaceId, workspaceId), eq(audiences.campaignId, campaignId)))
    .orderBy(desc(lookalikes.id));
  return rows.map(({ lookalike }) => lookalike);
}

/** Why none can be made of it yet, in words; null where one can. */
export function lookalikeObstacle(audience: { facebookId: string | null; members: number } | null): string | null {
  if (!audience?.facebookId) return 'The audience is made at Facebook by the first run; then it can be the seed of a lookalike.';
  if (audience.members >= fewestInSeed) return null;
  return `A lookalike needs a seed of at least ${fewestInSeed} people of one country; the audience has ${audience.members}.`;
}

/** Asks for one; it is made by the next heartbeat. @throws AppError unprocessable where the audience is no seed yet; conflict where there is the same one. */
export async function askForLookalike(
  db: Database,
  workspaceId: WorkspaceId,
  campaignId: string,
  { country, percent }: LookalikeInput,
  userId: string | null,
  now: Date,
): Promise<Lookalike> {
  const audience = await audienceOfCampaign(db, workspaceId, campaignId);
  const obstacle = lookalikeObstacle(audience);
  if (!audience || obstacle) throw new AppError('unprocessable', obstacle ?? '');
  const place = countryName(country) ?? country;
  const [made] = await db.orm
    .insert(lookalikes)
    .values({
      workspaceId,
      audienceId: audience.id,
      name: `${audience.name} – lookalike ${percent} % ${place}`.slice(0, 200),
      country,
      percent,
      mark: `beckon:${randomBytes(9).toString('base64url')}`,
      state: 'asked',
      nextAt: now,
      createdBy: userId,
      createdAt: now,
    })
    .onConflictDoNothing()
    .returning();
  if (!made) throw new AppError('conflict', `There is a lookalike of ${percent} % of ${place} already.`, 'percent');
  return made;
}

/** Asks for it to be deleted, at Facebook too: ads that use it stop. @throws AppError not_found */
export async function dropLookalike(db: Database, workspaceId: WorkspaceId, campaignId: string, id: number, now: Date): Promise<void> {
  const found = await lookalikesOfCampaign(db, workspaceId, campaignId);
  if (!found.some((each) => each.id === id)) throw new AppError('not_found', 'There is no such lookalike.');
  await db.orm.update(lookalikes).set({ state: 'deleting', nextAt: now, attempts: 0, fault: null }).where(eq(lookalikes.id, id));
}

export type DueLookalike = { lookalike: Lookalike; adAccountId: string; originId: string | null; connectionId: string; valued: boolean };

/** Leases the one that has waited longest. @param leaseMs how long it is kept from others. */
export async function claimLookalike(db: Database, leaseMs: number, now: Date): Promise<DueLookalike | null> {
  const at = sql`${now.toISOString()}::timestamptz`;
  const due = sql`
    select id from lookalikes where next_at <= ${at} and (leased_until is null or leased_until < ${at}) order by next_at, id limit 1 for update skip locked`;
  const [lookalike] = await db.orm
    .update(lookalikes)
    .set({ leasedUntil: new Date(now.getTime() + leaseMs) })
    .where(sql`${lookalikes.id} = (${due})`)
    .returning();
  if (!lookalike) return null;
  const [seed] = await db.orm
    .select({
      adAccountId: audiences.adAccountId,
      originId: audiences.facebookId,
      schema: audiences.schema,
      connectionId: campaignVersions.connectionId,
    })
    .from(audiences)
    .innerJoin(campaigns, eq(campaigns.id, audiences.campaignId))
    .innerJoin(campaignVersions, eq(campaignVersions.id, campaigns.versionId))
    .where(eq(audiences.id, lookalike.audienceId));
  if (!seed) return null;
  const { schema, ...rest } = seed;
  return { lookalike, ...rest, valued: schema.includes(valueKey) };
}

type Settled = Partial<Pick<Lookalike, 'state' | 'facebookId' | 'sizeLower' | 'sizeUpper'>> &
  Pick<Lookalike, 'fault' | 'attempts' | 'nextAt'>;

/** What came of a step; nothing where somebody has asked for its deletion meanwhile, but for what is at Facebook. */
export async function settleLookalike(db: Database, { id, state }: Lookalike, settled: Settled): Promise<void> {
  await db.orm.transaction(async (tx) => {
    const [same] = await tx
      .update(lookalikes)
      .set({ ...settled, leasedUntil: null })
      .where(and(eq(lookalikes.id, id), eq(lookalikes.state, state)))
      .returning({ id: lookalikes.id });
    const { facebookId } = settled;
    if (!same)
      await tx
        .update(lookalikes)
        .set({ leasedUntil: null, ...(facebookId ? { facebookId } : {}) })
        .where(eq(lookalikes.id, id));
  });
}

export async function forgetLookalike(db: Database, id: number): Promise<void> {
  await db.orm.delete(lookalikes).where(eq(lookalikes.id, id));
}
