import { eq, sql } from 'drizzle-orm';
import type { WorkspaceId } from '@/lib/auth';
import { AppError, invariant } from '@/lib/errors';
import { openStates } from '@/lib/sync/run-state';
import { refuseIfFed } from './audiences';
import { own, ownCampaign } from './campaigns';
import type { Database } from './client';
import { collapseOlder } from './run-queue';
import { audiences, type CampaignState, campaigns, syncRuns } from './schema';

const allowed: Record<'pause' | 'resume' | 'stop' | 'archive' | 'run', readonly CampaignState[]> = {
  pause: ['scheduled', 'running', 'awaiting_next', 'blocked'],
  resume: ['paused'],
  stop: ['scheduled', 'running', 'awaiting_next', 'blocked', 'paused', 'failed'],
  archive: ['draft', 'completed', 'stopped', 'failed'],
  run: ['scheduled', 'running', 'awaiting_next', 'completed', 'blocked', 'failed'],
};

export type CampaignCommand = keyof typeof allowed;

/** The commands that make sense now; the screens show just these. */
export const commandsFor = (state: CampaignState): CampaignCommand[] =>
  (Object.keys(allowed) as CampaignCommand[]).filter((command) => allowed[command].includes(state));

type Change = Partial<typeof campaigns.$inferInsert>;

async function command(
  db: Database,
  workspaceId: WorkspaceId,
  id: string,
  name: CampaignCommand,
  change: Change,
  now: Date,
): Promise<void> {
  await db.orm.transaction(async (tx) => {
    const campaign = await ownCampaign(tx, workspaceId, id, true);
    refuse(name, campaign.state);
    await tx
      .update(campaigns)
      .set({ ...change, updatedAt: now })
      .where(own(workspaceId, id));
    if (name === 'stop') {
      await tx
        .update(syncRuns)
        .set({ state: 'cancelled', finishedAt: now, waitUntil: null, leasedBy: null, leasedUntil: null })
        .where(sql`${syncRuns.campaignId} = ${id} and ${syncRuns.state} in ${[...openStates]}`);
    }
  });
}

function refuse(name: CampaignCommand, state: CampaignState): void {
  if (!allowed[name].includes(state))
    throw new AppError('conflict', `A campaign that is ${state.replace('_', ' ')} cannot be given “${name}”.`);
}

/** The request in flight finishes; nothing more is sent until it is resumed. */
export const pauseCampaign = (db: Database, workspaceId: WorkspaceId, id: string, now: Date) =>
  command(db, workspaceId, id, 'pause', { state: 'paused' }, now);

/** Goes on where it was; occurrences missed meanwhile follow the rule of missed runs. */
export async function resumeCampaign(db: Database, workspaceId: WorkspaceId, id: string, now: Date): Promise<void> {
  const { nextAt } = await ownCampaign(db.orm, workspaceId, id);
  const open = await hasOpenRun(db, id);
  await command(db, workspaceId, id, 'resume', { state: open ? 'running' : nextAt ? 'awaiting_next' : 'completed' }, now);
}

/** Final. Members stay in the audience; what was not sent yet is not sent. */
export const stopCampaign = (db: Database, workspaceId: WorkspaceId, id: string, now: Date) =>
  command(db, workspaceId, id, 'stop', { state: 'stopped', nextAt: null, blocker: null }, now);

export const archiveCampaign = (db: Database, workspaceId: WorkspaceId, id: string, now: Date) =>
  command(db, workspaceId, id, 'archive', { state: 'archived', nextAt: null }, now);

async function hasOpenRun(db: Database, id: string): Promise<boolean> {
  const [row] = await db.orm
    .select({ id: syncRuns.id })
    .from(syncRuns)
    .where(sql`${syncRuns.campaignId} = ${id} and ${syncRuns.state} in ${[...openStates]}`)
    .limit(1);
  return row !== undefined;
}

/**
 * A run for this very instant, beside the schedule. One that waits unbegun collapses into it; a blocked campaign looks at once whether it
 * was cured. @returns its id. @throws AppError conflict where another campaign has taken over the audience since.
 */
export async function runNow(db: Database, workspaceId: WorkspaceId, id: string, now: Date): Promise<{ runId: number }> {
  return db.orm.transaction(async (tx) => {
    const campaign = await ownCampaign(tx, workspaceId, id, true);
    refuse('run', campaign.state);
    invariant(campaign.versionId !== null, 'a campaign that was scheduled has a version');
    const [audience] = await tx.select().from(audiences).where(eq(audiences.campaignId, id));
    invariant(audience, 'a campaign that was scheduled has an audience');
    await refuseIfFed(tx, workspaceId, audience);
    const [run] = await tx
      .insert(syncRuns)
      .values({
        workspaceId,
        campaignId: id,
        versionId: campaign.versionId,
        audienceId: audience.id,
        occurrenceAt: now,
        trigger: 'manual',
        state: 'queued',
        createdAt: now,
      })
      .onConflictDoNothing()
      .returning({ runId: syncRuns.id });
    if (!run) throw new AppError('conflict', 'A run for this very moment exists already.');
    await collapseOlder(tx, audience.id, now, now);
    if (campaign.state === 'blocked')
      await tx
        .update(syncRuns)
        .set({ waitUntil: now })
        .where(sql`${syncRuns.campaignId} = ${id} and ${syncRuns.state} in ${[...openStates]} and ${syncRuns.waitUntil} is not null`);
    const state = campaign.state === 'blocked' ? ('blocked' as const) : ('running' as const);
    await tx.update(campaigns).set({ state, updatedAt: now }).where(own(workspaceId, id));
    return run;
  });
}
