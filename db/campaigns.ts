import { isDeepStrictEqual } from 'node:util';
import { and, eq, sql } from 'drizzle-orm';
import type { WorkspaceId } from '@/lib/auth';
import { type CampaignDraft, type CampaignPlan, campaignOptionsSchema, campaignPlanSchema } from '@/lib/campaign/plan';
import { AppError, invariant } from '@/lib/errors';
import { countedFrom, isSameSchedule } from '@/lib/schedule/counting';
import { scheduleFaults, withoutDuplicates } from '@/lib/schedule/faults';
import { liveSpan, nextOccurrence } from '@/lib/schedule/occurrences';
import type { LiveSchedule, Schedule } from '@/lib/schedule/schedule';
import { type AudienceRow, type AudienceWish, claimAudience } from './audiences';
import { lockCampaign } from './campaign-lock';
import type { Database } from './client';
import { type ConnectionRow, connectionById, defaultConnection } from './connections';
import { isAtFacebook, takeAlong, unfinishedSyncs } from './edited-runs';
import { heardBy, listen } from './live-campaigns';
import { queueDueRun, skipMissed } from './run-queue';
import { audiences, type Blocker, type CampaignState, campaigns, campaignVersions, users } from './schema';
import { segmentSources } from './segment-references';
import { checkCampaignPatterns, segmentByKey } from './segments';

type Tx = Parameters<Parameters<Database['orm']['transaction']>[0]>[0];

export type CampaignVersion = typeof campaignVersions.$inferSelect;

export async function createDraft(
  db: Database,
  workspaceId: WorkspaceId,
  draft: CampaignDraft,
  userId: string | null,
  now: Date,
): Promise<{ id: string }> {
  await checkCampaignPatterns(db, draft);
  const values = {
    workspaceId,
    name: draft.name ?? 'Untitled campaign',
    state: 'draft' as const,
    draft,
    createdBy: userId,
    createdAt: now,
    updatedAt: now,
  };
  const [row] = await db.orm.insert(campaigns).values(values).returning({ id: campaigns.id });
  invariant(row, 'an inserted campaign has an id');
  return row;
}

/** Replaces the draft; what runs is untouched until Schedule is pressed. */
export async function saveDraft(db: Database, workspaceId: WorkspaceId, id: string, draft: CampaignDraft, now: Date): Promise<void> {
  const campaign = await ownCampaign(db.orm, workspaceId, id);
  refuseIfOver(campaign.state);
  await checkCampaignPatterns(db, draft);
  // A running campaign keeps its name until the new version stands.
  const name = campaign.state === 'draft' && draft.name ? draft.name : campaign.name;
  await db.orm.update(campaigns).set({ draft, name, updatedAt: now }).where(own(workspaceId, id));
}

/** Gives up the unscheduled edits of a campaign that has a version. */
export async function discardDraft(db: Database, workspaceId: WorkspaceId, id: string, now: Date): Promise<void> {
  const campaign = await ownCampaign(db.orm, workspaceId, id);
  if (campaign.versionId === null) throw new AppError('conflict', 'This campaign is only a draft: archive it instead.');
  await db.orm.update(campaigns).set({ draft: null, updatedAt: now }).where(own(workspaceId, id));
}

/**
 * The only thing that starts anything: checks the whole plan, writes an immutable version, claims the audience, sets the next occurrence. A
 * paused campaign stays paused.
 * @throws AppError with the path of the fault in the plan; nothing is written then.
 */
