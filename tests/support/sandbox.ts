import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** The sandbox as a real process, spoken to over HTTP only. What is written here is known from sandbox/README.md, not imported. */

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

export const sandboxApp = { id: 'sandbox-app', secret: 'sandbox-app-secret' };
export const systemUserToken = 'EAASANDBOXSYSTEMUSERTOKEN0000000000000000000000000000';
export const sandboxPeople = {
  maya: '10158000000000001',
  tom: '10158000000000002',
  lin: '10158000000000003',
  sam: '10158000000000004',
};
export const sandboxAccounts = {
  main: 'act_480100000000001',
  newMarket: 'act_480100000000002',
  disabled: 'act_480100000000003',
  personal: 'act_480100000000004',
  closed: 'act_480100000000005',
  foreign: 'act_480100000000006',
};

export interface SandboxAudience {
  id: string;
  accountId: string;
  name: string;
  description: string;
  deleted: boolean;
  members: number;
  matched: number;
  sizeLower: number;
  sizeUpper: number;
  operation: { code: number; description: string };
  delivery: { code: number; description: string };
  dataSource: string | null;
  replacing: boolean;
  retentionDays: number;
  createdAt: string;
  contentUpdatedAt: string | null;
  lookalike: { originId: string; country: string; ratio: number; type: string } | null;
}

export interface SandboxAdSet {
  id: string;
  name: string;
  accountId: string;
  campaignId: string;
  status: string;
  targeting: Record<string, unknown> & {
    custom_audiences?: { id: string }[];
    excluded_custom_audiences?: { id: string }[];
  };
  learningResetAt: number | null;
  learningResetBy: 'targeting' | 'members' | null;
}

export interface SandboxRequest {
  seq: number;
  at: string;
  method: string;
  path: string;
  version: string | null;
  status: number;
  ms: number;
  bytes: number;
  personId?: string;
  accountId?: string;
  audienceId?: string;
  code?: number;
  subcode?: number;
  traceId?: string;
  rows?: number;
  invalid?: number;
  added?: number;
  removed?: number;
  sessionId?: string;
  batchSeq?: number;
  last?: boolean;
  fault?: string;
  effect?: boolean;
}

export interface SandboxFault {
  kind:
    | 'error'
    | 'html500'
    | 'html502'
    | 'empty'
    | 'null-body'
    | 'reset-before'
    | 'reset-after'
    | 'slow'
    | 'timeout'
    | 'timeout-after'
    | 'truncated'
    | 'usage';
  method?: 'GET' | 'POST' | 'DELETE';
  /** Regular expression over the path without version. */
  route?: string;
  /** Only calls whose body holds this text. */
  contains?: string;
  /** First matching call that is hit, from 1. */
  nth?: number;
  /** 0: all from then on. Default 1. */
  times?: number;
  ms?: number;
  status?: number;
  code?: number;
  subcode?: number;
  message?: string;
  transient?: boolean;
  headers?: Record<string, string>;
}

export interface SandboxSettings {
  matchingMs: number;
  matchRate: number;
  removalFloor: number;
  refuseEmptyDigest: boolean;
  strictSequence: boolean;
  omitExpiresIn: boolean;
  endedVersions: 'upgrade' | 'fail';
  heavyPage: number;
  maxNameLength: number;
  maxAudiences: number;
  tier: 'full' | 'limited';
  limitScale: number;
  latencyMs: number;
}

/** The control API: sandbox/README.md tells what each call does. */
export class SandboxControl {
  constructor(private readonly url: string) {}

  reset = (): Promise<unknown> => this.send('POST', '/reset');
  audiences = async (): Promise<SandboxAudience[]> => (await this.send<{ audiences: SandboxAudience[] }>('GET', '/audiences')).audiences;
  audience = (id: string): Promise<SandboxAudience> => this.send('GET', `/audiences/${id}`);
  changeAudience = (
    id: string,
    change: {
      flagged?: string[];
      forcedStatus?: number | null;
      expiresAt?: number | null;
      failReplace?: true;
    },
  ): Promise<SandboxAudience> => this.send('POST', `/audiences/${id}`, change);
  deleteAudience = (id: string): Promise<SandboxAudience> => this.send('DELETE', `/audiences/${id}`);
  adSets = async (): Promise<SandboxAdSet[]> => (await this.send<{ adSets: SandboxAdSet[] }>('GET', '/ad-sets')).adSets;
  adSet = (id: string): Promise<SandboxAdSet> => this.send('GET', `/ad-sets/${id}`);
  changeAdSet = (
    id: string,
    change: {
      status?: string;
      targeting?: Record<string, unknown>;
      learningResetAt?: null;
    },
  ): Promise<SandboxAdSet> => this.send('POST', `/ad-sets/${id}`, change);
  deleteAdSet = (id: string): Promise<SandboxAdSet> => this.send('DELETE', `/ad-sets/${id}`);
  addAccount = (id: string, like: string): Promise<unknown> => this.send('POST', '/accounts', { id, like });
  changeAccount = (
    id: string,
    change: {
      status?: number;
      disableReason?: number;
      roles?: Record<string, string[]>;
    },
  ): Promise<unknown> => this.send('POST', `/accounts/${id}`, change);
  setTerms = (terms: { accepted: boolean; kind?: 'value'; accountId?: string; personId?: string }): Promise<unknown> =>
    this.send('POST', '/terms', terms);
  token = async (of: { personId?: string; appId?: string; scopes?: string[]; lifetimeMs?: number } = {}): Promise<string> =>
    (await this.send<{ token: string }>('POST', '/tokens', of)).token;
  /** 458 removed, 459 checkpoint, 460 password changed, 463 expired, 464 unconfirmed, 467 logged out. */
  killTokens = (of: { token?: string; personId?: string; subcode?: 458 | 459 | 460 | 463 | 464 | 467 } = {}): Promise<{ killed: number }> =>
    this.send('POST', '/tokens/kill', of);
  removeScope = (of: { scope: string; token?: string; personId?: string }): Promise<unknown> =>
    this.send('POST', '/tokens/remove-scope', of);
  loginCode = async (
    of: { personId?: string; appId?: string; redirectUri?: string; scopes?: string[]; declined?: string[] } = {},
  ): Promise<string> => (await this.send<{ code: string }>('POST', '/login', of)).code;
  registerApp = (app: {
    id: string;
    name?: string;
    secret?: string;
    redirects?: string[] | null;
    requireProof?: boolean;
  }): Promise<unknown> => this.send('POST', '/apps', app);
  /** The person removes the app, or asks for deletion as well: the signed request goes to that address. */
  callback = (callback: {
    kind: 'deauthorize' | 'deletion';
    url: string;
    personId?: string;
    appId?: string;
    issuedAt?: number;
  }): Promise<{ status: number; body: string }> => this.send('POST', '/callbacks', callback);
  fault = (fault: SandboxFault): Promise<{ id: string }> => this.send('POST', '/faults', fault);
  faults = async (): Promise<(SandboxFault & { id: string; seen: number })[]> =>
    (
      await this.send<{
        faults: (SandboxFault & { id: string; seen: number })[];
      }>('GET', '/faults')
    ).faults;
  clearFaults = (): Promise<unknown> => this.send('DELETE', '/faults');
  clearFault = (id: string): Promise<unknown> => this.send('DELETE', `/faults/${id}`);
  settings = (change: Partial<SandboxSettings>): Promise<SandboxSettings> => this.send('POST', '/settings', change);
  clock = (change: { now?: string; advanceMs?: number; speed?: number }): Promise<{ now: string; speed: number }> =>
    this.send('POST', '/clock', change);
  requests = async (since = 0): Promise<SandboxRequest[]> =>
    (await this.send<{ requests: SandboxRequest[] }>('GET', `/requests?since=${since}`)).requests;
  clearRequests = (): Promise<unknown> => this.send('DELETE', '/requests');
  resetUsage = (): Promise<unknown> => this.send('POST', '/usage/reset');

