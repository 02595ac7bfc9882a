import { and, asc, eq, inArray } from 'drizzle-orm';
import type { Database } from '@/db/client';
import { requestRows } from '@/db/ledger';
import { writeRun } from '@/db/run-queue';
import type { Batch, Run } from '@/db/runs';
import { syncBatches, syncRuns } from '@/db/schema';
import { invariant } from '@/lib/errors';
import { audienceInfo, replaceMembers } from '@/lib/facebook/ads';
import { GraphError, ofBatch } from '@/lib/facebook/errors';
import type { RunContext, SyncWorld } from './advance-run';
import { begin, finishSending, keepInFlight, newSessionId } from './send';
import { isReplaceable, replacing, sessionMs, willPass } from './send-by';
import { type Sending, sameBatch, settleRefusal } from './settle-batch';
import { addTheRest, decideByDifference, endSession, settlePart } from './settle-replacement';

/** 2650: why Facebook does not take a part. Marketing API "Customer File Custom Audiences", read 2026-09. */
const notReady = 1870145;
const firstPartMissing = 1870147;
const notFullyUpdated = 1870148;
const timeIsUp = 1870158;
const finishedAlready = 1870159;
const tooLarge = 1870144;

/**
 * Sends the whole list by parts, in one session that Facebook takes ninety minutes for: the first part by itself, once the audience is in
 * order; then the others, a few at a time; the last one, which puts the list in place, when all are there. One stage a call. A part is in the
 * ledger's doubt until the list is in place. @returns the run: sent when no part is left.
 */
export async function sendReplacement(world: SyncWorld, context: RunContext): Promise<Run> {
  const { run } = context;
  const parts = await partsOf(world.db, run.id);
  const open = parts.filter((part) => part.state === 'pending');
  const last = parts.at(-1);
  // Every part was refused down to the last row: nothing is replaced.
  if (!last) return decideByDifference(world, context);
  if (open.length === 0) return finishSending(world, run);
  if (open.length === parts.length) return beginReplacement(world, context, parts);
  if (isOver(world, run)) return addTheRest(world, context);
  const others = open.filter((part) => part !== last);
  if (others.length === 0) return sendPart(world, context, parts, last);
  await keepInFlight(world, context, others, async (part) => (await sendPart(world, context, parts, part)).state === 'frozen');
  const [now] = await world.db.orm.select().from(syncRuns).where(eq(syncRuns.id, run.id));
  invariant(now, 'a run is not deleted');
  return now;
}

/** Without those that were refused down to a single row. */
async function partsOf(db: Database, runId: number): Promise<Batch[]> {
  const ofRun = and(eq(syncBatches.runId, runId), eq(syncBatches.op, 'replace'));
  const all = await db.orm.select().from(syncBatches).where(ofRun).orderBy(asc(syncBatches.seq));
  invariant(
    all.every((part) => part.state !== 'sent'),
    'a list that is in place is not begun again with what is left of it',
  );
  return all.filter((part) => part.state === 'pending' || part.state === 'received');
}

const isOver = (world: SyncWorld, { replaceStartedAt }: Run): boolean =>
  replaceStartedAt !== null && world.clock().getTime() - replaceStartedAt.getTime() >= sessionMs;

/**
 * The first part must never be sent twice in one session. Where its answer was lost, the audience's status says whether it arrived; where it
 * did not, all begins again in a new session.
 */
