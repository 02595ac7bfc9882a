import { and, eq, inArray, isNotNull, lte, ne, notInArray, sql } from 'drizzle-orm';
import type { PgUpdateSetSource } from 'drizzle-orm/pg-core';
import { plainArray } from '@/lib/array-literal';
import type { WorkspaceId } from '@/lib/auth';
import { invariant } from '@/lib/errors';
import { dueOccurrences, mayStart } from '@/lib/schedule/missed';
import { openStates } from '@/lib/sync/run-state';
import type { Database } from './client';
import type { Batch, Run } from './runs';
import {
  audiences,
  type CampaignState,
  campaigns,
  campaignVersions,
  type RunPurpose,
  type RunState,
  type RunTrigger,
  syncRuns,
} from './schema';

type Tx = Parameters<Parameters<Database['orm']['transaction']>[0]>[0];

/** A campaign in one of these makes runs by itself. */
export const moving: readonly CampaignState[] = ['scheduled', 'running', 'awaiting_next', 'blocked'];

/** Campaigns whose next occurrence has come, earliest first. */
export async function dueCampaigns(db: Database, now: Date, limit: number): Promise<{ id: string }[]> {
  return db.orm
    .select({ id: campaigns.id })
    .from(campaigns)
    .where(and(isNotNull(campaigns.nextAt), lte(campaigns.nextAt, now), inArray(campaigns.state, [...moving])))
    .orderBy(campaigns.nextAt)
    .limit(limit);
}

/**
 * Makes the run of the newest occurrence that has come, records the ones missed before it, and moves `next_at`: one transaction a
 * campaign, so a tick that comes late, twice or from two machines changes nothing. @returns how many runs were queued and skipped.
 */
export async function queueDueRun(db: Database, campaignId: string, now: Date): Promise<{ queued: number; skipped: number }> {
  return db.orm.transaction(async (tx) => {
    // Those it may collapse, before the campaign, as everybody locks them (db/campaign-lock.ts).
    const unbegun = and(eq(syncRuns.campaignId, campaignId), inArray(syncRuns.state, ['queued', 'held']));
    await tx.select({ id: syncRuns.id }).from(syncRuns).where(unbegun).orderBy(syncRuns.id).for('update');
    const [campaign] = await tx.select().from(campaigns).where(eq(campaigns.id, campaignId)).for('update', { skipLocked: true });
    if (!campaign?.nextAt || campaign.nextAt > now || !moving.includes(campaign.state)) return { queued: 0, skipped: 0 };
    const [version] = await tx
      .select()
      .from(campaignVersions)
      .where(eq(campaignVersions.id, campaign.versionId ?? 0));
    const [audience] = await tx.select({ id: audiences.id }).from(audiences).where(eq(audiences.campaignId, campaignId));
    if (!version || !audience) return { queued: 0, skipped: 0 };
    const { run, skipped, nextAt } = dueOccurrences(version.schedule, { scheduledAt: version.scheduledAt, nextAt: campaign.nextAt, now });
    const ids = { workspaceId: campaign.workspaceId, campaignId, versionId: version.id, audienceId: audience.id };
    const base = { ...ids, live: version.trigger !== null, createdAt: now };
    await insertRuns(tx, base, skipped, { state: 'skipped', trigger: 'schedule' });
    const trigger = run?.catchUp ? 'catch_up' : 'schedule';
    const queued = run ? await insertRuns(tx, base, [run.at], { state: 'queued', trigger }) : 0;
    // What waits unbegun is older than what is too late already.
    const newest = skipped.at(-1);
    const freed = run && queued > 0 ? await collapseOlder(tx, audience.id, run.at, now) : false;
    if (newest && queued === 0) await collapseUnbegun(tx, audience.id, newest, now);
    const resting = queued > 0 ? 'running' : await restingState(tx, campaignId, nextAt);
    const ends = resting === 'completed' && (await queueEnd(tx, campaign, now));
    const state: CampaignState = campaign.state === 'blocked' && !freed ? 'blocked' : ends ? 'running' : resting;
    await tx
      .update(campaigns)
      .set({
        nextAt,
        state,
        ...(freed ? { blocker: null } : {}),
        occurrencesDone: campaign.occurrencesDone + skipped.length + (run ? 1 : 0),
      })
      .where(eq(campaigns.id, campaignId));
    return { queued, skipped: skipped.length };
  });
}

