import { campaignDetail } from '@/db/campaigns';
import { askForLookalike, lookalikesOfCampaign } from '@/db/lookalikes';
import { lookalikeInput } from '@/lib/campaign/lookalike';
import { lookalikeView } from '@/lib/campaign/view';
import { apiRoute, jsonBody, parsedBody } from '@/lib/respond';
import { nudge } from '@/lib/ticker';

export const dynamic = 'force-dynamic';

/** Newest first. */
export const GET = apiRoute<{ id: string }>('viewer', async ({ params, db, workspaceId }) => {
  const { id } = await campaignDetail(db, workspaceId, params.id);
  return { lookalikes: (await lookalikesOfCampaign(db, workspaceId, id)).map(lookalikeView) };
});

/** Answers before it is made: its state tells. */
export const POST = apiRoute<{ id: string }>('marketer', async ({ request, params, db, workspaceId, now }) => {
  const input = parsedBody(lookalikeInput, await jsonBody(request));
  const { id } = await campaignDetail(db, workspaceId, params.id);
  const made = await askForLookalike(db, workspaceId, id, input, null, now);
  nudge();
  return Response.json(lookalikeView(made), { status: 201 });
});
