import { listFacts } from '@/db/lists';
import { rejectLines } from '@/lib/list-request';
import { apiRoute } from '@/lib/respond';
import { csv } from '@/lib/stream';

export const dynamic = 'force-dynamic';

/** CSV: line in the file, reason. */
export const GET = apiRoute<{ key: string }>('viewer', async ({ params: { key }, db, workspaceId }) => {
  await listFacts(db, workspaceId, key);
  return csv(rejectLines(db, workspaceId, key), `${key}-rejects.csv`);
});
