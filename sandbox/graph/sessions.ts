import type { Audience, UploadSession } from '../store/records';
import { readableAudience } from './access';
import { graphTime } from './ad-accounts';
import type { Call } from './call';
import { GraphFailure, invalidParameter } from './failure';
import type { SessionParam } from './member-payload';

export const sessionMs = 90 * 60_000;

export interface SessionCounts {
  sessionId: string;
  /** Rows received in the session so far. */
  received: number;
  invalid: number;
}

/** Whether the next batch of a session may come in, before anything is changed. */
export function checkSession(call: Call, audience: Audience, schema: string, session: SessionParam | null): void {
  if (!session) return;
  const known = call.world.sessions.get(`${audience.accountId}:${session.id}`);
  if (!known) {
    if (call.world.settings.strictSequence && session.seq !== 1)
      throw invalidParameter('The first batch of a session must have batch_seq 1');
    return;
  }
  if (known.audienceId !== audience.id || known.edge !== 'users')
    throw invalidParameter('The session_id was already used in this ad account');
  if (known.schema !== schema) throw invalidParameter('The schema must not change within a session');
  const repeated = known.seqs.includes(session.seq);
  if (known.endedAt !== null && !repeated) throw invalidParameter('The session has already ended: its last batch was received');
  if (call.now - known.startedAt > sessionMs) throw invalidParameter('The session has ended: 90 minutes have passed since its first batch');
  if (call.world.settings.strictSequence && !repeated && session.seq !== Math.max(...known.seqs) + 1) {
    throw invalidParameter('Param session[batch_seq] must follow the previous one');
  }
}

/** Counts an accepted batch. Without a session of the caller's, Facebook assigns an id that identifies nothing. */
export function enterSession(
  call: Call,
  audience: Audience,
  schema: string,
  session: SessionParam | null,
  batch: { received: number; invalid: number },
): SessionCounts {
  if (!session) return { sessionId: assignedId(schema, call.now), ...batch };
  const id = `${audience.accountId}:${session.id}`;
  const known = call.world.sessions.get(id);
  const next: UploadSession = {
    id,
    sessionId: session.id,
    accountId: audience.accountId,
    audienceId: audience.id,
    edge: 'users',
    schema,
    seqs: [...new Set([...(known?.seqs ?? []), session.seq])],
    received: (known?.received ?? 0) + batch.received,
    invalid: (known?.invalid ?? 0) + batch.invalid,
    startedAt: known?.startedAt ?? call.now,
    lastAt: call.now,
    endedAt: session.last ? call.now : (known?.endedAt ?? null),
  };
  call.world.sessions.put(next);
  return {
    sessionId: session.id,
    received: next.received,
    invalid: next.invalid,
  };
}

/** The same for all uploads of one schema within a minute, whatever the audience: as recorded at Facebook. */
function assignedId(schema: string, now: number): string {
  let hash = 7n;
  for (const char of `${schema}${Math.floor(now / 60_000)}`) hash = (hash * 131n + BigInt(char.charCodeAt(0))) % 899_999_999_999_999_999n;
  return String(4_100_000_000_000_000_000n + hash);
}

/** GET /{audience}/sessions. All values are text; matches are known only after the matching time. */
export function readSessions(call: Call, audienceId: string): Record<string, unknown> {
  const { audience } = readableAudience(call, audienceId);
  const wanted = call.params.text('session_id');
  const found = call.world.sessions
    .where((session) => session.audienceId === audience.id && (wanted === undefined || session.sessionId === wanted))
    .sort((a, b) => b.startedAt - a.startedAt);
  if (wanted !== undefined && found.length === 0) throw new GraphFailure(100, '(#100) The session does not exist');
  return { data: found.map((session) => sessionRow(call, session)) };
}

function sessionRow(call: Call, session: UploadSession): Record<string, string> {
  const endedAt = session.endedAt ?? (call.now - session.startedAt > sessionMs ? session.startedAt + sessionMs : null);
  const { matchingMs, matchRate } = call.world.settings;
  const done = endedAt !== null && call.now >= endedAt + matchingMs;
  return {
    session_id: session.sessionId,
    num_received: String(session.received),
    num_matched: String(done ? Math.round((session.received - session.invalid) * matchRate) : 0),
    num_invalid_entries: String(session.invalid),
    progress: done ? '100' : endedAt === null ? '0' : '50',
    stage: done ? 'completed' : endedAt === null ? 'uploading' : 'processing',
    start_time: graphTime(session.startedAt),
    end_time: endedAt === null ? '0' : graphTime(endedAt),
  };
}
