import { type SQL, sql } from 'drizzle-orm';
import type { WorkspaceId } from '@/lib/auth';
import type { LiveStep } from '@/lib/live/trigger';
import { elapsedGapMs } from '@/lib/segment/dates';
import type { Database } from './client';
import {
  bigints,
  doubles,
  instant,
  instants,
  integers,
  type LiveCampaign,
  listeningStates,
  liveCampaigns,
  rowsOfStep,
  type StepScope,
  stepScope,
  touch,
  triggerSteps,
} from './live-campaigns';
import { datedAdmissions } from './live-dates';

type Tx = Parameters<Parameters<Database['orm']['transaction']>[0]>[0];

/** Arrivals settled in one go. */
const mostAtOnce = 5_000;

/**
 * Settles what the workspace's arrivals start and end, the oldest first, in one transaction, so that none is lost or counted twice; one
 * engine at a time, so that nothing overtakes. @returns whether there may be more.
 */
export async function settleArrivals(db: Database, workspaceId: WorkspaceId, now: Date): Promise<boolean> {
  const { ids, told, oldest } = await arrivedFirst(db, workspaceId, now);
  if (ids.length === 0) return false;
  const campaigns = await liveCampaigns(db.orm, workspaceId);
  // Asked for before the transaction, which is not to wait for a second connection.
  const dated = told.length === 0 ? [] : await datedAdmissions(db, campaigns, told, now);
  const steps = new Steps();
  const entries = campaigns.flatMap((campaign) => triggerSteps(campaign.trigger).map((step) => ({ campaign, step: steps.numberOf(step) })));
  const exits = campaigns.flatMap((campaign) => campaign.exit.map((step) => ({ campaign, step: steps.numberOf(step) })));
  const stored = await stepScope(db, workspaceId, steps.all, now);
  const arrived: StepScope = { ...stored, tables: { ...stored.tables, events: sql`taken` } };
  return db.orm.transaction(async (tx) => {
    if (!(await isAlone(tx, workspaceId))) return false;
    // What is looked for in a handful of people's events is found by index; nothing here is worth compiling.
    await tx.execute(sql.raw('set local jit = off; set local enable_seqscan = off'));
    await tx.execute(sql`
      with ${takenSql(ids)},
      entered as materialized (${enteredSql(entries, steps, arrived)}),
      exited as materialized (${exitedSql(exits, steps, stored, oldest)}),
      ${changesSql(workspaceId, campaigns, now)}
      select from taken`);
    for (const admission of dated) await tx.execute(admission);
    return ids.length === mostAtOnce;
  });
}

type Arrived = { ids: string[] /** Profiles that something was told of. */; told: string[]; oldest: Date };

/** The first arrivals. */
async function arrivedFirst(db: Database, workspaceId: WorkspaceId, now: Date): Promise<Arrived> {
  const rows = await db.orm.execute<{ id: string; told: string | null; oldest: string }>(sql`
    select id::text as id, case when event_id = 0 then profile_id::text end as told, min(time) over () as oldest
    from (select id, event_id, profile_id, time from live_arrivals where workspace_id = ${workspaceId} order by id limit ${mostAtOnce}::int) a order by id`);
  const ids = rows.map(({ id }) => id);
  return { ids, told: [...new Set(rows.flatMap((row) => row.told ?? []))], oldest: new Date(rows[0]?.oldest ?? now) };
}

/** Two at once could settle an exit before what it ends. */
async function isAlone(tx: Tx, workspaceId: WorkspaceId): Promise<boolean> {
  const [row] = await tx.execute<{ mine: boolean }>(sql`select pg_try_advisory_xact_lock(${lockSpace}::int, ${workspaceId}::int) as mine`);
  return row?.mine === true;
}

/** "live", so that no other lock is met. */
const lockSpace = 0x6c697665;

/** Each different step once, however many campaigns have it. */
class Steps {
  readonly all: LiveStep[] = [];
  private readonly numbers = new Map<string, number>();

