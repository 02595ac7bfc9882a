import { archiveCampaign, pauseCampaign, resumeCampaign, runNow, stopCampaign } from '@/db/campaign-states';
import { campaignDetail, scheduleCampaign } from '@/db/campaigns';
import { type Outcome, outcomes } from '@/db/ledger-preview';
import { remakeAudience } from '@/db/remake-audience';
import { undoLastRun } from '@/db/run-commands';
import { runDetail } from '@/db/runs';
import { campaignPlanSchema, stopInput } from '@/lib/campaign/plan';
import { campaignView, runView } from '@/lib/campaign/view';
import { AppError } from '@/lib/errors';
import { type ApiContext, apiRoute, optionalBody, parsedBody } from '@/lib/respond';
import { ndjson } from '@/lib/stream';
import { dryRun, dryRunMembers } from '@/lib/sync/dry-run';
import { nudge } from '@/lib/ticker';

export const dynamic = 'force-dynamic';

type Params = { id: string; command: string };
type Context = ApiContext<Params>;

const changes: Record<string, (context: Context) => Promise<unknown>> = {
  schedule: ({ db, workspaceId, params, now }) => scheduleCampaign(db, workspaceId, params.id, now, null).then(nudge),
  pause: ({ db, workspaceId, params, now }) => pauseCampaign(db, workspaceId, params.id, now),
  resume: ({ db, workspaceId, params, now }) => resumeCampaign(db, workspaceId, params.id, now).then(nudge),
  stop: async ({ request, db, workspaceId, params, now }) => {
    const { members } = parsedBody(stopInput, await optionalBody(request));
    await stopCampaign(db, workspaceId, params.id, now, members);
    nudge();
  },
  archive: ({ db, workspaceId, params, now }) => archiveCampaign(db, workspaceId, params.id, now),
  remake: ({ db, workspaceId, params, now }) => remakeAudience(db, workspaceId, params.id, now).then(nudge),
};

/** The buttons. */
export const POST = apiRoute<Params>('marketer', async (context) => {
  const { db, workspaceId, params, now } = context;
  if (params.command === 'run' || params.command === 'undo') {
    const { runId } = await (params.command === 'run' ? runNow : undoLastRun)(db, workspaceId, params.id, now);
    nudge();
    return Response.json(runView(await runDetail(db, workspaceId, runId)), { status: 201 });
  }
  if (params.command === 'dry-run') return rehearse(context);
  const change = changes[params.command];
  if (!change) throw new AppError('not_found', `There is no “${params.command}”.`);
  await change(context);
  return campaignView(await campaignDetail(db, workspaceId, params.id));
});

/**
 * Counts; with `Accept: application/x-ndjson` or `?list=join,leave,…` a line of counts and then one a person. Without `list` those are
 * they who would join, would leave, or cannot be sent.
 */
async function rehearse({ request, db, workspaceId, params, now }: Context): Promise<Response | object> {
  const { draft } = await campaignDetail(db, workspaceId, params.id);
  const plan = parsedBody(campaignPlanSchema, draft);
  const counts = await dryRun(db, workspaceId, plan, now, params.id);
  const list = new URL(request.url).searchParams.get('list');
  if (list === null && !request.headers.get('accept')?.includes('application/x-ndjson')) return counts;
  const wanted = list?.split(',') ?? ['join', 'leave', 'unreachable'];
  if (!wanted.every((each): each is Outcome => (outcomes as readonly string[]).includes(each)))
    throw new AppError('invalid', `list names some of ${outcomes.join(', ')}.`, 'list');
  const people = dryRunMembers(db, workspaceId, plan, now, { campaignId: params.id, outcomes: wanted });
  return ndjson(countsThenPeople(counts, people));
}

async function* countsThenPeople(counts: object, people: AsyncIterable<object>): AsyncGenerator<object> {
  yield counts;
  yield* people;
}
