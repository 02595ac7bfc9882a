import { z } from 'zod';
import { campaignDetail } from '@/db/campaigns';
import { outcomes } from '@/db/ledger-preview';
import { campaignPlanSchema } from '@/lib/campaign/plan';
import { consoleRoute, parsedBody } from '@/lib/respond';
import { dryRunPage } from '@/lib/sync/dry-run';

const asked = z.strictObject({
  campaignId: z.uuid(),
  outcome: z.enum(outcomes),
  search: z.string().trim().max(500, 'At most 500 characters.'),
});

/** The first of those behind a count of the dry run; posted, so that no email stands in an address. */
export const POST = consoleRoute(async ({ body, user, db, now, gone }) => {
  const { campaignId, outcome, search } = parsedBody(asked, body);
  const { draft } = await campaignDetail(db, user.workspaceId, campaignId);
  const plan = parsedBody(campaignPlanSchema, draft);
  return { people: await dryRunPage(db, user.workspaceId, plan, now, { campaignId, outcome, search, signal: gone }) };
});
