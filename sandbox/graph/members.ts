import type { MemberSet } from '../store/member-set';
import type { Audience } from '../store/records';
import { RowEncoder } from '../store/row-codec';
import type { World } from '../store/world';
import { tokenOf, writableAccount, writableAudience } from './access';
import { effectiveStatus } from './ad-sets';
import type { Call } from './call';
import { GraphFailure, invalidParameter } from './failure';
import { type MemberPayload, readPayload, readSession, type SessionParam } from './member-payload';
import { encodeRow } from './row-check';
import { checkSession, enterSession, type SessionCounts } from './sessions';

const encoder = new RowEncoder();
const maxSamples = 100;

interface Outcome {
  invalid: number;
  samples: Record<string, string>;
  added: number;
  removed: number;
}

/** POST /{audience}/users: adds rows; a row that is there already changes nothing. */
export function addMembers(call: Call, audienceId: string): Record<string, unknown> {
  const { audience, payload, session } = begin(call, audienceId);
  const outcome = addRows(call.world, call.world.membersOf(audience), payload);
  return finish(call, { audience, payload, session, outcome });
}

/** DELETE /{audience}/users: removes every row that shares an identifying cell with a given one. */
export function removeMembers(call: Call, audienceId: string): Record<string, unknown> {
  const { audience, payload, session } = begin(call, audienceId);
  const outcome = removeRows(call.world, call.world.membersOf(audience), payload);
  return finish(call, { audience, payload, session, outcome });
}

/** DELETE /act_…/usersofanyaudience: out of every customer list of the account. */
export function removeFromAllAudiences(call: Call, accountId: string): Record<string, unknown> {
  const account = writableAccount(call, accountId);
  const payload = readPayload(call.params);
  let invalid = 0;
  let samples: Record<string, string> = {};
  let removed = 0;
  for (const audience of call.world.audiences.where((item) => item.accountId === account.id && item.deletedAt === null)) {
    const outcome = removeRows(call.world, call.world.membersOf(audience), payload, 0);
    ({ invalid, samples } = outcome);
    removed += outcome.removed;
    if (outcome.removed > 0) call.world.audiences.put({ ...audience, contentUpdatedAt: call.now });
  }
  Object.assign(call.notes, { rows: payload.rows.length, invalid, removed });
  return {
    num_received: payload.rows.length,
    num_invalid_entries: invalid,
    invalid_entry_samples: samples,
  };
}

/** Members cannot be read back. */
export function refuseReading(): never {
  throw new GraphFailure(100, '(#100) Tried accessing nonexisting field (users) on node type (CustomAudience)');
}

function begin(
  call: Call,
  audienceId: string,
): {
  audience: Audience;
  payload: MemberPayload;
  session: SessionParam | null;
} {
  const { audience } = writableAudience(call, audienceId);
  refuseFlagged(audience);
  if (audience.replace) {
    throw new GraphFailure(2650, '(#2650) Failed to update the custom audience', {
      subcode: 1870145,
      title: 'Audience Update In Progress',
      userMessage: 'The audience is being replaced. Wait until it is ready again.',
    });
  }
  const payload = readPayload(call.params);
  const session = readSession(call.params);
  Object.assign(call.notes, {
    rows: payload.rows.length,
    ...(session ? { sessionId: session.id, batchSeq: session.seq, last: session.last } : {}),
  });
  checkForm(audience, payload);
  checkSession(call, audience, payload.schema, session);
  return { audience, payload, session };
}

export function refuseFlagged(audience: Audience): void {
  if (audience.flagged.length === 0) return;
  throw invalidParameter('Invalid parameter', {
    subcode: 1713230,
    title: 'Audience Upload Blocked',
    userMessage: 'This audience was flagged because it may suggest health or financial status. Its members cannot be changed.',
  });
}

/** Checks what depends on audience and payload together: data-source lock, value column. */
export function checkForm(audience: Audience, payload: MemberPayload): void {
  if (audience.subtype !== 'CUSTOM') throw invalidParameter('Members of this audience come from Facebook and cannot be changed');
  if (audience.dataSource !== null && audience.dataSource !== payload.dataSource) {
    const had = `FILE_IMPORTED.${audience.dataSource}`;
    const sent = `FILE_IMPORTED.${payload.dataSource}`;
    throw new GraphFailure(2650, `This audience was created from data source ${had}, which does not support data source ${sent}.`);
  }
  const valued = payload.columns.some((column) => column.key === 'LOOKALIKE_VALUE');
  if (valued && !audience.valueBased) throw invalidParameter('LOOKALIKE_VALUE needs an audience created with is_value_based');
}