export async function scheduleCampaign(
  db: Database,
  workspaceId: WorkspaceId,
  id: string,
  now: Date,
  userId: string | null,
): Promise<{ version: number; nextAt: Date | null; droppedDates: number }> {
  const seen = await ownCampaign(db.orm, workspaceId, id);
  refuseIfOver(seen.state);
  if (!seen.draft) throw new AppError('conflict', 'There is nothing new to schedule.');
  const held = await currentVersion(db.orm, seen.versionId);
  const plan = checkedPlan(seen.draft, now, held?.schedule, (await unfinishedSyncs(db.orm, id)).length > 0);
  await checkSegments(db, workspaceId, plan);
  const connection = await connectionOf(db, workspaceId, plan);
  const { schedule, dropped } = withoutDuplicates(plan.schedule);
  const heard = await heardBy(db, workspaceId, plan);
  // What has fallen due by now is the old version's; the next heartbeat would no longer find it.
  await queueDueRun(db, id, now);
  return db.orm.transaction(async (tx) => {
    const campaign = await lockCampaign(tx, workspaceId, id);
    if (campaign.updatedAt.getTime() !== seen.updatedAt.getTime())
      throw new AppError('conflict', 'Somebody else has just changed this campaign. Look it over and try again.');
    const runs = await unfinishedSyncs(tx, id);
    const begun = await isAtFacebook(tx, id);
    await claimAudience(tx, workspaceId, wishOf(id, plan), now);
    const underWay = runs.length > 0 && held !== null && isSameSchedule(schedule, held.schedule);
    const following = held ? { ...held, scheduledAt: campaign.nextAt && held.scheduledAt } : undefined;
    // The last of n times is still one of them.
    const scheduledAt = underWay && schedule.kind === 'every' ? held.scheduledAt : countedFrom(schedule, following, now);
    const goesOn = scheduledAt === held?.scheduledAt;
    const paused = campaign.state === 'paused';
    if (paused && held && !goesOn) await skipMissed(tx, campaign, held, now);
    const soon = nextOccurrence(schedule, { scheduledAt, after: new Date(now.getTime() - 1) });
    const nextAt = goesOn ? afterEdit(campaign, schedule, soon, { scheduledAt, now }) : soon;
    if (!nextAt && !underWay) throw new AppError('invalid', 'This schedule has no occurrence ahead of it.', 'schedule');
    const by = { connectionId: connection.id, userId, now, scheduledAt };
    const version = await insertVersion(tx, workspaceId, id, { ...plan, schedule }, by);
    await listen(tx, workspaceId, id, heard);
    const is = await takeAlong(tx, campaign, version.id, {
      begun,
      ahead: nextAt !== null,
      sameWho: held !== null && meansSame(plan, held),
      now,
    });
    await tx
      .update(campaigns)
      .set({
        name: plan.name,
        ...is,
        draft: null,
        versionId: version.id,
        nextAt,
        occurrencesDone: goesOn || !nextAt ? campaign.occurrencesDone : 0,
        updatedAt: now,
      })
      .where(own(workspaceId, id));
    return { version: version.version, nextAt, droppedDates: dropped };
  });
}

async function checkSegments(db: Database, workspaceId: WorkspaceId, plan: CampaignPlan): Promise<void> {
  await checkCampaignPatterns(db, plan);
  if (plan.segment !== undefined) await segmentByKey(db, workspaceId, plan.segment);
  if (plan.definition !== undefined) await segmentSources(db, workspaceId, plan.definition);
}

async function connectionOf(db: Database, workspaceId: WorkspaceId, { connectionId }: CampaignPlan): Promise<ConnectionRow> {
  const connection = connectionId ? await connectionById(db, workspaceId, connectionId) : await defaultConnection(db, workspaceId);
  if (!connection) throw new AppError('unprocessable', 'The chosen connection to Facebook is gone. Choose another.', 'connectionId');
  return connection;
}

/** The next occurrence of a schedule that goes on under a new version. @param soon the first from now on. */
function afterEdit(
  { state, nextAt }: { state: CampaignState; nextAt: Date | null },
  schedule: Schedule,
  soon: Date | null,
  span: Span,
): Date | null {
  // A live run lies open under the old version until another comes; a moment later, as one may have fallen due at this very one.
  if (schedule.kind === 'live' && listens(schedule, span)) return new Date(span.now.getTime() + 1);
  // What a paused campaign has missed is judged when it is resumed.
  return state === 'paused' ? nextAt : soon;
}

