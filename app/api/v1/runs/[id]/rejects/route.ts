import { type Reject, rejectsOfRun, runDetail } from '@/db/runs';
import { apiRoute } from '@/lib/respond';
import { csv, csvLine } from '@/lib/stream';

export const dynamic = 'force-dynamic';

export const GET = apiRoute<{ id: string }>('viewer', async ({ params, db, workspaceId }) => {
  const { id } = await runDetail(db, workspaceId, Number(params.id));
  return csv(lines(rejectsOfRun(db, workspaceId, id)), `run-${id}-rejects.csv`);
});

async function* lines(rejects: AsyncIterable<Reject>): AsyncGenerator<string> {
  yield csvLine(['userId', 'anonymousId', 'batch', 'field', 'reason']);
  for await (const { userId, anonymousId, batch, field, reason } of rejects) yield csvLine([userId, anonymousId, batch, field, reason]);
}
