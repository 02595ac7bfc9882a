import { and, eq, inArray, isNotNull, or, type SQL, sql } from 'drizzle-orm';
import { plainArray, textArray } from '@/lib/array-literal';
import type { WorkspaceId } from '@/lib/auth';
import type { CampaignPlan } from '@/lib/campaign/plan';
import { type LiveStep, type Trigger, usualStayDays } from '@/lib/live/trigger';
import { liveSpan } from '@/lib/schedule/occurrences';
import type { LiveSchedule } from '@/lib/schedule/schedule';
import type { SegmentSource } from '@/lib/segment/compile-context';
import { eventsOf } from '@/lib/segment/definition';
import { type EventRows, type EventScope, eventRows, type TimeBounds } from '@/lib/segment/event-sql';
import { eventIds } from './catalogue';
import type { Database } from './client';
import { moving } from './run-queue';
import { type CampaignState, campaigns, campaignVersions } from './schema';
import { segmentSources } from './segment-references';
import { workspaceById } from './workspaces';

type Reader = Pick<Database['orm'], 'execute'>;

/** What is told of profiles themselves, beside the names of events. */
export const profileNews = '';

/** A campaign that listens, paused ones included: what happens while it pauses is known when it is resumed. */
export type LiveCampaign = {
  workspaceId: WorkspaceId;
  audienceId: number;
  trigger: Trigger;
  exit: LiveStep[];
  schedule: LiveSchedule;
  /** Adds members from `from` on and before `until`. */
  from: Date;
  until: Date | null;
  stayMs: number;
};

const dayMs = 86_400_000;

export const stayMsOf = (stayDays: number | null): number => (stayDays ?? usualStayDays) * dayMs;

/** Of campaigns that listen. */
export const listeningStates = [...moving, 'paused'] as const satisfies readonly CampaignState[];

/** Of one workspace, or of all. */
export async function liveCampaigns(db: Reader, workspaceId: WorkspaceId | null): Promise<LiveCampaign[]> {
  const mine = workspaceId === null ? sql`true` : sql`c.workspace_id = ${workspaceId}`;
  const rows = await db.execute<{
    workspaceId: WorkspaceId;
    audienceId: number;
    trigger: Trigger;
    exit: LiveStep[] | null;
    schedule: LiveSchedule;
    scheduledAt: string;
    stayDays: number | null;
  }>(sql`
    select c.workspace_id as "workspaceId", a.id as "audienceId", v.trigger, v.exit, v.schedule, v.scheduled_at as "scheduledAt",
      (v.options ->> 'stayDays')::int as "stayDays"
    from campaigns c join campaign_versions v on v.id = c.version_id join audiences a on a.campaign_id = c.id
    where v.trigger is not null and c.state in ${[...listeningStates]} and ${mine}
    order by a.id`);
  return rows.map(({ scheduledAt, stayDays, exit, ...row }) => ({
    ...row,
    exit: exit ?? [],
    stayMs: stayMsOf(stayDays),
    ...liveSpan(row.schedule, new Date(scheduledAt)),
  }));
}

type Plan = Pick<CampaignPlan, 'trigger' | 'exit' | 'segment' | 'definition'>;

/** Whether it decides the narrowing tree anew, by the names of what is listened to. */
export type Heard = ReadonlyMap<string, boolean>;

/** What may start or end a stay, or decide the narrowing tree anew; nothing where nothing triggers. */
export async function heardBy(db: Database, workspaceId: WorkspaceId, { trigger, exit, segment, definition }: Plan): Promise<Heard> {
  if (!trigger) return new Map();
  const narrowing = definition ?? (segment === undefined ? null : { segment });
  const sources = narrowing ? await segmentSources(db, workspaceId, narrowing) : new Map<string, SegmentSource>();
  const trees = [
    ...(narrowing ? [narrowing] : []),
    ...[...sources.values()].flatMap((source) => ('definition' in source ? source.definition : [])),
  ];
  const steps = namesOf([...triggerSteps(trigger), ...(exit ?? [])]);
  const asked = [...trees.flatMap(eventsOf), profileNews];
  return new Map([...steps.map((name) => [name, false] as const), ...asked.map((name) => [name, true] as const)]);
}

