import { z } from 'zod';
import { deleteSegment, renameList, saveSegment, segmentKeySchema } from '@/db/segments';
import { AppError } from '@/lib/errors';
import { apiRoute, jsonBody, parsedBody } from '@/lib/respond';
import { parseDefinition } from '@/lib/segment/definition';
import { segmentViewOf } from '../segment-views';

export const dynamic = 'force-dynamic';

type Params = { key: string };

const body = z.strictObject({
  name: z.string('Name the segment.').trim().min(1, 'Name the segment.').max(120, 'At most 120 characters.'),
  /** None: a list is renamed. */
  definition: z.unknown().optional(),
});

export const PUT = apiRoute<Params>('marketer', async ({ request, params, db, workspaceId, now }) => {
  const key = segmentKeySchema.safeParse(params.key);
  if (!key.success) throw new AppError('invalid', key.error.issues[0]?.message ?? 'This is not a key.', 'key');
  const { name, definition } = parsedBody(body, await jsonBody(request));
  if (definition === undefined && (await renameList(db, workspaceId, key.data, name, now)))
    return segmentViewOf(db, workspaceId, now, key.data);
  if (definition === undefined) throw new AppError('invalid', 'Send {"name","definition"}.', 'definition');
  const { created } = await saveSegment(db, workspaceId, { key: key.data, name, definition: parseDefinition(definition) }, null, now);
  return Response.json(await segmentViewOf(db, workspaceId, now, key.data), { status: created ? 201 : 200 });
});

export const GET = apiRoute<Params>('viewer', async ({ params, db, workspaceId, now }) => segmentViewOf(db, workspaceId, now, params.key));

export const DELETE = apiRoute<Params>('marketer', async ({ params, db, workspaceId, now }) => {
  await deleteSegment(db, workspaceId, params.key, now);
  return new Response(null, { status: 204 });
});
