import { createHmac } from 'node:crypto';
import { FacebookAdsApi } from 'facebook-nodejs-business-sdk';
import { GraphError, type GraphFacts } from './errors';
import { type Usage, usageOf } from './usage';

export type GraphOptions = {
  /** Without version or trailing slash: https://graph.facebook.com */
  graphUrl: string;
  /** "v26.0" */
  version: string;
  token: string;
  /** Where people accept terms: https://business.facebook.com */
  businessUrl?: string;
  /** Adds appsecret_proof to every call. */
  appSecret?: string;
  timeoutMs?: number;
} & GraphHooks;

export type GraphHooks = {
  /** Asked before each call; what it throws the call throws. */
  beforeCall?: (method: string) => Promise<void>;
  /** Told of every answer, refusals included. */
  onUsage?: (usage: Usage) => Promise<void>;
  /** Told of every refusal, after its usage. */
  onRefusal?: (refusal: GraphError) => Promise<void>;
};

/** A handle to Facebook in one person's name. */
export type Graph = GraphApi;

export const openGraph = (options: GraphOptions): Graph => new GraphApi(options);

type Body = string | Buffer<ArrayBuffer> | URLSearchParams | undefined;

const defaultTimeoutMs = 60_000;

/**
 * The SDK's objects and cursors over our own transport (docs/decisions/0003): bearer token instead of one in URLs, removals in the body,
 * time-outs, usage headers of every answer, one typed error without token or payload.
 */
export class GraphApi extends FacebookAdsApi {
  constructor(private readonly options: GraphOptions) {
    // false: the SDK would otherwise hook the process's uncaughtException and post reports.
    super(options.token, 'en_US', false);
  }

  get businessUrl(): string {
    return this.options.businessUrl ?? 'https://business.facebook.com';
  }

  override async call<T>(method: string, path: string | string[], params: Record<string, unknown> = {}): Promise<T> {
    const url = this.address(path);
    if (method === 'GET') addQuery(url, params);
    return this.exchange<T>(url, method, method === 'GET' ? undefined : JSON.stringify(params));
  }

  /** A call whose body is JSON text already: ten thousand rows are not taken apart and put together again. */
  callPrepared<T>(method: 'POST' | 'DELETE', path: string[], body: Buffer<ArrayBuffer>): Promise<T> {
    return this.exchange<T>(this.address(path), method, body);
  }

  /**
   * Reads with parameters that may stand in no address: a POST that says that it means GET, as Facebook's own SDKs for PHP and JavaScript do
   * (docs/decisions/0003).
   */
  readHidden<T>(path: string[], params: Record<string, string>): Promise<T> {
    return this.exchange<T>(this.address(path), 'POST', new URLSearchParams({ ...params, method: 'GET' }));
  }

  private async exchange<T>(url: URL, method: string, body: Body): Promise<T> {
    await this.options.beforeCall?.(method);
    const limit = AbortSignal.timeout(this.options.timeoutMs ?? defaultTimeoutMs);
    const { response, text } = await this.send(url, method, body, limit);
    const usage = usageOf(response.headers);
    await this.options.onUsage?.(usage);
    try {
      return parseAnswer<T>(response, text, usage);
    } catch (error) {
      if (error instanceof GraphError) await this.options.onRefusal?.(error);
      throw error;
    }
  }

  private address(path: string | string[]): URL {
    // A cursor's `next` comes as a whole address that carries the token; ours goes in the header.
    const url = typeof path === 'string' ? new URL(path) : new URL([this.options.graphUrl, this.options.version, ...path].join('/'));
    url.searchParams.delete('access_token');
    const { appSecret, token } = this.options;
    if (appSecret) url.searchParams.set('appsecret_proof', createHmac('sha256', appSecret).update(token).digest('hex'));
    return url;
  }

  private async send(url: URL, method: string, body: Body, signal: AbortSignal): Promise<{ response: Response; text: string }> {
    const headers: Record<string, string> = { authorization: `Bearer ${this.options.token}`, accept: 'application/json' };
    // Of a form, fetch says so itself.
    if (body !== undefined && !(body instanceof URLSearchParams)) headers['content-type'] = 'application/json';
    try {
      const response = await fetch(url, { method, headers, body, signal, redirect: 'error' });
      return { response, text: await response.text() };
    } catch {
      // The cause is dropped on purpose: it may carry the address with its proof.
      throw new GraphError({ kind: signal.aborted ? 'timeout' : 'network', status: null }, null, null);
    }
  }
}

function addQuery(url: URL, params: Record<string, unknown>): void {
  for (const [name, value] of Object.entries(params)) {
    if (value === undefined || value === null || url.searchParams.has(name)) continue;
    url.searchParams.set(name, typeof value === 'object' ? JSON.stringify(value) : String(value));
  }
}

/** Facebook's number for the request, beside the answer's own fields: what its support asks for. */
function withTrace(data: object, trace: string | null): object {
  return trace && !Array.isArray(data) ? { ...data, fbtrace_id: trace } : data;
}

type ErrorBody = { code?: number; error_subcode?: number; is_transient?: boolean; fbtrace_id?: string };

/** Outages answer HTML, nothing at all, or half a body; any of these is an error with its status kept. */
function parseAnswer<T>(response: Response, text: string, usage: Usage): T {
  const { status } = response;
  const trace = response.headers.get('x-fb-trace-id');
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch {
    throw new GraphError({ kind: 'http', status }, trace, usage.waitMs || null);
  }
  // Seen in outages: the text `null` with status 200. The SDK's objects would fall over it.
  if (typeof data !== 'object' || data === null) throw new GraphError({ kind: 'http', status }, trace, usage.waitMs || null);
  const { error } = data as { error?: ErrorBody };
  if (!error && response.ok) return withTrace(data, trace) as T;
  const facts: GraphFacts = error
    ? { kind: 'api', status, code: error.code, subcode: error.error_subcode, transient: error.is_transient }
    : { kind: 'http', status };
  throw new GraphError(facts, error?.fbtrace_id ?? trace, usage.waitMs || null);
}
