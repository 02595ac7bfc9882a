import { randomInt } from 'node:crypto';
import { and, eq, max, sql } from 'drizzle-orm';
import type { Database } from '@/db/client';
import { halveBatch, leaveInDoubt, membersOfBatch, rowsOfBatch, settleAdded, settleRemoved } from '@/db/ledger';
import { writeRun } from '@/db/run-queue';
import type { Batch, Run } from '@/db/runs';
import { rejects, syncBatches, syncRuns } from '@/db/schema';
import { invariant } from '@/lib/errors';
import { addMembers, removeMembers, type Upload, type UploadAnswer } from '@/lib/facebook/ads';
import { GraphError } from '@/lib/facebook/errors';
import type { RunContext, SyncWorld } from './advance-run';

type Tx = Parameters<Parameters<Database['orm']['transaction']>[0]>[0];

/**
 * Sends the next batches, a few at a time, each its own request and its own transaction: what was answered stays answered whatever
 * happens to the others. All removals are out before the first addition.
 */
export async function sendBatches(world: SyncWorld, context: RunContext): Promise<Run> {
  const next = await nextBatches(world.db, context.run.id, world.inFlight);
  if (next.length === 0) return finishSending(world, context.run);
  const outcomes = await Promise.allSettled(next.map((batch) => sendBatch(world, context, batch)));
  const failed = outcomes.find((outcome) => outcome.status === 'rejected');
  if (failed) throw failed.reason;
  return { ...context.run, attempts: 0, waitUntil: null, waitReason: null };
}

async function nextBatches(db: Database, runId: number, limit: number): Promise<Batch[]> {
  const pending = await db.orm
    .select()
    .from(syncBatches)
    .where(and(eq(syncBatches.runId, runId), eq(syncBatches.state, 'pending')))
    // One that keeps failing lets the others go first.
    .orderBy(sql`${syncBatches.op} = 'add'`, syncBatches.attempts, syncBatches.seq)
    .limit(limit);
  return pending.filter((batch) => batch.op === pending[0]?.op);
}

async function finishSending(world: SyncWorld, run: Run): Promise<Run> {
  const now = world.clock();
  return world.db.orm.transaction((tx) =>
    writeRun(tx, run, world.lease, { state: 'sent', sentAt: now, attempts: 0, waitUntil: null, waitReason: null }, now),
  );
}

async function sendBatch(world: SyncWorld, { run, audience, graph }: RunContext, batch: Batch): Promise<void> {
  invariant(audience.facebookId, 'a frozen run has its audience at Facebook');
  await begin(world, run, batch);
  const members = await rowsOfBatch(world.db, run.id, batch.seq, batch.op);
  const rows = members.map((member) => JSON.parse(member.row) as string[]);
  const session = { sessionId: newSessionId(), batchSeq: 1, last: true, estimatedTotal: rows.length };
  const upload: Upload = { schema: audience.schema, rows, session };
  let answer: UploadAnswer;
  try {
    answer =
      rows.length === 0
        ? { received: 0, invalid: 0, samples: {}, traceId: null }
        : await (batch.op === 'add' ? addMembers : removeMembers)(graph, audience.facebookId, upload);
  } catch (error) {
    if (error instanceof GraphError) await settleRefusal(world, run, batch, error);
    throw error;
  }
  await settle(world, run, batch, members, answer);
}

/** An engine that slept past its lease stops here, before it sends what another may have settled since. */
async function begin(world: SyncWorld, run: Run, batch: Batch): Promise<void> {
  const now = world.clock();
  await world.db.orm.transaction(async (tx) => {
    await writeRun(tx, run, world.lease, {}, now);
    await tx
      .update(syncBatches)
      .set({ startedAt: now, attempts: batch.attempts + 1 })
      .where(sameBatch(batch));
  });
}

/** A session of ours for one request: unique in the ad account in all likelihood, and below 2^53 so that JSON keeps it exact. */
const newSessionId = (): number => randomInt(1, 2 ** 48 - 1);

const sameBatch = (batch: Batch) => and(eq(syncBatches.runId, batch.runId), eq(syncBatches.seq, batch.seq));

