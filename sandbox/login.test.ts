import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { rawGraph, type Sandbox, sandboxApp, sandboxPeople, startSandbox, systemUserToken } from '@/tests/support/sandbox';

let sandbox: Sandbox;
const redirectUri = 'http://127.0.0.1:3999/api/auth/callback/facebook';
const appToken = `${sandboxApp.id}|${sandboxApp.secret}`;

beforeAll(async () => {
  sandbox = await startSandbox();
});
afterAll(() => sandbox.stop());

async function answerDialog(fields: Record<string, string>, scopes: string[]): Promise<URL> {
  const body = new URLSearchParams({
    client_id: sandboxApp.id,
    redirect_uri: redirectUri,
    state: 'a b&c',
    asked: 'public_profile,email,ads_management',
    ...fields,
  });
  for (const scope of scopes) body.append('scope', scope);
  const response = await fetch(`${sandbox.url}/v26.0/dialog/oauth`, { method: 'POST', body, redirect: 'manual' });
  expect(response.status).toBe(302);
  return new URL(response.headers.get('location') ?? '');
}

async function token(
  params: Record<string, string>,
  init: RequestInit = {},
): Promise<{ status: number; body: Record<string, unknown> & { error?: Record<string, unknown> } }> {
  const response = await fetch(`${sandbox.url}/v26.0/oauth/access_token?${new URLSearchParams(params)}`, init);
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

const client = { client_id: sandboxApp.id, client_secret: sandboxApp.secret };

describe('the login dialog', () => {
  test('shows the people and the scopes that were asked for', async () => {
    const response = await fetch(
      `${sandbox.url}/v26.0/dialog/oauth?client_id=${sandboxApp.id}&redirect_uri=${encodeURIComponent(redirectUri)}&scope=email,ads_management&state=x`,
    );
    const html = await response.text();
    expect(response.status).toBe(200);
    expect(html).toContain('Maya Rivera');
    expect(html).toContain('value="ads_management"');
    expect(html).not.toContain('value="ads_read"');
    expect(html).not.toMatch(/(src|href)="https?:/);
  });

  test('sends back a code and the untouched state, with the stray fragment', async () => {
    const url = await answerDialog({ answer: 'approve', person: sandboxPeople.maya }, ['email', 'ads_management']);
    expect(url.origin + url.pathname).toBe(redirectUri);
    expect(url.searchParams.get('state')).toBe('a b&c');
    expect(url.searchParams.get('code')).toBeTruthy();
    expect(url.hash).toBe('#_=_');
  });

  test('sends back access_denied when the person declines', async () => {
    const url = await answerDialog({ answer: 'decline' }, []);
    expect(url.searchParams.get('error')).toBe('access_denied');
    expect(url.searchParams.get('error_reason')).toBe('user_denied');
    expect(url.searchParams.get('state')).toBe('a b&c');
    expect(url.searchParams.get('code')).toBeNull();
  });

  test('refuses a redirect address that is not registered, and one elsewhere for the default app', async () => {
    await sandbox.control.registerApp({ id: 'strict-app', redirects: ['https://beckon.example/cb?x=1'] });
    const ask = (id: string, uri: string): Promise<Response> =>
      fetch(`${sandbox.url}/dialog/oauth?client_id=${id}&redirect_uri=${encodeURIComponent(uri)}`);
    expect((await ask('strict-app', 'https://beckon.example/cb?x=1')).status).toBe(200);
    expect((await ask('strict-app', 'https://beckon.example/cb')).status).toBe(400);
    expect((await ask(sandboxApp.id, 'https://evil.example/')).status).toBe(400);
    expect((await ask('no-such-app', redirectUri)).status).toBe(400);
  });

  test('a scope that was unticked is declined and missing from the token', async () => {
    const url = await answerDialog({ answer: 'approve', person: sandboxPeople.tom }, ['email']);
    const { body } = await token({ ...client, redirect_uri: redirectUri, code: url.searchParams.get('code') ?? '' });
    const permissions = await rawGraph(sandbox.url, String(body.access_token), 'GET', '/me/permissions');
    expect(permissions.body.data).toEqual([
      { permission: 'public_profile', status: 'granted' },
      { permission: 'email', status: 'granted' },
      { permission: 'ads_management', status: 'declined' },
    ]);
    const accounts = await rawGraph(sandbox.url, String(body.access_token), 'GET', '/me/adaccounts');
    expect(accounts.status).toBe(403);
    expect(accounts.body.error?.code).toBe(200);
  });
});

describe('the token endpoint', () => {
  test.each([
    ['query by GET', (code: string) => token({ ...client, redirect_uri: redirectUri, code })],
    [
      'body by POST',
      (code: string) =>
        token(
          {},
          { method: 'POST', body: new URLSearchParams({ ...client, grant_type: 'authorization_code', redirect_uri: redirectUri, code }) },
        ),
    ],
    [
      'Basic by POST',
      (code: string) =>
        token(
          {},
          {
            method: 'POST',
            headers: { authorization: `Basic ${Buffer.from(`${client.client_id}:${client.client_secret}`).toString('base64')}` },
            body: new URLSearchParams({ grant_type: 'authorization_code', redirect_uri: redirectUri, code }),
          },
        ),
    ],
  ])('exchanges a code with credentials in the %s', async (_name, exchange) => {
    const code = await sandbox.control.loginCode({ redirectUri });
    const { status, body } = await exchange(code);
    expect(status).toBe(200);
    expect(body).toMatchObject({ token_type: 'bearer', expires_in: 7200 });
  });

  test('a code works once, for ten minutes, with the same redirect address and the right secret', async () => {
    const code = await sandbox.control.loginCode({ redirectUri });
    expect((await token({ ...client, redirect_uri: `${redirectUri}/`, code })).body.error).toMatchObject({
      code: 100,
      error_subcode: 36008,
    });
    expect((await token({ ...client, client_secret: 'wrong', redirect_uri: redirectUri, code })).body.error).toMatchObject({ code: 1 });
    expect((await token({ ...client, redirect_uri: redirectUri, code })).status).toBe(200);
    expect((await token({ ...client, redirect_uri: redirectUri, code })).body.error).toMatchObject({ code: 100, error_subcode: 36009 });
    const late = await sandbox.control.loginCode({ redirectUri });
    await sandbox.control.clock({ advanceMs: 11 * 60_000 });
    expect((await token({ ...client, redirect_uri: redirectUri, code: late })).body.error).toMatchObject({
      code: 100,
      error_subcode: 36007,
    });
  });

  test('makes a short token long, as a new string, and refuses an expired one', async () => {
    const short = await sandbox.control.token({ lifetimeMs: 3_600_000 });
    const long = await token({ ...client, grant_type: 'fb_exchange_token', fb_exchange_token: short });
    expect(long.body.expires_in).toBe(5_184_000);
    expect(long.body.access_token).not.toBe(short);
    await sandbox.control.clock({ advanceMs: 2 * 3_600_000 });
    expect((await token({ ...client, grant_type: 'fb_exchange_token', fb_exchange_token: short })).body.error).toMatchObject({
      code: 190,
      error_subcode: 463,
    });
  });

  test('may leave out expires_in', async () => {
    await sandbox.control.settings({ omitExpiresIn: true });
    const code = await sandbox.control.loginCode({ redirectUri });
    expect((await token({ ...client, redirect_uri: redirectUri, code })).body).not.toHaveProperty('expires_in');
    await sandbox.control.settings({ omitExpiresIn: false });
  });
});

describe('debug_token', () => {
  const debug = (input: string, by = appToken) => rawGraph(sandbox.url, by, 'GET', `/debug_token?input_token=${input}`);

  test('tells owner, scopes and expiry', async () => {
    const living = await sandbox.control.token({ scopes: ['public_profile', 'ads_management'], lifetimeMs: 60_000 });
    const { body } = await debug(living);
    expect(body.data).toMatchObject({
      app_id: sandboxApp.id,
      type: 'USER',
      user_id: sandboxPeople.maya,
      is_valid: true,
      scopes: ['public_profile', 'ads_management'],
    });
  });

  test('may be asked by a POST that says it is a GET, and by no other', async () => {
    const living = await sandbox.control.token();
    const post = (method: string) =>
      fetch(`${sandbox.url}/v26.0/debug_token`, {
        method: 'POST',
        headers: { authorization: `Bearer ${appToken}` },
        body: new URLSearchParams({ input_token: living, method }),
      });
    expect(await (await post('GET')).json()).toMatchObject({ data: { is_valid: true } });
    expect((await post('POST')).ok).toBe(false);
  });

  test('a system-user token never expires', async () => {
    expect((await debug(systemUserToken)).body.data).toMatchObject({
      type: 'SYSTEM_USER',
      expires_at: 0,
      is_valid: true,
      app_id: sandboxApp.id,
    });
  });

  test('answers 200 with is_valid false for a dead or unknown token, and refuses without an app token', async () => {
    const dead = await sandbox.control.token();
    await sandbox.control.killTokens({ token: dead, subcode: 460 });
    const answer = await debug(dead);
    expect(answer.status).toBe(200);
    expect(answer.body.data).toMatchObject({ is_valid: false, error: { code: 190, subcode: 460 } });
    expect((await debug('nonsense')).body.data).toMatchObject({ is_valid: false });
    expect((await debug(dead, 'nonsense')).status).toBe(400);
  });
});

describe('the signed-in person', () => {
  test('has a picture, and an e-mail only if there is one and it was shared', async () => {
    const me = async (of: { personId?: string; scopes?: string[] }) =>
      (await rawGraph(sandbox.url, await sandbox.control.token(of), 'GET', '/me?fields=id,name,email,picture')).body;
    const maya = await me({});
    expect(maya).toMatchObject({ id: sandboxPeople.maya, name: 'Maya Rivera', email: 'maya@northwind.example' });
    const picture = await fetch((maya.picture as { data: { url: string } }).data.url);
    expect(picture.headers.get('content-type')).toBe('image/svg+xml');
    expect(await me({ personId: sandboxPeople.lin })).not.toHaveProperty('email');
    expect(await me({ scopes: ['public_profile'] })).not.toHaveProperty('email');
  });

  test('works without a version and by a token in the query', async () => {
    const living = await sandbox.control.token();
    const response = await fetch(`${sandbox.url}/me?access_token=${living}`);
    expect(await response.json()).toEqual({ id: sandboxPeople.maya, name: 'Maya Rivera' });
  });

  test('can take one scope away, and then the whole app', async () => {
    const living = await sandbox.control.token({ personId: sandboxPeople.tom });
    const call = (method: string, path: string) => rawGraph(sandbox.url, living, method, path);
    expect((await call('DELETE', '/me/permissions/ads_management')).body).toEqual({ success: true });
    expect((await call('GET', '/me/adaccounts')).status).toBe(200);
    expect((await call('DELETE', '/me/permissions')).body).toEqual({ success: true });
    const after = await call('GET', '/me');
    expect(after.status).toBe(400);
    expect(after.body.error).toMatchObject({ code: 190, error_subcode: 458, type: 'OAuthException' });
    expect(after.headers.get('www-authenticate')).toContain('invalid_token');
  });
});

describe('tokens and proofs', () => {
  test('an unknown token is 190 with a trace id', async () => {
    const { status, body } = await rawGraph(sandbox.url, 'EAAunknown', 'GET', '/me');
    expect(status).toBe(400);
    expect(body.error).toMatchObject({ code: 190, type: 'OAuthException' });
    expect(String(body.error?.fbtrace_id)).toMatch(/^A.{22}$/);
  });

  test.each([458, 459, 460, 463, 467] as const)('a killed token answers 190 / %i', async (subcode) => {
    const dead = await sandbox.control.token();
    await sandbox.control.killTokens({ token: dead, subcode });
    expect((await rawGraph(sandbox.url, dead, 'GET', '/me')).body.error).toMatchObject({ code: 190, error_subcode: subcode });
  });

  test('appsecret_proof is checked when it is there, timed ones for five minutes', async () => {
    const living = await sandbox.control.token();
    const proof = (message: string): string => createHmac('sha256', sandboxApp.secret).update(message).digest('hex');
    const me = async (query: string) => (await rawGraph(sandbox.url, living, 'GET', `/me?${query}`)).status;
    expect(await me(`appsecret_proof=${proof(living)}`)).toBe(200);
    expect(await me(`appsecret_proof=${proof('other')}`)).toBe(400);
    const now = Math.floor(Date.now() / 1000);
    expect(await me(`appsecret_proof=${proof(`${living}|${now}`)}&appsecret_time=${now}`)).toBe(200);
    expect(await me(`appsecret_proof=${proof(`${living}|${now - 600_000}`)}&appsecret_time=${now - 600_000}`)).toBe(400);
  });

  test('a proof is demanded where the app demands it', async () => {
    await sandbox.control.registerApp({ id: 'proof-app', requireProof: true });
    const living = await sandbox.control.token({ appId: 'proof-app' });
    const { body } = await rawGraph(sandbox.url, living, 'GET', '/me');
    expect(body.error).toMatchObject({
      code: 100,
      type: 'GraphMethodException',
      message: 'API calls from the server require an appsecret_proof argument',
    });
  });
});
