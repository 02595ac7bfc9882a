import { recordState } from '@/db/audience-sizes';
import type { Database } from '@/db/client';
import { memberCount } from '@/db/ledger';
import { invariant } from '@/lib/errors';
import { type AudienceInfo, audienceInfo } from '@/lib/facebook/ads';
import { ofAudience } from '@/lib/facebook/errors';
import type { RunContext } from './advance-run';
import { lookAfterRun } from './later-sizes';

type Tx = Parameters<Parameters<Database['orm']['transaction']>[0]>[0];

/** Size and status as Facebook tells them. */
export async function readAudience({ audience, graph }: RunContext): Promise<AudienceInfo> {
  invariant(audience.facebookId, 'what is read is there');
  return audienceInfo(graph, audience.facebookId).catch((error: unknown) => {
    throw ofAudience(error);
  });
}

/** Beside how many members the ledger has. */
export async function recordAudience(tx: Tx, { version, audience }: RunContext, info: AudienceInfo, now: Date): Promise<void> {
  const { sizeLower, sizeUpper, operationCode, operationText, deliveryCode } = info;
  // Whom a remove-only campaign has taken out was never in by its doing.
  const members = version.mode === 'remove' ? 0 : await memberCount(tx, audience.id);
  const told = { sizeLower, sizeUpper, operationCode, operationText, deliveryCode };
  await recordState(tx, audience, { ...told, members, lookAt: lookAfterRun(told, now) }, now);
}
