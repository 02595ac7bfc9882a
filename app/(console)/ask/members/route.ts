import { askedDefinition, sampleMembers } from '@/db/segments';
import { consoleRoute } from '@/lib/respond';
import { parseQuestion } from '@/lib/segment/question';

/** Twenty of those who qualify. */
export const POST = consoleRoute(async ({ body, user, db, now }) => {
  const { who, at } = parseQuestion(body, now);
  return { members: await sampleMembers(db, user.workspaceId, await askedDefinition(db, user.workspaceId, who), { at, now }) };
});
