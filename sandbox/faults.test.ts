import { createHash } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  type RawAnswer,
  rawGraph,
  type Sandbox,
  sandboxAccounts,
  sandboxPeople,
  startSandbox,
  systemUserToken,
} from '@/tests/support/sandbox';

let sandbox: Sandbox;
let audience: string;
const { main } = sandboxAccounts;

beforeAll(async () => {
  sandbox = await startSandbox();
});
afterAll(() => sandbox.stop());
beforeEach(async () => {
  await sandbox.control.clearFaults();
  await sandbox.control.resetUsage();
  audience = String(
    (await call('POST', `/${main}/customaudiences`, { name: 'Buyers', customer_file_source: 'USER_PROVIDED_ONLY' })).body.id,
  );
  await sandbox.control.clearRequests();
});

const call = (method: string, path: string, body?: unknown): Promise<RawAnswer> =>
  rawGraph(sandbox.url, systemUserToken, method, path, body);
const digest = (text: string): string => createHash('sha256').update(text).digest('hex');
const add = (...names: string[]): Promise<RawAnswer> =>
  call('POST', `/${audience}/users`, { payload: { schema: ['EMAIL'], data: names.map((name) => [digest(name)]) } });
const members = async (): Promise<number> => (await sandbox.control.audience(audience)).members;

describe('faults', () => {
  test('an error hits the nth matching call, so many times, and nothing is done', async () => {
    await sandbox.control.fault({
      kind: 'error',
      method: 'POST',
      route: '/users$',
      nth: 2,
      times: 2,
      code: 80003,
      subcode: 2446079,
      transient: true,
    });
    const answers = [await add('a'), await add('b'), await add('c'), await add('d')];
    expect(answers.map((answer) => answer.status)).toEqual([200, 400, 400, 200]);
    expect(answers[1]?.body.error).toMatchObject({ code: 80003, error_subcode: 2446079, is_transient: true });
    expect(await members()).toBe(2);
    expect(await sandbox.control.faults()).toMatchObject([{ seen: 4 }]);
  });

  test.each([
    ['html500', 500, /<h1>/],
    ['html502', 502, /<h1>/],
    ['empty', 500, /^$/],
    ['null-body', 200, /^null$/],
  ] as const)('%s answers without doing anything', async (kind, status, body) => {
    await sandbox.control.fault({ kind });
    const answer = await add('a');
    expect(answer.status).toBe(status);
    expect(answer.text).toMatch(body);
    expect(await members()).toBe(0);
  });

  test('a reset before has no effect, a reset after has', async () => {
    await sandbox.control.fault({ kind: 'reset-before', route: '/users$' });
    await expect(add('a')).rejects.toThrow();
    expect(await members()).toBe(0);
    await sandbox.control.clearFaults();
    await sandbox.control.fault({ kind: 'reset-after', route: '/users$' });
    await expect(add('a')).rejects.toThrow();
    expect(await members()).toBe(1);
  });

  test('a time-out answers never; the one after has taken effect', async () => {
    const url = `${sandbox.url}/v26.0/${audience}/users?access_token=${systemUserToken}`;
    const body = new URLSearchParams({ payload: JSON.stringify({ schema: ['EMAIL'], data: [[digest('a')]] }) });
    for (const [kind, left] of [
      ['timeout', 0],
      ['timeout-after', 1],
    ] as const) {
      await sandbox.control.fault({ kind, route: '/users$' });
      await expect(fetch(url, { method: 'POST', body, signal: AbortSignal.timeout(300) })).rejects.toThrow();
      expect(await members()).toBe(left);
      await sandbox.control.clearFaults();
    }
  });

  test('slow waits, truncated cuts the answer of a call that was carried out', async () => {
    await sandbox.control.fault({ kind: 'slow', ms: 150, route: '/users$' });
    const started = performance.now();
    expect((await add('a')).status).toBe(200);
    expect(performance.now() - started).toBeGreaterThan(140);
    await sandbox.control.fault({ kind: 'truncated', route: '/users$' });
    const cut = await add('b');
    expect(cut.status).toBe(200);
    expect(() => JSON.parse(cut.text) as unknown).toThrow();
    expect(await members()).toBe(2);
  });

  test('headers can be put on any answer', async () => {
    const usage = '{"480100000000001":[{"type":"custom_audience","call_count":95,"estimated_time_to_regain_access":0}]}';
    await sandbox.control.fault({ kind: 'usage', route: '/users$', headers: { 'x-business-use-case-usage': usage } });
    const answer = await add('a');
    expect(answer.status).toBe(200);
    expect(answer.headers.get('x-business-use-case-usage')).toBe(usage);
  });

  test('the control API explains what it cannot do', async () => {
    await expect(sandbox.control.fault({ kind: 'nonsense' as 'error' })).rejects.toThrow('kind must be one of');
    await expect(sandbox.control.fault({ kind: 'error', route: '(' })).rejects.toThrow('regular expression');
    await expect(sandbox.control.settings({ nonsense: 1 } as Record<string, number>)).rejects.toThrow('no setting "nonsense"');
    await expect(sandbox.control.audience('1')).rejects.toThrow('no such audience');
  });
});

