import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
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
let maya: string;
const { main, newMarket } = sandboxAccounts;
const minimal = { name: 'Buyers', subtype: 'CUSTOM', customer_file_source: 'USER_PROVIDED_ONLY' };

beforeAll(async () => {
  sandbox = await startSandbox();
  maya = await sandbox.control.token();
});
afterAll(() => sandbox.stop());

const call = (method: string, path: string, body?: unknown, token = maya): Promise<RawAnswer> =>
  rawGraph(sandbox.url, token, method, path, body);
const digest = (text: string): string => createHash('sha256').update(text).digest('hex');

async function make(fields: Record<string, unknown> = {}): Promise<string> {
  const { body } = await call('POST', `/${main}/customaudiences`, { ...minimal, ...fields });
  return String(body.id);
}

const upload = (id: string, count: number, prefix = 'a'): Promise<RawAnswer> =>
  call('POST', `/${id}/users`, {
    payload: { schema: ['EMAIL'], data: Array.from({ length: count }, (_, i) => [digest(`${prefix}${i}`)]) },
  });

describe('creating', () => {
  test('gives an id of 18 digits, each time another, even for the same name', async () => {
    const ids = [await make(), await make()];
    for (const id of ids) expect(id).toMatch(/^\d{17,18}$/);
    expect(ids[0]).not.toBe(ids[1]);
  });

  test('needs name and customer_file_source, and ignores a stray id', async () => {
    const create = (body: Record<string, unknown>) => call('POST', `/${main}/customaudiences`, body);
    expect((await create({ name: 'x', subtype: 'CUSTOM' })).body.error).toMatchObject({
      code: 100,
      message: '(#100) Missing parameter(s): customer_file_source',
    });
    expect((await create({ ...minimal, customer_file_source: 'MY_OWN' })).body.error).toMatchObject({ code: 100 });
    expect((await create({ ...minimal, name: '' })).body.error).toMatchObject({ code: 100 });
    expect((await create({ ...minimal, retention_days: 181 })).body.error).toMatchObject({ code: 100 });
    expect((await create({ ...minimal, id: main })).status).toBe(200);
  });

  test('is refused where the terms are not accepted, until somebody accepts them on the page', async () => {
    const create = (token: string) => call('POST', `/${newMarket}/customaudiences`, minimal, token);
    const refused = await create(maya);
    expect(refused.status).toBe(403);
    expect(refused.body.error).toMatchObject({ code: 200, error_subcode: 1870034, is_transient: false });
    const form = new URLSearchParams({ action: 'terms-on', id: newMarket.slice(4), back: '/ads/manage/customaudiences/tos/?act=1' });
    expect((await fetch(`${sandbox.url}/ads-manager/do`, { method: 'POST', body: form, redirect: 'manual' })).status).toBe(303);
    expect((await create(maya)).status).toBe(200);
  });

  test('by a system user needs somebody else of the business to have accepted', async () => {
    await sandbox.control.setTerms({ accepted: false, accountId: main });
    expect((await call('POST', `/${main}/customaudiences`, minimal, systemUserToken)).body.error).toMatchObject({
      code: 200,
      error_subcode: 1870090,
    });
    await sandbox.control.setTerms({ accepted: true, accountId: main, personId: sandboxPeople.tom });
    expect((await call('POST', `/${main}/customaudiences`, minimal, systemUserToken)).status).toBe(200);
    expect((await call('POST', `/${main}/customaudiences`, minimal)).body.error).toMatchObject({ error_subcode: 1870034 });
    await sandbox.control.setTerms({ accepted: true, accountId: main });
  });

  test('is refused in a disabled account, in one without a business, and without ads_management', async () => {
    expect((await call('POST', `/${sandboxAccounts.disabled}/customaudiences`, minimal)).body.error).toMatchObject({ code: 200 });
    expect((await call('POST', `/${sandboxAccounts.personal}/customaudiences`, minimal)).body.error).toMatchObject({
      code: 200,
      error_subcode: 1870050,
    });
    const reader = await sandbox.control.token({ personId: sandboxPeople.lin, scopes: ['public_profile', 'ads_read'] });
    expect((await call('POST', `/${main}/customaudiences`, minimal, reader)).body.error).toMatchObject({ code: 200 });
  });

  test('stops at the limit of the account', async () => {
    await sandbox.control.settings({ maxAudiences: 1 });
    expect((await call('POST', `/${main}/customaudiences`, minimal)).body.error).toMatchObject({ code: 2654 });
    await sandbox.control.settings({ maxAudiences: 500 });
  });
});

