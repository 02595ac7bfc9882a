import { and, eq, max, ne, type SQL, sql } from 'drizzle-orm';
import type { Database } from '@/db/client';
import { type BatchKey, halveBatch, leaveInDoubt, rowsOfBatch, settleAdded, settleRemoved } from '@/db/ledger';
import { writeRun } from '@/db/run-queue';
import type { Batch, Run } from '@/db/runs';
import { rejects, syncBatches, syncRuns } from '@/db/schema';
import type { UploadAnswer } from '@/lib/facebook/ads';
import type { GraphError } from '@/lib/facebook/errors';
import type { SyncWorld } from './advance-run';

type Tx = Parameters<Parameters<Database['orm']['transaction']>[0]>[0];

/** A batch in hand. */
export type Sending = {
  run: Run;
  batch: Batch;
  key: BatchKey;
  schema: readonly string[];
  /** Who leaves was a member by Beckon's doing. */
  stays: boolean;
};

export const sameBatch = (batch: Batch) => and(eq(syncBatches.runId, batch.runId), eq(syncBatches.seq, batch.seq));

/** What Facebook took becomes true in the ledger, in one transaction with the counts. @param rows how many went out. */
export async function settleAnswer(world: SyncWorld, sending: Sending, rows: number, answer: UploadAnswer): Promise<void> {
  const { run, batch, key } = sending;
  const refused = await refusedMembers(world.db, sending, answer);
  const now = world.clock();
  await world.db.orm.transaction(async (tx) => {
    const { received, invalid, traceId } = answer;
    // The run first: whoever has lost it must not touch what another engine may be at. It also keeps the batches in flight apart.
    // Only additions are refused row by row: a removal of an unreadable row has nothing to remove.
    const read = { received: sql`received + ${received}`, invalid: sql`invalid + ${invalid}` };
    const counted = key.op === 'add' ? { added: sql`added + ${rows - refused.size}`, ...read } : {};
    const rest = { ...(received > 0 ? { halvings: 0 } : {}), attempts: 0, waitUntil: null, waitReason: null };
    await writeRun(tx, run, world.lease, { ...rest, ...counted }, now);
    if (key.op === 'add') await settleAdded(tx, key, rows, [...refused.keys()]);
    else {
      const left = await settleRemoved(tx, key, sending.stays, now);
      await tx
        .update(syncRuns)
        .set({ removed: sql`removed + ${left}` })
        .where(eq(syncRuns.id, run.id));
      if (takesOutAll(run)) await takeUpDeferred(tx, run);
    }
    await recordRejects(tx, sending, refused);
    await tx.update(syncBatches).set({ state: 'sent', received, invalid, traceId, finishedAt: now }).where(sameBatch(batch));
  });
}

/** Facebook repeats up to a hundred unreadable rows as JSON text; whose they are, only we know. */
export async function refusedMembers(db: Database, { key, schema }: Sending, { samples }: UploadAnswer): Promise<Map<string, string>> {
  const reasons = new Map(Object.entries(samples).map(([row, reason]) => [compact(row), reason]));
  if (reasons.size === 0 || key.op === 'remove') return new Map();
  const members = await rowsOfBatch(db, key, schema);
  return new Map(members.flatMap(({ profileId, row }) => (reasons.has(row) ? [[profileId, reasons.get(row) ?? '']] : [])));
}

function compact(row: string): string {
  try {
    return JSON.stringify(JSON.parse(row));
  } catch {
    return row;
  }
}

export async function recordRejects(tx: Tx, { run, batch }: Sending, refused: Map<string, string>): Promise<void> {
  if (refused.size === 0) return;
  const values = [...refused].map(([profileId, reason]) => ({
    workspaceId: run.workspaceId,
    runId: run.id,
    profileId: BigInt(profileId),
    batch: batch.seq,
    reason: reason.slice(0, 200),
  }));
  await tx.insert(rejects).values(values).onConflictDoNothing();
}

/** Passing trouble that meets the same batch so often may lie in its rows, or in how many they are. */
const triesBeforeHalving = 3;
/** Of one member. */
const triesBeforeGivingUp = 5;

/** What a refusal means for the batch itself; what it means for the run is decided by the caller. */
export async function settleRefusal(world: SyncWorld, sending: Sending, error: GraphError): Promise<void> {
  const { run, batch } = sending;
  const now = world.clock();
  const persists = error.action === 'retry' && batch.attempts + 1 >= triesBeforeHalving;
  await world.db.orm.transaction(async (tx) => {
    await writeRun(tx, run, world.lease, {}, now);
    await tx.update(syncBatches).set({ traceId: error.traceId }).where(sameBatch(batch));
    // A limit is no try: nothing is known of the rows.
    if (error.action === 'wait') await tx.update(syncBatches).set({ attempts: batch.attempts }).where(sameBatch(batch));
    if (error.action === 'too_small') await deferRemoval(tx, sending, now);
    if (error.action === 'split') await halve(tx, sending, error, now);
    if (persists) await split(tx, sending, batch.attempts + 1, () => giveUpIfOthersPass(tx, sending, error, now));
  });
}

