import { memberIds, segmentByKey } from '@/db/segments';
import { apiRoute, jsonBody } from '@/lib/respond';
import { parseQuestion } from '@/lib/segment/question';
import { ndjson } from '@/lib/stream';

export const dynamic = 'force-dynamic';

/** One JSON object a line, in a stable order: {"userId"}, or {"anonymousId"} for a profile without one. */
export const POST = apiRoute('viewer', async ({ request, db, workspaceId, now }) => {
  const { who, at } = parseQuestion(await jsonBody(request), now);
  const definition = 'definition' in who ? who.definition : (await segmentByKey(db, workspaceId, who.segment)).definition;
  return ndjson(memberIds(db, workspaceId, definition, { at, now }));
});
