import { and, asc, desc, eq, sql } from 'drizzle-orm';
import type { WorkspaceId } from '@/lib/auth';
import { AppError } from '@/lib/errors';
import { refusedField } from '@/lib/facebook/row';
import { type ScreenState, screenState } from '@/lib/sync/run-state';
import type { Database } from './client';
import { campaigns, syncBatches, syncRuns } from './schema';

export type Run = typeof syncRuns.$inferSelect;
export type Batch = typeof syncBatches.$inferSelect;
export type RunRow = Run & { screenState: ScreenState /** Rows put off. */; deferred: number };

/** Newest occurrence first. */
export async function runsOfCampaign(db: Database, workspaceId: WorkspaceId, campaignId: string, limit = 100): Promise<RunRow[]> {
  const rows = await db.orm
    .select({ run: syncRuns, deferred: deferredRows })
    .from(syncRuns)
    .where(and(eq(syncRuns.workspaceId, workspaceId), eq(syncRuns.campaignId, campaignId)))
    .orderBy(desc(syncRuns.occurrenceAt))
    .limit(limit);
  return rows.map(withScreenState);
}

const deferredRows = sql<number>`coalesce((select sum(b.rows) from sync_batches b where b.run_id = ${syncRuns.id} and b.state = 'deferred'), 0)::int`;

const withScreenState = ({ run, deferred }: { run: Run; deferred: number }): RunRow => ({
  ...run,
  deferred,
  screenState: screenState({ ...run, deferred }),
});

export type RunDetail = RunRow & {
  campaignName: string;
  batches: Batch[];
  /** Rows in batches, and of them those answered: the progress of sending. */
  rowsTotal: number;
  rowsDone: number;
};

/** @throws AppError not_found for one of another workspace. */
export async function runDetail(db: Database, workspaceId: WorkspaceId, runId: number): Promise<RunDetail> {
  const [row] = Number.isSafeInteger(runId)
    ? await db.orm
        .select({ run: syncRuns, deferred: deferredRows, campaignName: campaigns.name })
        .from(syncRuns)
        .innerJoin(campaigns, eq(campaigns.id, syncRuns.campaignId))
        .where(and(eq(syncRuns.workspaceId, workspaceId), eq(syncRuns.id, runId)))
    : [];
  if (!row) throw new AppError('not_found', 'There is no such run.');
  const batches = await db.orm.select().from(syncBatches).where(eq(syncBatches.runId, runId)).orderBy(asc(syncBatches.seq));
  const rowsTotal = batches.reduce((sum, batch) => sum + batch.rows, 0);
  const rowsDone = batches.reduce((sum, batch) => sum + (batch.state === 'pending' ? 0 : batch.rows), 0);
  return { ...withScreenState(row), campaignName: row.campaignName, batches, rowsTotal, rowsDone };
}

/** Whether Facebook has refused removals of the audience's last run for its size. */
export async function hasDeferredRemovals(db: Database, audienceId: number): Promise<boolean> {
  const found = await db.orm.execute(sql`
    select from batch_members m join sync_batches b on b.run_id = m.run_id and b.seq = m.seq
    where m.audience_id = ${audienceId} and b.op = 'remove' and b.state = 'deferred' limit 1`);
  return found.length > 0;
}

/** Of the requests of an ad account that were answered last, the mean; null before the first. */
export async function usualRequestMs(db: Pick<Database['orm'], 'execute'>, adAccountId: string): Promise<number | null> {
  const [row] = await db.execute<{ ms: number | null }>(sql`
    select avg(extract(epoch from finished_at - started_at) * 1000)::float8 as ms
    from (
      select b.started_at, b.finished_at from sync_batches b join sync_runs r on r.id = b.run_id join audiences a on a.id = r.audience_id
      where a.ad_account_id = ${adAccountId} and b.state = 'sent' and b.rows > 1000 order by b.run_id desc, b.seq desc limit 50
    ) last`);
  return row?.ms ?? null;
}

export type Reject = {
  userId: string | null;
  anonymousId: string | null;
  batch: number;
  /** The Facebook key that was wrong; null where Facebook refused the whole row. */
  field: string | null;
  reason: string;
};

/** In pages, by profile: memory stays flat. */
export async function* rejectsOfRun(db: Database, workspaceId: WorkspaceId, runId: number): AsyncIterable<Reject> {
  let last = '0';
  for (;;) {
    const page = await db.sql<(Omit<Reject, 'field'> & { profileId: string })[]>`
      select r.profile_id::text as "profileId", r.batch, r.reason,
        (select min(value) from profile_ids i where i.workspace_id = r.workspace_id and i.profile_id = r.profile_id and i.kind = 'user') as "userId",
        (select min(value) from profile_ids i where i.workspace_id = r.workspace_id and i.profile_id = r.profile_id and i.kind = 'anonymous') as "anonymousId"
      from rejects r
      where r.workspace_id = ${workspaceId} and r.run_id = ${runId} and r.profile_id > ${last}
      order by r.profile_id limit 1000`;
    for (const { profileId, ...reject } of page) {
      last = profileId;
      yield { ...reject, field: refusedField(reject.reason) };
    }
    if (page.length < 1000) return;
  }
}

/** Far more in a row than a few unreadable rows need: a request of 10,000 is down to one of them after fourteen. */
const halvingsInVain = 64;

/** Whether the run's requests were halved again and again, and not one row was taken meanwhile: then the fault lies in no row. */
export const halvedInVain = ({ halvings }: Run): boolean => halvings > halvingsInVain;

/** Of the workspace's last fifty requests with members; null before the first. */
export async function secondsPerRequest(db: Database, workspaceId: WorkspaceId): Promise<number | null> {
  const [row] = await db.sql<{ seconds: number | null }[]>`
    select avg(extract(epoch from finished_at - started_at))::float8 as seconds from (
      select b.started_at, b.finished_at from sync_batches b where b.workspace_id = ${workspaceId} and b.state = 'sent' and b.finished_at > b.started_at
      order by b.run_id desc limit 50) answered`;
  return row?.seconds ?? null;
}

export type AudienceSize = { at: Date; members: number; facebookLower: number | null; facebookUpper: number | null };

const newestSizes = 200;
const mostSizes = 600;

/** Oldest first: the newest 200 measurements, and before them the last of each UTC day; 600 at most, of a live campaign more than a year. */
export async function sizesOfAudience(db: Database, workspaceId: WorkspaceId, campaignId: string): Promise<AudienceSize[]> {
  const rows = await db.sql<AudienceSize[]>`
    select at, members, lower::float8 as "facebookLower", upper::float8 as "facebookUpper" from (
      select s.at, s.members, s.facebook_lower as lower, s.facebook_upper as upper, row_number() over (order by s.at desc) as n,
        row_number() over (partition by date_trunc('day', s.at, 'UTC') order by s.at desc) as of_day
      from audience_sizes s join audiences a on a.id = s.audience_id
      where s.workspace_id = ${workspaceId} and a.campaign_id = ${campaignId}::uuid) measured
    where n <= ${newestSizes} or of_day = 1 order by at desc limit ${mostSizes}`;
  return rows.reverse();
}
