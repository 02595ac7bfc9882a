import type { z } from 'zod';
import type { Database } from '@/db/client';
import { database } from '@/db/open';
import type { Role } from '@/db/schema';
import { type Workspace, workspaceById } from '@/db/workspaces';
import { currentUser, roleAllows, type SignedIn, type WorkspaceId, workspaceByKey } from '@/lib/auth';
import { AppError, type AppErrorCode, firstFault } from '@/lib/errors';
import { faultOf, log } from '@/lib/log';
import { pathText } from '@/lib/segment/definition';

const statusOf: Record<AppErrorCode, number> = {
  invalid: 400,
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  too_large: 413,
  unprocessable: 422,
  busy: 429,
};

export type ApiContext<P> = {
  request: Request;
  params: P;
  workspaceId: WorkspaceId;
  workspace: Workspace;
  role: Role;
  db: Database;
  now: Date;
};

type Route<P> = (request: Request, context: { params: Promise<P> }) => Promise<Response>;

/**
 * The one wrapper of /api/v1: key, role, call, answer. What `run` returns is sent as JSON unless it is a Response.
 * @param role least role a key must carry.
 */
export function apiRoute<P = Record<string, never>>(role: Role, run: (context: ApiContext<P>) => Promise<Response | object>): Route<P> {
  return async (request, context) => {
    try {
      const db = database();
      const caller = await callerOf(db, request);
      if (!roleAllows(caller.role, role)) throw new AppError('forbidden', `This key's role is ${caller.role}; the call needs ${role}.`);
      const workspace = await workspaceById(db, caller.workspaceId);
      const answer = await run({ request, params: await context.params, workspace, db, now: new Date(), ...caller });
      return answer instanceof Response ? answer : Response.json(answer, { headers: { 'cache-control': 'no-store' } });
    } catch (error) {
      return refused(request, error);
    }
  };
}

async function callerOf(db: Database, request: Request) {
  const [scheme, secret] = (request.headers.get('authorization') ?? '').split(' ');
  const caller = scheme?.toLowerCase() === 'bearer' && secret ? await workspaceByKey(db, 'api', secret) : null;
  if (!caller) throw new AppError('unauthenticated', 'Send an API key: "Authorization: Bearer <key>". It may be wrong or revoked.');
  return caller;
}

export type ConsoleContext = { body: unknown; user: SignedIn; db: Database; now: Date /** The reader has gone. */; gone: AbortSignal };

/**
 * The one wrapper of what the screens ask while a person is looking: unlike an action, it is given up when the browser gives it up, and
 * several run at once. Every role may ask; it changes nothing.
 */
export function consoleRoute(run: (context: ConsoleContext) => Promise<Response | object>): (request: Request) => Promise<Response> {
  return async (request) => {
    try {
      const user = await currentUser();
      if (!user) throw new AppError('unauthenticated', 'You are signed out. Load the page again.');
      const answer = await run({ body: await jsonBody(request), user, db: database(), now: new Date(), gone: request.signal });
      return answer instanceof Response ? answer : Response.json(answer, { headers: { 'cache-control': 'no-store' } });
    } catch (error) {
      return refused(request, error);
    }
  };
}

function refused({ signal }: Request, error: unknown): Response {
  // Nobody reads this answer; nginx's number for a caller who has gone.
  if (signal.aborted && error === signal.reason) return new Response(null, { status: 499 });
  return errorResponse(error);
}

/** {"error":{"code","message","field"?}}; what we do not know is logged and answered without detail. */
export function errorResponse(error: unknown): Response {
  const { status, ...body } = told(error);
  return Response.json(body, { status, headers: status === statusOf.busy ? { 'retry-after': '5' } : {} });
}

type Told = { status: number; error: { code: AppErrorCode | 'facebook' | 'unexpected'; message: string; field?: string } };

/** What the one who asked is told of the error. */
export function told(error: unknown): Told {
  if (error instanceof AppError) {
    const { code, message, field } = error;
    return { status: statusOf[code], error: { code, message, field } };
  }
  if (error instanceof Error && error.name === 'GraphError' && 'userMessage' in error)
    return { status: 422, error: { code: 'facebook', message: String(error.userMessage) } };
  log.error({ fault: faultOf(error) }, 'request failed');
  return { status: 500, error: { code: 'unexpected', message: 'Something went wrong on our side.' } };
}

/** @throws AppError for a body that is not JSON or larger than `limitBytes`. */
export async function jsonBody(request: Request, limitBytes = 1_000_000): Promise<unknown> {
  const text = await request.text();
  if (Buffer.byteLength(text) > limitBytes) throw new AppError('too_large', `The body may have at most ${limitBytes} bytes.`);
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new AppError('invalid', 'The body is not JSON.', '', { cause });
  }
}

/** An empty body is an empty object. */
export async function optionalBody(request: Request): Promise<unknown> {
  return (await request.clone().text()).trim() === '' ? {} : jsonBody(request);
}

/** @throws AppError invalid with the sentence and path of the first fault. */
export function parsedBody<S extends z.ZodType>(schema: S, body: unknown): z.output<S> {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const { message, path } = firstFault(parsed.error);
  throw new AppError('invalid', message, pathText(path));
}
