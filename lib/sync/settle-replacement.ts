import { and, asc, eq, inArray } from 'drizzle-orm';
import { isStopped } from '@/db/campaign-states';
import type { Database } from '@/db/client';
import { doubtInvalid, newcomersOf, settleRemoved, takeOver } from '@/db/ledger';
import { writeRun } from '@/db/run-queue';
import type { Batch, Run } from '@/db/runs';
import { rejects, syncBatches } from '@/db/schema';
import { invariant } from '@/lib/errors';
import { audienceInfo, type UploadAnswer } from '@/lib/facebook/ads';
import { GraphError } from '@/lib/facebook/errors';
import type { RunContext, SyncWorld } from './advance-run';
import { replaceFailed, replacing } from './send-by';
import { recordRejects, refusedMembers, type Sending, sameBatch } from './settle-batch';

type Tx = Parameters<Parameters<Database['orm']['transaction']>[0]>[0];

/** A part has arrived; it counts when the list is in place. @param answer null where it is known to have arrived without one. */
export async function settlePart(world: SyncWorld, sending: Sending, rows: number, answer: UploadAnswer | null): Promise<Run> {
  const { run, batch, key } = sending;
  const refused = answer ? await refusedMembers(world.db, sending, answer) : new Map<string, string>();
  const now = world.clock();
  return world.db.orm.transaction(async (tx) => {
    const mine = await writeRun(tx, run, world.lease, {}, now);
    // Meanwhile another part's refusal may have ended the session: what arrived in it counts for nothing.
    if (mine.replaceSession !== run.replaceSession || mine.sendBy !== run.sendBy) return mine;
    await doubtInvalid(tx, key, [...refused.keys()]);
    await recordRejects(tx, sending, refused);
    const invalid = answer?.invalid ?? 0;
    const arrived = { state: 'received' as const, received: rows, invalid, traceId: answer?.traceId ?? null, finishedAt: now };
    await tx.update(syncBatches).set(arrived).where(sameBatch(batch));
    const counted = { received: mine.received + rows, invalid: mine.invalid + invalid, ...(rows > 0 ? { halvings: 0 } : {}) };
    return writeRun(tx, run, world.lease, { ...counted, attempts: 0, waitUntil: null, waitReason: null }, now);
  });
}

/**
 * Asks whether the list is in place. @returns the run, its replacement settled, or on its way to be decided by difference where Facebook
 * could not put it in place. @throws GraphError `wait` while it is at it.
 */
export async function settleReplacement(world: SyncWorld, context: RunContext): Promise<Run> {
  const { run, audience, graph } = context;
  invariant(audience.facebookId, 'a sent run has its audience at Facebook');
  const arrived = await batchesIn(world.db.orm, run.id, 'received');
  if (arrived.length === 0) return run;
  // Everybody on the list left before it was sent: Facebook has been told nothing.
  if (arrived.every(({ received }) => received === 0)) return decideByDifference(world, context);
  const { operationCode } = await audienceInfo(graph, audience.facebookId);
  if (operationCode === replacing) throw new GraphError({ kind: 'api', status: 400, code: 2650, subcode: 1870145 }, null, null);
  if (operationCode === replaceFailed) return decideByDifference(world, context);
  return world.db.orm.transaction((tx) => standAsReceived(tx, world, context, {}));
}

/**
 * The ninety minutes are over: what has arrived stands, and the others are added. The run keeps its session's id: also of a stopped campaign
 * it is finished, for who is not added now is in the audience no more.
 */
export const addTheRest = (world: SyncWorld, context: RunContext): Promise<Run> =>
  world.db.orm.transaction(async (tx) => {
    const { run, audience } = context;
    for (const part of await batchesIn(tx, run.id, 'pending', 'replace')) {
      const key = { audienceId: audience.id, runId: run.id, seq: part.seq, op: 'add' as const };
      await takeOver(tx, key);
      await tx.update(syncBatches).set({ op: 'add', attempts: 0 }).where(sameBatch(part));
    }
    return standAsReceived(tx, world, context, { sendBy: 'difference', replaceStartedAt: null });
  });

/** What the parts hold is in the audience, and who is in none has left it. */
async function standAsReceived(tx: Tx, world: SyncWorld, { run, version, audience }: RunContext, change: Partial<Run>): Promise<Run> {
  const now = world.clock();
  const mine = await writeRun(tx, run, world.lease, change, now);
  const keyOf = ({ seq, op }: Batch) => ({ audienceId: audience.id, runId: run.id, seq, op });
  const arrived = await batchesIn(tx, run.id, 'received');
  let added = -(await tx.$count(rejects, eq(rejects.runId, run.id)));
  for (const part of arrived) added += await newcomersOf(tx, keyOf(part));
  let removed = 0;
  const removals = await batchesIn(tx, run.id, 'pending', 'remove');
  for (const removal of removals) removed += await settleRemoved(tx, keyOf(removal), version.mode !== 'remove', now);
  const seqs = [...arrived, ...removals].map((batch) => batch.seq);
  const settled = and(eq(syncBatches.runId, run.id), inArray(syncBatches.seq, seqs));
  if (seqs.length > 0) await tx.update(syncBatches).set({ state: 'sent', finishedAt: now }).where(settled);
  const counted = { added: mine.added + Math.max(0, added), removed: mine.removed + removed };
  return writeRun(tx, run, world.lease, { ...counted, attempts: 0, waitUntil: null, waitReason: null }, now);
}

/** Compared anew and sent through /users: all that the replacement named is in doubt. */
export const decideByDifference = (world: SyncWorld, { run }: RunContext): Promise<Run> =>
  world.db.orm.transaction(async (tx) => {
    // Not frozen any more: tried again after an end, its parts, which name everybody, are not to be taken for removals.
    const again = { state: 'audience_ready' as const, sendBy: 'difference' as const, frozenAt: null };
    return endSession(tx, world, run, { ...again, attempts: 0, waitUntil: null, waitReason: null });
  });

/** With its session ends what a stopped campaign's run still went on for. */
export async function endSession(tx: Tx, world: SyncWorld, run: Run, change: Partial<Run>): Promise<Run> {
  const now = world.clock();
  const mine = await writeRun(tx, run, world.lease, { ...change, replaceSession: null, replaceStartedAt: null }, now);
  if (!(await isStopped(tx, run.campaignId))) return mine;
  const over = { state: 'cancelled' as const, finishedAt: now, waitUntil: null, waitReason: null, leasedBy: null, leasedUntil: null };
  return writeRun(tx, mine, world.lease, over, now);
}

const batchesIn = (orm: Pick<Tx, 'select'>, runId: number, state: Batch['state'], op?: Batch['op']): Promise<Batch[]> =>
  orm
    .select()
    .from(syncBatches)
    .where(and(eq(syncBatches.runId, runId), eq(syncBatches.state, state), op ? eq(syncBatches.op, op) : undefined))
    .orderBy(asc(syncBatches.seq));
