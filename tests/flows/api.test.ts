import { randomBytes } from 'node:crypto';
import { Analytics } from '@segment/analytics-node';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createWorkspace, type WorkspaceSecrets } from '@/db/workspaces';
import { type App, startApp } from '@/tests/support/app';
import { testDatabase } from '@/tests/support/database';
import { type Sandbox, sandboxAccounts, startSandbox, systemUserToken } from '@/tests/support/sandbox';
import { digestOfEmail, emailOf } from '@/tests/support/story';

/** Everything the screens do, without a browser: the app as a process, spoken to over HTTP alone. */

let app: App;
let sandbox: Sandbox;
let keys: WorkspaceSecrets;
let other: WorkspaceSecrets;
const cronSecret = randomBytes(16).toString('hex');

beforeAll(async () => {
  const { db, url } = await testDatabase();
  sandbox = await startSandbox();
  await sandbox.control.settings({ matchingMs: 0 });
  keys = await createWorkspace(db, { name: 'API shop', zone: 'Asia/Kolkata', defaultCountry: 'IN' }, new Date());
  other = await createWorkspace(db, { name: 'Neighbour', zone: 'UTC', defaultCountry: null }, new Date());
  app = await startApp({
    DATABASE_URL: url,
    NEXTAUTH_SECRET: randomBytes(32).toString('hex'),
    ENCRYPTION_KEYS: `test:${randomBytes(32).toString('base64')}`,
    CRON_SECRET: cronSecret,
    BECKON_SANDBOX_URL: sandbox.url,
    FACEBOOK_APP_ID: 'sandbox-app',
    FACEBOOK_APP_SECRET: 'sandbox-app-secret',
    FACEBOOK_GRAPH_URL: sandbox.url,
    FACEBOOK_DIALOG_URL: sandbox.url,
  });
});
afterAll(async () => {
  await app?.stop();
  await sandbox?.stop();
});

type Json = Record<string, never>;