async function halve(tx: Tx, sending: Sending, error: GraphError, now: Date): Promise<void> {
  await tx.update(syncRuns).set({ halvings: sql`halvings + 1` }).where(eq(syncRuns.id, sending.run.id));
  await split(tx, sending, 0, () => giveUpBatch(tx, sending, error, now));
}

/** Nothing comes after it that would make the audience larger, or the list another: what can go now goes now. */
export const takesOutAll = ({ purpose }: Run): boolean => purpose === 'empty' || purpose === 'withdraw';

/** Facebook takes nobody of a removal that would leave too few: of one that is to come true all the same, half is asked for, and so on. */
async function deferRemoval(tx: Tx, sending: Sending, now: Date): Promise<void> {
  const { run, batch } = sending;
  const defer = async (which: SQL | undefined) => {
    await tx.update(syncBatches).set({ state: 'deferred', finishedAt: now }).where(which);
  };
  if (!takesOutAll(run)) return defer(sameBatch(batch));
  // One is too many: so are all others.
  const ofRun = and(eq(syncBatches.runId, run.id), eq(syncBatches.op, 'remove'), eq(syncBatches.state, 'pending'));
  const half = await split(tx, sending, 0, () => defer(ofRun));
  if (half !== null) await defer(sameBatch({ ...batch, seq: half }));
}

/** After a removal was taken, the smallest that was not: refused once more it is halved, until nobody more may go. */
async function takeUpDeferred(tx: Tx, run: Run): Promise<void> {
  const mine = and(eq(syncBatches.runId, run.id), eq(syncBatches.op, 'remove'), eq(syncBatches.state, 'deferred'));
  const [smallest] = await tx.select().from(syncBatches).where(mine).orderBy(syncBatches.rows, syncBatches.seq).limit(1);
  if (smallest) await tx.update(syncBatches).set({ state: 'pending', finishedAt: null }).where(sameBatch(smallest));
}

/**
 * Halves the batch. @param attempts of each half: what has met the whole so often is not tried as often again with each.
 * @param alone what becomes of a batch of one member, which may be the fault itself.
 * @returns the seq of the upper half; null where there is none.
 */
async function split(tx: Tx, { run, batch, key, schema }: Sending, attempts: number, alone: () => Promise<void>): Promise<number | null> {
  const [last] = await tx
    .select({ seq: max(syncBatches.seq) })
    .from(syncBatches)
    .where(eq(syncBatches.runId, run.id));
  const seq = (last?.seq ?? batch.seq) + 1;
  const halves = await halveBatch(tx, key, seq, schema);
  if (halves === null) {
    await alone();
    return null;
  }
  await tx.update(syncBatches).set({ rows: halves.kept, attempts }).where(sameBatch(batch));
  const { workspaceId, id: runId } = run;
  const half = { op: batch.op, rows: halves.moved, state: 'pending' as const, startedAt: batch.startedAt, attempts };
  await tx.insert(syncBatches).values({ runId, seq, workspaceId, ...half });
  return seq;
}

/**
 * A member whom Facebook fails at while it takes others: one that does so alone, again and again, is the fault, and is reported. So is one
 * whose removal holds up all additions: it is put off. Where nothing else goes through, nothing is known, and the run waits.
 */
async function giveUpIfOthersPass(tx: Tx, sending: Sending, error: GraphError, now: Date): Promise<void> {
  const { batch } = sending;
  if (batch.attempts + 1 < triesBeforeGivingUp) return;
  const others = await tx
    .select()
    .from(syncBatches)
    .where(and(eq(syncBatches.runId, batch.runId), ne(syncBatches.seq, batch.seq)));
  const lastTry = batch.startedAt ?? now;
  const answered = others.some(
    ({ received, finishedAt }) => received !== null && received > 0 && finishedAt !== null && finishedAt > lastTry,
  );
  const heldUp = batch.op === 'remove' && others.some(({ op, state }) => op === 'add' && state === 'pending');
  if (answered || heldUp) await giveUpBatch(tx, sending, error, now);
}

/** A member that is refused alone is the fault: it is reported, and the rest goes on. */
async function giveUpBatch(tx: Tx, sending: Sending, error: GraphError, now: Date): Promise<void> {
  const { run, batch, key } = sending;
  if (key.op === 'remove') {
    await tx.update(syncBatches).set({ state: 'deferred', finishedAt: now }).where(sameBatch(batch));
    return;
  }
  const refused = await leaveInDoubt(tx, key);
  const reason = error.action === 'split' ? 'Facebook refuses this row, also alone.' : 'Facebook fails at this row, and takes others.';
  await recordRejects(tx, sending, new Map(refused.map((profileId) => [profileId, reason])));
  // No part of a replacement that has arrived: there may be none.
  const state = key.op === 'replace' ? ('deferred' as const) : ('sent' as const);
  await tx.update(syncBatches).set({ state, received: 0, invalid: refused.length, finishedAt: now }).where(sameBatch(batch));
  await tx
    .update(syncRuns)
    .set({ received: sql`received + ${refused.length}`, invalid: sql`invalid + ${refused.length}` })
    .where(eq(syncRuns.id, run.id));
}
