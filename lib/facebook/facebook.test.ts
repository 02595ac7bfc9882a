import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, afterEach, expect, it } from 'vitest';
import { sandboxAccounts, sandboxApp, sandboxPeople, startSandbox, systemUserToken } from '@/tests/support/sandbox';
import { adAccounts, addMembers, adSet, adSets, audienceInfo, createAudience, findAudienceByMark, removeMembers } from './ads';
import { connectionHealth, tokenForCode } from './connect';
import { classify, type GraphError } from './errors';
import { attachAudience, detachAudience } from './targeting';
import { openGraph } from './transport';

const sandbox = await startSandbox();
afterAll(() => sandbox.stop());
afterEach(() => sandbox.control.clearFaults());

const app = {
  appId: sandboxApp.id,
  appSecret: sandboxApp.secret,
  graphUrl: sandbox.url,
  dialogUrl: sandbox.url,
  businessUrl: sandbox.url,
  version: 'v26.0',
};
const graph = openGraph({ ...app, token: systemUserToken });
const digest = (n: number) => createHash('sha256').update(`person ${n}`).digest('hex');
const session = (sessionId: number, batchSeq = 1) => ({ sessionId, batchSeq, last: true, estimatedTotal: 1 });

const failure = (promise: Promise<unknown>) =>
  promise.then(
    () => Promise.reject(new Error('should have been refused')),
    (error: unknown) => error as GraphError,
  );

it('lists ad accounts with what stands in the way', async () => {
  const accounts = await adAccounts(graph);
  expect(accounts.find((a) => a.id === sandboxAccounts.main)).toMatchObject({ usable: true, termsAccepted: true });
});

it('pages through ad sets and searches them', async () => {
  const seen = new Set<string>();
  let after: string | undefined;
  do {
    const page = await adSets(graph, sandboxAccounts.main, { after, limit: 20 });
    for (const item of page.items) seen.add(item.id);
    after = page.after;
  } while (after);
  expect(seen.size).toBeGreaterThan(40);
  const [any] = [...seen];
  const one = await adSet(graph, any ?? '');
  const found = await adSets(graph, sandboxAccounts.main, { search: one.name, limit: 50 });
  expect(found.items.map((item) => item.name)).toContain(one.name);
});

it('makes an audience, finds it by its mark, fills and empties it with bodies of ten thousand rows', async () => {
  const id = await createAudience(graph, sandboxAccounts.main, {
    name: 'Lapsed',
    description: 'beckon:abc123',
    source: 'USER_PROVIDED_ONLY',
    valued: false,
  });
  expect((await findAudienceByMark(graph, sandboxAccounts.main, 'beckon:abc123'))?.id).toBe(id);
  expect(await findAudienceByMark(graph, sandboxAccounts.main, 'beckon:none')).toBeNull();
  const rows = Array.from({ length: 10_000 }, (_, i) => JSON.stringify([digest(i + 1)]));
  expect(await addMembers(graph, id, { schema: ['EMAIL'], data: Buffer.from(rows.join(',')), session: session(101) })).toMatchObject({
    received: 10_000,
    invalid: 0,
    samples: {},
    traceId: expect.stringMatching(/\S/),
  });
  expect((await sandbox.control.audience(id)).members).toBe(10_000);
  await removeMembers(graph, id, { schema: ['EMAIL'], data: Buffer.from(rows.slice(1).join(',')), session: session(102) });
  expect(await sandbox.control.memberValues(id, 'EMAIL')).toEqual([digest(1)]);
  expect(await audienceInfo(graph, id)).toMatchObject({ name: 'Lapsed', sizeLower: null });
});

it('attaches an audience without touching the rest of the targeting', async () => {
  const audienceId = await createAudience(graph, sandboxAccounts.main, {
    name: 'A',
    description: 'x',
    source: 'USER_PROVIDED_ONLY',
    valued: false,
  });
  const [chosen] = (await adSets(graph, sandboxAccounts.main, { limit: 1 })).items;
  const adSetId = chosen?.id ?? '';
  const before = (await sandbox.control.adSet(adSetId)).targeting;
  expect(await attachAudience(graph, adSetId, audienceId, 'exclude')).toBe('attached');
  expect(await attachAudience(graph, adSetId, audienceId, 'exclude')).toBe('kept');
  const after = (await sandbox.control.adSet(adSetId)).targeting;
  expect(after.excluded_custom_audiences?.map((a) => a.id)).toContain(audienceId);
  expect({ ...after, excluded_custom_audiences: undefined }).toEqual({ ...before, excluded_custom_audiences: undefined });
  await detachAudience(graph, adSetId, audienceId);
  expect((await sandbox.control.adSet(adSetId)).targeting.excluded_custom_audiences ?? []).toEqual(before.excluded_custom_audiences ?? []);
});

it('writes nothing on an answer that lacks the targeting', async () => {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.method ?? '');
    response.setHeader('content-type', 'application/json').end('{"id":"1","effective_status":"ACTIVE"}');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const graphUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const half = openGraph({ ...app, graphUrl, token: systemUserToken });
  expect(await failure(attachAudience(half, '1', '2', 'include'))).toMatchObject({ action: 'retry' });
  expect(await failure(detachAudience(half, '1', '2'))).toMatchObject({ action: 'retry' });
  expect(asked).toEqual(['GET', 'GET']);
  server.close();
});

