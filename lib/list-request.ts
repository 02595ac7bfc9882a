import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import { z } from 'zod';
import { listRejects } from '@/db/lists';
import { segmentKeySchema } from '@/db/segments';
import { AppError } from '@/lib/errors';
import { listIdentifiers } from '@/lib/intake/list-csv';
import type { ListUpload } from '@/lib/list-upload';
import { parsedBody } from '@/lib/respond';
import { csvLine } from '@/lib/stream';

const query = z.strictObject({
  name: z.string().trim().min(1, 'Name the list.').max(120, 'At most 120 characters.').optional(),
  column: z.string().max(512).optional(),
  place: z.coerce.number('A number, from 1.').int('A number, from 1.').optional(),
  identifier: z.enum(listIdentifiers, 'One of userId, email, phone.').optional(),
  header: z.enum(['true', 'false'], 'true or false.').optional(),
  new: z.enum(['true', 'false'], 'true or false.').optional(),
  upload: z.uuid('An upload is named by a UUID.').optional(),
});

/** A list sent as the body of a request, and what the address says of it. @throws AppError invalid. */
export function listRequest(request: Request, key: string): { upload: Omit<ListUpload, 'workspace' | 'userId'>; body: Readable } {
  const named = segmentKeySchema.safeParse(key);
  if (!named.success) throw new AppError('invalid', named.error.issues[0]?.message ?? 'This is not a key.', 'key');
  const asked = parsedBody(query, Object.fromEntries(new URL(request.url).searchParams));
  refuseOtherTypes(request.headers.get('content-type') ?? '');
  if (!request.body) throw new AppError('invalid', 'Send the file as the body, as text/csv.', '');
  const { name, column, place, identifier, header, new: isNew, upload: id } = asked;
  const choice = { column, place, identifier, ...(header === undefined ? {} : { header: header === 'true' }) };
  return { upload: { key, name, mustBeNew: isNew === 'true', choice, id }, body: Readable.fromWeb(request.body as ReadableStream) };
}

function refuseOtherTypes(contentType: string): void {
  const [type = '', ...parameters] = contentType.toLowerCase().split(';');
  const charset = parameters
    .find((each) => each.trim().startsWith('charset='))
    ?.split('=')[1]
    ?.replaceAll('"', '')
    .trim();
  if (/json|multipart/.test(type) || (charset !== undefined && !/^utf-?8$/.test(charset)))
    throw new AppError('invalid', 'Send the file itself as the body: text/csv in UTF-8.', '');
}

/** The rows of the list that were not taken: where and why. */
export async function* rejectLines(...list: Parameters<typeof listRejects>): AsyncGenerator<string> {
  yield csvLine(['line', 'reason']);
  for await (const { line, reason } of listRejects(...list)) yield csvLine([line, reason]);
}