async function call(
  method: string,
  path: string,
  body?: unknown,
  key = keys.apiKey,
): Promise<{ status: number; json: Json; text: string }> {
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
  const response = await fetch(`${app.origin}/api/v1${path}`, {
    method,
    headers,
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.startsWith('application/json');
  return { status: response.status, json: (isJson ? JSON.parse(text) : {}) as Json, text };
}

const definition = {
  all: [
    { did: 'Charged', count: { gte: 2 } },
    { property: 'plan', op: 'is', value: 'pro' },
  ],
};
const members = ['u1', 'u3', 'u5'];

it('takes events of the unmodified client, through the real door', async () => {
  const analytics = new Analytics({ writeKey: keys.writeKey, host: app.origin, flushAt: 15 });
  for (let i = 0; i < 6; i++) {
    const userId = `u${i}`;
    analytics.identify({ userId, traits: { email: emailOf(userId), plan: i % 2 ? 'pro' : 'free' } });
    for (let n = 0; n < 2; n++) analytics.track({ userId, event: 'Charged', properties: { amount: 10 * n } });
  }
  await analytics.closeAndFlush();
  const refused = await fetch(`${app.origin}/v1/track`, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa('wrong:')}` },
    body: '{}',
  });
  expect(refused.status).toBe(401);
});

it('answers who one is, and refuses a wrong key', async () => {
  expect((await call('GET', '/workspace')).json).toEqual({ name: 'API shop', zone: 'Asia/Kolkata', defaultCountry: 'IN' });
  expect((await call('GET', '/workspace', undefined, 'ak_wrong')).status).toBe(401);
  expect((await call('GET', '/workspace', undefined, keys.writeKey)).status).toBe(401);
});

it('keeps a segment, and says of a wrong one where the fault is', async () => {
  expect((await call('PUT', '/segments/pro-buyers', { name: 'Pro buyers', definition })).status).toBe(201);
  expect((await call('PUT', '/segments/pro-buyers', { name: 'Pro buyers', definition })).status).toBe(200);
  expect((await call('GET', '/segments/pro-buyers')).json).toMatchObject({ key: 'pro-buyers', definition });
  const wrong = await call('PUT', '/segments/wrong', {
    name: 'Wrong',
    definition: { all: [{ did: 'A' }, { did: 'B', where: [{ property: 'x', op: 'resembles' }] }] },
  });
  expect(wrong).toMatchObject({ status: 400, json: { error: { code: 'invalid', field: 'all[1].where[0].op' } } });
  const pattern = await call('PUT', '/segments/wrong', { name: 'Wrong', definition: { property: 'x', op: 'matches', value: '(' } });
  expect(pattern).toMatchObject({ status: 400, json: { error: { field: 'value' } } });
  expect((await call('GET', '/segments/wrong')).status).toBe(404);
  expect((await call('GET', '/segments/pro-buyers', undefined, other.apiKey)).status).toBe(404);
});

it('refuses a segment that refers to nothing, or round in a circle, and keeps what others refer to', async () => {
  const put = (key: string, body: unknown) => call('PUT', `/segments/${key}`, { name: key.toUpperCase(), definition: body });
  expect((await put('inner', definition)).json).toMatchObject({ kind: 'behaviour', size: null, usedBy: { campaigns: [], segments: [] } });
  expect((await put('outer', { all: [{ segment: 'inner' }, { has: 'email' }] })).json).toMatchObject({
    sentence: 'Users who are in the segment “INNER” and have an email',
  });
  expect(await put('lost', { any: [{ has: 'email' }, { segment: 'nowhere' }] })).toMatchObject({
    status: 422,
    json: { error: { code: 'unprocessable', field: 'any[1].segment' } },
  });
  expect(await put('inner', { not: { segment: 'outer' } })).toMatchObject({
    status: 409,
    json: { error: { code: 'conflict', field: 'not.segment', message: expect.stringContaining('“INNER” → “OUTER” → “INNER”') } },
  });
  expect((await call('POST', '/reach', { segment: 'outer' })).json).toMatchObject({ qualify: 3 });
  expect(await call('DELETE', '/segments/inner')).toMatchObject({
    status: 409,
    json: { error: { message: '“OUTER” uses this segment.' } },
  });
  expect((await call('DELETE', '/segments/outer')).status).toBe(204);
  expect((await call('DELETE', '/segments/inner')).status).toBe(204);
});

it('takes a list as CSV, tells what became of its rows, and replaces it whole', async () => {
  const upload = async (key: string, csv: string, query = '', token = keys.apiKey) => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'text/csv' };
    const response = await fetch(`${app.origin}/api/v1/segments/${key}/list${query}`, { method: 'PUT', headers, body: csv });
    return { status: response.status, json: (await response.json()) as Json };
  };
  expect(await upload('given', 'email\nU1@example.com\nlater@example.com\nu1@example.com\nno\n', '?name=Given%20mails')).toEqual({
    status: 201,
    json: {
      key: 'given',
      kind: 'list',
      identifier: 'email',
      rows: 4,
      kept: 2,
      known: 1,
      unknown: 1,
      duplicates: 1,
      rejected: 1,
      rejects: '/api/v1/segments/given/list/rejects',
    },
  });
  expect((await call('GET', '/segments/given')).json).toMatchObject({ name: 'Given mails', kind: 'list', size: null });
  expect((await call('GET', '/segments/given')).json).not.toHaveProperty('definition');
  expect((await call('GET', '/segments/given/list')).json).toMatchObject({ kept: 2, profiles: 1, rejected: 1 });
  expect((await call('GET', '/segments/given/list/rejects')).text).toBe('line,reason\r\n5,Not a valid email.\r\n');
  expect((await call('POST', '/members', { definition: { all: [{ segment: 'given' }, { has: 'email' }] } })).text).toBe(
    '{"userId":"u1"}\n',
  );
  expect(await upload('given', 'userId\nu3\nu5\n')).toMatchObject({ status: 200, json: { known: 2 } });
  expect((await call('POST', '/reach', { segment: 'given' })).json).toMatchObject({ qualify: 2 });
  expect(await upload('given', 'userId\n""\n')).toMatchObject({ status: 422, json: { error: { code: 'unprocessable' } } });
  expect(await upload('given', 'name\nu1\n')).toMatchObject({ status: 400, json: { error: { field: 'column' } } });
  expect(await upload('Given', 'userId\nu1\n')).toMatchObject({ status: 400, json: { error: { field: 'key' } } });
  expect(await upload('given', 'userId\nu1\n', '?colour=red')).toMatchObject({ status: 400, json: { error: { field: 'colour' } } });
  expect(await upload('pro-buyers', 'userId\nu1\n')).toMatchObject({ status: 409, json: { error: { field: 'key' } } });
  expect((await upload('given', 'userId\nu1\n', '', 'ak_wrong')).status).toBe(401);
  expect((await call('POST', '/reach', { segment: 'given' })).json).toMatchObject({ qualify: 2 });
  expect((await call('PUT', '/segments/given', { name: 'Renamed' })).json).toMatchObject({ name: 'Renamed', kind: 'list' });
  expect((await call('PUT', '/segments/given', { name: 'Renamed', definition })).status).toBe(409);
  expect((await call('GET', '/segments/given/list', undefined, other.apiKey)).status).toBe(404);
  expect((await call('DELETE', '/segments/given')).status).toBe(204);
});

it('estimates reach and streams members', async () => {
  const reach = await call('POST', '/reach', { segment: 'pro-buyers' });
  expect(reach.json).toEqual({ qualify: 3, reachable: 3, byIdentifier: { email: 3, phone: 0, mobileAdvertiserId: 0 }, exact: true });
  expect((await call('POST', '/reach', { segment: 'pro-buyers', at: '2020-01-01T00:00:00Z' })).json).toMatchObject({ qualify: 0 });
  const { text } = await call('POST', '/members', { definition });
  expect(
    text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).userId)
      .sort(),
    // They come by profile: which of those sent at once was stored first is chance.
  ).toEqual(members);
  expect((await call('POST', '/reach', { segment: 'nobody' })).status).toBe(422);
  expect((await call('POST', '/reach', { segment: 'pro-buyers' }, other.apiKey)).status).toBe(422);
});

it('explains why one user is in, or not', async () => {
  const body = { segment: 'pro-buyers', userId: 'u1' };
  expect(await call('POST', '/explain', body)).toMatchObject({
    status: 200,
    json: {
      userId: 'u1',
      answer: true,
      changesAt: null,
      all: [
        { did: 'Charged', answer: true, because: { kind: 'events', count: 2 } },
        { property: 'plan', answer: true, because: { kind: 'property', value: 'pro' } },
      ],
    },
  });
  const past = { ...body, at: '2020-01-01T00:00:00Z' };
  expect((await call('POST', '/explain', past)).json).toMatchObject({
    answer: false,
    at: '2020-01-01T00:00:00.000Z',
    all: [{ answer: false }, { answer: true }],
  });
  expect(await call('POST', '/explain', { ...body, userId: 'nobody' })).toMatchObject({
    status: 404,
    json: { error: { code: 'not_found', field: 'userId' } },
  });
  expect(await call('POST', '/explain', { segment: 'pro-buyers' })).toMatchObject({ status: 400, json: { error: { field: 'userId' } } });
  expect((await call('POST', '/explain', { ...body, segment: 'nobody' })).status).toBe(422);
  expect((await call('POST', '/explain', { definition: { has: 'email' }, userId: 'u1' }, other.apiKey)).status).toBe(404);
});

it('connects Facebook, and lists ad accounts and ad sets', async () => {
  expect((await call('POST', '/connections', { provider: 'facebook', token: 'EAANOTATOKENOFANYBODY0000' })).status).toBe(422);
  expect(await call('POST', '/connections', { provider: 'facebook', token: systemUserToken })).toMatchObject({
    status: 201,
    json: { kind: 'system' },
  });
  const listed = await call('GET', '/connections');
  expect(listed.text).not.toContain(systemUserToken);
  const { json } = await call('GET', '/ad-accounts');
  expect((json as unknown as { adAccounts: { id: string }[] }).adAccounts.map((each) => each.id)).toContain(sandboxAccounts.main);
  const page = await call('GET', `/ad-accounts/${sandboxAccounts.main}/ad-sets?limit=5`);
  expect((page.json as unknown as { adSets: unknown[] }).adSets).toHaveLength(5);
});

it('schedules a campaign whose audience equals the segment, and tells of its run', async () => {
  const plan = {
    name: 'Pro',
    segment: 'pro-buyers',
    schedule: { kind: 'now' },
    adAccountId: sandboxAccounts.main,
    audience: { new: { name: 'Pro buyers' } },
    mode: 'mirror',
    adSets: [],
  };
  expect(await call('POST', '/campaigns', { ...plan, mode: 'sideways' })).toMatchObject({
    status: 400,
    json: { error: { field: 'mode' } },
  });
  const made = await call('POST', '/campaigns', plan);
  const { id } = made.json as unknown as { id: string };
  expect(made).toMatchObject({ status: 201, json: { state: 'draft' } });
  expect((await call('POST', `/campaigns/${id}/dry-run`)).json).toEqual({
    ...{ join: 3, leave: 0, stay: 0, out: 0, requests: 1 },
    ...{ excluded: 0, control: 0, overCap: 0, unreachable: 0 },
  });
  expect(await call('POST', `/campaigns/${id}/schedule`)).toMatchObject({ status: 200 });
  await expect
    .poll(async () => (await call('GET', `/campaigns/${id}`)).json, { timeout: 20_000 })
    .toMatchObject({ state: 'completed', counts: { members: 3 } });
  const audience = (await sandbox.control.audiences()).find((each) => each.name === 'Pro buyers');
  expect(await sandbox.control.memberValues(audience?.id ?? '', 'EMAIL')).toEqual(
    members.map((each) => digestOfEmail(emailOf(each))).sort(),
  );
  const { runs } = (await call('GET', `/campaigns/${id}/runs`)).json as unknown as { runs: { id: number; state: string }[] };
  expect(runs).toMatchObject([{ state: 'succeeded', counts: { added: 3, invalid: 0 } }]);
  expect((await call('GET', `/runs/${runs[0]?.id}`)).json).toMatchObject({ progress: { rowsTotal: 3, rowsDone: 3 } });
  expect((await call('GET', `/runs/${runs[0]?.id}/rejects`)).text).toBe('userId,anonymousId,batch,field,reason\r\n');
  expect((await call('GET', `/campaigns/${id}`, undefined, other.apiKey)).status).toBe(404);
  expect((await call('GET', `/runs/${runs[0]?.id}`, undefined, other.apiKey)).status).toBe(404);
  expect((await call('DELETE', '/segments/pro-buyers')).json).toMatchObject({
    error: { code: 'conflict', message: expect.stringContaining('Pro') },
  });
});

it('reports a goal, with nothing said of a group that nobody is in', async () => {
  const [campaign] = (await call('GET', '/campaigns')).json.campaigns as unknown as { id: string }[];
  const path = `/campaigns/${campaign?.id}/report`;
  const report = await call('GET', `${path}?goal=Charged&days=30`);
  expect(report.json).toMatchObject({
    quality: { byIdentifiers: { one: expect.any(Number) }, facebook: { sizeLower: null } },
    conversions: {
      goal: 'Charged',
      days: 30,
      compared: null,
      control: { people: 0, share: null },
      lift: { difference: null, relative: null },
    },
  });
  expect((await call('GET', `${path}?goal=Charged&days=0`)).json).toMatchObject({ error: { code: 'invalid', field: 'days' } });
  expect((await call('GET', path, undefined, other.apiKey)).status).toBe(404);
});

it('erases a profile, takes it out of the audience, and keeps the receipt', async () => {
  expect((await call('DELETE', '/profiles/nobody')).json).toMatchObject({ error: { code: 'not_found', field: 'userId' } });
  expect((await call('DELETE', '/profiles/u5', undefined, other.apiKey)).status).toBe(404);
  const erased = await call('DELETE', '/profiles/u5');
  expect(erased.status).toBe(202);
  expect(erased.json).toMatchObject({ kind: 'erasure', state: 'pending', removals: [{ state: 'pending', traceId: null }] });
  const receipt = `/erasures/${erased.json.id}`;
  await expect.poll(async () => (await call('GET', receipt)).json).toMatchObject({ state: 'finished', removals: [{ state: 'removed' }] });
  const audiences = await sandbox.control.audiences();
  const held = await Promise.all(audiences.map(({ id }) => sandbox.control.memberValues(id, 'EMAIL')));
  expect(held.flat()).not.toContain(digestOfEmail(emailOf('u5')));
  expect((await call('GET', receipt, undefined, other.apiKey)).status).toBe(404);
  expect((await call('GET', '/erasures/none')).status).toBe(404);
  expect((await call('DELETE', '/profiles/u5')).status).toBe(404);
});

it('refuses a second campaign on the same audience, with the name of the first', async () => {
  const audienceId = (await sandbox.control.audiences()).find((each) => each.name === 'Pro buyers')?.id;
  const schedule = { kind: 'at', at: '2040-01-01T09:00', zone: 'Asia/Kolkata' };
  const plan = { segment: 'pro-buyers', schedule, adAccountId: sandboxAccounts.main, audience: { existing: audienceId }, mode: 'mirror' };
  const first = (await call('POST', '/campaigns', { ...plan, name: 'First' })).json as unknown as { id: string };
  const second = (await call('POST', '/campaigns', { ...plan, name: 'Second' })).json as unknown as { id: string };
  expect((await call('POST', `/campaigns/${first.id}/schedule`)).status).toBe(200);
  const refused = await call('POST', `/campaigns/${second.id}/schedule`);
  expect(refused).toMatchObject({ status: 409, json: { error: { message: expect.stringContaining('First') } } });
  const past = await call('PATCH', `/campaigns/${second.id}`, { schedule: { ...schedule, at: '2020-01-01T09:00' } });
  expect(past.status).toBe(200);
  expect(await call('POST', `/campaigns/${second.id}/schedule`)).toMatchObject({ status: 400, json: { error: { field: 'schedule.at' } } });
});

it('ticks for Vercel’s cron and for nobody else', async () => {
  const cron = (secret?: string) => fetch(`${app.origin}/api/cron`, { headers: secret ? { authorization: `Bearer ${secret}` } : {} });
  expect((await cron()).status).toBe(401);
  expect((await cron('wrong')).status).toBe(401);
  expect(await (await cron(cronSecret)).json()).toMatchObject({ queued: 0 });
});
