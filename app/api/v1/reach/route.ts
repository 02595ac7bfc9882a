import { reach, segmentByKey } from '@/db/segments';
import { apiRoute, jsonBody } from '@/lib/respond';
import { parseQuestion } from '@/lib/segment/question';

export const dynamic = 'force-dynamic';

export const POST = apiRoute('viewer', async ({ request, db, workspaceId, now }) => {
  const { who, at } = parseQuestion(await jsonBody(request), now);
  const definition = 'definition' in who ? who.definition : (await segmentByKey(db, workspaceId, who.segment)).definition;
  return reach(db, workspaceId, definition, { at, now });
});
