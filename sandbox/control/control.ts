import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Usage } from '../graph/usage';
import type { World } from '../store/world';
import { audienceView, changeAudience, dropAudience, listAudienceViews, streamMembers } from './audience-control';
import { sendCallback } from './callback-control';
import { killTokens, makeToken, removeScope, startLogin } from './token-control';
import {
  addAccount,
  addFault,
  changeAccount,
  changeAdSet,
  changeClock,
  changeSettings,
  dropAdSet,
  registerApp,
  reset,
  setTerms,
  summary,
} from './world-control';

export interface ControlRequest {
  message: IncomingMessage;
  url: URL;
  body: Buffer;
  response: ServerResponse;
}

export interface ControlCall {
  world: World;
  usage: Usage;
  id: string;
  input: Record<string, unknown>;
  query: URLSearchParams;
}

/** Something wrong with a control call: told to the tester in words. */
export class ControlError extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

/** What it returns, or promises, is the answer. */
type Handler = (call: ControlCall) => unknown;

const routes: [method: string, path: RegExp, handler: Handler][] = [
  ['GET', /^$/, ({ world }) => summary(world)],
  ['POST', /^\/reset$/, ({ world, usage }) => reset(world, usage)],
  ['GET', /^\/settings$/, ({ world }) => world.settings],
  ['POST', /^\/settings$/, changeSettings],
  ['POST', /^\/clock$/, changeClock],
  ['GET', /^\/audiences$/, ({ world }) => ({ audiences: listAudienceViews(world) })],
  ['GET', /^\/audiences\/(\d+)$/, ({ world, id }) => audienceView(world, id)],
  ['POST', /^\/audiences\/(\d+)$/, changeAudience],
  ['DELETE', /^\/audiences\/(\d+)$/, dropAudience],
  ['GET', /^\/ad-sets$/, ({ world }) => ({ adSets: world.adSets.all() })],
  ['GET', /^\/ad-sets\/(\d+)$/, ({ world, id }) => found(world.adSets.get(id), 'ad set')],
  ['POST', /^\/ad-sets\/(\d+)$/, changeAdSet],
  ['DELETE', /^\/ad-sets\/(\d+)$/, dropAdSet],
  ['POST', /^\/accounts$/, addAccount],
  ['POST', /^\/accounts\/(?:act_)?(\d+)$/, changeAccount],
  ['POST', /^\/terms$/, setTerms],
  ['POST', /^\/tokens$/, makeToken],
  ['POST', /^\/tokens\/kill$/, killTokens],
  ['POST', /^\/tokens\/remove-scope$/, removeScope],
  ['POST', /^\/login$/, startLogin],
  ['POST', /^\/apps$/, registerApp],
  ['POST', /^\/callbacks$/, sendCallback],
  ['GET', /^\/faults$/, ({ world }) => ({ faults: world.faults.all() })],
  ['POST', /^\/faults$/, addFault],
  ['DELETE', /^\/faults$/, ({ world }) => clearFaults(world)],
  ['DELETE', /^\/faults\/(\w+)$/, ({ world, id }) => dropFault(world, id)],
  [
    'GET',
    /^\/requests$/,
    ({ world, query }) => ({
      requests: world.log.since(Number(query.get('since') ?? 0)),
    }),
  ],
  ['DELETE', /^\/requests$/, ({ world }) => clearLog(world)],
  ['POST', /^\/usage\/reset$/, ({ usage }) => clearUsage(usage)],
];

/** The control API, for tests and rehearsals. No part of Facebook. */
export async function answerControl(world: World, usage: Usage, request: ControlRequest): Promise<unknown> {
  const path = request.url.pathname.slice('/_control'.length).replace(/\/$/, '');
  const method = request.message.method ?? 'GET';
  const members = /^\/audiences\/(\d+)\/members$/.exec(path)?.[1];
  if (method === 'GET' && members !== undefined && world.audiences.get(members)) return streamMembers(world, members, request.response);
  try {
    for (const [wanted, pattern, handler] of routes) {
      const match = pattern.exec(path);
      if (!match || wanted !== method) continue;
      return json(
        request.response,
        200,
        await handler({
          world,
          usage,
          id: match[1] ?? '',
          input: readInput(request.body),
          query: request.url.searchParams,
        }),
      );
    }
    throw new ControlError(404, `No control call ${method} ${path}. sandbox/README.md lists them.`);
  } catch (error) {
    if (!(error instanceof ControlError)) throw error;
    return json(request.response, error.status, { error: error.message });
  }
}

export function found<T>(record: T | undefined, what: string): T {
  if (record === undefined) throw new ControlError(404, `There is no such ${what}.`);
  return record;
}

function readInput(body: Buffer): Record<string, unknown> {
  if (body.length === 0) return {};
  try {
    return JSON.parse(body.toString('utf8')) as Record<string, unknown>;
  } catch {
    throw new ControlError(400, 'The body is not JSON.');
  }
}

function json(response: ServerResponse, status: number, value: unknown): ServerResponse {
  response.writeHead(status, { 'content-type': 'application/json' });
  return response.end(JSON.stringify(value));
}

function clearFaults(world: World): { removed: number } {
  const all = world.faults.all();
  for (const fault of all) world.faults.delete(fault.id);
  return { removed: all.length };
}

function dropFault(world: World, id: string): { removed: number } {
  found(world.faults.get(id), 'fault');
  world.faults.delete(id);
  return { removed: 1 };
}

function clearLog(world: World): { ok: true } {
  world.log.clear();
  return { ok: true };
}

function clearUsage(usage: Usage): { ok: true } {
  usage.clear();
  return { ok: true };
}