export function addRows(world: World, members: MemberSet, payload: MemberPayload): Outcome {
  const outcome: Outcome = { invalid: 0, samples: {}, added: 0, removed: 0 };
  const { refuseEmptyDigest } = world.settings;
  encoder.reset();
  for (const row of payload.rows) {
    const start = encoder.length;
    const fault = encodeRow(row, payload.columns, encoder, refuseEmptyDigest);
    if (fault !== null) {
      noteInvalid(outcome, row, fault);
    } else if (members.has(encoder)) {
      encoder.length = start;
    } else {
      members.enter(encoder);
      outcome.added += 1;
    }
  }
  members.writeAdded(payload.columns, outcome.added, encoder.buffer.subarray(0, encoder.length));
  return outcome;
}

function removeRows(world: World, members: MemberSet, payload: MemberPayload, floor = world.settings.removalFloor): Outcome {
  const outcome: Outcome = { invalid: 0, samples: {}, added: 0, removed: 0 };
  const taken: number[] = [];
  for (const row of payload.rows) {
    encoder.reset();
    const fault = encodeRow(row, payload.columns, encoder, world.settings.refuseEmptyDigest);
    if (fault === null) members.take(encoder, taken);
    else noteInvalid(outcome, row, fault);
  }
  if (floor > 0 && taken.length > 0 && members.matched(world.settings.matchRate) < floor) {
    members.putBack(taken);
    throw new GraphFailure(200, '(#200) Audience Size too Low', {
      subcode: 1870047,
      title: 'Audience Size too Low',
      userMessage: 'Removing these people would leave the audience with too few. Nobody was removed.',
    });
  }
  members.writeRemoved(taken);
  outcome.removed = taken.length;
  return outcome;
}

function noteInvalid(outcome: Outcome, row: unknown[], reason: string): void {
  outcome.invalid += 1;
  if (outcome.invalid <= maxSamples) outcome.samples[JSON.stringify(row)] = reason;
}

interface Done {
  audience: Audience;
  payload: MemberPayload;
  session: SessionParam | null;
  outcome: Outcome;
}

function finish(call: Call, { audience, payload, session, outcome }: Done): Record<string, unknown> {
  const { world, now } = call;
  const received = payload.rows.length;
  const counts = enterSession(call, audience, payload.schema, session, {
    received,
    invalid: outcome.invalid,
  });
  const changed = outcome.added + outcome.removed > 0;
  world.audiences.put({
    ...audience,
    dataSource: audience.dataSource ?? payload.dataSource,
    contentUpdatedAt: changed || audience.contentUpdatedAt === null ? now : audience.contentUpdatedAt,
    lastInvalidShare: counts.received === 0 ? 0 : counts.invalid / counts.received,
    replaceFailed: false,
  });
  if (changed) restartLearning(world, audience.id, now);
  Object.assign(call.notes, {
    personId: tokenOf(call).personId,
    invalid: outcome.invalid,
    added: outcome.added,
    removed: outcome.removed,
  });
  return memberAnswer(audience.id, counts, outcome);
}

export function memberAnswer(
  audienceId: string,
  counts: SessionCounts,
  outcome: Pick<Outcome, 'invalid' | 'samples'>,
): Record<string, unknown> {
  return {
    audience_id: audienceId,
    session_id: counts.sessionId,
    num_received: counts.received,
    num_invalid_entries: outcome.invalid,
    invalid_entry_samples: outcome.samples,
  };
}

/** Changing members through /users starts the learning phase of active ad sets that use the audience anew. */
function restartLearning(world: World, audienceId: string, now: number): void {
  for (const adSet of world.adSets.all()) {
    if (effectiveStatus(world, adSet) !== 'ACTIVE') continue;
    if (!['custom_audiences', 'excluded_custom_audiences'].some((list) => mentions(adSet.targeting[list], audienceId))) continue;
    world.adSets.put({
      ...adSet,
      learningResetAt: now,
      learningResetBy: 'members',
    });
  }
}

export function mentions(list: unknown, audienceId: string): boolean {
  return Array.isArray(list) && list.some((item) => (item as { id?: string }).id === audienceId);
}
