import { campaignDetail, saveDraft, scheduleCampaign } from '@/db/campaigns';
import { campaignDraftSchema } from '@/lib/campaign/plan';
import { campaignView } from '@/lib/campaign/view';
import { apiRoute, jsonBody, parsedBody } from '@/lib/respond';

export const dynamic = 'force-dynamic';

type Params = { id: string };

export const GET = apiRoute<Params>('viewer', async ({ params, db, workspaceId }) =>
  campaignView(await campaignDetail(db, workspaceId, params.id)),
);

/** Lays the given parts over the plan. A draft stays one; what runs gets a new version at once. */
export const PATCH = apiRoute<Params>('marketer', async ({ request, params, db, workspaceId, now }) => {
  const patch = parsedBody(campaignDraftSchema, await jsonBody(request));
  const { draft, version } = await campaignDetail(db, workspaceId, params.id);
  const { segment, definition, ...rest } = draft;
  const who = patch.segment || patch.definition ? {} : { segment, definition };
  await saveDraft(db, workspaceId, params.id, { ...rest, ...who, ...patch }, now);
  if (version) await scheduleCampaign(db, workspaceId, params.id, now, null);
  return campaignView(await campaignDetail(db, workspaceId, params.id));
});