async function beginReplacement(world: SyncWorld, context: RunContext, parts: Batch[]): Promise<Run> {
  const { run, audience, graph } = context;
  invariant(audience.facebookId && parts[0], 'a frozen run has its audience at Facebook, a replacement its parts');
  const first = parts[0];
  const { operationCode } = await audienceInfo(graph, audience.facebookId);
  if (run.replaceSession !== null && operationCode === replacing) return settlePart(world, sendingOf(context, first), first.rows, null);
  if (willPass(operationCode)) throw new GraphError({ kind: 'api', status: 400, code: 2650, subcode: notReady }, null, null);
  if (!isReplaceable(operationCode)) return decideByDifference(world, context);
  // Until here a person may still halt the campaign; from here on Facebook would be left with half a list.
  if (run.replaceSession === null && !(await begin(world, run, first))) return run;
  const begun = await world.db.orm.transaction(async (tx) => {
    const now = world.clock();
    const session = { replaceSession: newSessionId(), replaceStartedAt: now, received: 0, invalid: 0 };
    const renewed = await writeRun(tx, run, world.lease, session, now);
    await tx
      .update(syncBatches)
      .set({ state: 'pending', attempts: 0, received: null })
      .where(and(eq(syncBatches.runId, run.id), eq(syncBatches.op, 'replace'), inArray(syncBatches.state, ['pending', 'received'])));
    await tx.update(syncBatches).set({ startedAt: now, attempts: 1 }).where(sameBatch(first));
    return renewed;
  });
  return sendPart(world, { ...context, run: begun }, parts, first);
}

const sendingOf = ({ run, audience, version }: RunContext, batch: Batch): Sending => {
  const key = { audienceId: audience.id, runId: run.id, seq: batch.seq, op: batch.op };
  return { run, batch, key, schema: audience.schema, stays: version.mode !== 'remove' };
};

/** @returns the run; no longer `frozen` where the refusal has led elsewhere. */
async function sendPart(world: SyncWorld, context: RunContext, parts: Batch[], part: Batch): Promise<Run> {
  const { run, audience, graph } = context;
  const [first, last] = [parts[0], parts.at(-1)];
  invariant(audience.facebookId && run.replaceSession !== null && first && last, 'a replacement under way has its session');
  const sending = sendingOf(context, part);
  if (part !== first) await begin(world, run, part);
  const { rows, data } = await requestRows(world.db, sending.key, audience.schema);
  // Nobody is left of it. Facebook takes no empty part; without a last one the session ends by itself.
  if (rows === 0) return settlePart(world, sending, 0, null);
  const estimatedTotal = parts.reduce((sum, each) => sum + each.rows, 0);
  const session = { sessionId: run.replaceSession, batchSeq: part.seq - first.seq + 1, last: part === last, estimatedTotal };
  try {
    const answer = await replaceMembers(graph, audience.facebookId, { schema: audience.schema, data, session });
    return await settlePart(world, sending, rows, answer);
  } catch (error) {
    if (error instanceof GraphError) return meetRefusal(world, context, sending, error, { isFirst: part === first, isLast: part === last });
    throw error;
  }
}

type Place = { isFirst: boolean; isLast: boolean };

/** What a refusal means for the replacement. @throws the refusal, where the run has to wait or to fail. */
async function meetRefusal(world: SyncWorld, context: RunContext, sending: Sending, error: GraphError, place: Place): Promise<Run> {
  const { subcode } = error.facts;
  // Its answer was lost: the list is complete.
  if (subcode === finishedAlready && place.isLast && !place.isFirst) return settlePart(world, sending, sending.batch.rows, null);
  if (subcode === timeIsUp) return addTheRest(world, context);
  if (subcode === tooLarge || subcode === notFullyUpdated || error.action === 'too_small') return decideByDifference(world, context);
  if (error.action === 'split') await settleRefusal(world, sending, error);
  // A first part that was refused has not begun anything; after a lost answer that is not known.
  const begunNothing = place.isFirst && error.action !== 'retry';
  if (begunNothing || subcode === firstPartMissing || subcode === finishedAlready) await forgetSession(world, context.run);
  throw ofBatch(error);
}

/** The next call begins anew, once the audience is in order. */
async function forgetSession(world: SyncWorld, run: Run): Promise<void> {
  await world.db.orm.transaction(async (tx) => {
    await endSession(tx, world, run, {});
    const parts = and(eq(syncBatches.runId, run.id), eq(syncBatches.op, 'replace'), eq(syncBatches.state, 'received'));
    await tx.update(syncBatches).set({ state: 'pending', received: null }).where(parts);
  });
}
