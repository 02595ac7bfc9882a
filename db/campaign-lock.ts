import { and, eq, inArray } from 'drizzle-orm';
import type { WorkspaceId } from '@/lib/auth';
import { openStates } from '@/lib/sync/run-state';
import { ownCampaign } from './campaigns';
import type { Database } from './client';
import { audiences, type campaigns, syncRuns } from './schema';

type Tx = Parameters<Parameters<Database['orm']['transaction']>[0]>[0];

/**
 * For a change of the campaign with its runs or its audience: all of them, for the length of the transaction, in the order in which the
 * engine locks them (runs, audience, campaign), so that neither waits for the other in a ring.
 * @throws AppError not_found for one of another workspace.
 */
export async function lockCampaign(tx: Tx, workspaceId: WorkspaceId, id: string): Promise<typeof campaigns.$inferSelect> {
  await ownCampaign(tx, workspaceId, id);
  const unfinished = and(eq(syncRuns.campaignId, id), inArray(syncRuns.state, [...openStates, 'held']));
  await tx.select({ id: syncRuns.id }).from(syncRuns).where(unfinished).orderBy(syncRuns.id).for('update');
  await tx.select({ id: audiences.id }).from(audiences).where(eq(audiences.campaignId, id)).for('update');
  return ownCampaign(tx, workspaceId, id, true);
}
