import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { answerControl } from './control/control';
import { GraphFailure } from './graph/failure';
import { htmlError, meetFault } from './graph/faults';
import { type Answer, answerGraph, type GraphRequest, methodOf, paramsOf } from './graph/gateway';
import { answerDialog, type DialogAnswer, showDialog } from './graph/login-dialog';
import { endOverdueReplaces } from './graph/replace';
import { Usage } from './graph/usage';
import { answerPages } from './pages/router';
import type { Fault } from './store/records';
import type { World } from './store/world';

const longestUrl = 8_192;
const largestBody = 64 * 1024 * 1024;

/** The whole sandbox behind one port: login dialog, Graph API, control API, Ads Manager. */
export function createSandbox(world: World): Server {
  const usage = new Usage();
  const server = createServer({ maxHeaderSize: 4 * 1024 * 1024, keepAliveTimeout: 65_000 }, (message, response) => {
    handle(world, usage, message, response).catch((error: unknown) => {
      process.stderr.write(`sandbox: ${error instanceof Error ? error.stack : String(error)}\n`);
      if (!response.headersSent) response.writeHead(500, { 'content-type': 'text/html' });
      response.end(htmlError(500));
    });
  });
  server.requestTimeout = 0;
  return server;
}

async function handle(world: World, usage: Usage, message: IncomingMessage, response: ServerResponse): Promise<unknown> {
  const rawUrl = message.url ?? '/';
  if (rawUrl.length > longestUrl) {
    message.resume();
    send(
      response,
      414,
      '<html><head><title>414 Request-URI Too Large</title></head><body><h1>414 Request-URI Too Large</h1></body></html>',
      { 'content-type': 'text/html' },
    );
    logTooLong(world, message, rawUrl);
    return;
  }
  const url = new URL(rawUrl, `http://${message.headers.host ?? '127.0.0.1'}`);
  const body = await readBody(message);
  if (body === null) {
    send(response, 413, htmlError(413), {
      'content-type': 'text/html',
      connection: 'close',
    });
    return;
  }
  if (url.pathname.startsWith('/_control')) return answerControl(world, usage, { message, url, body, response });
  if (url.pathname === '/' || /^\/(ads-manager|ads\/manage|customaudiences|_picture)\b/.test(url.pathname))
    return answerPages(world, usage, { message, url, body, response });
  const [, version = null, path = url.pathname] = /^\/(v\d+\.\d+)(\/.*)?$/.exec(url.pathname) ?? [];
  const request: GraphRequest = {
    message,
    url,
    body,
    version,
    path: path || '/',
  };
  if (request.path === '/dialog/oauth') return answerLogin(world, request, response);
  return answerCall(world, usage, request, response);
}

function answerLogin(world: World, request: GraphRequest, response: ServerResponse): number {
  const params = paramsOf(request);
  let answer: DialogAnswer;
  if (request.message.method === 'POST') {
    const scopes = new URLSearchParams(request.body.toString('utf8')).getAll('scope');
    answer = answerDialog(world, params, { scopes });
  } else answer = showDialog(world, params);
  const headers: Record<string, string> = answer.location ? { location: answer.location } : { 'content-type': 'text/html; charset=utf-8' };
  return send(response, answer.status, answer.html ?? '', headers);
}

async function answerCall(world: World, usage: Usage, request: GraphRequest, response: ServerResponse): Promise<void> {
  const started = performance.now();
  endOverdueReplaces(world, world.now());
  const method = faultMethod(request);
  const fault = meetFault(world, method, request.path, request.body);
  const delay = world.settings.latencyMs + (fault?.kind === 'slow' ? fault.ms : 0);
  if (delay > 0) await pause(delay);
  const answer = isBefore(fault) ? null : answerGraph(world, usage, request, fault);
  const out = outgoing(answer, fault);
  world.log.add({
    at: new Date(world.now()).toISOString(),
    method: answer?.method ?? method,
    path: request.path,
    version: request.version,
    status: out.status,
    ms: Math.round((performance.now() - started) * 10) / 10,
    bytes: request.body.length,
    ...(fault ? { fault: fault.kind } : {}),
    ...(answer ? { ...answer.notes, effect: answer.effect, traceId: answer.traceId } : { effect: false }),
    ...(answer?.code === undefined ? {} : { code: answer.code }),
    ...(answer?.subcode === undefined ? {} : { subcode: answer.subcode }),
  });
  // After the log: a call that was answered is in it, whatever happens next.
  deliver(response, out);
}

