import { eq } from 'drizzle-orm';
import type { Database } from '@/db/client';
import { memberCount } from '@/db/ledger';
import { audienceSizes, audiences } from '@/db/schema';
import { invariant } from '@/lib/errors';
import { type AudienceInfo, audienceInfo } from '@/lib/facebook/ads';
import { ofAudience } from '@/lib/facebook/errors';
import type { RunContext } from './advance-run';

type Tx = Parameters<Parameters<Database['orm']['transaction']>[0]>[0];

/** Size and status as Facebook tells them. */
export async function readAudience({ audience, graph }: RunContext): Promise<AudienceInfo> {
  invariant(audience.facebookId, 'what is read is there');
  return audienceInfo(graph, audience.facebookId).catch((error: unknown) => {
    throw ofAudience(error);
  });
}

/** Beside how many members the ledger has: as the state of the audience, and as a point of its history. */
export async function recordAudience(tx: Tx, { run, version, audience }: RunContext, info: AudienceInfo, now: Date): Promise<void> {
  const { sizeLower, sizeUpper, operationCode, operationText, deliveryCode } = info;
  // Whom a remove-only campaign has taken out was never in by its doing.
  const members = version.mode === 'remove' ? 0 : await memberCount(tx, audience.id);
  await tx
    .update(audiences)
    .set({ sizeLower, sizeUpper, operationCode, operationText, deliveryCode, members, checkedAt: now })
    .where(eq(audiences.id, audience.id));
  const size = { members, facebookLower: sizeLower, facebookUpper: sizeUpper };
  await tx
    .insert(audienceSizes)
    .values({ workspaceId: run.workspaceId, audienceId: audience.id, at: now, ...size })
    .onConflictDoUpdate({ target: [audienceSizes.audienceId, audienceSizes.at], set: size });
}
