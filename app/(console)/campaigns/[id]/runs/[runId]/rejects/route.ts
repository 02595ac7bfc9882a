import { notFound } from 'next/navigation';
import { database } from '@/db/open';
import { rejectsOfRun, runDetail } from '@/db/runs';
import { requireUser } from '@/lib/auth';
import { csv, csvLine } from '@/lib/stream';
import { found } from '../../../../open-campaign';

/** The rows Facebook did not take, as CSV: who and why, never the digests. Streamed. */
export async function GET(_request: Request, { params }: { params: Promise<{ id: string; runId: string }> }): Promise<Response> {
  const user = await requireUser();
  const { id, runId } = await params;
  if (!/^\d{1,9}$/.test(runId)) notFound();
  const db = database();
  const run = await found(runDetail(db, user.workspaceId, Number(runId)));
  if (run.campaignId !== id) notFound();
  const rejects = rejectsOfRun(db, user.workspaceId, run.id);
  const lines = async function* () {
    yield csvLine(['userId', 'anonymousId', 'batch', 'field', 'reason']);
    for await (const reject of rejects) yield csvLine([reject.userId, reject.anonymousId, reject.batch, reject.field, reject.reason]);
  };
  return csv(lines(), `run-${run.id}-rejects.csv`);
}
