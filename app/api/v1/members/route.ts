import { askedDefinition, memberIds } from '@/db/segments';
import { apiRoute, jsonBody } from '@/lib/respond';
import { parseQuestion } from '@/lib/segment/question';
import { ndjson } from '@/lib/stream';

export const dynamic = 'force-dynamic';

/** One JSON object a line, in a stable order: {"userId"}, or {"anonymousId"} for a profile without one. */
export const POST = apiRoute('viewer', async ({ request, db, workspaceId, now }) => {
  const { who, at } = parseQuestion(await jsonBody(request), now);
  const definition = await askedDefinition(db, workspaceId, who);
  return ndjson(memberIds(db, workspaceId, definition, { at, now }));
});
