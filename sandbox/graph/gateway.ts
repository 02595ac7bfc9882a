import type { IncomingMessage } from 'node:http';
import type { Fault } from '../store/records';
import type { World } from '../store/world';
import { checkProof, checkToken } from './access';
import type { Call, CallNotes } from './call';
import { GraphFailure, newTraceId } from './failure';
import { faultFailure } from './faults';
import { accessToken, debugToken } from './login-tokens';
import { type Params, readParams } from './params';
import { findRoute } from './router';
import type { Usage } from './usage';

export interface Answer {
  status: number;
  /** As carried out: an override in the body counts. */
  method: Call['method'] | null;
  body: string;
  headers: Record<string, string>;
  notes: CallNotes;
  code?: number;
  subcode?: number;
  traceId: string;
  /** Carried out, as opposed to refused. */
  effect: boolean;
}

export interface GraphRequest {
  message: IncomingMessage;
  url: URL;
  body: Buffer;
  version: string | null;
  /** Without version. */
  path: string;
}

const newest = 26;
const oldestServed = 24;
const newestEnded = 24;

/** GET, POST or DELETE; a POST may say `method=DELETE` or `method=GET` in query or body. */
export function methodOf(message: IncomingMessage, params: Params | null): Call['method'] {
  const override = (params?.text('method') ?? '').toUpperCase();
  if (message.method === 'POST' && (override === 'DELETE' || override === 'GET')) return override;
  return message.method === 'DELETE' ? 'DELETE' : message.method === 'POST' ? 'POST' : 'GET';
}

export function paramsOf(request: GraphRequest): Params {
  return readParams(request.url.searchParams, request.body, request.message.headers['content-type'] ?? '');
}

/** Carries out one Graph call, or refuses it in Graph's envelope. Never throws for what a caller can do wrong. */
export function answerGraph(world: World, usage: Usage, request: GraphRequest, fault: Fault | null): Answer {
  const traceId = newTraceId();
  const notes: CallNotes = {};
  const headers: Record<string, string> = {
    'content-type': 'application/json; charset=UTF-8',
    'facebook-api-version': request.version ?? `v${newest}.0`,
    'x-fb-trace-id': traceId,
    'x-fb-request-id': traceId,
    'x-fb-rev': '1000000001',
  };
  const trail: Trail = { notes, headers, call: null, method: null };
  let result: {
    status: number;
    body: unknown;
    code?: number;
    subcode?: number;
  };
  try {
    if (fault?.kind === 'error') throw faultFailure(fault);
    result = {
      status: 200,
      body: carryOut(world, usage, request, trail),
    };
  } catch (error) {
    if (!(error instanceof GraphFailure)) throw error;
    const { subcode } = error.detail;
    Object.assign(headers, error.detail.headers);
    result = {
      status: error.status,
      body: error.body(traceId),
      code: error.code,
      ...(subcode === undefined ? {} : { subcode }),
    };
  }
  const accountId = notes.accountId;
  if (trail.call && accountId) Object.assign(headers, usage.headers(trail.call, accountId));
  Object.assign(headers, fault?.headers);
  const { status, body, code, subcode } = result;
  return {
    status,
    method: trail.method,
    body: JSON.stringify(body),
    headers,
    notes,
    traceId,
    effect: status === 200,
    ...(code === undefined ? {} : { code }),
    ...(subcode === undefined ? {} : { subcode }),
  };
}

interface Trail {
  notes: CallNotes;
  headers: Record<string, string>;
  /** Set once the call counts on an account's budget. */
  call: Call | null;
  method: Call['method'] | null;
}

function carryOut(world: World, usage: Usage, request: GraphRequest, trail: Trail): unknown {
  const params = paramsOf(request);
  const now = world.now();
  const text = tokenText(request.message, params);
  const call: Call = {
    world,
    now,
    method: methodOf(request.message, params),
    path: request.path,
    version: request.version,
    origin: request.url.origin,
    params,
    token: null,
    notes: trail.notes,
  };
  trail.method = call.method;
  refuseRetiredProtocol(call);
  if (call.path === '/oauth/access_token') return accessToken(call, clientCredentials(request.message, params));
  if (call.path === '/debug_token' && call.method === 'GET') return debugToken(call, text);
  const { marketing, handle } = findRoute(call.method, call.path);
  checkVersion(call, marketing, trail.headers);
  call.token = checkToken(world, text, now);
  trail.notes.personId = call.token.personId;
  checkProof(world, call.token, params, now);
  const accountId = accountIdOf(world, call.path);
  if (marketing && accountId !== null) {
    trail.notes.accountId = accountId;
    trail.call = call;
    usage.spend(call, accountId);
  }
  return handle(call);
}

/** The account whose budget a call uses: named in the path, or owner of the object named there. */
function accountIdOf(world: World, path: string): string | null {
  const named = /^\/act_(\d+)/.exec(path)?.[1];
  if (named !== undefined) return world.accounts.get(named) ? named : null;
  const id = /^\/(\d+)/.exec(path)?.[1] ?? '';
  return world.audiences.get(id)?.accountId ?? world.adSets.get(id)?.accountId ?? null;
}

function tokenText(message: IncomingMessage, params: Params): string | undefined {
  const bearer = /^(?:Bearer|OAuth)\s+(.+)$/i.exec(message.headers.authorization ?? '')?.[1];
  return bearer ?? params.text('access_token');
}

function clientCredentials(message: IncomingMessage, params: Params): { id: string | undefined; secret: string | undefined } {
  const basic = /^Basic\s+(.+)$/i.exec(message.headers.authorization ?? '')?.[1];
  if (basic !== undefined) {
    const [id, ...rest] = Buffer.from(basic, 'base64').toString('utf8').split(':');
    return {
      id: decodeURIComponent(id ?? ''),
      secret: decodeURIComponent(rest.join(':')),
    };
  }
  return { id: params.text('client_id'), secret: params.text('client_secret') };
}

/** What v26 took away from every version. */
function refuseRetiredProtocol(call: Call): void {
  if (call.path === '/' && call.params.has('ids')) {
    throw new GraphFailure(100, 'The ids query parameter is deprecated in v26.0+.', { status: 500 });
  }
  if (call.params.has('date_format')) throw new GraphFailure(100, '(#100) The date_format parameter is deprecated in v26.0+.');
}

function checkVersion(call: Call, marketing: boolean, headers: Record<string, string>): void {
  const major = call.version === null ? null : Number(/^v(\d+)\.0$/.exec(call.version)?.[1]);
  if (major !== null && !(major <= newest)) throw new GraphFailure(2500, `Unknown path components: /${call.version}${call.path}`);
  if (!marketing) return;
  const ended = major !== null && major <= newestEnded;
  const upgraded = ended && major >= oldestServed && call.world.settings.endedVersions === 'upgrade';
  if (major === null || (ended && !upgraded)) {
    throw new GraphFailure(
      2635,
      `(#2635) You are calling a deprecated version of the Ads API. Please update to the latest version: v${newest}.0.`,
    );
  }
  if (upgraded) {
    headers['x-ad-api-version-warning'] =
      `The call has been auto-upgraded to v${oldestServed + 1}.0 as ${call.version} has been deprecated.`;
  }
}