  /** Every member of an audience, oldest first: schema key to value, blanks left out. */
  async *members(audienceId: string): AsyncGenerator<Record<string, string>> {
    const response = await fetch(`${this.url}/_control/audiences/${audienceId}/members`);
    if (!response.ok || !response.body) throw new Error(`The sandbox has no members for ${audienceId}: HTTP ${response.status}`);
    let rest = '';
    for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) yield JSON.parse(line) as Record<string, string>;
    }
  }

  /** The values of one key over all members, sorted. */
  async memberValues(audienceId: string, key: string): Promise<string[]> {
    const values: string[] = [];
    for await (const row of this.members(audienceId)) values.push(row[key] ?? '');
    return values.sort();
  }

  private async send<T>(method: string, path: string, body?: unknown): Promise<T> {
    const response = await fetch(`${this.url}/_control${path}`, {
      method,
      ...(body === undefined
        ? {}
        : {
            body: JSON.stringify(body),
            headers: { 'content-type': 'application/json' },
          }),
    });
    const answer = (await response.json()) as T & { error?: string };
    if (!response.ok) throw new Error(`Sandbox control ${method} ${path}: ${answer.error ?? response.status}`);
    return answer;
  }
}

export interface Sandbox {
  url: string;
  dir: string;
  port: number;
  control: SandboxControl;
  /** SIGTERM, and the folder is removed if this call made it. */
  stop(): Promise<void>;
  /** SIGKILL. Start again with the same `dir` and `port` to go on where it was. */
  kill(): Promise<void>;
}

/** Starts a sandbox on a free port with a folder of its own, or on the given ones. */
export async function startSandbox(options: { dir?: string; port?: number } = {}): Promise<Sandbox> {
  const dir = options.dir ?? (await mkdtemp(join(tmpdir(), 'sandbox-')));
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', join(root, 'sandbox/main.ts'), '--port', String(options.port ?? 0), '--dir', dir],
    {
      cwd: root,
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  const url = await addressOf(child);
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill(signal);
    await exited;
  };
  return {
    url,
    dir,
    port: Number(new URL(url).port),
    control: new SandboxControl(url),
    kill: () => end('SIGKILL'),
    stop: async () => {
      await end('SIGTERM');
      if (options.dir === undefined) await rm(dir, { recursive: true, force: true });
    },
  };
}

async function addressOf(child: ChildProcess): Promise<string> {
  if (!child.stdout) throw new Error('The sandbox has no output.');
  for await (const line of createInterface({ input: child.stdout })) {
    const address = /http:\/\/127\.0\.0\.1:\d+/.exec(line)?.[0];
    if (address) {
      child.stdout.resume();
      return address;
    }
  }
  throw new Error('The sandbox ended before it listened; its reason is above.');
}

export interface RawAnswer {
  status: number;
  headers: Headers;
  /** Parsed JSON, or the text where it is not JSON. */
  body: Record<string, unknown> & { error?: Record<string, unknown>; id?: string; data?: Record<string, unknown>[] };
  text: string;
}

/** One bare Graph call, for the tests of the sandbox itself: v26.0, bearer token, JSON body. */
export async function rawGraph(url: string, token: string, method: string, path: string, body?: unknown): Promise<RawAnswer> {
  const response = await fetch(`${url}/v26.0${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  let parsed: unknown = text;
  try {
    parsed = JSON.parse(text);
  } catch {
    // HTML or an empty body: the text says it
  }
  return { status: response.status, headers: response.headers, body: parsed as RawAnswer['body'], text };
}
