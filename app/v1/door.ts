import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import type { Database } from '@/db/client';
import { type IntakeWorkspace, storeRecords } from '@/db/events';
import { countriesOf } from '@/db/profiles';
import { workspaceById } from '@/db/workspaces';
import { type WorkspaceId, workspaceByKey } from '@/lib/auth';
import { digestOf } from '@/lib/crypto';
import { AppError } from '@/lib/errors';
import { WriteQueue } from '@/lib/intake/queue';
import type { IntakeRecord } from '@/lib/intake/record';
import { idsOfNationalPhones, largestRequest, parseBody, type SegmentCall, segmentCalls, translate } from '@/lib/intake/segment-spec';
import { log } from '@/lib/log';
import { errorResponse } from '@/lib/respond';

const unzip = promisify(gunzip);

/** A revoked key works for at most this long: asking the database for every request would cost a third of the rate. */
const keyKeptMs = 5_000;
const mostKeysKept = 10_000;

/** Transactions at once: what two cores of database can use. */
const lanes = 2;

type KeptKey = { workspace: Promise<IntakeWorkspace | null>; until: number };

/** The Segment-compatible intake of one process: its write queue and the keys it has just seen. */
export class Door {
  private readonly keys = new Map<string, KeptKey>();
  private readonly queue: WriteQueue<string, IntakeRecord>;
  /** By the queue's keys: a workspace and a lane. */
  private readonly workspaces = new Map<string, IntakeWorkspace>();

  constructor(private readonly db: Database) {
    this.queue = new WriteQueue({
      write: (key, records) => storeRecords(db, this.workspaces.get(key) as IntakeWorkspace, records, new Date()),
      largestWrite: 5_000,
      mostWaiting: 50_000,
      lanes,
    });
  }

  /** 200 only after commit. */
  async accept(call: string, request: Request): Promise<Response> {
    try {
      if (!isCall(call)) throw new AppError('not_found', 'There is no such call.');
      const secret = basicSecret(request);
      const known = secret === null ? null : await this.workspaceOf(secret);
      const bytes = await bodyOf(request);
      const body = parseBody(bytes.toString('utf8'));
      const workspace = known ?? (await this.workspaceOf(typeof body.writeKey === 'string' ? body.writeKey : ''));
      const receivedAt = new Date();
      const countries = await countriesOf(this.db, workspace.id, idsOfNationalPhones(body));
      const context = { defaultCountry: workspace.defaultCountry, receivedAt, countries };
      const { records, rejected } = translate(call, body, bytes.length, context);
      await this.queue.push(partsOf(workspace.id, records));
      return Response.json(rejected.length > 0 ? { success: true, rejected } : { success: true });
    } catch (error) {
      return refusal(error);
    }
  }

  private async workspaceOf(secret: string): Promise<IntakeWorkspace> {
    const now = Date.now();
    const digest = digestOf(secret).toString('base64');
    let kept = this.keys.get(digest);
    if (!kept || kept.until < now) {
      if (this.keys.size >= mostKeysKept) this.keys.clear();
      kept = { workspace: this.lookUp(secret), until: now + keyKeptMs };
      this.keys.set(digest, kept);
      kept.workspace.catch(() => this.keys.delete(digest));
    }
    const workspace = await kept.workspace;
    if (!workspace) throw new AppError('unauthenticated', 'The write key is missing, wrong or revoked.');
    return workspace;
  }

  private async lookUp(secret: string): Promise<IntakeWorkspace | null> {
    if (secret === '') return null;
    const found = await workspaceByKey(this.db, 'write', secret);
    if (!found) return null;
    const workspace = await workspaceById(this.db, found.workspaceId);
    for (let lane = 0; lane < lanes; lane++) this.workspaces.set(`${workspace.id} ${lane}`, workspace);
    return workspace;
  }
}

/**
 * The same person always goes the same lane: two transactions at once then never wait for each other's profiles, and what one sender says
 * of a person is stored in that order. A request is stored by lane; if one fails, it is refused and its repeat finds the other part there.
 */
function partsOf(workspaceId: WorkspaceId, records: readonly IntakeRecord[]) {
  const parts = new Map<string, IntakeRecord[]>();
  for (const record of records) {
    const key = `${workspaceId} ${laneOf(record.userId ?? record.anonymousId ?? '')}`;
    const part = parts.get(key);
    if (part) part.push(record);
    else parts.set(key, [record]);
  }
  return [...parts].map(([key, items]) => ({ key, items }));
}

function laneOf(id: string): number {
  let hash = 0;
  for (let i = 0; i < id.length; i++) hash = (Math.imul(hash, 31) + id.charCodeAt(i)) | 0;
  return (hash >>> 0) % lanes;
}

const isCall = (call: string): call is SegmentCall => (segmentCalls as readonly string[]).includes(call);

/** The key as Segment's clients send it: the user name of Basic. Null where the header is of another kind, and the body may have it. */
function basicSecret(request: Request): string | null {
  const [scheme, encoded] = (request.headers.get('authorization') ?? '').split(' ');
  if (scheme?.toLowerCase() !== 'basic' || !encoded) return null;
  return Buffer.from(encoded, 'base64').toString('utf8').split(':')[0] || null;
}

const tooLarge = () => new AppError('too_large', `A request may have ${largestRequest / 1024} KB.`, '');

/** Read to the end though it is refused: a sender cut off while it writes sees a reset connection in place of the 413. */
const mostDrained = 20 * 1024 * 1024;

/** The body, unzipped. Neither a long body nor one that unzips to a long one is held in memory. */
async function bodyOf(request: Request): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  if (request.body) {
    for await (const chunk of request.body as unknown as AsyncIterable<Uint8Array>) {
      size += chunk.byteLength;
      if (size <= largestRequest) chunks.push(chunk);
      else if (size > mostDrained) break;
    }
  }
  if (size > largestRequest) throw tooLarge();
  const body = Buffer.concat(chunks, size);
  const encoding = request.headers.get('content-encoding')?.toLowerCase() ?? 'identity';
  if (encoding === 'identity' || encoding === '') return body;
  if (encoding !== 'gzip') throw new AppError('invalid', 'content-encoding may be gzip.', '');
  try {
    return await unzip(body, { maxOutputLength: largestRequest });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge();
    throw new AppError('invalid', 'The body is not gzip.', '');
  }
}

function refusal(error: unknown): Response {
  if (error instanceof AppError) {
    const response = errorResponse(error);
    if (error.code === 'busy') response.headers.set('retry-after', '1');
    return response;
  }
  const code = String((error as { code?: unknown }).code ?? '');
  // Classes 22 and 54: the data cannot be stored, now or later. Anything else may pass, and Segment's clients try 503 again.
  if (/^(22|54)\w{3}$/.test(code)) return errorResponse(new AppError('invalid', 'The data cannot be stored.', ''));
  log.error({ code, name: (error as Error).name }, 'intake could not store');
  return Response.json(
    { error: { code: 'unavailable', message: 'The data could not be stored. Try again.' } },
    { status: 503, headers: { 'retry-after': '2' } },
  );
}
