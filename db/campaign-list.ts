import { and, desc, eq, inArray, sql } from 'drizzle-orm';
import type { WorkspaceId } from '@/lib/auth';
import { type CampaignDetail, draftOf } from './campaigns';
import type { Database } from './client';
import { audiences, campaigns, campaignVersions, syncRuns } from './schema';

export type CampaignRow = Pick<
  CampaignDetail,
  'id' | 'name' | 'state' | 'blocker' | 'nextAt' | 'updatedAt' | 'members' | 'draft' | 'version'
> & {
  lastRun: typeof syncRuns.$inferSelect | null;
};

/** Newest change first; archived ones only where asked for. */
export async function listCampaigns(db: Database, workspaceId: WorkspaceId, archived = false): Promise<CampaignRow[]> {
  const rows = await db.orm
    .select({ campaign: campaigns, version: campaignVersions, members: audiences.members })
    .from(campaigns)
    .leftJoin(campaignVersions, eq(campaignVersions.id, campaigns.versionId))
    .leftJoin(audiences, eq(audiences.campaignId, campaigns.id))
    .where(and(eq(campaigns.workspaceId, workspaceId), archived ? undefined : sql`${campaigns.state} <> 'archived'`))
    .orderBy(desc(campaigns.updatedAt));
  const runs = await lastRuns(
    db,
    rows.map((row) => row.campaign.id),
  );
  return rows.map(({ campaign, version, members }) => {
    const { id, name, state, blocker, nextAt, updatedAt } = campaign;
    const draft = campaign.draft ?? (version ? draftOf(name, version) : {});
    return {
      id,
      name,
      state,
      blocker,
      nextAt,
      updatedAt,
      draft,
      version,
      members: members ?? 0,
      lastRun: runs.get(id) ?? null,
    };
  });
}

async function lastRuns(db: Database, campaignIds: string[]): Promise<Map<string, typeof syncRuns.$inferSelect>> {
  if (campaignIds.length === 0) return new Map();
  const rows = await db.orm
    .selectDistinctOn([syncRuns.campaignId])
    .from(syncRuns)
    .where(inArray(syncRuns.campaignId, campaignIds))
    .orderBy(syncRuns.campaignId, desc(syncRuns.occurrenceAt));
  return new Map(rows.map((row) => [row.campaignId, row]));
}
