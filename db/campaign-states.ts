import { and, desc, eq, inArray, isNull, or, sql } from 'drizzle-orm';
import type { WorkspaceId } from '@/lib/auth';
import { AppError, invariant } from '@/lib/errors';
import { isOpen, openStates } from '@/lib/sync/run-state';
import { refuseIfFed } from './audiences';
import { lockCampaign } from './campaign-lock';
import { own, ownCampaign } from './campaigns';
import type { Database } from './client';
import { queueEmptying } from './run-commands';
import { collapseOlder, isChosenEnd, queueDueRun, queueEnd, skipOverdue } from './run-queue';
import { audiences, type CampaignState, campaigns, syncRuns } from './schema';

type Tx = Parameters<Parameters<Database['orm']['transaction']>[0]>[0];

const allowed: Record<'pause' | 'resume' | 'undo' | 'stop' | 'archive' | 'run', readonly CampaignState[]> = {
  pause: ['scheduled', 'running', 'awaiting_next', 'blocked'],
  resume: ['paused'],
  undo: ['scheduled', 'running', 'awaiting_next', 'blocked', 'paused', 'completed', 'failed', 'stopped'],
  stop: ['scheduled', 'running', 'awaiting_next', 'blocked', 'paused', 'failed'],
  archive: ['draft', 'completed', 'stopped', 'failed'],
  run: ['scheduled', 'running', 'awaiting_next', 'completed', 'blocked', 'failed'],
};

export type CampaignCommand = keyof typeof allowed;

/** The commands that make sense now; the screens show just these. */
export const commandsFor = (state: CampaignState): CampaignCommand[] =>
  (Object.keys(allowed) as CampaignCommand[]).filter((command) => allowed[command].includes(state));

type Change = Partial<typeof campaigns.$inferInsert>;
type Campaign = typeof campaigns.$inferSelect;

async function command(
  db: Database,
  workspaceId: WorkspaceId,
  id: string,
  name: CampaignCommand,
  change: (tx: Tx, campaign: Campaign) => Promise<Change>,
  now: Date,
): Promise<void> {
  await db.orm.transaction(async (tx) => {
    const campaign = name === 'pause' ? await ownCampaign(tx, workspaceId, id, true) : await lockCampaign(tx, workspaceId, id);
    refuse(name, campaign.state);
    const changed = await change(tx, campaign);
    await tx
      .update(campaigns)
      .set({ ...changed, updatedAt: now })
      .where(own(workspaceId, id));
  });
}

function refuse(name: CampaignCommand, state: CampaignState): void {
  if (!allowed[name].includes(state))
    throw new AppError('conflict', `A campaign that is ${state.replace('_', ' ')} cannot be given “${name}”.`);
}

/** The request in flight finishes; nothing more is sent until it is resumed. */
export const pauseCampaign = (db: Database, workspaceId: WorkspaceId, id: string, now: Date) =>
  command(db, workspaceId, id, 'pause', async () => ({ state: 'paused' }), now);

/** Goes on where it was; occurrences missed meanwhile follow the rule of missed runs, also one that was queued before. */
export const resumeCampaign = (db: Database, workspaceId: WorkspaceId, id: string, now: Date) =>
  command(
    db,
    workspaceId,
    id,
    'resume',
    async (tx, campaign) => {
      await skipOverdue(tx, campaign, now);
      return { state: await resumedState(tx, campaign, now) };
    },
    now,
  );

async function resumedState(tx: Tx, campaign: Campaign, now: Date): Promise<CampaignState> {
  const ofCampaign = eq(syncRuns.campaignId, campaign.id);
  const runs = await tx.selectDistinct({ state: syncRuns.state }).from(syncRuns).where(ofCampaign);
  if (runs.some(({ state }) => state === 'held')) return 'blocked';
  if (runs.some(({ state }) => isOpen(state))) return 'running';
  if (campaign.nextAt) return runs.length > 0 ? 'awaiting_next' : 'scheduled';
  // The last run ended while it was paused.
  if (await queueEnd(tx, campaign, now)) return 'running';
  const [last] = await tx.select().from(syncRuns).where(ofCampaign).orderBy(desc(syncRuns.occurrenceAt), desc(syncRuns.id)).limit(1);
  return last?.state === 'failed' ? 'failed' : 'completed';
}

