import type { WorkspaceId } from '@/lib/auth';
import type { Database } from './client';
import type { Blocker } from './schema';

/** What alerts are made of, across all workspaces: read by the watch, which is the engine's. */

export type EndedRun = {
  workspaceId: WorkspaceId;
  runId: number;
  campaignId: string;
  campaignName: string;
  state: 'confirmed' | 'failed';
  errorMessage: string | null;
  finishedAt: Date;
  qualified: number | null;
  /** How many qualified at the run before that was counted; null for the first. */
  qualifiedBefore: number | null;
  /** The workspace's share of change worth telling; null never, undefined where nothing was set. */
  reachPercent: number | null;
  hasSettings: boolean;
};

/** In the order in which they ended. @param since included. */
export async function runsEndedSince(db: Database, since: Date): Promise<EndedRun[]> {
  return db.sql<EndedRun[]>`
    select r.workspace_id as "workspaceId", r.id as "runId", r.campaign_id as "campaignId", c.name as "campaignName", r.state,
      r.error_message as "errorMessage", r.finished_at as "finishedAt", r.qualified, earlier.qualified as "qualifiedBefore",
      s.reach_percent as "reachPercent", s.workspace_id is not null as "hasSettings"
    from sync_runs r
      join campaigns c on c.id = r.campaign_id
      left join alert_settings s on s.workspace_id = r.workspace_id
      left join lateral (
        select p.qualified from sync_runs p
        where p.campaign_id = r.campaign_id and p.occurrence_at < r.occurrence_at and p.qualified is not null
        order by p.occurrence_at desc limit 1) earlier on r.state = 'confirmed'
    where r.state in ('confirmed', 'failed') and r.finished_at >= ${since.toISOString()}::timestamptz
    order by r.finished_at, r.id limit 2000`;
}

export type ConnectionFacts = {
  workspaceId: WorkspaceId;
  id: string;
  name: string;
  brokenReason: string | null;
  expiresAt: Date | null;
  /** Names of the campaigns that move and reach Facebook by it. */
  campaigns: string[];
};

/** Broken ones, and those whose token ends by `until`. */
export async function connectionsInTrouble(db: Database, until: Date): Promise<ConnectionFacts[]> {
  return db.sql<ConnectionFacts[]>`
    select n.workspace_id as "workspaceId", n.id, n.name, n.broken_reason as "brokenReason", n.expires_at as "expiresAt",
      coalesce((select array_agg(c.name order by c.name) from campaigns c join campaign_versions v on v.id = c.version_id
        where v.connection_id = n.id and c.state in ('scheduled', 'running', 'awaiting_next', 'blocked')), '{}') as campaigns
    from connections n
    where n.broken_reason is not null or n.expires_at <= ${until.toISOString()}::timestamptz`;
}

export type BlockedCampaignFacts = {
  workspaceId: WorkspaceId;
  id: string;
  name: string;
  blocker: Blocker;
  adAccountId: string;
  /** Its connection is known to be broken: that alert says it for all. */
  toldByConnection: boolean;
};

export async function blockedCampaigns(db: Database): Promise<BlockedCampaignFacts[]> {
  return db.sql<BlockedCampaignFacts[]>`
    select c.workspace_id as "workspaceId", c.id, c.name, c.blocker, v.ad_account_id as "adAccountId",
      n.broken_reason is not null as "toldByConnection"
    from campaigns c join campaign_versions v on v.id = c.version_id join connections n on n.id = v.connection_id
    where c.state = 'blocked' and c.blocker is not null
    order by c.name`;
}

export type WaitingRunFacts = {
  workspaceId: WorkspaceId;
  campaignId: string;
  campaignName: string;
  adAccountId: string;
  errorCode: string;
  waitReason: string;
  waitUntil: Date;
};

/** Open runs that wait for what Facebook has refused. */
export async function waitingRuns(db: Database): Promise<WaitingRunFacts[]> {
  return db.sql<WaitingRunFacts[]>`
    select r.workspace_id as "workspaceId", c.id as "campaignId", c.name as "campaignName", a.ad_account_id as "adAccountId",
      r.error_code as "errorCode", r.wait_reason as "waitReason", r.wait_until as "waitUntil"
    from sync_runs r join campaigns c on c.id = r.campaign_id join audiences a on a.id = r.audience_id
    where r.state in ('queued', 'audience_ready', 'frozen', 'sent') and r.wait_until is not null and r.wait_reason is not null
      and r.error_code is not null and c.state <> 'blocked'
    order by c.name`;
}

/** How far the ends of runs were looked at; a fresh installation begins now. */
export async function watchedUntil(db: Database, now: Date): Promise<Date> {
  const [row] = await db.sql<{ seenUntil: Date }[]>`
    insert into alert_watch (id, seen_until) values (1, ${now.toISOString()}::timestamptz)
    on conflict (id) do update set id = excluded.id
    returning seen_until as "seenUntil"`;
  return row?.seenUntil ?? now;
}

export async function watchFrom(db: Database, until: Date): Promise<void> {
  await db.sql`update alert_watch set seen_until = greatest(seen_until, ${until.toISOString()}::timestamptz) where id = 1`;
}
