import { runDetail } from '@/db/runs';
import { runDetailView } from '@/lib/campaign/view';
import { apiRoute } from '@/lib/respond';

export const dynamic = 'force-dynamic';

export const GET = apiRoute<{ id: string }>('viewer', async ({ params, db, workspaceId }) =>
  runDetailView(await runDetail(db, workspaceId, Number(params.id))),
);
