import { cancelRun, releaseHeldRun, retryRun } from '@/db/run-commands';
import { runDetail } from '@/db/runs';
import { runDetailView } from '@/lib/campaign/view';
import { AppError } from '@/lib/errors';
import { apiRoute } from '@/lib/respond';
import { nudge } from '@/lib/ticker';

export const dynamic = 'force-dynamic';

const commands: Record<string, typeof cancelRun> = { release: releaseHeldRun, cancel: cancelRun, retry: retryRun };

/** The buttons of a run. */
export const POST = apiRoute<{ id: string; command: string }>('marketer', async ({ params, db, workspaceId, now }) => {
  const command = commands[params.command];
  if (!command) throw new AppError('not_found', `There is no “${params.command}”.`);
  await command(db, workspaceId, Number(params.id), now);
  nudge();
  return runDetailView(await runDetail(db, workspaceId, Number(params.id)));
});
