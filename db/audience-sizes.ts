import { and, eq, sql } from 'drizzle-orm';
import type { AudienceRow } from './audiences';
import type { Database } from './client';
import { audienceSizes, audiences, campaigns, campaignVersions } from './schema';

type Writer = Pick<Database['orm'], 'update' | 'insert'>;

export type AudienceLook = {
  audience: AudienceRow;
  connectionId: string;
  /** Runs of its campaign are still to come. */
  moving: boolean;
  /** When the last run that may have changed its members ended; null while the first is open. */
  filledAt: Date | null;
};

/**
 * Takes the audience whose size has waited longest to be read, and puts it off until `nextAt`: nobody else reads it meanwhile, and what
 * comes to nothing is tried again then.
 */
export async function claimLook(db: Database, now: Date, nextAt: Date): Promise<AudienceLook | null> {
  const due = sql`
    select id from audiences where look_at <= ${now.toISOString()}::timestamptz order by look_at limit 1 for update skip locked`;
  const [audience] = await db.orm.update(audiences).set({ lookAt: nextAt }).where(sql`${audiences.id} = (${due})`).returning();
  if (!audience) return null;
  const [facts] = await db.orm
    .select({
      connectionId: campaignVersions.connectionId,
      moving: sql<boolean>`${campaigns.state} in ('scheduled', 'running', 'awaiting_next')`,
      filledAt: sql<string | null>`(
        select r.finished_at from sync_runs r where r.campaign_id = ${campaigns.id} and r.frozen_at is not null and r.finished_at is not null
        order by r.occurrence_at desc limit 1)`,
    })
    .from(campaigns)
    .innerJoin(campaignVersions, eq(campaignVersions.id, campaigns.versionId))
    .where(eq(campaigns.id, audience.campaignId));
  return facts ? { ...facts, audience, filledAt: facts.filledAt === null ? null : new Date(facts.filledAt) } : null;
}

export async function endLooks(db: Database, audienceId: number): Promise<void> {
  await db.orm.update(audiences).set({ lookAt: null }).where(eq(audiences.id, audienceId));
}

export type AudienceState = Pick<AudienceRow, 'sizeLower' | 'sizeUpper' | 'operationCode' | 'operationText' | 'deliveryCode' | 'lookAt'> & {
  /** By the ledger; absent: as the row has it by now. */ members?: number;
};

/**
 * What Facebook tells of it, beside how many members it has by the ledger: as its state, and as a point of its history. Nothing where it was
 * made anew while Facebook was asked.
 */
export async function recordState(
  tx: Writer,
  { id, workspaceId, facebookId }: Pick<AudienceRow, 'id' | 'workspaceId' | 'facebookId'>,
  state: AudienceState,
  now: Date,
): Promise<void> {
  const [recorded] = await tx
    .update(audiences)
    .set({ ...state, checkedAt: now })
    .where(and(eq(audiences.id, id), eq(audiences.facebookId, facebookId ?? '')))
    .returning({ members: audiences.members });
  if (!recorded) return;
  const size = { members: recorded.members, facebookLower: state.sizeLower, facebookUpper: state.sizeUpper };
  await tx
    .insert(audienceSizes)
    .values({ workspaceId, audienceId: id, at: now, ...size })
    .onConflictDoUpdate({ target: [audienceSizes.audienceId, audienceSizes.at], set: size });
}
