import { campaignDetail } from '@/db/campaigns';
import { runsOfCampaign } from '@/db/runs';
import { runView } from '@/lib/campaign/view';
import { apiRoute } from '@/lib/respond';

export const dynamic = 'force-dynamic';

/** Newest first, a hundred at most. */
export const GET = apiRoute<{ id: string }>('viewer', async ({ params, db, workspaceId }) => {
  const { id } = await campaignDetail(db, workspaceId, params.id);
  return { runs: (await runsOfCampaign(db, workspaceId, id)).map(runView) };
});
