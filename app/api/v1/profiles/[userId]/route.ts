import { eraseProfile } from '@/db/erasures';
import { profileOfUser } from '@/db/profiles';
import { receiptById } from '@/db/removals';
import { receiptView } from '@/lib/removal-view';
import { apiRoute } from '@/lib/respond';
import { nudge } from '@/lib/ticker';

export const dynamic = 'force-dynamic';

/** Erases the profile; 202 while audiences hold it still. The receipt is at /erasures/{id}. */
export const DELETE = apiRoute<{ userId: string }>('owner', async ({ params: { userId }, db, workspaceId, now }) => {
  const id = await eraseProfile(db, workspaceId, await profileOfUser(db, workspaceId, userId), null, now);
  nudge();
  const receipt = await receiptById(db, workspaceId, id);
  return Response.json(receiptView(receipt), { status: receipt.finishedAt ? 200 : 202, headers: { 'cache-control': 'no-store' } });
});
