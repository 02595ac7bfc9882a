import { listFacts } from '@/db/lists';
import { listRequest } from '@/lib/list-request';
import { uploadList } from '@/lib/list-upload';
import { apiRoute } from '@/lib/respond';

export const dynamic = 'force-dynamic';
/** Seconds: a list of some millions. */
export const maxDuration = 300;

type Params = { key: string };

const rejectsAt = (key: string) => `/api/v1/segments/${key}/list/rejects`;

export const PUT = apiRoute<Params>('marketer', async ({ request, params: { key }, db, workspace }) => {
  const { upload, body } = listRequest(request, key);
  const { created, ...counts } = await uploadList({ db, clock: () => new Date() }, { ...upload, workspace, userId: null }, body);
  return Response.json({ key, kind: 'list', ...counts, rejects: rejectsAt(key) }, { status: created ? 201 : 200 });
});

export const GET = apiRoute<Params>('viewer', async ({ params: { key }, db, workspaceId }) => ({
  key,
  kind: 'list',
  ...(await listFacts(db, workspaceId, key)),
  rejects: rejectsAt(key),
}));
