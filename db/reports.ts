import { and, eq, sql } from 'drizzle-orm';
import type { WorkspaceId } from '@/lib/auth';
import type { Group } from '@/lib/campaign/lift';
import { AppError } from '@/lib/errors';
import { identifiersOf } from '@/lib/facebook/row';
import { ownCampaign } from './campaigns';
import { eventIds } from './catalogue';
import type { Database } from './client';
import { audiences, type audiences as audienceTable, syncRuns } from './schema';
import { translated } from './segment-query';

type Tx = Parameters<Parameters<Database['orm']['transaction']>[0]>[0];

export type MatchQuality = {
  /** Members by how many identifiers they were sent with: one, two, three or more. What a member is worth is none. */
  one: number;
  two: number;
  more: number;
  /** Rows to be added that Facebook has received in all runs, and of them the unreadable ones. */
  received: number;
  invalid: number;
  /** What Facebook says of the size; null where it hides it, or was not asked yet. */
  sizeLower: number | null;
  sizeUpper: number | null;
};

/** The last time for which one share was the control group: who came in before or after is in no comparison. */
export type Compared = {
  from: Date;
  /** When it was switched off, or another share; null while it lasts. */
  until: Date | null;
  controlPercent: number;
};

/** compared: null without a control group ever; then everybody who came in is in the target. */
export type Conversions = { target: Group; control: Group; compared: Compared | null };

export type Report = { quality: MatchQuality; conversions: Conversions | null };

export type Goal = {
  event: string;
  /** Counted from when somebody joined. */
  days: number;
};

/** Somebody waits for it. */
const mostMs = 60_000;
const dayMs = 86_400_000;

/** @throws AppError not_found for a campaign without an audience; unprocessable for an event that never came. */
export async function reportOf(db: Database, workspaceId: WorkspaceId, campaignId: string, goal: Goal | null, at: Date): Promise<Report> {
  await ownCampaign(db.orm, workspaceId, campaignId);
  const [audience] = await db.orm
    .select()
    .from(audiences)
    .where(and(eq(audiences.workspaceId, workspaceId), eq(audiences.campaignId, campaignId)));
  if (!audience) throw new AppError('not_found', 'The campaign has no audience yet: schedule it first.');
  const event = goal && (await eventIds(db, workspaceId, [goal.event])).get(goal.event);
  if (goal && !event) throw new AppError('unprocessable', `No event “${goal.event}” has come in.`, 'goal');
  try {
    return await db.orm.transaction(
      async (tx) => {
        await tx.execute(sql.raw(`set local statement_timeout = ${mostMs}`));
        const quality = await matchQuality(tx, audience);
        return { quality, conversions: goal && event ? await conversions(tx, audience, event.eventId, goal.days, at) : null };
      },
      { isolationLevel: 'repeatable read', accessMode: 'read only' },
    );
  } catch (error) {
    throw translated(error);
  }
}

type Audience = typeof audienceTable.$inferSelect;

async function matchQuality(tx: Tx, { id, schema, sizeLower, sizeUpper }: Audience): Promise<MatchQuality> {
  const sent = sql`cells[1:${identifiersOf(schema).length}::int]`;
  const [members] = await tx.execute<{ one: number; two: number; more: number }>(sql`
    select (count(*) filter (where n = 1))::int as one, (count(*) filter (where n = 2))::int as two, (count(*) filter (where n > 2))::int as more
    from (select cardinality(array_remove(${sent}, null)) as n from audience_members where audience_id = ${id} and state = 'in') m`);
  const [rows] = await tx
    .select({
      received: sql<number>`coalesce(sum(${syncRuns.received}), 0)::float8`,
      invalid: sql<number>`coalesce(sum(${syncRuns.invalid}), 0)::float8`,
    })
    .from(syncRuns)
    .where(eq(syncRuns.audienceId, id));
  const none = { one: 0, two: 0, more: 0, received: 0, invalid: 0 };
  return { ...none, ...members, ...rows, sizeLower, sizeUpper };
}

/**
 * Of the members and of the control group, those who did the event within so many days of joining, or of being drawn. Each person counts
 * once, from the first time; only those who came in, and had their days, while the compared share was the control group; nobody who was in
 * both groups meanwhile. Who was merged since is one person, with what they did before and after. A control who joins later, because there is no control group any more, has been one.
 */
async function conversions(tx: Tx, audience: Audience, eventId: number, days: number, at: Date): Promise<Conversions> {
  const compared = await comparedOf(tx, audience);
  const { id, workspaceId } = audience;
  const end = Math.min(at.getTime(), compared?.until?.getTime() ?? Number.POSITIVE_INFINITY);
  const instant = (time: Date) => sql`${time.toISOString()}::timestamptz`;
  const latest = instant(new Date(end - days * dayMs));
  const within = sql`${days}::int * interval '24 hours'`;
  const begun = compared ? sql`and min(since) >= ${instant(compared.from)}` : sql``;
  const meanwhile = sql`filter (where since < ${instant(new Date(end))})`;
  const groups = await tx.execute<Group & { control: boolean }>(sql`
    with people as materialized (
      select coalesce(g.winner, stays.profile_id) as profile_id, bool_or(control) ${meanwhile} as control, min(since) as since
      from (
        select profile_id, false as control, since from audience_members where audience_id = ${id} and state in ('in', 'removing', 'retiring')
        union all
        select profile_id, control, since from audience_stays where audience_id = ${id}
      ) stays left join profile_merges g on g.workspace_id = ${workspaceId} and g.loser = stays.profile_id
      group by 1
      having bool_and(control) ${meanwhile} = bool_or(control) ${meanwhile} and min(since) <= ${latest} ${begun}
    ), each as (
      select p.control, bool_or(e.time is not null) as converted
      from people p left join events e on e.profile_id = p.profile_id and e.workspace_id = ${workspaceId} and e.event_id = ${eventId}
        and e.time > p.since and e.time <= p.since + ${within} and e.time <= ${instant(at)} and e.time > (select min(since) from people)
      group by p.profile_id, p.control
    )
    select control, count(*)::int as people, (count(*) filter (where converted))::int as converted from each group by control`);
  const of = (control: boolean): Group => {
    const found = groups.find((group) => group.control === control);
    return { people: found?.people ?? 0, converted: found?.converted ?? 0 };
  };
  return { target: of(false), control: of(true), compared };
}

/** By the runs that compared, each with the version it followed: who joined between two of them did so by the version of the first. */
async function comparedOf(tx: Tx, { campaignId }: Audience): Promise<Compared | null> {
  const [last] = await tx.execute<{ from: string; until: string | null; controlPercent: number }>(sql`
    with steps as (
      select occurrence_at, percent, percent is distinct from lag(percent) over (order by occurrence_at) as changed
      from (
        select r.occurrence_at, (v.options->>'controlPercent')::float8 as percent
        from sync_runs r join campaign_versions v on v.id = r.version_id
        where r.campaign_id = ${campaignId} and r.purpose = 'sync' and r.frozen_at is not null
      ) runs
    ), spans as (
      select occurrence_at as "from", lead(occurrence_at) over (order by occurrence_at) as until, percent as "controlPercent" from steps where changed
    )
    select * from spans where "controlPercent" is not null order by "from" desc limit 1`);
  return last ? { ...last, from: new Date(last.from), until: last.until === null ? null : new Date(last.until) } : null;
}
