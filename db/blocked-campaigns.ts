import { and, eq, inArray, sql } from 'drizzle-orm';
import type { Database } from './client';
import { restingState } from './run-queue';
import { type Blocker, type CampaignState, campaigns, campaignVersions, syncRuns } from './schema';

type Tx = Parameters<Parameters<Database['orm']['transaction']>[0]>[0];

const moving: CampaignState[] = ['scheduled', 'running', 'awaiting_next', 'blocked'];

const usersOf = (tx: Tx, connectionId: string) =>
  tx.select({ id: campaignVersions.id }).from(campaignVersions).where(eq(campaignVersions.connectionId, connectionId));

/** Those that reach Facebook by that connection; a run of theirs that is open finds the fault itself and waits. */
export async function blockCampaigns(tx: Tx, connectionId: string, blocker: Blocker): Promise<void> {
  await tx
    .update(campaigns)
    .set({ state: 'blocked', blocker })
    .where(and(inArray(campaigns.versionId, usersOf(tx, connectionId)), inArray(campaigns.state, moving), isNotHeld));
}

/** A person has to look at a held run first; the fault is met again when it goes on. */
export const isNotHeld = sql`coalesce(${campaigns.blocker} ->> 'action', '') <> 'release'`;

/**
 * The connection was made anew: open runs of campaigns that were blocked for it try at once, and lift the block when a step goes well;
 * campaigns without one go back to waiting for their next occurrence.
 */
export async function retryBlocked(tx: Tx, connectionId: string): Promise<void> {
  const blocked = await tx
    .select({ id: campaigns.id, nextAt: campaigns.nextAt })
    .from(campaigns)
    .where(
      and(
        inArray(campaigns.versionId, usersOf(tx, connectionId)),
        eq(campaigns.state, 'blocked'),
        sql`${campaigns.blocker}->>'action' = 'reconnect'`,
      ),
    )
    .orderBy(campaigns.id);
  for (const { id, nextAt } of blocked) {
    // Before the campaign, as everybody locks them (db/campaign-lock.ts).
    await tx
      .update(syncRuns)
      .set({ waitUntil: null })
      .where(sql`${syncRuns.campaignId} = ${id} and ${syncRuns.state} in ('queued', 'audience_ready', 'frozen', 'sent')`);
    const state = await restingState(tx, id, nextAt);
    if (state === 'running') continue;
    await tx
      .update(campaigns)
      .set({ state, blocker: null })
      .where(and(eq(campaigns.id, id), eq(campaigns.state, 'blocked')));
  }
}
