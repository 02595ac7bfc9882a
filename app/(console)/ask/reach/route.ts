import type { ReachLine } from '@/components/campaign/reach-lines';
import { estimateFunnel, estimateReach, type Funnel, funnel, reach } from '@/db/reach';
import { segmentNames } from '@/db/segment-references';
import { askedDefinition } from '@/db/segments';
import { campaignDraftSchema } from '@/lib/campaign/plan';
import { type ConsoleContext, consoleRoute, parsedBody, told } from '@/lib/respond';
import { segmentsOf } from '@/lib/segment/definition';
import { describeCondition, type SegmentNames } from '@/lib/segment/describe';
import { fieldsOf, parseQuestion } from '@/lib/segment/question';
import { promptNdjson } from '@/lib/stream';

/** A line as soon as it is known: the estimate where there is one, the exact reach, how many remain after each condition. */
export const POST = consoleRoute(async (context) => promptNdjson((gone) => lines(context, gone), context.gone));

async function* lines({ body, user, db, now }: ConsoleContext, gone: AbortSignal): AsyncGenerator<ReachLine> {
  const { workspaceId } = user;
  const { sent, ...question } = fieldsOf(body);
  try {
    const { who, at } = parseQuestion(question, now);
    const { identifiers } = parsedBody(campaignDraftSchema.pick({ identifiers: true }), { identifiers: sent });
    const definition = await askedDefinition(db, workspaceId, who);
    const names = await segmentNames(db, workspaceId, segmentsOf(definition));
    const counted = { sent: identifiers, signal: gone };
    const estimate = await estimateReach(db, workspaceId, definition, at, now, counted);
    if (estimate) yield { kind: 'reach', reach: estimate };
    const rough = estimate && (await estimateFunnel(db, workspaceId, definition, at, now, counted));
    if (rough) yield funnelLine(rough, names);
    yield { kind: 'reach', reach: await reach(db, workspaceId, definition, at, now, counted) };
    yield funnelLine(await funnel(db, workspaceId, definition, at, now, counted), names);
  } catch (error) {
    if (!gone.aborted) yield { kind: 'failed', message: told(error).error.message };
  }
}

const funnelLine = ({ steps }: Funnel, names: SegmentNames): ReachLine => ({
  kind: 'funnel',
  steps: steps.map(({ condition, remaining }) => ({ phrase: describeCondition(condition, names), remaining })),
});