/** Read once whoever is at it has committed. */
export async function isStopped(tx: Tx, campaignId: string): Promise<boolean> {
  const [campaign] = await tx.select({ state: campaigns.state }).from(campaigns).where(eq(campaigns.id, campaignId)).for('share');
  return campaign?.state === 'stopped' || campaign?.state === 'archived';
}

/** Final: what was not sent yet is not sent. @param members leave: they stay in the audience; remove: whom Beckon has put in is taken out. */
export const stopCampaign = (db: Database, workspaceId: WorkspaceId, id: string, now: Date, members: 'leave' | 'remove' = 'leave') =>
  command(
    db,
    workspaceId,
    id,
    'stop',
    async (tx, campaign) => {
      await tx
        .update(syncRuns)
        // The lease stays: until its holder has heard Facebook's answer, nobody else touches the audience.
        .set({ state: 'cancelled', finishedAt: now, waitUntil: null })
        .where(
          and(
            eq(syncRuns.campaignId, id),
            or(eq(syncRuns.purpose, 'sync'), isChosenEnd),
            inArray(syncRuns.state, [...openStates, 'held']),
            // Half a list must not be left at Facebook: a replacement that has begun is finished.
            isNull(syncRuns.replaceSession),
          ),
        );
      if (members === 'remove') await queueEmptying(tx, campaign, now);
      return { state: 'stopped', nextAt: null, blocker: null };
    },
    now,
  );

export const archiveCampaign = (db: Database, workspaceId: WorkspaceId, id: string, now: Date) =>
  command(db, workspaceId, id, 'archive', async () => ({ state: 'archived', nextAt: null }), now);

/**
 * A run for this very instant, beside the schedule. One that waits unbegun collapses into it; a blocked campaign looks at once whether it
 * was cured. @returns its id. @throws AppError conflict where another campaign has taken over the audience since.
 */
export async function runNow(db: Database, workspaceId: WorkspaceId, id: string, now: Date): Promise<{ runId: number }> {
  await ownCampaign(db.orm, workspaceId, id);
  // What has fallen due is older, and collapses into it: made by the next heartbeat it would overtake.
  await queueDueRun(db, id, now);
  return db.orm.transaction(async (tx) => {
    const campaign = await lockCampaign(tx, workspaceId, id);
    refuse('run', campaign.state);
    invariant(campaign.versionId !== null, 'a campaign that was scheduled has a version');
    const [audience] = await tx.select().from(audiences).where(eq(audiences.campaignId, id));
    invariant(audience, 'a campaign that was scheduled has an audience');
    await refuseIfFed(tx, workspaceId, audience, now);
    const [run] = await tx
      .insert(syncRuns)
      .values({
        workspaceId,
        campaignId: id,
        versionId: campaign.versionId,
        audienceId: audience.id,
        occurrenceAt: now,
        live: sql`(select trigger is not null from campaign_versions where id = ${campaign.versionId})`,
        trigger: 'manual',
        state: 'queued',
        createdAt: now,
      })
      .onConflictDoNothing()
      .returning({ runId: syncRuns.id });
    if (!run) throw new AppError('conflict', 'A run for this very moment exists already.');
    const freed = await collapseOlder(tx, audience.id, now, now);
    if (campaign.state === 'blocked')
      await tx
        .update(syncRuns)
        .set({ waitUntil: now })
        .where(sql`${syncRuns.campaignId} = ${id} and ${syncRuns.state} in ${[...openStates]} and ${syncRuns.waitUntil} is not null`);
    const blocked = campaign.state === 'blocked' && !freed;
    await tx
      .update(campaigns)
      .set({ updatedAt: now, ...(blocked ? {} : { state: 'running', blocker: null }) })
      .where(own(workspaceId, id));
    return run;
  });
}