/** What was queued before a pause, and would start after it later than a run may. */
export async function skipOverdue(tx: Tx, campaign: typeof campaigns.$inferSelect, now: Date): Promise<void> {
  const waiting = await tx
    .select({ run: syncRuns, version: campaignVersions })
    .from(syncRuns)
    .innerJoin(campaignVersions, eq(campaignVersions.id, syncRuns.versionId))
    .where(
      and(eq(syncRuns.campaignId, campaign.id), eq(syncRuns.state, 'queued'), eq(syncRuns.purpose, 'sync'), ne(syncRuns.trigger, 'manual')),
    );
  for (const { run, version } of waiting)
    if (!run.live && !mayStart(version.schedule, version.scheduledAt, run.occurrenceAt, now))
      await tx.update(syncRuns).set({ state: 'skipped', finishedAt: now, waitUntil: null }).where(eq(syncRuns.id, run.id));
}

/** Records what a paused campaign has missed by a version that another takes the place of: nothing of it is run any more. */
export async function skipMissed(
  tx: Tx,
  campaign: typeof campaigns.$inferSelect,
  version: typeof campaignVersions.$inferSelect,
  now: Date,
) {
  const [audience] = await tx.select({ id: audiences.id }).from(audiences).where(eq(audiences.campaignId, campaign.id));
  if (!audience) return;
  const { workspaceId, id: campaignId } = campaign;
  const base = { workspaceId, campaignId, versionId: version.id, audienceId: audience.id, live: version.trigger !== null, createdAt: now };
  for (let nextAt = campaign.nextAt; nextAt && nextAt <= now; ) {
    const due = dueOccurrences(version.schedule, { scheduledAt: version.scheduledAt, nextAt, now });
    await insertRuns(tx, base, [...due.skipped, ...(due.run ? [due.run.at] : [])], { state: 'skipped', trigger: 'schedule' });
    nextAt = due.nextAt;
  }
}

type RunBase = { workspaceId: WorkspaceId; campaignId: string; versionId: number; audienceId: number; live: boolean; createdAt: Date };

/** One statement, whatever the number. @returns how many did not exist yet. */
async function insertRuns(tx: Tx, base: RunBase, at: Date[], as: { state: RunState; trigger: RunTrigger }): Promise<number> {
  if (at.length === 0) return 0;
  const occurrences = plainArray(at.map((one) => one.toISOString()));
  const createdAt = base.createdAt.toISOString();
  const inserted = await tx.execute(sql`
    insert into sync_runs (workspace_id, campaign_id, version_id, audience_id, live, occurrence_at, trigger, state, created_at, finished_at)
    select ${base.workspaceId}::int, ${base.campaignId}::uuid, ${base.versionId}::int, ${base.audienceId}::int, ${base.live}::boolean, occurrence, ${as.trigger}, ${as.state},
      ${createdAt}::timestamptz, ${as.state === 'skipped' ? createdAt : null}::timestamptz
    from unnest(${occurrences}::text::timestamptz[]) occurrence
    on conflict do nothing returning id`);
  return inserted.length;
}

type Errand = {
  workspaceId: WorkspaceId;
  campaignId: string;
  versionId: number;
  audienceId: number;
  purpose: RunPurpose;
  undoes?: number;
  live?: boolean;
  trigger: RunTrigger;
};

/**
 * A run that no schedule asks for. Its occurrence is a microsecond after now, or after the last such one: an instant that no schedule and no
 * person can name. @returns its id.
 */
export async function insertRun(tx: Tx, errand: Errand, now: Date): Promise<number> {
  const at = sql`${now.toISOString()}::timestamptz`;
  const { workspaceId, campaignId, versionId, audienceId, purpose, undoes = null, live = false, trigger } = errand;
  const [run] = await tx.execute<{ id: number }>(sql`
    insert into sync_runs (workspace_id, campaign_id, version_id, audience_id, live, occurrence_at, trigger, purpose, undoes, state, created_at)
    select ${workspaceId}::int, ${campaignId}::uuid, ${versionId}::int, ${audienceId}::int, ${live}::boolean, greatest(${at}, max(occurrence_at)) + interval '1 microsecond',
      ${trigger}, ${purpose}, ${undoes}::int, 'queued', ${at}
    from sync_runs where campaign_id = ${campaignId} and occurrence_at between ${at} and ${at} + interval '1 millisecond'
    returning id`);
  invariant(run, 'an aggregate has one row');
  return run.id;
}

/**
 * Runs of one audience never overlap: of those that have not begun, or are held, only the newest is still worth making.
 * @returns whether one was held.
 */
