import { estimateReach, reach } from '@/db/reach';
import { askedDefinition } from '@/db/segments';
import { apiRoute, jsonBody } from '@/lib/respond';
import { parseQuestion } from '@/lib/segment/question';

export const dynamic = 'force-dynamic';

export const POST = apiRoute('viewer', async ({ request, db, workspaceId, now }) => {
  const { who, at, exact } = parseQuestion(await jsonBody(request), now);
  const definition = await askedDefinition(db, workspaceId, who);
  const asked = { signal: request.signal };
  const estimate = exact ? null : await estimateReach(db, workspaceId, definition, at, now, asked);
  return estimate ?? reach(db, workspaceId, definition, at, now, asked);
});
