import { type SQL, sql } from 'drizzle-orm';
import type { Database } from '@/db/client';
import { refusedProfiles } from '@/db/exclusions';
import type { Asked } from '@/db/ledger-wanted';
import { memberValues } from '@/db/member-values';
import type { CampaignMode, RunPurpose } from '@/db/schema';
import type { When } from '@/db/segments';
import type { WorkspaceId } from '@/lib/auth';
import { drawSeed } from '@/lib/campaign/draw';
import type { CampaignOptions } from '@/lib/campaign/plan';

type Subject = {
  workspaceId: WorkspaceId;
  campaignId: string;
  /** 0 before there is one. */
  audienceId: number;
  schema: readonly string[];
  mode: CampaignMode;
  options: Pick<CampaignOptions, 'stayDays' | 'cap' | 'controlPercent' | 'valueFrom'>;
};

export const nobody: SQL = sql`select null::bigint as profile_id where false`;

const dayMs = 86_400_000;

/** What is compared with the ledger, and by which rules. @param segment null: nobody qualifies. */
export async function askedOf(
  db: Database,
  subject: Subject,
  segment: SQL | null,
  purpose: RunPurpose,
  when: Exclude<When, Date>,
): Promise<Asked> {
  const { workspaceId, campaignId, audienceId, schema, mode, options } = subject;
  const { stayDays, cap, controlPercent } = options;
  // An audience is emptied of everybody, whatever was done to it before.
  const emptied = purpose === 'empty';
  return {
    workspaceId,
    audienceId,
    schema,
    mode: emptied ? 'mirror' : mode,
    segment: segment ?? nobody,
    refused: emptied ? [] : await refusedProfiles(db, workspaceId, when),
    stayedSince: stayDays === null ? null : new Date(when.at.getTime() - stayDays * dayMs),
    cap,
    controlPercent,
    seed: drawSeed(campaignId),
    values: options.valueFrom && !emptied ? await memberValues(db, workspaceId, options.valueFrom, when.at) : null,
  };
}
