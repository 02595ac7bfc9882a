import { dropLookalike } from '@/db/lookalikes';
import { apiRoute } from '@/lib/respond';
import { nudge } from '@/lib/ticker';

export const dynamic = 'force-dynamic';

/** Deleted at Facebook, too: 202, for that takes until the next heartbeat. */
export const DELETE = apiRoute<{ id: string; lookalikeId: string }>('marketer', async ({ params, db, workspaceId, now }) => {
  await dropLookalike(db, workspaceId, params.id, Number(params.lookalikeId), now);
  nudge();
  return new Response(null, { status: 202 });
});