describe('rate limits', () => {
  test('usage headers: the business one for most calls, app and account for POST /users', async () => {
    const created = await call('GET', `/${audience}`);
    expect(JSON.parse(created.headers.get('x-business-use-case-usage') ?? '')).toMatchObject({
      '480100000000001': [{ type: 'custom_audience', estimated_time_to_regain_access: 0 }],
    });
    const adSets = await call('GET', `/${main}/adsets`);
    expect(JSON.parse(adSets.headers.get('x-business-use-case-usage') ?? '')).toMatchObject({
      '480100000000001': [{ type: 'ads_management', ads_api_access_tier: 'standard_access' }],
    });
    const added = await add('a');
    expect(added.headers.get('x-business-use-case-usage')).toBeNull();
    expect(JSON.parse(added.headers.get('x-ad-account-usage') ?? '')).toHaveProperty('acc_id_util_pct');
    expect(JSON.parse(added.headers.get('x-app-usage') ?? '')).toHaveProperty('call_count');
  });

  test('the hourly bucket of audiences refuses with 80003 and minutes to wait; ad sets have their own', async () => {
    await sandbox.control.settings({ limitScale: 10 / 190_000 });
    await sandbox.control.clock({ speed: 0 });
    let refused: RawAnswer | undefined;
    for (let i = 0; i < 15 && !refused; i += 1) {
      const answer = await call('GET', `/${audience}`);
      if (answer.status !== 200) refused = answer;
    }
    await sandbox.control.settings({ limitScale: 1 });
    await sandbox.control.clock({ speed: 1 });
    expect(refused?.status).toBe(400);
    expect([80003, 613]).toContain(refused?.body.error?.code);
  });

  test('a limited app gets 20 writes in five minutes, then 613/1487742 until it has waited', async () => {
    await sandbox.control.settings({ tier: 'limited' });
    await sandbox.control.resetUsage();
    await sandbox.control.clock({ speed: 0 });
    const statuses: number[] = [];
    for (let i = 0; i < 22; i += 1) statuses.push((await add(`m${i}`)).status);
    expect(statuses.filter((status) => status === 200)).toHaveLength(20);
    expect((await add('again')).body.error).toMatchObject({ code: 613, error_subcode: 1487742 });
    await sandbox.control.clock({ advanceMs: 301_000 });
    expect((await add('later')).status).toBe(200);
    await sandbox.control.clock({ speed: 1 });
    await sandbox.control.settings({ tier: 'full' });
  });
});

describe('the request log', () => {
  test('tells what was sent without tokens or digests', async () => {
    await call('POST', `/${audience}/users?access_token=${systemUserToken}`, {
      payload: { schema: ['EMAIL'], data: [[digest('a')], ['raw']] },
      session: { session_id: 42, batch_seq: 1, last_batch_flag: true },
    });
    const [entry] = await sandbox.control.requests();
    expect(entry).toMatchObject({
      method: 'POST',
      path: `/${audience}/users`,
      version: 'v26.0',
      status: 200,
      rows: 2,
      invalid: 1,
      added: 1,
      removed: 0,
      sessionId: '42',
      batchSeq: 1,
      last: true,
      effect: true,
    });
    const text = JSON.stringify(entry);
    expect(text).not.toContain(systemUserToken);
    expect(text).not.toContain(digest('a'));
  });
});

describe('state switches', () => {
  test('a scope taken away is 200, a role taken away 100/33, a disabled account 200', async () => {
    const tom = await sandbox.control.token({ personId: sandboxPeople.tom });
    const write = () => rawGraph(sandbox.url, tom, 'POST', `/${audience}`, { description: 'x' });
    expect((await write()).status).toBe(200);
    await sandbox.control.changeAccount(main, { status: 2, disableReason: 1 });
    expect((await write()).body.error).toMatchObject({ code: 200 });
    await sandbox.control.changeAccount(main, { status: 1, disableReason: 0 });
    await sandbox.control.removeScope({ scope: 'ads_management', personId: sandboxPeople.tom });
    expect((await write()).body.error).toMatchObject({ code: 200 });
    const lin = await sandbox.control.token({ personId: sandboxPeople.lin });
    await sandbox.control.changeAccount(main, { roles: { [sandboxPeople.maya]: ['MANAGE'] } });
    expect((await rawGraph(sandbox.url, lin, 'GET', `/${audience}`)).body.error).toMatchObject({ code: 100, error_subcode: 33 });
    await sandbox.control.reset();
  });
});