/** The same people, to be sent in the same way; by whom Facebook is reached and which ad sets show to them may differ. */
const meansSame = (plan: CampaignPlan, held: CampaignVersion): boolean =>
  isDeepStrictEqual(
    [plan.segment ?? null, plan.definition ?? null, plan.mode, plan.identifiers ?? null, campaignOptionsSchema.parse(plan)],
    [held.segmentKey, held.definition, held.mode, held.identifiers, campaignOptionsSchema.parse(held.options)],
  );

type Span = { scheduledAt: Date; now: Date };

function listens(schedule: LiveSchedule, { scheduledAt, now }: Span): boolean {
  const { from, until } = liveSpan(schedule, scheduledAt);
  return from <= now && (until === null || until.getTime() > now.getTime() + 1);
}

const wishOf = (campaignId: string, plan: CampaignPlan): AudienceWish => ({
  campaignId,
  campaignName: plan.name,
  adAccountId: plan.adAccountId,
  choice: plan.audience,
  identifiers: plan.identifiers ?? null,
  limitedDataUse: plan.limitedDataUse,
  valued: plan.valueFrom !== null,
});

/**
 * @param held the schedule that runs already. @param underWay whether a run of it waits: then nothing has to be ahead of it.
 * @throws AppError invalid with the path of the first fault.
 */
export function checkedPlan(draft: CampaignDraft, now: Date, held?: Schedule, underWay = false): CampaignPlan {
  const parsed = campaignPlanSchema.safeParse(draft);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const path = issue?.path.join('.') ?? '';
    throw new AppError(
      'invalid',
      missingPart[path] && issue?.code === 'invalid_type' ? missingPart[path] : (issue?.message ?? 'The plan is not complete.'),
      path,
    );
  }
  if (underWay && held && isSameSchedule(parsed.data.schedule, held)) return parsed.data;
  const [fault] = scheduleFaults(parsed.data.schedule, now, held);
  if (fault) throw new AppError('invalid', fault.message, ['schedule', ...fault.path].join('.'));
  return parsed.data;
}

const missingPart: Record<string, string> = {
  name: 'Name the campaign.',
  schedule: 'Say when it runs.',
  adAccountId: 'Choose an ad account.',
  audience: 'Choose an audience.',
};

async function currentVersion(orm: Pick<Tx, 'select'>, versionId: number | null): Promise<CampaignVersion | null> {
  if (versionId === null) return null;
  const [row] = await orm.select().from(campaignVersions).where(eq(campaignVersions.id, versionId));
  return row ?? null;
}

async function insertVersion(
  tx: Tx,
  workspaceId: WorkspaceId,
  campaignId: string,
  plan: CampaignPlan,
  by: { connectionId: string; userId: string | null; now: Date; scheduledAt: Date },
): Promise<CampaignVersion> {
  const [last] = await tx
    .select({ version: sql<number | null>`max(${campaignVersions.version})` })
    .from(campaignVersions)
    .where(eq(campaignVersions.campaignId, campaignId));
  const [row] = await tx
    .insert(campaignVersions)
    .values({
      workspaceId,
      campaignId,
      version: (last?.version ?? 0) + 1,
      segmentKey: plan.segment ?? null,
      definition: plan.definition ?? null,
      trigger: plan.trigger ?? null,
      exit: plan.exit ?? null,
      schedule: plan.schedule,
      scheduledAt: by.scheduledAt,
      connectionId: by.connectionId,
      adAccountId: plan.adAccountId,
      adAccountName: plan.adAccountName ?? plan.adAccountId,
      audience: plan.audience,
      mode: plan.mode,
      adSets: plan.adSets,
      identifiers: plan.identifiers ?? null,
      atEnd: plan.atEnd,
      options: campaignOptionsSchema.parse(plan),
      createdBy: by.userId,
      createdAt: by.now,
    })
    .returning();
  invariant(row, 'an inserted version has an id');
  return row;
}

