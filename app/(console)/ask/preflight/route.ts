import { z } from 'zod';
import { campaignDetail } from '@/db/campaigns';
import { consoleRoute, parsedBody } from '@/lib/respond';
import { preflightOf } from '../../campaigns/checks';

const asked = z.strictObject({ campaignId: z.uuid() });

/** The pre-flight of a campaign as it would run next. Asks Facebook, so a person has to ask for it. */
export const POST = consoleRoute(async ({ body, user, db, now }) => {
  const { campaignId } = parsedBody(asked, body);
  const campaign = await campaignDetail(db, user.workspaceId, campaignId);
  return { checks: (await preflightOf({ user, db, campaign, now })) ?? [] };
});
