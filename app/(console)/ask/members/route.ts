import { askedDefinition, sampleMembers } from '@/db/segments';
import { consoleRoute } from '@/lib/respond';
import { parseQuestion } from '@/lib/segment/question';

/** Twenty of those who qualify. */
export const POST = consoleRoute(async ({ body, user, db, now, gone }) => {
  const { who, at } = parseQuestion(body, now);
  const definition = await askedDefinition(db, user.workspaceId, who);
  return { members: await sampleMembers(db, user.workspaceId, definition, { at, now }, gone) };
});
