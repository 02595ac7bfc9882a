import { sql } from 'drizzle-orm';
import { audienceOfCampaign, plannedSchema } from '@/db/audiences';
import type { Database } from '@/db/client';
import { compareWithLedger, type Outcome, type PreviewMember, type PreviewPerson, previewMembers, previewPage } from '@/db/ledger-preview';
import { mostRowsInRequest } from '@/db/ledger-row';
import type { Asked } from '@/db/ledger-wanted';
import { liveMembers } from '@/db/live-flush';
import { matchingProfiles } from '@/db/profiles';
import { segmentByKey, segmentSql } from '@/db/segments';
import type { WorkspaceId } from '@/lib/auth';
import type { CampaignPlan } from '@/lib/campaign/plan';
import { askedOf } from './asked';

export type DryRun = {
  join: number;
  leave: number;
  stay: number;
  /** Not in the audience, and not to be sent again: had their stay, or taken out already by a campaign that only takes out. */
  out: number;
  /** Qualified, but not sent: in an excluded segment or without consent; in the control group; beyond the cap; without an identifier. */
  excluded: number;
  control: number;
  overCap: number;
  unreachable: number;
  requests: number;
};

type Who = Pick<
  CampaignPlan,
  'trigger' | 'segment' | 'definition' | 'identifiers' | 'mode' | 'stayDays' | 'cap' | 'controlPercent' | 'limitedDataUse' | 'valueFrom'
>;

/** What a run at that instant would do. Reads only. @param campaignId whose ledger it is compared with. */
export async function dryRun(db: Database, workspaceId: WorkspaceId, who: Who, at: Date, campaignId: string): Promise<DryRun> {
  const preview = compareWithLedger(await previewOf(db, workspaceId, who, at, campaignId));
  const rows = await db.orm.execute<{ outcome: Outcome; n: number }>(sql`
    select outcome, count(*)::int as n from (${preview}) preview where outcome is not null group by 1`);
  const counts = new Map(rows.map((row) => [row.outcome, row.n]));
  const n = (outcome: Outcome) => counts.get(outcome) ?? 0;
  return {
    join: n('join'),
    leave: n('leave'),
    stay: n('stay'),
    out: n('out'),
    excluded: n('excluded'),
    control: n('control'),
    overCap: n('over_cap'),
    unreachable: n('unreachable'),
    requests: Math.ceil(n('join') / mostRowsInRequest) + Math.ceil(n('leave') / mostRowsInRequest),
  };
}

/** The people behind the counts. Reads only. */
export async function* dryRunMembers(
  db: Database,
  workspaceId: WorkspaceId,
  who: Who,
  at: Date,
  options: { campaignId: string; outcomes: readonly Outcome[] },
): AsyncGenerator<PreviewMember> {
  yield* previewMembers(db, await previewOf(db, workspaceId, who, at, options.campaignId), options.outcomes);
}

/** The first fifty of an outcome. @param search the beginning of an id, or a whole email or phone number; empty for all. */
export async function dryRunPage(
  db: Database,
  workspaceId: WorkspaceId,
  who: Who,
  at: Date,
  { campaignId, outcome, search, signal }: { campaignId: string; outcome: Outcome; search: string; signal: AbortSignal },
): Promise<PreviewPerson[]> {
  const among = search === '' ? null : await matchingProfiles(db, workspaceId, search);
  return previewPage(db, await previewOf(db, workspaceId, who, at, campaignId), outcome, among, signal);
}

async function previewOf(db: Database, workspaceId: WorkspaceId, who: Who, at: Date, campaignId: string): Promise<Asked> {
  const audience = await audienceOfCampaign(db, workspaceId, campaignId);
  const { limitedDataUse, valueFrom, mode } = who;
  // Until it is at Facebook, the audience is made by what is chosen then.
  const isMade = audience !== null && (audience.facebookId ?? audience.formerFacebookId) !== null;
  const schema = isMade
    ? audience.schema
    : await plannedSchema(db, workspaceId, { identifiers: who.identifiers ?? null, limitedDataUse, valued: valueFrom !== null });
  const definition = who.definition ?? (who.segment === undefined ? null : (await segmentByKey(db, workspaceId, who.segment)).definition);
  const described = definition && (await segmentSql(db, workspaceId, definition, at));
  const audienceId = audience?.id ?? 0;
  const segment = who.trigger ? liveMembers(audienceId, described, at) : described;
  // The stays of a live campaign are its own.
  const options = who.trigger ? { ...who, stayDays: null } : who;
  return askedOf(db, { workspaceId, campaignId, audienceId, schema, mode, options }, segment, 'sync', { at, now: at });
}
