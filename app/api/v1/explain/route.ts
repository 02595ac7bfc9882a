import { explain } from '@/db/explain';
import { profileOfUser } from '@/db/profiles';
import { askedDefinition } from '@/db/segments';
import { apiRoute, jsonBody } from '@/lib/respond';
import { parseUserQuestion } from '@/lib/segment/question';

export const dynamic = 'force-dynamic';

/** The tree of the definition, each condition with its answer for this one user. */
export const POST = apiRoute('viewer', async ({ request, db, workspaceId, now }) => {
  const { who, at, userId } = parseUserQuestion(await jsonBody(request), now);
  const definition = await askedDefinition(db, workspaceId, who);
  const profileId = await profileOfUser(db, workspaceId, userId);
  return { userId, at, ...(await explain(db, workspaceId, definition, profileId, at, now, request.signal)) };
});