/** In place of what the campaign has listened to before. @param heard empty: it is no live campaign. */
export async function listen(tx: Reader, workspaceId: WorkspaceId, campaignId: string, heard: Heard): Promise<void> {
  const names = sql`${textArray([...heard.keys()])}::text::text[]`;
  await tx.execute(sql`delete from live_events where campaign_id = ${campaignId}::uuid and name <> all(${names})`);
  await tx.execute(sql`
    insert into live_events (workspace_id, name, campaign_id, narrows)
    select ${workspaceId}::int, t.name, ${campaignId}::uuid, t.narrows from unnest(${names}, ${plainArray([...heard.values()].map(String))}::text::boolean[]) as t(name, narrows)
    on conflict (workspace_id, name, campaign_id) do update set narrows = excluded.narrows`);
}

/** After a saved segment has changed: campaigns that it narrows listen to what it asks for now. */
export async function listenAnew(db: Database, workspaceId: WorkspaceId): Promise<void> {
  const { trigger, exit, segmentKey, definition } = campaignVersions;
  const narrowed = await db.orm
    .select({ id: campaigns.id, trigger, exit, segmentKey, definition })
    .from(campaigns)
    .innerJoin(campaignVersions, eq(campaignVersions.id, campaigns.versionId))
    .where(
      and(
        eq(campaigns.workspaceId, workspaceId),
        inArray(campaigns.state, [...listeningStates]),
        isNotNull(trigger),
        or(isNotNull(segmentKey), isNotNull(definition)),
      ),
    );
  for (const { id, segmentKey: segment, ...plan } of narrowed) {
    const who = { trigger: plan.trigger ?? undefined, exit: plan.exit ?? undefined, definition: plan.definition ?? undefined };
    await listen(db.orm, workspaceId, id, await heardBy(db, workspaceId, { ...who, segment: segment ?? undefined }));
  }
}

/** Events that start a stay, or a wait. */
export function triggerSteps(trigger: Trigger): readonly LiveStep[] {
  if ('on' in trigger) return trigger.on;
  return 'sequence' in trigger ? [trigger.sequence[0]] : [];
}

export const namesOf = (steps: readonly LiveStep[]): string[] => steps.flatMap(({ did }) => did);

export type StepScope = Omit<EventScope, 'leaf'>;

/** What steps compile over. @param events the table they are looked for in, under the name `e`. */
export async function stepScope(
  db: Database,
  workspaceId: WorkspaceId,
  steps: readonly LiveStep[],
  now: Date,
  events: SQL = sql`events`,
): Promise<StepScope> {
  const [{ zone }, known] = await Promise.all([workspaceById(db, workspaceId), eventIds(db, workspaceId, namesOf(steps))]);
  const tables = { profiles: sql`profiles`, events, profileEvents: sql`profile_events` };
  return { workspaceId, zone, at: now, now, events: known, segments: new Map(), tables };
}

/** Rows of any of the steps; null where none of their events was ever seen. */
export const rowsOfStep = ({ did, where }: LiveStep, bounds: TimeBounds, scope: StepScope): EventRows | null =>
  eventRows(did, { where }, bounds, scope);

/**
 * Notes whom an audience has to decide anew. @param rows selects workspace_id, audience_id and profile_id, each once. Who is noted already is
 * locked, in the same order as a flush takes them: else it could take them before this is committed, and decide by what was.
 */
export const touch = (rows: SQL): SQL => sql`
  insert into live_touched (workspace_id, audience_id, profile_id)
  select t.workspace_id, t.audience_id, t.profile_id from (${rows}) t order by t.audience_id, t.profile_id
  on conflict (audience_id, profile_id) do update set workspace_id = excluded.workspace_id where false`;

export const instants = (dates: readonly (Date | null)[]): SQL =>
  sql`${plainArray(dates.map((date) => date?.toISOString() ?? null))}::text::timestamptz[]`;
export const integers = (numbers: readonly (number | null)[]): SQL => sql`${plainArray(numbers)}::text::int[]`;
export const doubles = (numbers: readonly (number | null)[]): SQL => sql`${plainArray(numbers)}::text::float8[]`;
export const bigints = (ids: readonly string[]): SQL => sql`${plainArray(ids)}::text::bigint[]`;
export const instant = (date: Date): SQL => sql`${date.toISOString()}::timestamptz`;
