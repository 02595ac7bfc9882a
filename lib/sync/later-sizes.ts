import { type AudienceLook, claimLook, endLooks, recordState } from '@/db/audience-sizes';
import { type AudienceInfo, audienceInfo } from '@/lib/facebook/ads';
import { GraphError } from '@/lib/facebook/errors';
import type { SyncWorld } from './advance-run';

const hourMs = 3_600_000;
const soonMs = 4 * hourMs;
const dailyMs = 24 * hourMs;
/** Facebook has matched new members within a day, and may take longer; a size that is hidden then is too small to be told. */
const matchingMs = 72 * hourMs;

/** operation_status: still finding people. Marketing API "Custom Audience", read 2026-09. */
const stillMatching = 441;

type Told = Pick<AudienceInfo, 'sizeLower' | 'operationCode'>;

const isUnknown = ({ sizeLower, operationCode }: Told): boolean => sizeLower === null || operationCode === stillMatching;

/** When the size is read again that a run has just read. Whether anybody waits for it then is judged then. */
export const lookAfterRun = (told: Told, now: Date): Date => new Date(now.getTime() + (isUnknown(told) ? soonMs : dailyMs));

/** Null where nobody waits for it any more. */
function nextLook(told: Told, { moving, filledAt }: AudienceLook, now: Date): Date | null {
  const fresh = filledAt !== null && now.getTime() - filledAt.getTime() < matchingMs;
  if (fresh && isUnknown(told)) return new Date(now.getTime() + soonMs);
  return moving ? new Date(now.getTime() + dailyMs) : null;
}

/** Reads the sizes that are due, one after the other, until none is or time is up. @returns how many were asked for. */
export async function readLaterSizes(world: SyncWorld, inBudget: () => boolean): Promise<number> {
  let asked = 0;
  while (inBudget()) {
    const now = world.clock();
    const look = await claimLook(world.db, now, new Date(now.getTime() + soonMs));
    if (!look) return asked;
    if (nextLook(look.audience, look, now) === null) await endLooks(world.db, look.audience.id);
    else {
      asked++;
      await readSize(world, look).catch((error: unknown) => {
        // It has been put off already.
        world.log('size not read', { audience: look.audience.id, action: error instanceof GraphError ? error.action : 'retry' });
      });
    }
  }
  return asked;
}

async function readSize(world: SyncWorld, look: AudienceLook): Promise<void> {
  const { audience, connectionId } = look;
  if (audience.facebookId === null) return;
  const graph = await world.graphFor(audience.workspaceId, connectionId, audience.adAccountId);
  const info = await audienceInfo(graph, audience.facebookId);
  const now = world.clock();
  const { sizeLower, sizeUpper, operationCode, operationText, deliveryCode } = info;
  const told = { sizeLower, sizeUpper, operationCode, operationText, deliveryCode };
  const state = { ...told, lookAt: nextLook(told, look, now) };
  await world.db.orm.transaction((tx) => recordState(tx, audience, state, now));
}
