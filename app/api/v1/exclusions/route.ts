import { exclusionsInput, exclusionsOf, saveExclusions } from '@/db/exclusions';
import { apiRoute, jsonBody, parsedBody } from '@/lib/respond';
import { nudge } from '@/lib/ticker';

export const dynamic = 'force-dynamic';

export const GET = apiRoute('viewer', async ({ db, workspaceId }) => exclusionsOf(db, workspaceId));

export const PUT = apiRoute('owner', async ({ request, db, workspaceId, now }) => {
  const exclusions = parsedBody(exclusionsInput, await jsonBody(request));
  await saveExclusions(db, workspaceId, exclusions, now);
  nudge();
  return exclusions;
});