export type CampaignDetail = {
  id: string;
  name: string;
  state: CampaignState;
  blocker: Blocker | null;
  /** Unscheduled edits; for a campaign without any, its version as a draft, ready to be edited. */
  draft: CampaignDraft;
  hasUnscheduledEdits: boolean;
  version: CampaignVersion | null;
  nextAt: Date | null;
  occurrencesDone: number;
  createdBy: string | null;
  createdAt: Date;
  updatedAt: Date;
  audience: AudienceRow | null;
  /** In the audience by the ledger. */
  members: number;
};

export async function campaignDetail(db: Database, workspaceId: WorkspaceId, id: string): Promise<CampaignDetail> {
  const [row] = await db.orm
    .select({ campaign: campaigns, version: campaignVersions, audience: audiences, createdBy: users.name })
    .from(campaigns)
    .leftJoin(campaignVersions, eq(campaignVersions.id, campaigns.versionId))
    .leftJoin(audiences, eq(audiences.campaignId, campaigns.id))
    .leftJoin(users, eq(users.id, campaigns.createdBy))
    .where(own(workspaceId, id));
  if (!row) throw new AppError('not_found', 'There is no such campaign.');
  const { campaign, version, audience } = row;
  const { name, state, blocker, nextAt, occurrencesDone, createdAt, updatedAt } = campaign;
  const draft = campaign.draft ?? (version ? draftOf(campaign.name, version) : {});
  const facts = { id, name, state, blocker, nextAt, occurrencesDone, createdAt, updatedAt };
  return {
    ...facts,
    draft,
    hasUnscheduledEdits: campaign.draft !== null && version !== null,
    version,
    audience,
    members: audience?.members ?? 0,
    createdBy: row.createdBy,
  };
}

export function draftOf(name: string, version: CampaignVersion): CampaignDraft {
  const {
    segmentKey,
    definition,
    trigger,
    exit,
    schedule,
    connectionId,
    adAccountId,
    adAccountName,
    audience,
    mode,
    adSets,
    atEnd,
    options,
  } = version;
  const described = segmentKey === null ? { definition: definition ?? undefined } : { segment: segmentKey };
  const who = { ...described, ...(trigger ? { trigger } : {}), ...(exit ? { exit } : {}) };
  const chosen = (version.identifiers ?? undefined) as CampaignDraft['identifiers'];
  return {
    name,
    ...who,
    schedule,
    connectionId,
    adAccountId,
    adAccountName,
    audience,
    mode,
    adSets,
    atEnd,
    ...options,
    ...(chosen ? { identifiers: chosen } : {}),
  };
}

/** @throws AppError not_found for one of another workspace. @param lock for the length of the transaction. */
export async function ownCampaign(
  tx: Pick<Tx, 'select'>,
  workspaceId: WorkspaceId,
  id: string,
  lock = false,
): Promise<typeof campaigns.$inferSelect> {
  const query = tx.select().from(campaigns).where(own(workspaceId, id));
  const [row] = lock ? await query.for('update') : await query;
  if (!row) throw new AppError('not_found', 'There is no such campaign.');
  return row;
}

export const own = (workspaceId: WorkspaceId, id: string) => {
  if (!/^[0-9a-f-]{36}$/i.test(id)) throw new AppError('not_found', 'There is no such campaign.');
  return and(eq(campaigns.workspaceId, workspaceId), eq(campaigns.id, id));
};

function refuseIfOver(state: CampaignState): void {
  if (state === 'stopped' || state === 'archived')
    throw new AppError('conflict', `The campaign is ${state}, and that is final. Clone it to go on.`);
}

/** A new draft with the same choices; the audience is a new one. */
export async function cloneCampaign(
  db: Database,
  workspaceId: WorkspaceId,
  id: string,
  userId: string | null,
  now: Date,
): Promise<{ id: string }> {
  const { draft, name } = await campaignDetail(db, workspaceId, id);
  return createDraft(db, workspaceId, { ...draft, name: `${name} (copy)`.slice(0, 120) }, userId, now);
}
