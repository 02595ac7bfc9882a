import { receiptById } from '@/db/removals';
import { receiptView } from '@/lib/removal-view';
import { apiRoute } from '@/lib/respond';

export const dynamic = 'force-dynamic';

export const GET = apiRoute<{ id: string }>('viewer', async ({ params, db, workspaceId }) =>
  receiptView(await receiptById(db, workspaceId, params.id)),
);
