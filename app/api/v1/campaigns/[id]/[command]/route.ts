import { archiveCampaign, pauseCampaign, resumeCampaign, runNow, stopCampaign } from '@/db/campaign-states';
import { campaignDetail, scheduleCampaign } from '@/db/campaigns';
import { runDetail } from '@/db/runs';
import { campaignPlanSchema } from '@/lib/campaign/plan';
import { campaignView, runView } from '@/lib/campaign/view';
import { AppError } from '@/lib/errors';
import { type ApiContext, apiRoute, parsedBody } from '@/lib/respond';
import { dryRun } from '@/lib/sync/dry-run';
import { nudge } from '@/lib/ticker';

export const dynamic = 'force-dynamic';

type Params = { id: string; command: string };
type Context = ApiContext<Params>;

const changes: Record<string, (context: Context) => Promise<unknown>> = {
  schedule: ({ db, workspaceId, params, now }) => scheduleCampaign(db, workspaceId, params.id, now, null).then(nudge),
  pause: ({ db, workspaceId, params, now }) => pauseCampaign(db, workspaceId, params.id, now),
  resume: ({ db, workspaceId, params, now }) => resumeCampaign(db, workspaceId, params.id, now).then(nudge),
  stop: ({ db, workspaceId, params, now }) => stopCampaign(db, workspaceId, params.id, now),
  archive: ({ db, workspaceId, params, now }) => archiveCampaign(db, workspaceId, params.id, now),
};

/** The buttons. */
export const POST = apiRoute<Params>('marketer', async (context) => {
  const { db, workspaceId, params, now } = context;
  if (params.command === 'run') {
    const { runId } = await runNow(db, workspaceId, params.id, now);
    nudge();
    return Response.json(runView(await runDetail(db, workspaceId, runId)), { status: 201 });
  }
  if (params.command === 'dry-run') {
    const { draft } = await campaignDetail(db, workspaceId, params.id);
    return dryRun(db, workspaceId, parsedBody(campaignPlanSchema, draft), now, params.id);
  }
  const change = changes[params.command];
  if (!change) throw new AppError('not_found', `There is no “${params.command}”.`);
  await change(context);
  return campaignView(await campaignDetail(db, workspaceId, params.id));
});
