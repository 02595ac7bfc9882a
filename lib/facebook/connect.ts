import { GraphError } from './errors';
import { type Graph, openGraph } from './transport';

/** What the app is at Facebook, and where Facebook is; from lib/env.ts. */
export type FacebookApp = { appId: string; appSecret: string; graphUrl: string; dialogUrl: string; businessUrl: string; version: string };

export const adsScopes = ['ads_management', 'ads_read', 'business_management'] as const;

/** Without these no audience can be kept. */
const neededScopes = ['ads_management'];

export type ConnectionHealth = {
  kind: 'user' | 'system';
  facebookUserId: string;
  name: string;
  scopes: string[];
  /** Of adsScopes, what was not granted. */
  missing: string[];
  /** Null where Facebook names no expiry. */
  expiresAt: Date | null;
  valid: boolean;
  /** In words, when not valid. */
  problem: string | null;
};

/** Where the browser goes to grant the ads permissions. */
export function adsDialogUrl(app: FacebookApp, redirectUri: string, state: string): string {
  const url = new URL(`${app.dialogUrl}/${app.version}/dialog/oauth`);
  // rerequest: a permission unticked the last time is asked for again.
  const query = {
    client_id: app.appId,
    redirect_uri: redirectUri,
    scope: adsScopes.join(','),
    state,
    response_type: 'code',
    auth_type: 'rerequest',
  };
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  return url.toString();
}

/** Code → short token → long one (about 60 days). @param redirectUri the very string the dialog was opened with. */
export async function tokenForCode(app: FacebookApp, code: string, redirectUri: string): Promise<string> {
  const short = await tokenCall(app, { redirect_uri: redirectUri, code });
  return tokenCall(app, { grant_type: 'fb_exchange_token', fb_exchange_token: short });
}

/** Secrets go in the body: an address is written to logs on the way. */
async function tokenCall(app: FacebookApp, params: Record<string, string>): Promise<string> {
  const body = new URLSearchParams({ client_id: app.appId, client_secret: app.appSecret, ...params });
  const url = `${app.graphUrl}/${app.version}/oauth/access_token`;
  const response = await fetch(url, { method: 'POST', body, signal: AbortSignal.timeout(15_000), redirect: 'error' }).catch(() => null);
  if (!response) throw new GraphError({ kind: 'network', status: null }, null, null);
  const answer = (await response.json().catch(() => ({}))) as { access_token?: string; error?: { code?: number; error_subcode?: number } };
  if (answer.access_token) return answer.access_token;
  const { code, error_subcode: subcode } = answer.error ?? {};
  throw new GraphError({ kind: answer.error ? 'api' : 'http', status: response.status, code, subcode }, null, null);
}

type TokenFacts = {
  is_valid?: boolean;
  type?: string;
  app_id?: string;
  user_id?: string;
  expires_at?: number;
  scopes?: string[];
  error?: { code?: number; subcode?: number };
};

/** Inspects a token with the app's own; a dead token is an answer here, not an error. */
export async function connectionHealth(app: FacebookApp, token: string): Promise<ConnectionHealth> {
  const asApp = openGraph({ ...app, token: `${app.appId}|${app.appSecret}` });
  const { data } = await inspected(asApp, token);
  const scopes = data.scopes ?? [];
  const facts = {
    kind: data.type === 'SYSTEM_USER' ? ('system' as const) : ('user' as const),
    facebookUserId: data.user_id ?? '',
    scopes,
    missing: adsScopes.filter((scope) => !scopes.includes(scope)),
    expiresAt: data.expires_at ? new Date(data.expires_at * 1000) : null,
  };
  if (!data.is_valid) {
    const { code = 190, subcode } = data.error ?? {};
    const problem = new GraphError({ kind: 'api', status: 400, code, subcode }, null, null).userMessage;
    return { ...facts, name: '', valid: false, problem };
  }
  const lacking = neededScopes.filter((scope) => !scopes.includes(scope));
  const problem = lacking.length > 0 ? `The permission ${lacking.join(', ')} was not granted.` : null;
  return { ...facts, name: await personName(openGraph({ ...app, token })), valid: problem === null, problem };
}

/** As Facebook documents it, with the token in the address, only where it does not take the form (docs/decisions/0003). */
async function inspected(asApp: Graph, token: string): Promise<{ data: TokenFacts }> {
  const asked = { input_token: token };
  try {
    return await asApp.readHidden(['debug_token'], asked);
  } catch (error) {
    const notTaken = error instanceof GraphError && error.facts.kind === 'api' && ['fix', 'split', 'give_up'].includes(error.action);
    if (!notTaken) throw error;
    return asApp.call('GET', ['debug_token'], asked);
  }
}

async function personName(graph: Graph): Promise<string> {
  const person = await graph.call<{ name?: string }>('GET', ['me'], { fields: 'id,name' });
  return person.name ?? 'Someone at Facebook';
}