describe('reading', () => {
  test('gives only the id without fields, and the fields that are asked for', async () => {
    const id = await make({ description: 'made by a test', retention_days: 30 });
    expect((await call('GET', `/${id}`)).body).toEqual({ id });
    const { body } = await call(
      'GET',
      `/${id}?fields=name,description,subtype,account_id,customer_file_source,retention_days,time_created,operation_status,delivery_status,data_source,approximate_count_lower_bound,approximate_count_upper_bound,permission_for_actions`,
    );
    expect(body).toMatchObject({
      name: 'Buyers',
      description: 'made by a test',
      subtype: 'CUSTOM',
      account_id: main.slice(4),
      customer_file_source: 'USER_PROVIDED_ONLY',
      retention_days: 30,
      operation_status: { code: 410 },
      delivery_status: { code: 300 },
      data_source: { type: 'UNKNOWN' },
      approximate_count_lower_bound: 1000,
      approximate_count_upper_bound: 1000,
      permission_for_actions: { can_edit: true },
    });
    expect(body.time_created).toBeTypeOf('number');
  });

  test('lists newest first and finds by name', async () => {
    const id = await make({ name: 'Needle in a haystack' });
    const all = await call('GET', `/${main}/customaudiences?fields=name`);
    expect(all.body.data?.[0]?.id).toBe(id);
    const filtering = encodeURIComponent(JSON.stringify([{ field: 'name', operator: 'CONTAIN', value: 'needle' }]));
    expect((await call('GET', `/${main}/customaudiences?filtering=${filtering}&fields=name`)).body.data).toEqual([
      { id, name: 'Needle in a haystack' },
    ]);
    const onDescription = encodeURIComponent(JSON.stringify([{ field: 'description', operator: 'CONTAIN', value: 'x' }]));
    expect((await call('GET', `/${main}/customaudiences?filtering=${onDescription}`)).body.error).toMatchObject({ code: 100 });
  });
});

describe('size and status', () => {
  test('goes from empty to finding people to ready, and tells the size only then, as a band', async () => {
    await sandbox.control.settings({ matchingMs: 3_600_000, matchRate: 0.5 });
    const id = await make();
    const read = async () =>
      (
        await call(
          'GET',
          `/${id}?fields=operation_status,delivery_status,approximate_count_lower_bound,approximate_count_upper_bound,time_content_updated`,
        )
      ).body;
    await upload(id, 5_000);
    expect(await read()).toMatchObject({
      operation_status: { code: 441 },
      approximate_count_lower_bound: 1000,
      approximate_count_upper_bound: 1000,
    });
    await sandbox.control.clock({ advanceMs: 3_600_001 });
    const ready = await read();
    expect(ready).toMatchObject({ operation_status: { code: 200 }, delivery_status: { code: 200 } });
    expect(ready.approximate_count_lower_bound).toBeGreaterThan(2_000);
    expect(ready.approximate_count_lower_bound).toBeLessThan(2_500);
    expect(ready.approximate_count_upper_bound).toBeGreaterThan(2_500);
    expect(ready.approximate_count_upper_bound).toBeLessThan(3_000);
  });

  test('a small audience is never told exactly, and too small a one cannot be used', async () => {
    await sandbox.control.settings({ matchingMs: 0, matchRate: 0.5 });
    const id = await make();
    await upload(id, 40);
    expect(
      (await call('GET', `/${id}?fields=operation_status,delivery_status,approximate_count_lower_bound,approximate_count_upper_bound`))
        .body,
    ).toMatchObject({
      operation_status: { code: 200 },
      delivery_status: { code: 300 },
      approximate_count_lower_bound: 1000,
      approximate_count_upper_bound: 1000,
    });
  });

  test('many invalid entries in the last session are 412', async () => {
    const id = await make();
    await call('POST', `/${id}/users`, { payload: { schema: ['EMAIL'], data: [[digest('x')], ['raw@example.com']] } });
    expect((await call('GET', `/${id}?fields=operation_status`)).body).toMatchObject({ operation_status: { code: 412 } });
  });

  test('a name that suggests illness is flagged: no upload, no targeting, until it is mended', async () => {
    const id = await make({ name: 'Diabetes patients' });
    expect((await call('GET', `/${id}?fields=operation_status,fields_violating_integrity_policy`)).body).toMatchObject({
      operation_status: { code: 471 },
      fields_violating_integrity_policy: ['name'],
    });
    expect((await upload(id, 1)).body.error).toMatchObject({ code: 100, error_subcode: 1713230 });
    expect((await call('POST', `/${id}`, { description: 'still' })).body.error).toMatchObject({ code: 100, error_subcode: 1713231 });
    expect((await call('POST', `/${id}`, { name: 'Spring' })).body).toEqual({ success: true });
    expect((await upload(id, 1)).status).toBe(200);
  });

  test('an expiring audience is 100 with its delete_time', async () => {
    const id = await make();
    await sandbox.control.changeAudience(id, { expiresAt: Date.parse('2030-01-01T00:00:00Z') });
    expect((await call('GET', `/${id}?fields=operation_status,delete_time`)).body).toMatchObject({
      operation_status: { code: 100 },
      delete_time: 1_893_456_000,
    });
  });
});

describe('changing and deleting', () => {
  test('renames', async () => {
    const id = await make();
    expect((await call('POST', `/${id}`, { name: 'Renamed' })).body).toEqual({ success: true });
    expect((await call('GET', `/${id}?fields=name`)).body).toEqual({ id, name: 'Renamed' });
  });

  test('a deleted audience reads as 100/33 and takes no members: 1487366', async () => {
    const id = await make();
    await upload(id, 3);
    expect((await call('DELETE', `/${id}`)).body).toEqual({ success: true });
    expect((await call('GET', `/${id}`)).body.error).toMatchObject({ code: 100, error_subcode: 33 });
    expect((await upload(id, 3)).body.error).toMatchObject({ code: 100, error_subcode: 1487366 });
    expect((await call('GET', `/${main}/customaudiences?limit=100`)).body.data?.some((audience) => audience.id === id)).toBe(false);
    expect(await sandbox.control.audience(id)).toMatchObject({ deleted: true, members: 0 });
  });
});
