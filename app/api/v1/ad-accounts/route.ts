import { env } from '@/lib/env';
import { adAccounts } from '@/lib/facebook/ads';
import { graphFor } from '@/lib/facebook/graph-for';
import { apiRoute } from '@/lib/respond';

export const dynamic = 'force-dynamic';

/** `?connection=` names one of several; default the newest that works. */
export const GET = apiRoute('viewer', async ({ request, db, workspaceId }) => {
  const connectionId = new URL(request.url).searchParams.get('connection') ?? undefined;
  return { adAccounts: await adAccounts(await graphFor({ db, ...env() }, workspaceId, connectionId)) };
});
