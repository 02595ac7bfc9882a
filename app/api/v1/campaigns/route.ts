import { listCampaigns } from '@/db/campaign-list';
import { campaignDetail, createDraft } from '@/db/campaigns';
import { campaignDraftSchema } from '@/lib/campaign/plan';
import { campaignView } from '@/lib/campaign/view';
import { apiRoute, jsonBody, parsedBody } from '@/lib/respond';

export const dynamic = 'force-dynamic';

export const GET = apiRoute('viewer', async ({ db, workspaceId }) => ({
  campaigns: (await listCampaigns(db, workspaceId, true)).map(({ id, name, state, nextAt, members, updatedAt }) => ({
    id,
    name,
    state,
    nextAt,
    members,
    updatedAt,
  })),
}));

export const POST = apiRoute('marketer', async ({ request, db, workspaceId, now }) => {
  const { id } = await createDraft(db, workspaceId, parsedBody(campaignDraftSchema, await jsonBody(request)), null, now);
  return Response.json(campaignView(await campaignDetail(db, workspaceId, id)), { status: 201 });
});
