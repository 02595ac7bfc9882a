import { sql } from 'drizzle-orm';
import { audienceOfCampaign, plannedSchema } from '@/db/audiences';
import type { Database } from '@/db/client';
import { compareWithLedger, type Outcome, type Preview, type PreviewMember, previewMembers } from '@/db/ledger-preview';
import { mostRowsInRequest } from '@/db/ledger-row';
import { segmentByKey, segmentSql } from '@/db/segments';
import type { WorkspaceId } from '@/lib/auth';
import type { CampaignPlan } from '@/lib/campaign/plan';
import { identifiersOf } from '@/lib/facebook/row';

export type DryRun = { join: number; leave: number; stay: number; unreachable: number; requests: number };

type Who = Pick<CampaignPlan, 'segment' | 'definition' | 'identifiers' | 'mode'>;

/** What a run at that instant would do. Reads only. @param campaignId whose ledger it is compared with; none for a first run. */
export async function dryRun(db: Database, workspaceId: WorkspaceId, who: Who, at: Date, campaignId?: string): Promise<DryRun> {
  const preview = compareWithLedger(await previewOf(db, workspaceId, who, at, campaignId));
  const [row] = await db.orm.execute<{ join: number; leave: number; stay: number; unreachable: number }>(sql`
    select (count(*) filter (where outcome = 'join'))::int as join, (count(*) filter (where outcome = 'leave'))::int as leave,
      (count(*) filter (where outcome = 'stay'))::int as stay, (count(*) filter (where outcome = 'unreachable'))::int as unreachable
    from (${preview}) preview`);
  const counts = row ?? { join: 0, leave: 0, stay: 0, unreachable: 0 };
  return { ...counts, requests: Math.ceil(counts.join / mostRowsInRequest) + Math.ceil(counts.leave / mostRowsInRequest) };
}

/** The people behind the counts. Reads only. */
export async function* dryRunMembers(
  db: Database,
  workspaceId: WorkspaceId,
  who: Who,
  at: Date,
  options: { campaignId?: string; outcomes: readonly Outcome[] },
): AsyncGenerator<PreviewMember> {
  yield* previewMembers(db, await previewOf(db, workspaceId, who, at, options.campaignId), options.outcomes);
}

async function previewOf(db: Database, workspaceId: WorkspaceId, who: Who, at: Date, campaignId?: string): Promise<Preview> {
  const definition = who.definition ?? (await segmentByKey(db, workspaceId, who.segment ?? '')).definition;
  const audience = campaignId ? await audienceOfCampaign(db, workspaceId, campaignId) : null;
  const schema = audience?.schema ?? (await plannedSchema(db, workspaceId, who.identifiers ?? null));
  const segment = await segmentSql(db, workspaceId, definition, at);
  return { workspaceId, segment, identifiers: identifiersOf(schema), audienceId: audience?.id ?? null, mode: who.mode };
}