export async function collapseOlder(tx: Tx, audienceId: number, newest: Date, now: Date): Promise<boolean> {
  const collapsed = await tx.execute<{ held: boolean }>(sql`
    with older as (
      select id, state = 'held' as held from sync_runs
      where audience_id = ${audienceId} and purpose = 'sync' and state in ('queued', 'held') and occurrence_at < ${newest.toISOString()}::timestamptz
        and (leased_until is null or leased_until < ${now.toISOString()}::timestamptz)
      for update
    )
    update sync_runs r set state = 'collapsed', finished_at = ${now.toISOString()}::timestamptz, wait_until = null
    from older where r.id = older.id returning older.held`);
  return collapsed.some((run) => run.held);
}

/** The same where the newer one is too late itself: but what a person has asked for, or has to look at, is none of that. */
const collapseUnbegun = (tx: Tx, audienceId: number, newest: Date, now: Date) =>
  tx.execute(sql`
    update sync_runs set state = 'collapsed', finished_at = ${now.toISOString()}::timestamptz, wait_until = null
    where audience_id = ${audienceId} and purpose = 'sync' and state = 'queued' and trigger <> 'manual' and occurrence_at < ${newest.toISOString()}::timestamptz
      and (leased_until is null or leased_until < ${now.toISOString()}::timestamptz)`);

/** What a campaign is when a run of it has ended, or none was made. */
export async function restingState(tx: Tx, campaignId: string, nextAt: Date | null): Promise<CampaignState> {
  const [open] = await tx.execute<{ id: number }>(sql`
    select id from sync_runs where campaign_id = ${campaignId} and state in ('queued', 'audience_ready', 'frozen', 'sent') limit 1`);
  return open ? 'running' : nextAt ? 'awaiting_next' : 'completed';
}

/** What {@link queueEnd} makes. */
export const isChosenEnd = and(inArray(syncRuns.purpose, ['empty', 'detach']), eq(syncRuns.trigger, 'schedule'));

/** The run that does with the audience what was chosen for the campaign's end, once. @returns whether anything is to be done. */
export async function queueEnd(tx: Tx, campaign: typeof campaigns.$inferSelect, now: Date): Promise<boolean> {
  const [version] = await tx
    .select()
    .from(campaignVersions)
    .where(eq(campaignVersions.id, campaign.versionId ?? 0));
  const [audience] = await tx.select().from(audiences).where(eq(audiences.campaignId, campaign.id));
  // What was never made at Facebook needs neither.
  if (!version || version.atEnd === 'keep' || !audience?.facebookId) return false;
  if (version.atEnd === 'detach' && version.adSets.length === 0) return false;
  const [done] = await tx.execute(sql`
    select from sync_runs e where e.campaign_id = ${campaign.id} and e.purpose in ('empty', 'detach')
      and not exists (select from sync_runs s where s.campaign_id = e.campaign_id and s.purpose = 'sync' and s.occurrence_at > e.occurrence_at)
    limit 1`);
  if (done) return false;
  const facts = { workspaceId: campaign.workspaceId, campaignId: campaign.id, versionId: version.id, audienceId: audience.id };
  await insertRun(tx, { ...facts, purpose: version.atEnd, trigger: 'schedule' }, now);
  return true;
}

export type Lease = { engine: string; ms: number };

/** No run begins beside one that may be claimed by another engine in the same instant. */
const sureToWait = sql`interval '30 seconds'`;

/**
 * Leases the oldest run that may move, in one statement; per audience only the oldest open one, and none while any is in somebody's hands,
 * also one that was cancelled. A live run that lies open may move as soon as another of its audience waits.
 * @param open only live runs that are past their freeze.
 */