  numberOf(step: LiveStep): number {
    const key = JSON.stringify(step);
    const known = this.numbers.get(key) ?? this.all.push(step) - 1;
    this.numbers.set(key, known);
    return known;
  }
}

type Listener = { campaign: LiveCampaign; step: number };

const takenSql = (arrivalIds: readonly string[]): SQL => sql`
  taken as materialized (delete from live_arrivals where id = any(${bigints(arrivalIds)}) returning *)`;

/** (step, profile_id, time) of the steps that are listened for. */
function foundSql(listeners: readonly Listener[], steps: Steps, select: (step: LiveStep) => SQL | null): SQL {
  const wanted = [...new Set(listeners.map(({ step }) => step))];
  const found = wanted.flatMap((n) => {
    const rows = select(steps.all[n] as LiveStep);
    return rows ? [sql`select ${n}::int as step, e.profile_id, e.time ${rows}`] : [];
  });
  return found.length === 0
    ? sql`select null::int as step, null::bigint as profile_id, null::timestamptz as time where false`
    : sql.join(found, sql` union all `);
}

/** In seconds; null where the trigger admits at once. */
const gapOf = ({ trigger }: LiveCampaign) => ('sequence' in trigger ? elapsedGapMs(trigger.gap) / 1000 : null);

/** Per audience and profile, when triggers began and when last; gap is null where they admit at once. In seconds: gap and stay. */
function enteredSql(entries: readonly Listener[], steps: Steps, arrived: StepScope): SQL {
  const listeners = sql`unnest(${integers(entries.map(({ step }) => step))}, ${integers(entries.map(({ campaign }) => campaign.audienceId))},
    ${instants(entries.map(({ campaign }) => campaign.from))}, ${instants(entries.map(({ campaign }) => campaign.until))},
    ${doubles(entries.map(({ campaign }) => gapOf(campaign)))}, ${doubles(entries.map(({ campaign }) => campaign.stayMs / 1000))})
    as l(step, audience_id, begins, ends, gap, stay)`;
  const found = foundSql(entries, steps, (step) => rowsOfStep(step, { from: null, to: null }, arrived)?.from ?? null);
  return sql`
    select l.audience_id, s.profile_id, l.gap, l.stay, min(s.time) as first, max(s.time) as last
    from (${found}) s join ${listeners} on l.step = s.step
    where s.time >= l.begins and (l.ends is null or s.time < l.ends)
    group by 1, 2, 3, 4`;
}

/**
 * Per audience and profile of an arrival, the last exit since: also one that arrived before what it ends. `ends` is since when a stay may count
 * that it ends: after a wait that counts from its end, though the exit was before.
 */
function exitedSql(exits: readonly Listener[], steps: Steps, stored: StepScope, since: Date): SQL {
  const listeners = sql`unnest(${integers(exits.map(({ step }) => step))}, ${integers(exits.map(({ campaign }) => campaign.audienceId))},
    ${doubles(exits.map(({ campaign }) => gapOf(campaign) ?? 0))}) as l(step, audience_id, gap)`;
  // An exit before what has arrived ends nothing, or was settled itself.
  const bounds = { from: since, to: null };
  const found = foundSql(exits, steps, (step) => {
    const rows = rowsOfStep(step, bounds, stored);
    return rows && sql`${rows.from} and e.profile_id = any(array(select distinct profile_id from taken))`;
  });
  return sql`
    select l.audience_id, s.profile_id, max(s.time) as time, max(s.time + make_interval(secs => l.gap)) as ends
    from (${found}) s join ${listeners} on l.step = s.step group by 1, 2`;
}

