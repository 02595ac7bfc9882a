import { z } from 'zod';
import { listConnections } from '@/db/connections';
import { env } from '@/lib/env';
import { AppError } from '@/lib/errors';
import { saveToken } from '@/lib/facebook/save-token';
import { apiRoute, jsonBody } from '@/lib/respond';

export const dynamic = 'force-dynamic';

export const GET = apiRoute('viewer', async ({ db, workspaceId }) => ({ connections: await listConnections(db, workspaceId) }));

const input = z.strictObject({ provider: z.literal('facebook'), token: z.string().trim().min(20).max(2000) });

export const POST = apiRoute('owner', async ({ request, db, workspaceId, now }) => {
  const parsed = input.safeParse(await jsonBody(request));
  if (!parsed.success)
    throw new AppError('invalid', 'Send {"provider":"facebook","token":"…"}.', parsed.error.issues[0]?.path.join('.') ?? '');
  const { facebook, encryptionKeys } = env();
  const { id, health } = await saveToken(db, facebook, workspaceId, parsed.data.token, { userId: null, keys: encryptionKeys }, now);
  const { kind, name, scopes, missing, expiresAt } = health;
  return Response.json({ id, kind, name, scopes, missing, expiresAt }, { status: 201 });
});