export async function claimRun(db: Database, lease: Lease, now: Date, open = false): Promise<Run | null> {
  const at = now.toISOString();
  const movable = sql`
      select r.id from sync_runs r join campaigns c on c.id = r.campaign_id
      where r.state in ('queued', 'audience_ready', 'frozen', 'sent')
        and (not ${open}::boolean or (r.live and r.state = 'frozen'))
        and (r.wait_until is null or r.wait_until <= ${at}::timestamptz
          or (r.live and r.state = 'frozen' and r.wait_reason is null and exists (
            select from sync_runs n where n.audience_id = r.audience_id and n.id <> r.id and n.state in ('queued', 'audience_ready', 'frozen', 'sent'))))
        and (r.leased_until is null or r.leased_until < ${at}::timestamptz)
        and (c.state not in ('paused', 'stopped', 'archived') or r.purpose <> 'sync' or r.replace_session is not null)
        and not exists (
          select from sync_runs o where o.audience_id = r.audience_id and o.state in ('queued', 'audience_ready', 'frozen', 'sent')
            and (o.occurrence_at, o.id) < (r.occurrence_at, r.id)
            -- A stopped campaign's run is as good as cancelled.
            and not (o.purpose = 'sync' and o.replace_session is null and c.state in ('stopped', 'archived'))
            -- Whose consent is withdrawn does not wait until a paused campaign is resumed, or a fault has passed.
            and not (r.purpose = 'withdraw' and o.purpose = 'sync'
              and (c.state = 'paused' or o.wait_reason is not null and o.wait_until > ${at}::timestamptz + ${sureToWait})))
        and not exists (
          select from sync_runs o where o.audience_id = r.audience_id and o.leased_by is not null and o.id <> r.id and o.leased_until >= ${at}::timestamptz)
      order by ${open ? sql`coalesce(r.wait_until, '-infinity'), ` : sql``}r.occurrence_at, r.id limit 1
      for update of r skip locked`;
  const leasedUntil = new Date(now.getTime() + lease.ms);
  const [run] = await db.orm
    .update(syncRuns)
    .set({ leasedBy: lease.engine, leasedUntil })
    .where(sql`${syncRuns.id} = (${movable})`)
    .returning();
  return run ?? null;
}

/** Another engine has taken the run over, or a person has changed what it is about: whatever was to be written must not be. */
export class LeaseLost extends Error {
  constructor() {
    super('the lease on the run was lost');
    this.name = 'LeaseLost';
  }
}

type RunChange = PgUpdateSetSource<typeof syncRuns>;

/** Writes to the run only while it is still in the expected state and this engine's. @throws LeaseLost */
export async function writeRun(tx: Tx, run: Run, lease: Lease, change: RunChange, now: Date): Promise<Run> {
  const leasedUntil = new Date(now.getTime() + lease.ms);
  const [row] = await tx
    .update(syncRuns)
    .set({ leasedUntil, ...change })
    .where(and(eq(syncRuns.id, run.id), eq(syncRuns.state, run.state), eq(syncRuns.leasedBy, lease.engine)))
    .returning();
  if (!row) throw new LeaseLost();
  return row;
}

/**
 * Notes that the batch is sent once more, where the run is still this engine's; all in one statement, for there is one before each request.
 * @returns the campaign's state: where it is halted nothing was noted, and nothing is to be sent. @throws LeaseLost
 */
export async function beginBatch(db: Database, run: Run, batch: Batch, lease: Lease, now: Date): Promise<CampaignState> {
  const at = now.toISOString();
  const [begun] = await db.orm.execute<{ state: CampaignState }>(sql`
    with mine as (
      update sync_runs set leased_until = ${at}::timestamptz + ${lease.ms}::float8 * interval '1 millisecond'
      where id = ${run.id} and state = ${run.state} and leased_by = ${lease.engine} returning campaign_id, purpose, replace_session
    ), campaign as (
      select c.state, c.state in ('paused', 'stopped', 'archived') and m.purpose = 'sync' and m.replace_session is null as halted
      from mine m join campaigns c on c.id = m.campaign_id
    ), noted as (
      update sync_batches set started_at = ${at}::timestamptz, attempts = ${batch.attempts + 1}::int
      where run_id = ${run.id} and seq = ${batch.seq} and exists (select from campaign where not halted)
    )
    select state from campaign`);
  if (!begun) throw new LeaseLost();
  return begun.state;
}

/** Lets go of a run that is not finished, so that another engine may go on at once. */
export async function releaseRun(db: Database, runId: number, lease: Lease): Promise<void> {
  await db.orm.update(syncRuns).set(unleased).where(isLeased(runId, lease));
}

/** The same of one that a person has ended while it was in this engine's hands. */
export async function releaseEnded(db: Database, runId: number, lease: Lease): Promise<void> {
  const ended = notInArray(syncRuns.state, [...openStates]);
  await db.orm
    .update(syncRuns)
    .set(unleased)
    .where(and(isLeased(runId, lease), ended));
}

const unleased = { leasedBy: null, leasedUntil: null };
const isLeased = (runId: number, lease: Lease) => and(eq(syncRuns.id, runId), eq(syncRuns.leasedBy, lease.engine));
