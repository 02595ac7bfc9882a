import { explain } from '@/db/explain';
import { hasProfile } from '@/db/profiles';
import { askedDefinition } from '@/db/segments';
import { AppError } from '@/lib/errors';
import { consoleRoute } from '@/lib/respond';
import { fieldsOf, parseQuestion } from '@/lib/segment/question';

/** Why one profile, by its own id, is among those asked for, or why not. */
export const POST = consoleRoute(async ({ body, user, db, now, gone }) => {
  const { profileId, ...question } = fieldsOf(body);
  const { who, at } = parseQuestion(question, now);
  const definition = await askedDefinition(db, user.workspaceId, who);
  if (!(await hasProfile(db, user.workspaceId, String(profileId)))) throw new AppError('not_found', 'There is no such user any more.');
  return explain(db, user.workspaceId, definition, String(profileId), at, now, gone);
});