/** Writes stays, waits and who is to be decided anew. */
function changesSql(workspaceId: WorkspaceId, campaigns: readonly LiveCampaign[], now: Date): SQL {
  const seconds = (column: string) => sql`make_interval(secs => ${sql.raw(column)})`;
  return sql`
    net as materialized (
      select e.audience_id, e.profile_id, e.last as since, e.last + ${seconds('e.stay')} as until from entered e
      where e.gap is null and e.last + ${seconds('e.stay')} > ${instant(now)}
        and not exists (select from exited x where x.audience_id = e.audience_id and x.profile_id = e.profile_id and x.time >= e.last)
    ), admitted as (
      insert into live_stays as s (workspace_id, audience_id, profile_id, since, until)
      select ${workspaceId}::int, audience_id, profile_id, since, until from net
      on conflict (audience_id, profile_id) do update set since = greatest(s.since, excluded.since), until = greatest(s.until, excluded.until)
      returning s.audience_id, s.profile_id
    ), ended as (
      delete from live_stays s using exited x
      where s.audience_id = x.audience_id and s.profile_id = x.profile_id and s.since <= x.ends
        and not exists (select from net n where n.audience_id = s.audience_id and n.profile_id = s.profile_id)
      returning s.audience_id, s.profile_id
    ), waiting as (
      insert into live_wakes as w (workspace_id, audience_id, profile_id, from_time, due_at)
      select ${workspaceId}::int, audience_id, profile_id, first, first + ${seconds('gap')} from entered where gap is not null
      on conflict (audience_id, profile_id) do update set from_time = least(w.from_time, excluded.from_time), due_at = least(w.due_at, excluded.due_at)
    ), touched as (${touch(sql`
      select ${workspaceId}::int as workspace_id, audience_id, profile_id from (
        select a.audience_id, a.profile_id from admitted a
        where not exists (select from audience_members m where m.audience_id = a.audience_id and m.profile_id = a.profile_id and m.state = 'in')
        union select audience_id, profile_id from ended
        union select s.audience_id, s.profile_id from taken t join (${lookersSql(workspaceId, campaigns)}) l on l.event_id = t.event_id
          join live_stays s on s.audience_id = l.audience_id and s.profile_id = t.profile_id
      ) t`)}
    )`;
}

/** (event_id, audience_id): what decides the narrowing tree anew, and what is told of profiles, of which some may change what is sent. */
const lookersSql = (workspaceId: WorkspaceId, campaigns: readonly LiveCampaign[]): SQL => sql`
  select coalesce(n.event_id, 0) as event_id, a.id as audience_id
  from live_events l join audiences a on a.campaign_id = l.campaign_id left join event_names n on n.workspace_id = l.workspace_id and n.name = l.name
  where l.workspace_id = ${workspaceId} and l.narrows and a.id = any(${integers(campaigns.map(({ audienceId }) => audienceId))})
    and (l.name = '' or n.event_id is not null)`;

/** Ends the stays that are over, of all workspaces. @returns whether there may be more. */
export async function endStays(db: Database, now: Date): Promise<boolean> {
  const ended = await db.orm.execute(sql`
    with over as (
      delete from live_stays where (audience_id, profile_id) in (
        select audience_id, profile_id from live_stays where until <= ${instant(now)} limit ${mostAtOnce}::int for update skip locked)
      returning workspace_id, audience_id, profile_id
    ), touched as (${touch(sql`select * from over`)}
    )
    select from over`);
  return ended.length === mostAtOnce;
}

/** Forgets who had qualified for campaigns that are over, or live no longer. @returns how many. */
export async function sweepLive(db: Database): Promise<number> {
  const over = await db.orm.execute<{ id: number }>(sql`
    select a.id from audiences a join campaigns c on c.id = a.campaign_id join campaign_versions v on v.id = c.version_id
    where (v.trigger is null or c.state not in ${[...listeningStates]})
      and exists (select from campaign_versions l where l.campaign_id = c.id and l.trigger is not null)`);
  if (over.length === 0) return 0;
  const ids = integers(over.map(({ id }) => id));
  return db.orm.transaction(async (tx) => {
    let swept = 0;
    for (const table of ['live_stays', 'live_wakes', 'live_touched', 'live_scans'] as const)
      swept += (await tx.execute(sql`delete from ${sql.identifier(table)} where audience_id = any(${ids})`)).count;
    return swept;
  });
}
