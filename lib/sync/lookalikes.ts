import { claimLookalike, type DueLookalike, forgetLookalike, settleLookalike } from '@/db/lookalikes';
import { AppError } from '@/lib/errors';
import { audienceInfo } from '@/lib/facebook/ads';
import { type GraphAction, GraphError } from '@/lib/facebook/errors';
import { createLookalike, deleteAudience, findLookalikeByMark } from '@/lib/facebook/lookalikes';
import type { Graph } from '@/lib/facebook/transport';
import type { SyncWorld } from './advance-run';
import { decide } from './failure';
import { seenThrough } from './lost-access';

const minuteMs = 60_000;
/** Facebook fills one within hours: asked after a minute, and twice as long after each look, up to an hour. */
const longestPauseMs = 60 * minuteMs;
/** It is filled anew every few days while an ad set uses it. */
const dayMs = 24 * 60 * minuteMs;

/** Makes, follows and deletes lookalikes, one step each, until none is due or time is up. @returns how many were looked at. */
export async function tendLookalikes(world: SyncWorld, inBudget: () => boolean): Promise<number> {
  let tended = 0;
  while (inBudget()) {
    const due = await claimLookalike(world.db, world.lease.ms, world.clock());
    if (!due) return tended;
    tended++;
    await step(world, due).catch((error: unknown) => settleFault(world, due, error));
  }
  return tended;
}

async function step(world: SyncWorld, due: DueLookalike): Promise<void> {
  const { lookalike, connectionId, adAccountId } = due;
  const graph = await world.graphFor(lookalike.workspaceId, connectionId, adAccountId);
  if (lookalike.state === 'deleting') return remove(world, graph, due);
  if (lookalike.facebookId === null) return make(world, graph, due);
  return look(world, graph, due, lookalike.facebookId).catch(async (error: unknown) => {
    throw error instanceof GraphError ? await seenThrough(graph, adAccountId, error) : error;
  });
}

/** Making is not idempotent at Facebook: one that carries our mark is looked for first. */
async function make(world: SyncWorld, graph: Graph, { lookalike, adAccountId, originId, valued }: DueLookalike): Promise<void> {
  if (originId === null) throw new AppError('unprocessable', 'The audience it is made from is not at Facebook any more.');
  const found = await findLookalikeByMark(graph, adAccountId, lookalike.mark);
  const { name, mark, country, percent } = lookalike;
  const wish = { name, description: mark, originId, country, percent, valued };
  const facebookId = found?.id ?? (await createLookalike(graph, adAccountId, wish));
  await settleLookalike(world.db, lookalike, { state: 'made', facebookId, ...again(world, 0) });
}

async function look(world: SyncWorld, graph: Graph, { lookalike }: DueLookalike, facebookId: string): Promise<void> {
  const { sizeLower, sizeUpper, deliveryCode, operationCode, operationText } = await audienceInfo(graph, facebookId);
  if (operationCode !== null && notBuilt.includes(operationCode)) {
    const fault = operationText ?? 'Facebook could not build it.';
    return settleLookalike(world.db, lookalike, { state: 'failed', fault, attempts: 0, nextAt: null });
  }
  if (deliveryCode !== usable) return settleLookalike(world.db, lookalike, again(world, lookalike.attempts + 1));
  const nextAt = new Date(world.clock().getTime() + dayMs);
  await settleLookalike(world.db, lookalike, { state: 'ready', sizeLower, sizeUpper, fault: null, attempts: 0, nextAt });
}

/** delivery_status: ready. Marketing API "Custom Audience", read 2026-09. */
const usable = 200;
/** operation_status: the lookalike could not be built. As above. */
const notBuilt: readonly number[] = [432, 433];

function again(world: SyncWorld, looks: number) {
  const pauseMs = Math.min(longestPauseMs, minuteMs * 2 ** Math.min(looks, 10));
  return { fault: null, attempts: looks, nextAt: new Date(world.clock().getTime() + pauseMs) };
}

async function remove(world: SyncWorld, graph: Graph, { lookalike, adAccountId }: DueLookalike): Promise<void> {
  const id = lookalike.facebookId ?? (await findLookalikeByMark(graph, adAccountId, lookalike.mark))?.id;
  if (id !== undefined)
    await deleteAudience(graph, id).catch(async (error: unknown) => {
      if (!(error instanceof GraphError && error.isGone)) throw error;
      const seen = await seenThrough(graph, adAccountId, error);
      if (seen !== error) throw seen;
    });
  await forgetLookalike(world.db, lookalike.id);
}

/** Facebook finds the people of a new audience within a day or two. */
const mostSeedTries = 60;

/** It is code 100 without more, as for a request that is wrong, when a seed is refused for its size: it may still be finding the people. */
const refusesSeed = (error: GraphError | null, { facebookId, attempts }: DueLookalike['lookalike']): boolean =>
  error?.facts.code === 100 && error.facts.subcode === undefined && facebookId === null && attempts < mostSeedTries;

const seedFault =
  'Facebook does not take the audience as a seed yet: it has to find 100 people of one country. It is asked again by itself.';

/**
 * Passing trouble is tried again for as long as it lasts, what a person has to mend is looked at now and then, and what Facebook will not
 * do is told: only that is failed, which nobody looks at again.
 */
async function settleFault(world: SyncWorld, { lookalike }: DueLookalike, error: unknown): Promise<void> {
  const graphError = error instanceof GraphError ? error : null;
  const fault = graphError?.userMessage ?? (error instanceof AppError ? error.message : 'Something went wrong on our side.');
  const next = again(world, lookalike.attempts + 1);
  if (refusesSeed(graphError, lookalike)) return settleLookalike(world.db, lookalike, { ...next, fault: seedFault });
  const gone = graphError?.isGone === true && graphError.subject?.kind !== 'adAccount' && lookalike.facebookId !== null;
  const action = gone ? 'give_up' : actionFor(error);
  world.log('lookalike not tended', { lookalike: lookalike.id, action });
  if (action === 'retry') return settleLookalike(world.db, lookalike, { ...next, fault });
  const { attempts: before } = lookalike;
  const decision = decide(action, { attempts: before, waitMs: graphError?.waitMs ?? null, sending: false, random: Math.random() });
  if ('waitMs' in decision) {
    const attempts = 'attempts' in decision ? decision.attempts : before;
    const nextAt = new Date(world.clock().getTime() + decision.waitMs);
    return settleLookalike(world.db, lookalike, { fault, attempts, nextAt });
  }
  const told = gone ? 'It was deleted at Facebook.' : fault;
  // Whose deletion Facebook refuses is there still.
  await settleLookalike(world.db, lookalike, { state: 'failed', fault: told, attempts: 0, nextAt: null });
}

/** Without a token the connection was withdrawn. */
function actionFor(error: unknown): GraphAction {
  if (error instanceof GraphError) return error.action;
  if (!(error instanceof AppError)) return 'retry';
  return error.code === 'not_found' ? 'reconnect' : 'give_up';
}
