import { revalidatePath } from 'next/cache';
import { uploadedRows } from '@/db/lists';
import { workspaceById } from '@/db/workspaces';
import { listRequest } from '@/lib/list-request';
import { uploadList } from '@/lib/list-upload';
import { sessionRoute } from '@/lib/session-route';

export const dynamic = 'force-dynamic';
export const maxDuration = 300;

type Params = { key: string };

/** Under /api, where bodies are not cut at 10 MB (proxy.ts). */
export const PUT = sessionRoute<Params>('marketer', async ({ request, params: { key }, user, db }) => {
  const { upload, body } = listRequest(request, key);
  const workspace = await workspaceById(db, user.workspaceId);
  const answer = await uploadList({ db, clock: () => new Date() }, { ...upload, workspace, userId: user.userId }, body);
  revalidatePath('/segments', 'layout');
  return answer;
});

/** How far an upload is: ?upload=ID. */
export const GET = sessionRoute<Params>('marketer', async ({ request, user, db }) => {
  const id = new URL(request.url).searchParams.get('upload') ?? '';
  return { rows: /^[0-9a-f-]{36}$/.test(id) ? await uploadedRows(db, user.workspaceId, id) : null };
});
