import { z } from 'zod';
import { searchProfiles } from '@/db/profiles';
import { consoleRoute, parsedBody } from '@/lib/respond';

const asked = z.strictObject({
  text: z.string().trim().min(1, 'Type an id, an email or a phone number.').max(500, 'At most 500 characters.'),
});

/** Those whose id begins with the text, or whose email or phone it is: posted and hashed, so that it stands nowhere. */
export const POST = consoleRoute(async ({ body, user, db }) => {
  const { text } = parsedBody(asked, body);
  const found = await searchProfiles(db, user.workspaceId, text);
  return {
    profiles: found.slice(0, 8).map(({ profileId, name, anonymous, has, lastSeen }) => ({ profileId, name, anonymous, has, lastSeen })),
  };
});
