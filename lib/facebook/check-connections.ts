import { claimChecks, connectionToken, type DueCheck, putOffCheck, settleCheck } from '@/db/connections';
import { connectionHealth } from './connect';
import { GraphError } from './errors';
import type { GraphWorld } from './graph-for';

/** Tokens die early: Facebook advises to look at each at least daily. */
const everyMs = 24 * 60 * 60_000;
const retryMs = 60 * 60_000;
const mostAtOnce = 5;

/** Asks Facebook about the tokens not looked at for a day: expiry, permissions, whether they live. @returns how many were answered. */
export async function checkConnections(world: GraphWorld, now: Date): Promise<number> {
  const due = await claimChecks(world.db, new Date(now.getTime() - everyMs), now, mostAtOnce);
  const answered = await Promise.all(due.map((check) => checkOne(world, check, now)));
  return answered.filter(Boolean).length;
}

async function checkOne(world: GraphWorld, check: DueCheck, now: Date): Promise<boolean> {
  try {
    const token = await connectionToken(world.db, check.workspaceId, check.id, world.encryptionKeys);
    const { scopes, expiresAt, problem } = await connectionHealth(world.facebook, token);
    // Of a dead token Facebook tells nothing more: what was known of it stays.
    const known = scopes.length > 0 ? { scopes, expiresAt } : {};
    await settleCheck(world.db, check, now, { ...known, brokenReason: problem });
    return true;
  } catch (error) {
    if (!(error instanceof GraphError)) throw error;
    await putOffCheck(world.db, check, new Date(now.getTime() - everyMs + retryMs));
    return false;
  }
}
