import { and, eq, sql } from 'drizzle-orm';
import type { WorkspaceId } from '@/lib/auth';
import { segmentsOf } from '@/lib/segment/definition';
import { dependentsOf } from '@/lib/segment/references';
import type { Database } from './client';
import { type CampaignState, campaigns, campaignVersions, workspaces } from './schema';
import { definitionsOf, namedSegments } from './segment-references';

type Reader = Pick<Database['orm'], 'select'>;

export type UsingCampaign = { id: string; name: string; state: CampaignState };
export type UsingSegment = { key: string; name: string };

/** Campaigns with the segments they follow or refer to in a definition of their own, drafts included, the archived ones not; by name. */
async function campaignReferences(db: Reader, workspaceId: WorkspaceId): Promise<{ campaign: UsingCampaign; keys: (string | null)[] }[]> {
  const followed = sql`jsonb_build_array(${campaignVersions.segmentKey}, ${campaigns.draft} -> 'segment')`;
  const definitions = sql`jsonb_build_array(${campaignVersions.definition}, ${campaigns.draft} -> 'definition')`;
  return db
    .select({
      campaign: { id: campaigns.id, name: campaigns.name, state: campaigns.state },
      keys: sql<(string | null)[]>`${followed} || jsonb_path_query_array(${definitions}, '$.**.segment')`,
    })
    .from(campaigns)
    .leftJoin(campaignVersions, eq(campaignVersions.id, campaigns.versionId))
    .where(and(eq(campaigns.workspaceId, workspaceId), sql`${campaigns.state} <> 'archived'`))
    .orderBy(campaigns.name);
}

export type SegmentUsage = {
  campaigns: UsingCampaign[];
  segments: UsingSegment[];
  /** Its members are kept out of every campaign of the workspace. */
  excludes: boolean;
};

export const unused: SegmentUsage = { campaigns: [], segments: [], excludes: false };

async function excludedKeys(db: Reader, workspaceId: WorkspaceId): Promise<string[]> {
  const [row] = await db.select({ keys: workspaces.excludeSegments }).from(workspaces).where(eq(workspaces.id, workspaceId));
  return row?.keys ?? [];
}

/** Who uses each segment directly, by key; a segment that is not used is not there. */
export async function segmentUsage(db: Reader, workspaceId: WorkspaceId): Promise<Map<string, SegmentUsage>> {
  const usage = new Map<string, SegmentUsage>();
  const of = (key: string) => {
    const found = usage.get(key) ?? { campaigns: [], segments: [], excludes: false };
    usage.set(key, found);
    return found;
  };
  for (const { campaign, keys } of await campaignReferences(db, workspaceId))
    for (const key of new Set(keys)) if (key !== null) of(key).campaigns.push(campaign);
  const named = [...(await namedSegments(db, workspaceId))].sort(([, a], [, b]) => a.name.localeCompare(b.name));
  for (const [key, { name, definition }] of named)
    for (const used of definition ? segmentsOf(definition) : []) of(used).segments.push({ key, name });
  for (const key of await excludedKeys(db, workspaceId)) of(key).excludes = true;
  return usage;
}

/** Everything a change of the segment reaches, directly or through other segments. */
export async function reachedBy(db: Reader, workspaceId: WorkspaceId, key: string): Promise<SegmentUsage> {
  const named = await namedSegments(db, workspaceId);
  const dependents = dependentsOf(key, definitionsOf(named));
  const keys = new Set<string | null>([key, ...dependents]);
  const excludes = (await excludedKeys(db, workspaceId)).some((each) => keys.has(each));
  const all = await campaignReferences(db, workspaceId);
  const using = all.filter((each) => excludes || each.keys.some((used) => used !== null && keys.has(used)));
  return {
    excludes,
    campaigns: using.map(({ campaign }) => campaign),
    segments: dependents.map((each) => ({ key: each, name: named.get(each)?.name ?? each })),
  };
}

/** Of these a change counts from the next run on. */
export const isUnderWay = (state: CampaignState): boolean => ['scheduled', 'running', 'awaiting_next', 'paused', 'blocked'].includes(state);