/** A body that cannot be read has no `method` in it. */
function faultMethod(request: GraphRequest): 'GET' | 'POST' | 'DELETE' {
  if (request.message.method !== 'POST' || request.body.length > 4_096) {
    return request.url.searchParams.get('method')?.toUpperCase() === 'DELETE' ? 'DELETE' : methodOf(request.message, null);
  }
  try {
    return methodOf(request.message, paramsOf(request));
  } catch (error) {
    if (error instanceof GraphFailure) return 'POST';
    throw error;
  }
}

/** Faults that strike before anything is done. */
function isBefore(fault: Fault | null): boolean {
  return fault !== null && ['html500', 'html502', 'empty', 'null-body', 'reset-before', 'timeout'].includes(fault.kind);
}

/** What leaves the server: an answer, or a connection cut now or after so many milliseconds of silence. */
type Outgoing = { status: number; body: string; headers: Record<string, string> } | { status: 0; silenceMs: number };

/** The answer, or what the fault makes of it. */
function outgoing(answer: Answer | null, fault: Fault | null): Outgoing {
  const headers = fault?.headers ?? {};
  const html = { 'content-type': 'text/html; charset=utf-8', ...headers };
  const body = answer?.body ?? '';
  switch (fault?.kind) {
    case 'html500':
      return { status: fault.status ?? 500, body: htmlError(500), headers: html };
    case 'html502':
      return { status: fault.status ?? 502, body: htmlError(502), headers: html };
    case 'empty':
      return { status: fault.status ?? 500, body: '', headers };
    case 'null-body':
      return { status: 200, body: 'null', headers: { 'content-type': 'application/json', ...headers } };
    case 'reset-before':
    case 'reset-after':
      return { status: 0, silenceMs: 0 };
    case 'timeout':
    case 'timeout-after':
      return { status: 0, silenceMs: fault.ms > 0 ? fault.ms : 600_000 };
    case 'truncated':
      return { status: 200, body: body.slice(0, Math.max(1, Math.floor(body.length / 2))), headers: answer?.headers ?? {} };
    default:
      return { status: answer?.status ?? 500, body, headers: answer?.headers ?? {} };
  }
}

function deliver(response: ServerResponse, out: Outgoing): void {
  const socket = response.socket;
  if ('body' in out) send(response, out.status, out.body, out.headers);
  else if (out.silenceMs === 0) socket?.resetAndDestroy();
  else setTimeout(() => socket?.destroy(), out.silenceMs).unref();
}

function send(response: ServerResponse, status: number, body: string, headers: Record<string, string>): number {
  response.writeHead(status, {
    ...headers,
    'content-length': Buffer.byteLength(body),
  });
  response.end(body);
  return status;
}

function logTooLong(world: World, message: IncomingMessage, rawUrl: string): void {
  const [path = '/'] = rawUrl.split('?');
  const [, version = null, rest = path] = /^\/(v\d+\.\d+)(\/.*)?$/.exec(path) ?? [];
  world.log.add({
    at: new Date(world.now()).toISOString(),
    method: message.method ?? 'GET',
    path: rest.slice(0, 200),
    version,
    status: 414,
    ms: 0,
    bytes: rawUrl.length,
    effect: false,
  });
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** The whole body, or null if it is too large. */
async function readBody(message: IncomingMessage): Promise<Buffer | null> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of message as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > largestBody) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, size);
}
