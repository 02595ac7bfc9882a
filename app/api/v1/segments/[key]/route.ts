import { z } from 'zod';
import { deleteSegment, saveSegment, segmentByKey, segmentKeySchema } from '@/db/segments';
import { AppError } from '@/lib/errors';
import { apiRoute, jsonBody } from '@/lib/respond';
import { parseDefinition } from '@/lib/segment/definition';
import { describe } from '@/lib/segment/describe';

export const dynamic = 'force-dynamic';

type Params = { key: string };

const body = z.strictObject({
  name: z.string().trim().min(1, 'Name the segment.').max(120, 'At most 120 characters.'),
  definition: z.unknown(),
});

export const PUT = apiRoute<Params>('marketer', async ({ request, params, db, workspaceId, now }) => {
  const key = segmentKeySchema.safeParse(params.key);
  if (!key.success) throw new AppError('invalid', key.error.issues[0]?.message ?? 'This is not a key.', 'key');
  const parsed = body.safeParse(await jsonBody(request));
  if (!parsed.success)
    throw new AppError(
      'invalid',
      parsed.error.issues[0]?.message ?? 'Send {"name","definition"}.',
      parsed.error.issues[0]?.path.join('.') ?? '',
    );
  const input = { key: key.data, name: parsed.data.name, definition: parseDefinition(parsed.data.definition) };
  const { created } = await saveSegment(db, workspaceId, input, null, now);
  return Response.json({ ...input, sentence: describe(input.definition) }, { status: created ? 201 : 200 });
});

export const GET = apiRoute<Params>('viewer', async ({ params, db, workspaceId }) => {
  const segment = await segmentByKey(db, workspaceId, params.key).catch((error: unknown) => {
    throw error instanceof AppError ? new AppError('not_found', error.message) : error;
  });
  return { ...segment, sentence: describe(segment.definition) };
});

export const DELETE = apiRoute<Params>('marketer', async ({ params, db, workspaceId, now }) => {
  await deleteSegment(db, workspaceId, params.key, now);
  return new Response(null, { status: 204 });
});