it('exchanges a code for a long-lived token and looks it over', async () => {
  const redirectUri = 'http://localhost:3000/connect/facebook/callback';
  const scopes = ['ads_management', 'ads_read', 'business_management'];
  const code = await sandbox.control.loginCode({ personId: sandboxPeople.maya, redirectUri, scopes });
  const token = await tokenForCode(app, code, redirectUri);
  const health = await connectionHealth(app, token);
  expect(health).toMatchObject({ kind: 'user', valid: true, missing: [], facebookUserId: sandboxPeople.maya });
  expect((health.expiresAt?.getTime() ?? 0) / 86_400_000).toBeGreaterThan(Date.now() / 86_400_000 + 50);
  expect((await failure(tokenForCode(app, code, redirectUri))).name).toBe('GraphError');
  await sandbox.control.killTokens({ token, subcode: 460 });
  expect(await connectionHealth(app, token)).toMatchObject({ valid: false });
  expect(await failure(adAccounts(openGraph({ ...app, token })))).toMatchObject({ action: 'reconnect' });
});

it('looks a token over as documented where Facebook does not take the form', async () => {
  const token = await sandbox.control.token({ personId: sandboxPeople.maya });
  await sandbox.control.fault({ kind: 'error', method: 'POST', route: '/debug_token$', status: 400, code: 3, times: 0 });
  expect(await connectionHealth(app, token)).toMatchObject({ valid: true, name: 'Maya Rivera' });
  await sandbox.control.clearFaults();
});

it('names a person’s token in no address, for addresses are written to logs on the way', async () => {
  const token = await sandbox.control.token({ personId: sandboxPeople.maya });
  const addresses: string[] = [];
  const passOn = async (request: IncomingMessage, response: ServerResponse) => {
    addresses.push(`${request.method} ${request.url}`);
    const { authorization = '', 'content-type': type = '' } = request.headers;
    const body = request.method === 'GET' ? undefined : await text(request);
    const headers = { authorization, 'content-type': type };
    const answer = await fetch(`${sandbox.url}${request.url}`, { method: request.method, headers, body });
    response.writeHead(answer.status, { 'content-type': 'application/json' }).end(await answer.text());
  };
  const server = createServer((request, response) => void passOn(request, response)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const graphUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  expect(await connectionHealth({ ...app, graphUrl }, token)).toMatchObject({ valid: true, name: 'Maya Rivera' });
  expect(addresses).toHaveLength(2);
  for (const address of addresses) expect(address).not.toContain(token);
  server.close();
});

it('says that terms are to be accepted', async () => {
  const maya = openGraph({ ...app, token: await sandbox.control.token({ personId: sandboxPeople.maya }) });
  const refused = await failure(
    createAudience(maya, sandboxAccounts.newMarket, { name: 'A', description: '', source: 'USER_PROVIDED_ONLY', valued: false }),
  );
  expect(refused.action).toBe('accept_terms');
});

it('never lets a token or a payload into an error', async () => {
  const secret = 'EAASECRETTOKEN';
  const refused = await failure(
    addMembers(openGraph({ ...app, token: secret }), '1', {
      schema: ['EMAIL'],
      data: Buffer.from(JSON.stringify([digest(7)])),
      session: session(1),
    }),
  );
  const everything = JSON.stringify(refused, Object.getOwnPropertyNames(refused)) + String(refused.stack);
  expect(everything).not.toContain(secret);
  expect(everything).not.toContain(digest(7));
});

it('tells a silent server from a refusing one', async () => {
  const nobody = openGraph({ ...app, graphUrl: 'http://127.0.0.1:9', token: 'x' });
  expect(await failure(adAccounts(nobody))).toMatchObject({ action: 'retry', facts: { kind: 'network' } });
});

it.each([
  [{ code: 190, subcode: 463 }, 'reconnect'],
  [{ code: 200, subcode: 1870034 }, 'accept_terms'],
  [{ code: 200, subcode: 1870047 }, 'too_small'],
  [{ code: 1870047 }, 'too_small'],
  [{ code: 80003, subcode: 2446079 }, 'wait'],
  [{ code: 80012 }, 'wait'],
  [{ code: 613, subcode: 1487742 }, 'wait'],
  [{ code: 1, subcode: 99 }, 'split'],
  [{ code: 1 }, 'retry'],
  [{ code: 2 }, 'retry'],
  [{ code: -3 }, 'retry'],
  [{ code: 100 }, 'split'],
  [{ code: 194 }, 'give_up'],
  [{ code: 104 }, 'fix'],
  [{ code: 2635 }, 'fix'],
  [{ code: 100, subcode: 33 }, 'fix'],
  [{ code: 368, subcode: 1390008 }, 'wait'],
  [{ code: 987654 }, 'give_up'],
])('classes %o as %s', (numbers, action) => {
  expect(classify({ kind: 'api', status: 400, ...numbers }).action).toBe(action);
});
