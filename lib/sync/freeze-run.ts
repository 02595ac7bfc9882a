import { eq, type SQL, sql } from 'drizzle-orm';
import type { Database } from '@/db/client';
import { type Comparison, compareMembers, type Freeze } from '@/db/ledger-compare';
import { writeChanges } from '@/db/ledger-freeze';
import { mostRowsInRequest } from '@/db/ledger-row';
import { liveMembers } from '@/db/live-flush';
import { writeRun } from '@/db/run-queue';
import { type Run, usualRequestMs } from '@/db/runs';
import { campaigns, type SendBy } from '@/db/schema';
import { translated } from '@/db/segment-query';
import { segmentSources } from '@/db/segment-references';
import { segmentByKey, segmentSql } from '@/db/segments';
import { invariant } from '@/lib/errors';
import type { Definition } from '@/lib/segment/definition';
import { writtenOut } from '@/lib/segment/references';
import type { RunContext, SyncWorld } from './advance-run';
import { askedOf } from './asked';
import { holdReason } from './brake';
import { fitsSession } from './send-by';

type Tx = Parameters<Parameters<Database['orm']['transaction']>[0]>[0];

/**
 * Compares the segment as of the occurrence's instant, that of a live campaign as of now, with the ledger, and writes the difference into it,
 * in one transaction with the run's new state. Where the change brake strikes nothing is written but that the run is held.
 */
export async function freezeRun(world: SyncWorld, context: RunContext): Promise<Run> {
  const { run, version, audience } = context;
  const { workspaceId, campaignId, purpose, undoes } = run;
  const now = world.clock();
  // Of a live campaign people were decided as of now until a moment ago: an earlier instant would undo that until the next hour.
  const when = { at: run.live && purpose === 'sync' ? now : run.occurrenceAt, now };
  const who = purpose === 'sync' ? await whoOf(world.db, context, when) : null;
  const { mode, options } = version;
  // The stays of a live campaign are its own.
  const rules = run.live ? { ...options, stayDays: null } : options;
  const subject = { workspaceId, campaignId, audienceId: audience.id, schema: audience.schema, mode, options: rules };
  const asked = await askedOf(world.db, subject, who?.segment ?? null, purpose, when);
  const freezing = world.db.orm.transaction(
    async (tx) => {
      await tx.execute(sql`set local jit = off`);
      await tx.execute(sql`set local work_mem = '128MB'`);
      // First, so that an engine that has lost the run stops here.
      const mine = await writeRun(tx, run, world.lease, {}, now);
      const freeze: Freeze = { ...asked, runId: run.id, purpose, undoes, ...when };
      const compared = await compareMembers(tx, freeze);
      const change = { ...compared, members: audience.members };
      const reason = brakes(context) ? holdReason(change, options.changeBrakePercent, run.live) : null;
      if (reason !== null) return hold(tx, world, mine, compared, reason);
      const sendBy = await chosenSendBy(tx, world, context, compared);
      const frozen = await writeChanges(tx, freeze, compared, sendBy);
      const frozenAt = world.clock();
      // Of a run that is compared once more, beside what has gone out by it.
      const [toAdd, toRemove] = [mine.added + frozen.toAdd, mine.removed + frozen.toRemove];
      const { qualified, excluded, control, overCap } = compared;
      // An errand asks nobody who qualifies.
      const found = who ? { qualified, excluded, control, overCap, unreachable: frozen.unreachable } : {};
      // Whoever was refused is sent once more.
      const read = { invalid: 0, received: mine.received - mine.invalid };
      const counts = { ...found, ...read, toAdd, toRemove };
      const rest = { definition: who?.definition ?? null, frozenAt, holdReason: null, attempts: 0, waitUntil: null, waitReason: null };
      return writeRun(tx, mine, world.lease, { ...counts, ...rest, sendBy, state: 'frozen' }, frozenAt);
    },
    // Its statements must see one and the same people: identifiers change while it works.
    { isolationLevel: 'repeatable read' },
  );
  return freezing.catch((error: unknown) => {
    throw translated(error);
  });
}

type Who = { definition: Definition | null; segment: SQL };

/** Of a live campaign: who has qualified and fits what narrows it. */
async function whoOf(db: Database, context: RunContext, when: { at: Date; now: Date }): Promise<Who> {
  const { run, audience } = context;
  const definition = await definitionOf(db, context);
  const segment = definition && (await segmentSql(db, run.workspaceId, definition, when));
  if (!run.live) {
    invariant(segment, 'who is meant is described where nothing triggers');
    return { definition, segment };
  }
  return { definition, segment: liveMembers(audience.id, segment, when.at) };
}

/** As it is now, with the saved segments it refers to written out; null where nothing narrows a live campaign. */
export async function definitionOf(db: Database, { run, version }: Pick<RunContext, 'run' | 'version'>): Promise<Definition | null> {
  if (!version.definition && version.segmentKey === null) return null;
  const asked = version.definition ?? (await segmentByKey(db, run.workspaceId, version.segmentKey ?? '')).definition;
  return writtenOut(asked, await segmentSources(db, run.workspaceId, asked));
}

/** What was meant, unless there is nothing to do, nobody would be left, or it would take too long. */
async function chosenSendBy(tx: Tx, world: SyncWorld, { run, audience }: RunContext, { joining, leaving }: Comparison): Promise<SendBy> {
  const [changed] = await tx.execute(sql`select from changes limit 1`);
  const after = audience.members + joining - leaving;
  if (run.sendBy !== 'replace' || !changed || after <= 0) return 'difference';
  const rate = { requestMs: await usualRequestMs(tx, audience.adAccountId), inFlight: world.inFlight };
  return fitsSession(Math.ceil(after / mostRowsInRequest), rate) ? 'replace' : 'difference';
}

/** What a person has asked for by name is not held, nor what a person has released. */
const brakes = ({ run, version }: RunContext): boolean => run.purpose === 'sync' && run.releasedAt === null && version.mode !== 'remove';

async function hold(tx: Tx, world: SyncWorld, run: Run, compared: Comparison, reason: string): Promise<Run> {
  const { qualified, excluded, control, overCap, joining, leaving } = compared;
  const unreachable = compared.unreachable ?? 0;
  const counts = { qualified, excluded, control, overCap, unreachable, toAdd: joining, toRemove: leaving };
  const rest = { holdReason: reason, attempts: 0, waitUntil: null, waitReason: null, leasedBy: null, leasedUntil: null };
  const link = `/campaigns/${run.campaignId}/runs/${run.id}`;
  const blocker = { action: 'release' as const, message: `A run is held. ${reason}`, link };
  // What a person has paused meanwhile stays so.
  const state = sql`case ${campaigns.state} when 'paused' then 'paused' else 'blocked' end`;
  await tx.update(campaigns).set({ state, blocker }).where(eq(campaigns.id, run.campaignId));
  return writeRun(tx, run, world.lease, { ...counts, ...rest, state: 'held' }, world.clock());
}
