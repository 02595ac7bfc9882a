import { notFound } from 'next/navigation';
import { csvLine } from '@/components/run/csv-line';
import { database } from '@/db/open';
import { rejectsOfRun, runDetail } from '@/db/runs';
import { requireUser } from '@/lib/auth';
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
    yield csvLine(['userId', 'anonymousId', 'batch', 'reason']);
    for await (const reject of rejects) yield csvLine([reject.userId ?? '', reject.anonymousId ?? '', String(reject.batch), reject.reason]);
  };
  return new Response(streamOf(lines()), {
    headers: {
      'content-type': 'text/csv; charset=utf-8',
      'content-disposition': `attachment; filename="run-${run.id}-rejects.csv"`,
      'cache-control': 'no-store',
    },
  });
}

/** Reads on only as fast as the other end takes it. */
function streamOf(lines: AsyncGenerator<string>): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  return new ReadableStream({
    async pull(controller) {
      const { value, done } = await lines.next();
      if (done) controller.close();
      else controller.enqueue(encoder.encode(value));
    },
    async cancel() {
      await lines.return(undefined);
    },
  });
}
