import { randomInt } from 'node:crypto';
import { and, eq, inArray, sql } from 'drizzle-orm';
import type { Database } from '@/db/client';
import { requestRows } from '@/db/ledger';
import { beginBatch, writeRun } from '@/db/run-queue';
import type { Batch, Run } from '@/db/runs';
import { syncBatches } from '@/db/schema';
import { invariant } from '@/lib/errors';
import { addMembers, removeMembers, type UploadAnswer } from '@/lib/facebook/ads';
import { GraphError, ofBatch } from '@/lib/facebook/errors';
import type { RunContext, SyncWorld } from './advance-run';
import { isHalted } from './run-state';
import { type Sending, settleAnswer, settleRefusal, takesOutAll } from './settle-batch';

/** @returns the run: sent, or as far as it came before time was up or a person halted the campaign. */
export async function sendDifference(world: SyncWorld, context: RunContext): Promise<Run> {
  return (await sendBatches(world, context)) ? finishSending(world, context.run) : unfinished(context.run);
}

/** As it stands in the row after an answer, for whoever looks at it once more. */
export const unfinished = (run: Run): Run => ({ ...run, attempts: 0, waitUntil: null, waitReason: null });

/**
 * Sends the batches that have no answer yet, a few at a time, each its own request and its own transaction: what was answered stays
 * answered whatever happens to the others. All removals are out before the first addition. @returns whether none is left; false where time
 * was up or a person halted the campaign.
 */
export async function sendBatches(world: SyncWorld, context: RunContext): Promise<boolean> {
  for (let more = true; more; ) {
    const { next, others } = await pendingBatches(world.db, context.run.id);
    if (next.length === 0) return true;
    if (!(await keepInFlight(world, context, next, (batch) => sendBatch(world, context, batch)))) return false;
    // None is made anew where none was refused; of what takes everybody out, what was put off is asked for again.
    more = others || takesOutAll(context.run);
  }
  return true;
}

/** Of one kind: removals while there are any; and whether there are others behind them. */
async function pendingBatches(db: Database, runId: number): Promise<{ next: Batch[]; others: boolean }> {
  const pending = await db.orm
    .select()
    .from(syncBatches)
    .where(and(eq(syncBatches.runId, runId), eq(syncBatches.state, 'pending'), inArray(syncBatches.op, ['add', 'remove'])))
    // One that keeps failing lets the others go first.
    .orderBy(sql`${syncBatches.op} = 'add'`, syncBatches.attempts, syncBatches.seq);
  const next = pending.filter((batch) => batch.op === pending[0]?.op);
  return { next, others: next.length < pending.length };
}

/**
 * Keeps the allowed number of requests in flight. @param send says false where nothing more is to be sent.
 * @returns whether none was left out. @throws the first fault, when all have ended.
 */
export async function keepInFlight(
  world: SyncWorld,
  context: RunContext,
  batches: Batch[],
  send: (batch: Batch) => Promise<boolean>,
): Promise<boolean> {
  let goesOn = true;
  const work = async (): Promise<void> => {
    for (let batch = batches.shift(); batch; batch = batches.shift()) {
      goesOn &&= context.mayGoOn();
      if (!goesOn) return;
      try {
        if (!(await send(batch))) goesOn = false;
      } catch (error) {
        goesOn = false;
        throw error;
      }
    }
  };
  const workers = await Promise.allSettled(Array.from({ length: world.inFlight }, work));
  const failed = workers.find((worker) => worker.status === 'rejected');
  if (failed) throw failed.reason;
  return goesOn;
}

export async function finishSending(world: SyncWorld, run: Run): Promise<Run> {
  const now = world.clock();
  return world.db.orm.transaction((tx) =>
    writeRun(tx, run, world.lease, { state: 'sent', sentAt: now, attempts: 0, waitUntil: null, waitReason: null }, now),
  );
}

const nothingReceived: UploadAnswer = { received: 0, invalid: 0, samples: {}, traceId: null };

/** @returns false where a person has halted the campaign: nothing was sent. */
async function sendBatch(world: SyncWorld, { run, version, audience, graph }: RunContext, batch: Batch): Promise<boolean> {
  const { facebookId, schema } = audience;
  invariant(facebookId, 'a frozen run has its audience at Facebook');
  if (!(await begin(world, run, batch))) return false;
  const key = { audienceId: audience.id, runId: run.id, seq: batch.seq, op: batch.op };
  const sending: Sending = { run, batch, key, schema, stays: version.mode !== 'remove' };
  const { rows, data } = await requestRows(world.db, key, schema);
  const session = { sessionId: newSessionId(), batchSeq: 1, last: true, estimatedTotal: rows };
  const send = batch.op === 'add' ? addMembers : removeMembers;
  let answer: UploadAnswer;
  try {
    answer = rows === 0 ? nothingReceived : await send(graph, facebookId, { schema, data, session });
  } catch (error) {
    if (error instanceof GraphError) await settleRefusal(world, sending, error);
    throw ofBatch(error);
  }
  await settleAnswer(world, sending, rows, answer);
  return true;
}

/** An engine that slept past its lease stops here, before it sends what another may have settled since. @returns whether to send. @throws LeaseLost */
export async function begin(world: SyncWorld, run: Run, batch: Batch): Promise<boolean> {
  const state = await beginBatch(world.db, run, batch, world.lease, world.clock());
  return !isHalted(state, run);
}

/** A session of ours for one request: unique in the ad account in all likelihood, and below 2^53 so that JSON keeps it exact. */
export const newSessionId = (): number => randomInt(1, 2 ** 48 - 1);