async function settle(
  world: SyncWorld,
  run: Run,
  batch: Batch,
  members: { profileId: string; row: string }[],
  answer: UploadAnswer,
): Promise<void> {
  const refused = refusedMembers(members, answer);
  const now = world.clock();
  await world.db.orm.transaction(async (tx) => {
    const settled =
      batch.op === 'add' ? await settleAdded(tx, run.id, batch.seq, [...refused.keys()], now) : await settleRemoved(tx, run.id, batch.seq);
    await recordRejects(tx, run, batch, refused);
    const { received, invalid, traceId } = answer;
    await tx.update(syncBatches).set({ state: 'sent', received, invalid, traceId, finishedAt: now }).where(sameBatch(batch));
    // Only additions are refused row by row: a removal of an unreadable row has nothing to remove.
    const counted =
      batch.op === 'add'
        ? {
            added: sql<number>`added + ${settled}`,
            received: sql<number>`received + ${received}`,
            invalid: sql<number>`invalid + ${invalid}`,
          }
        : { removed: sql<number>`removed + ${settled}`, received: sql<number>`received + ${received}` };
    await writeRun(tx, run, world.lease, { ...(counted as object), attempts: 0, waitUntil: null, waitReason: null }, now);
  });
}

/** Facebook repeats up to a hundred unreadable rows as JSON text; whose they are, only we know. */
function refusedMembers(members: { profileId: string; row: string }[], { samples }: UploadAnswer): Map<string, string> {
  const reasons = new Map(Object.entries(samples).map(([row, reason]) => [compact(row), reason]));
  return reasons.size === 0
    ? new Map()
    : new Map(members.flatMap(({ profileId, row }) => (reasons.has(row) ? [[profileId, reasons.get(row) ?? '']] : [])));
}

function compact(row: string): string {
  try {
    return JSON.stringify(JSON.parse(row));
  } catch {
    return row;
  }
}

async function recordRejects(tx: Tx, run: Run, batch: Batch, refused: Map<string, string>): Promise<void> {
  if (batch.op !== 'add' || refused.size === 0) return;
  const values = [...refused].map(([profileId, reason]) => ({
    workspaceId: run.workspaceId,
    runId: run.id,
    profileId: BigInt(profileId),
    batch: batch.seq,
    reason: reason.slice(0, 200),
  }));
  await tx.insert(rejects).values(values).onConflictDoNothing();
}

/** What a refusal means for the batch itself; what it means for the run is decided by the caller. */
async function settleRefusal(world: SyncWorld, run: Run, batch: Batch, error: GraphError): Promise<void> {
  const now = world.clock();
  await world.db.orm.transaction(async (tx) => {
    await writeRun(tx, run, world.lease, {}, now);
    await tx.update(syncBatches).set({ traceId: error.traceId }).where(sameBatch(batch));
    if (error.action === 'too_small') await tx.update(syncBatches).set({ state: 'deferred', finishedAt: now }).where(sameBatch(batch));
    if (error.action === 'split') await split(tx, run, batch, error, now);
  });
}

/** Halves the batch; a member that is refused alone is the fault: it is reported, and the rest goes on. */
async function split(tx: Tx, run: Run, batch: Batch, error: GraphError, now: Date): Promise<void> {
  const [last] = await tx
    .select({ seq: max(syncBatches.seq) })
    .from(syncBatches)
    .where(eq(syncBatches.runId, run.id));
  const seq = (last?.seq ?? batch.seq) + 1;
  const moved = await halveBatch(tx, run.id, batch.seq, batch.op, seq);
  if (moved === 0) return giveUpBatch(tx, run, batch, error, now);
  const rows = Math.min(batch.rows - 1, moved);
  await tx
    .update(syncBatches)
    .set({ rows: batch.rows - rows, attempts: 0 })
    .where(sameBatch(batch));
  await tx.insert(syncBatches).values({ runId: run.id, seq, workspaceId: run.workspaceId, op: batch.op, rows, state: 'pending' });
}

async function giveUpBatch(tx: Tx, run: Run, batch: Batch, error: GraphError, now: Date): Promise<void> {
  if (batch.op === 'remove') {
    await tx.update(syncBatches).set({ state: 'deferred', finishedAt: now }).where(sameBatch(batch));
    return;
  }
  const refused = await membersOfBatch(tx, run.id, batch.seq);
  await recordRejects(tx, run, batch, new Map(refused.map((profileId) => [profileId, error.userMessage])));
  await leaveInDoubt(tx, run.id, batch.seq);
  await tx.update(syncBatches).set({ state: 'sent', received: 0, invalid: refused.length, finishedAt: now }).where(sameBatch(batch));
  await tx
    .update(syncRuns)
    .set({ invalid: sql`invalid + ${refused.length}` })
    .where(eq(syncRuns.id, run.id));
}
