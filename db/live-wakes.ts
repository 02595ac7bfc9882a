import { type SQL, sql } from 'drizzle-orm';
import type { InactionTrigger, LiveStep } from '@/lib/live/trigger';
import { elapsedGapMs } from '@/lib/segment/dates';
import { stepsSql } from '@/lib/segment/sequence-sql';
import type { Database } from './client';
import { bigints, instant, instants, type LiveCampaign, rowsOfStep, type StepScope, stepScope, touch } from './live-campaigns';

/** Profiles looked at in one go. */
const mostAtOnce = 2_000;

/** Audiences of which a wait is over. */
export async function audiencesToWake(db: Database, now: Date): Promise<number[]> {
  const rows = await db.orm.execute<{ id: number }>(sql`select distinct audience_id as id from live_wakes where due_at <= ${instant(now)}`);
  return rows.map(({ id }) => id);
}

/**
 * Decides those whose wait is over from their stored events themselves, whatever came late or was merged meanwhile: who did the first, and
 * not the second within the gap, and nothing since that ends a stay, qualifies since the gap's end. @returns whether there may be more.
 */
export async function settleWakes(db: Database, campaign: LiveCampaign, now: Date): Promise<boolean> {
  const { audienceId, trigger } = campaign;
  if (!('sequence' in trigger)) {
    await db.orm.execute(sql`delete from live_wakes where audience_id = ${audienceId}`);
    return false;
  }
  const scope = await stepScope(db, campaign.workspaceId, [...stepsOf(trigger), ...campaign.exit], now);
  return db.orm.transaction(async (tx) => {
    const woken = await tx.execute<{ profileId: string; fromTime: string }>(sql`
      select profile_id::text as "profileId", from_time as "fromTime" from live_wakes
      where audience_id = ${audienceId} and due_at <= ${instant(now)} order by due_at, profile_id limit ${mostAtOnce}::int for update skip locked`);
    if (woken.length === 0) return false;
    const waits = woken.map(({ profileId, fromTime }) => ({ profileId, from: new Date(fromTime) }));
    await tx.execute(sql.raw('set local jit = off; set local enable_seqscan = off'));
    await tx.execute(decided({ ...scope, among: waits.map(({ profileId }) => profileId) }, campaign, trigger, waits, now));
    return woken.length === mostAtOnce;
  });
}

type Wait = { profileId: string; from: Date };

/** What begins the wait, and what is waited for. */
function stepsOf({ sequence: [first, second] }: InactionTrigger): [LiveStep, LiveStep] {
  return [first, 'didNot' in second ? { did: second.didNot, where: second.where } : second];
}

function decided(scope: StepScope, campaign: LiveCampaign, trigger: InactionTrigger, waits: readonly Wait[], now: Date): SQL {
  const { workspaceId, audienceId, stayMs, until, exit } = campaign;
  const gapMs = elapsedGapMs(trigger.gap);
  const [first, missing] = stepsOf(trigger);
  const from = new Date(Math.min(...waits.map((wait) => wait.from.getTime())));
  const upToNow = { from, to: now, toIncluded: true };
  const starts = rowsOfStep(first, { ...upToNow, ...(until && until <= now ? { to: until, toIncluded: false } : {}) }, scope);
  const seconds = rowsOfStep(missing, upToNow, scope);
  const none = sql`select null::bigint as profile_id, null::timestamptz as time, null::timestamptz as next where false`;
  const steps = starts ? sql`select s.profile_id, s.time, s.next from ${stepsSql(starts, seconds)} s where not s.is_b` : none;
  const exits = exit.flatMap((step) => rowsOfStep(step, upToNow, scope) ?? []).map((rows) => sql`select e.profile_id, e.time ${rows.from}`);
  const gap = sql`make_interval(secs => ${gapMs / 1000}::float8)`;
  const decidedUntil = instant(new Date(now.getTime() - gapMs));
  return sql`
    with woken as (
      select * from unnest(${bigints(waits.map(({ profileId }) => profileId))}, ${instants(waits.map((wait) => wait.from))}) as w(profile_id, from_time)
    ), steps as materialized (${steps}
    ), ended as (
      select profile_id, max(time) as time from (${exits.length > 0 ? sql.join(exits, sql` union all `) : sql`select profile_id, time from steps where false`}) x group by 1
    ), net as (
      select s.profile_id, max(s.time) + ${gap} as since
      from steps s join woken w on w.profile_id = s.profile_id
      where s.time >= w.from_time and s.time <= ${decidedUntil} and not coalesce(s.next <= s.time + ${gap}, false)
        and not exists (select from ended x where x.profile_id = s.profile_id and x.time >= s.time)
      group by 1
    ), rest as (
      select profile_id, min(time) as time from steps where time > ${decidedUntil} group by 1
    ), done as (
      delete from live_wakes l using woken w
      where l.audience_id = ${audienceId} and l.profile_id = w.profile_id and not exists (select from rest r where r.profile_id = w.profile_id)
    ), later as (
      update live_wakes l set from_time = r.time, due_at = r.time + ${gap} from rest r where l.audience_id = ${audienceId} and l.profile_id = r.profile_id
    ), admitted as (
      insert into live_stays as s (workspace_id, audience_id, profile_id, since, until)
      select ${workspaceId}::int, ${audienceId}::int, profile_id, since, since + make_interval(secs => ${stayMs / 1000}::float8) from net
      where since + make_interval(secs => ${stayMs / 1000}::float8) > ${instant(now)}
      on conflict (audience_id, profile_id) do update set since = greatest(s.since, excluded.since), until = greatest(s.until, excluded.until)
      returning s.profile_id
    )
    ${touch(sql`select ${workspaceId}::int as workspace_id, ${audienceId}::int as audience_id, profile_id from admitted`)}`;
}
