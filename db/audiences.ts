import { randomBytes } from 'node:crypto';
import { and, eq, gte, inArray, ne, notInArray, or, sql } from 'drizzle-orm';
import type { WorkspaceId } from '@/lib/auth';
import type { AudienceChoice } from '@/lib/campaign/plan';
import { AppError, invariant } from '@/lib/errors';
import { keysFor, limitedDataUseKey, valueKey } from '@/lib/facebook/row';
import { type Identifier, identifierBit, identifiers } from '@/lib/identity/identifiers';
import { openStates } from '@/lib/sync/run-state';
import type { Database } from './client';
import { audiences, campaigns, profiles, syncRuns } from './schema';

type Tx = Parameters<Parameters<Database['orm']['transaction']>[0]>[0];

export type AudienceRow = typeof audiences.$inferSelect;

/** Any constant: two campaigns that reach for the same audience take turns. */
const audienceLock = 7_205_113;

export type AudienceWish = {
  campaignId: string;
  campaignName: string;
  adAccountId: string;
  choice: AudienceChoice;
  identifiers: readonly Identifier[] | null;
  limitedDataUse: boolean;
  /** Value-based: its rows have a value. */
  valued: boolean;
};

/**
 * The campaign's audience row, made at its first scheduling. What has been at Facebook already is not exchanged for another.
 * @throws AppError conflict where another campaign feeds the existing audience, naming it.
 */
export async function claimAudience(tx: Tx, workspaceId: WorkspaceId, wish: AudienceWish, now: Date): Promise<AudienceRow> {
  const facebookId = 'existing' in wish.choice ? wish.choice.existing : null;
  // An engine may be making it at this moment.
  const [mine] = await tx.select().from(audiences).where(eq(audiences.campaignId, wish.campaignId)).for('update');
  await refuseIfFed(tx, workspaceId, { ...wish, facebookId: facebookId ?? mine?.facebookId ?? null }, now);
  if (mine?.facebookId) {
    const same = mine.adAccountId === wish.adAccountId && (facebookId === null ? mine.made : mine.facebookId === facebookId);
    if (!same)
      throw new AppError(
        'conflict',
        'This campaign already has an audience at Facebook. Clone the campaign to use another one.',
        'audience',
      );
    if (mine.schema.includes(limitedDataUseKey) !== wish.limitedDataUse)
      throw new AppError(
        'conflict',
        `The audience was made ${wish.limitedDataUse ? 'without' : 'with'} limited data use, and stays so for life. Clone the campaign to change it.`,
        'limitedDataUse',
      );
    if (mine.schema.includes(valueKey) !== wish.valued)
      throw new AppError(
        'conflict',
        `The audience was made ${wish.valued ? 'without' : 'with'} a value for each member, and stays so for life. Clone the campaign to change it.`,
        'valueFrom',
      );
    const kept = wish.identifiers && keysFor(wish.identifiers, wish);
    if (kept && mine.schema.some((key) => !kept.includes(key)))
      throw new AppError(
        'conflict',
        `The audience was made to be sent ${mine.schema.join(', ')}, and keeps these for life. Clone the campaign to send less.`,
        'identifiers',
      );
    return mine;
  }
  const facts = {
    adAccountId: wish.adAccountId,
    facebookId,
    made: facebookId === null,
    name: 'new' in wish.choice ? wish.choice.new.name : wish.campaignName,
    schema: await schemaFor(tx, workspaceId, wish),
  };
  const [row] = await tx
    .insert(audiences)
    .values({ ...facts, workspaceId, campaignId: wish.campaignId, mark: `beckon:${randomBytes(9).toString('base64url')}`, createdAt: now })
    .onConflictDoUpdate({ target: audiences.campaignId, set: facts })
    .returning();
  invariant(row, 'an audience row was written');
  return row;
}

/** The columns an audience made now would have, for its whole life. */
export const plannedSchema = (db: Database, workspaceId: WorkspaceId, wish: SchemaWish): Promise<string[]> =>
  schemaFor(db.orm, workspaceId, wish);

type SchemaWish = Pick<AudienceWish, 'identifiers' | 'limitedDataUse' | 'valued'>;

const schemaFor = async (tx: Pick<Tx, 'select'>, workspaceId: WorkspaceId, wish: SchemaWish) =>
  keysFor(wish.identifiers ?? (await existingIdentifiers(tx, workspaceId)), wish);

export type Feeding = { campaignId: string; adAccountId: string; facebookId: string | null };

/**
 * Holds a lock for the rest of the transaction.
 * @throws AppError conflict where another campaign feeds the audience, or is not done with it, naming it.
 */
export async function refuseIfFed(tx: Tx, workspaceId: WorkspaceId, feeding: Feeding, now: Date): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(${audienceLock}, ${workspaceId})`);
  if (feeding.facebookId === null) return;
  const [other] = await tx
    .select({ name: campaigns.name })
    .from(audiences)
    .innerJoin(campaigns, eq(campaigns.id, audiences.campaignId))
    .where(and(sameAudience(workspaceId, feeding), notInArray(campaigns.state, ['completed', 'stopped', 'archived'])));
  if (other)
    throw new AppError(
      'conflict',
      `The campaign “${other.name}” feeds this audience already. One audience is fed by one campaign at a time.`,
      'audience',
    );
  const [leaving] = await tx
    .select({ name: campaigns.name })
    .from(audiences)
    .innerJoin(campaigns, eq(campaigns.id, audiences.campaignId))
    .innerJoin(syncRuns, eq(syncRuns.campaignId, campaigns.id))
    .where(
      and(
        sameAudience(workspaceId, feeding),
        inArray(syncRuns.purpose, ['sync', 'empty', 'undo']),
        // A cancelled one is over when its request has its answer.
        or(inArray(syncRuns.state, [...openStates]), gte(syncRuns.leasedUntil, now)),
      ),
    )
    .limit(1);
  if (leaving)
    throw new AppError(
      'conflict',
      `A run of the campaign “${leaving.name}” is still changing this audience. Try again when it has ended.`,
      'audience',
    );
}

const sameAudience = (workspaceId: WorkspaceId, { campaignId, adAccountId, facebookId }: Feeding) =>
  and(
    eq(audiences.workspaceId, workspaceId),
    eq(audiences.adAccountId, adAccountId),
    eq(audiences.facebookId, facebookId ?? ''),
    ne(audiences.campaignId, campaignId),
  );

const everyIdentifier = 2 ** identifiers.length - 1;

/** All that any profile has; without profiles, all there are. The first initial only repeats the first name. */
async function existingIdentifiers(tx: Pick<Tx, 'select'>, workspaceId: WorkspaceId): Promise<Identifier[]> {
  const [row] = await tx
    .select({ mask: sql<number | null>`bit_or(${profiles.identifierMask})` })
    .from(profiles)
    .where(eq(profiles.workspaceId, workspaceId));
  // The two that most people have are always there, for those who come later: the schema cannot grow.
  const mask = row?.mask ? row.mask | identifierBit.email | identifierBit.phone : everyIdentifier;
  return identifiers.filter((name) => name !== 'firstInitial' && (mask & identifierBit[name]) !== 0);
}

export async function audienceOfCampaign(db: Database, workspaceId: WorkspaceId, campaignId: string): Promise<AudienceRow | null> {
  const [row] = await db.orm
    .select()
    .from(audiences)
    .where(and(eq(audiences.workspaceId, workspaceId), eq(audiences.campaignId, campaignId)));
  return row ?? null;
}
