import { eq, sql } from 'drizzle-orm';
import { limitedTier, pauseMs, pointsOf, scoreLimits, scoreWindowMs, usableShare } from '@/lib/facebook/budget';
import type { Usage } from '@/lib/facebook/usage';
import type { Database } from './client';
import { adAccountBudgets } from './schema';

const { points, pointsAt, tier, nextAt } = adAccountBudgets;

/**
 * Of the account's score. Where nobody has said which access the account has, the headers alone hold us back; its points are counted as those
 * of limited access meanwhile, for they are spent already when it turns out to have no more.
 */
const limit = sql<number>`(case when coalesce(${tier}, ${limitedTier}) = ${limitedTier} then ${scoreLimits.limited}::float8 else ${scoreLimits.full}::float8 end)`;

/**
 * Takes a call's points from the account's budget, in one statement, so that engines and campaigns that call at the same time share it.
 * @returns 0 where the call may be made; else how long to wait.
 */
export async function spendBudget(db: Database, adAccountId: string, call: 'read' | 'write', now: Date): Promise<number> {
  const at = sql`${now.toISOString()}::timestamptz`;
  const passedMs = sql`greatest(0, extract(epoch from ${at} - ${pointsAt})::float8 * 1000)`;
  const used = sql<number>`greatest(0, ${points} - ${limit} * ${passedMs} / ${scoreWindowMs}::float8)`;
  const after = sql<number>`(${used} + ${pointsOf[call]}::float8)`;
  const over = sql<number>`(case when ${tier} is null then 0 else ${after} - ${usableShare}::float8 * ${limit} end)`;
  const mine = eq(adAccountBudgets.adAccountId, adAccountId);
  const spend = () =>
    db.orm
      .update(adAccountBudgets)
      .set({ points: sql`(case when ${tier} is null then least(${after}, ${limit}) else ${after} end)`, pointsAt: now })
      .where(sql`${mine} and (${nextAt} is null or ${nextAt} <= ${at}) and ${over} <= 0`)
      .returning({ id: adAccountBudgets.adAccountId });
  if ((await spend()).length > 0) return 0;
  const made = await db.orm.insert(adAccountBudgets).values({ adAccountId, points: 0, pointsAt: now }).onConflictDoNothing().returning();
  if (made.length > 0) return spendBudget(db, adAccountId, call, now);
  const untilNextMs = sql`coalesce(extract(epoch from ${nextAt} - ${at})::float8 * 1000, 0)`;
  const [held] = await db.orm
    .select({ waitMs: sql<number>`greatest(${untilNextMs}, ${over} / ${limit} * ${scoreWindowMs}::float8, 100)::float8` })
    .from(adAccountBudgets)
    .where(mine);
  return Math.ceil(held?.waitMs ?? 0);
}

/** Facebook has refused a call for a limit of the account's: nobody calls there for so long, whether or not its headers say so. */
export async function restAccount(db: Database, adAccountId: string, restMs: number, now: Date): Promise<void> {
  const until = new Date(now.getTime() + restMs);
  await db.orm
    .insert(adAccountBudgets)
    .values({ adAccountId, points: 0, pointsAt: now, nextAt: until })
    .onConflictDoUpdate({
      target: adAccountBudgets.adAccountId,
      set: { nextAt: sql`greatest(${nextAt}, ${until.toISOString()}::timestamptz)` },
    });
}

/** What an answer's headers say, for everybody who calls in this account. A pause that was told ends by itself, never by another answer. */
export async function tellBudget(db: Database, adAccountId: string, usage: Usage, now: Date): Promise<void> {
  const pause = pauseMs(usage);
  if (usage.percent === 0 && pause === 0 && usage.tier === null) return;
  const until = pause > 0 ? new Date(now.getTime() + pause) : null;
  await db.orm
    .insert(adAccountBudgets)
    .values({ adAccountId, points: 0, pointsAt: now, percent: usage.percent, tier: usage.tier, nextAt: until })
    .onConflictDoUpdate({
      target: adAccountBudgets.adAccountId,
      set: {
        percent: usage.percent,
        tier: sql`coalesce(${usage.tier}, ${tier})`,
        nextAt: sql`greatest(${nextAt}, ${until?.toISOString() ?? null}::timestamptz)`,
      },
    });
}
