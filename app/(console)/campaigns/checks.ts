import 'server-only';
import { cache } from 'react';
import { type Reach, reach } from '@/db/reach';
import { secondsPerRequest } from '@/db/runs';
import { segmentByKey } from '@/db/segments';
import { type CampaignDraft, type CampaignPlan, campaignPlanSchema } from '@/lib/campaign/plan';
import { env } from '@/lib/env';
import { pastDefinition } from '@/lib/live/past';
import { usualStayDays } from '@/lib/live/trigger';
import { type DryRun, dryRun } from '@/lib/sync/dry-run';
import { type Check, preflight } from '@/lib/sync/preflight';
import { identifiersCheck, sizeCheck } from '@/lib/sync/preflight-members';
import { graphWorld } from './graph-world';
import type { OpenCampaign } from './open-campaign';

/** What the panels of one page ask of the same campaign: each counted once a request. */

export const planOf = ({ campaign }: OpenCampaign): CampaignPlan | null => campaignPlanSchema.safeParse(campaign.draft).data ?? null;

export const reachOf = cache(async ({ user, db, campaign, now }: OpenCampaign): Promise<Reach | null> => {
  const { trigger, stayDays, segment, definition, identifiers }: CampaignDraft = campaign.draft;
  const described = segment ? (await segmentByKey(db, user.workspaceId, segment)).definition : definition;
  const who = trigger ? pastDefinition(trigger, described ?? null, stayDays ?? usualStayDays) : described;
  return who ? reach(db, user.workspaceId, who, now, now, { sent: identifiers }) : null;
});

export const dryRunOf = cache(async (open: OpenCampaign): Promise<DryRun | null> => {
  const plan = planOf(open);
  return plan && dryRun(open.db, open.user.workspaceId, plan, open.now, open.campaign.id);
});

/** Of one request with ten thousand rows, until this workspace has sent any. */
const firstGuess = 5;

/** How long a run would send. */
export async function secondsToSend({ user, db }: OpenCampaign, { requests }: DryRun): Promise<number> {
  const each = (await secondsPerRequest(db, user.workspaceId)) ?? firstGuess;
  return (requests * each) / env().syncRequestsInFlight;
}

/** Everything that must be true for the next run; null while the plan is not complete. */
export async function preflightOf(open: OpenCampaign): Promise<Check[] | null> {
  const plan = planOf(open);
  if (!plan) return null;
  const { user, db, campaign, now } = open;
  const [facebook, counts, reached] = await Promise.all([
    preflight(graphWorld(db), user.workspaceId, plan, campaign.audience?.facebookId ?? null, now),
    dryRunOf(open),
    reachOf(open),
  ]);
  return [...facebook, ...(counts ? [sizeCheck(plan, counts)] : []), reached && identifiersCheck(reached, plan.identifiers)].filter(
    (check) => check !== null,
  );
}
