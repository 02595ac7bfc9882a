import type { MemberSet } from '../store/member-set';
import type { Audience, ReplaceRun } from '../store/records';
import type { World } from '../store/world';
import { writableAudience } from './access';
import { operationStatus, settled } from './audience-status';
import type { Call } from './call';
import { GraphFailure, invalidParameter } from './failure';
import { type MemberPayload, readPayload, readSession, type SessionParam } from './member-payload';
import { addRows, checkForm, memberAnswer, refuseFlagged } from './members';
import { sessionMs } from './sessions';

const tooLarge = 100_000_000;

function replaceFailure(subcode: number, userMessage: string): GraphFailure {
  return new GraphFailure(2650, '(#2650) Failed to update the custom audience', { subcode, title: 'Audience Not Replaced', userMessage });
}

/**
 * POST /{audience}/usersreplace: collects the new membership beside the old one; the last batch puts it in its place. The
 * learning phase of ad sets is not touched.
 */
export function replaceMembers(call: Call, audienceId: string): Record<string, unknown> {
  const { audience } = writableAudience(call, audienceId);
  refuseFlagged(audience);
  const payload = readPayload(call.params);
  const session = readSession(call.params);
  if (!session) throw invalidParameter('The parameter session is required');
  Object.assign(call.notes, {
    rows: payload.rows.length,
    sessionId: session.id,
    batchSeq: session.seq,
    last: session.last,
  });
  checkForm(audience, payload);
  const run = session.seq === 1 ? startRun(call, audience, payload, session) : runOf(call, audience, payload, session);
  const staged = call.world.members.of(audience.id, audience.generation + 1);
  const outcome = addRows(call.world, staged, payload);
  const next: ReplaceRun = {
    ...run,
    seqs: [...new Set([...run.seqs, session.seq])],
    received: run.received + payload.rows.length,
  };
  noteSession(call, audience, next, {
    invalid: outcome.invalid,
    last: session.last,
  });
  const standing = call.world.audiences.put({
    ...audience,
    replace: next,
    replaceFailed: false,
  });
  if (session.last) finishRun(call.world, standing, call.now);
  Object.assign(call.notes, { invalid: outcome.invalid, added: outcome.added });
  return memberAnswer(
    audience.id,
    {
      sessionId: session.id,
      received: next.received,
      invalid: outcome.invalid,
    },
    outcome,
  );
}

function startRun(call: Call, audience: Audience, payload: MemberPayload, session: SessionParam): ReplaceRun {
  const { world, now } = call;
  if (audience.replace) throw replaceFailure(1870145, 'An update of the audience is in progress. Wait until it is ready.');
  if (world.sessions.get(`${audience.accountId}:${session.id}`)) throw replaceFailure(1870159, 'The session has already finished.');
  const status = operationStatus(world, settled(world, audience, now), now).code;
  if (![200, 415].includes(status)) throw replaceFailure(1870145, 'The audience is not ready. Wait until its status is normal.');
  if (world.membersOf(audience).count >= tooLarge) throw replaceFailure(1870144, 'The audience has 100 million people or more.');
  world.members.discard(audience.id, audience.generation + 1);
  return {
    sessionId: session.id,
    startedAt: now,
    schema: payload.schema,
    seqs: [],
    received: 0,
  };
}

function runOf(call: Call, audience: Audience, payload: MemberPayload, session: SessionParam): ReplaceRun {
  const run = audience.replace;
  if (!run || run.sessionId !== session.id) {
    const known = call.world.sessions.get(`${audience.accountId}:${session.id}`);
    if (!known) throw replaceFailure(1870147, 'The first batch of this session was never received.');
    if (call.now - known.startedAt > sessionMs) throw replaceFailure(1870158, '90 minutes have passed since the first batch.');
    throw replaceFailure(1870159, 'The session has already finished.');
  }
  if (run.schema !== payload.schema) throw invalidParameter('The schema must not change within a session');
  return run;
}

function noteSession(call: Call, audience: Audience, run: ReplaceRun, batch: { invalid: number; last: boolean }): void {
  const id = `${audience.accountId}:${run.sessionId}`;
  const known = call.world.sessions.get(id);
  call.world.sessions.put({
    id,
    sessionId: run.sessionId,
    accountId: audience.accountId,
    audienceId: audience.id,
    edge: 'usersreplace',
    schema: run.schema,
    seqs: run.seqs,
    received: run.received,
    invalid: (known?.invalid ?? 0) + batch.invalid,
    startedAt: run.startedAt,
    lastAt: call.now,
    endedAt: batch.last ? call.now : null,
  });
}

/** What has arrived becomes the membership, in one record: the old file is only removed afterwards. */
export function finishRun(world: World, audience: Audience, now: number): Audience {
  const next = world.audiences.put({
    ...audience,
    generation: audience.generation + 1,
    replace: null,
    contentUpdatedAt: now,
  });
  world.members.discard(audience.id, audience.generation);
  return next;
}

/** Ends replaces whose 90 minutes are over: what arrived by then stands. */
export function endOverdueReplaces(world: World, now: number): void {
  for (const audience of world.audiences.all()) {
    if (audience.replace && now - audience.replace.startedAt > sessionMs) finishRun(world, audience, now);
  }
}

/** The members that a running replace has collected so far, for those who look on. */
export function stagedMembers(world: World, audience: Audience): MemberSet | null {
  return audience.replace ? world.members.of(audience.id, audience.generation + 1) : null;
}
