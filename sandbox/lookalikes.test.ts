import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type RawAnswer, rawGraph, type Sandbox, sandboxAccounts, startSandbox } from '@/tests/support/sandbox';

let sandbox: Sandbox;
let maya: string;
let seed: string;
let small: string;

const { main } = sandboxAccounts;
const other = 'act_480100000000099';
const digest = (text: string): string => createHash('sha256').update(text).digest('hex');
const call = (method: string, path: string, body?: unknown): Promise<RawAnswer> => rawGraph(sandbox.url, maya, method, path, body);
const spec = (part: object = {}) => JSON.stringify({ ratio: 0.03, country: 'IN', ...part });
const ask = (part: Record<string, unknown> = {}, account = main) =>
  call('POST', `/${account}/customaudiences`, {
    name: 'Alike',
    subtype: 'LOOKALIKE',
    origin_audience_id: seed,
    lookalike_spec: spec(),
    ...part,
  });

async function audience(rows: number): Promise<string> {
  const { body } = await call('POST', `/${main}/customaudiences`, {
    name: 'Buyers',
    subtype: 'CUSTOM',
    customer_file_source: 'USER_PROVIDED_ONLY',
  });
  const data = Array.from({ length: rows }, (_, i) => [digest(`l${i}`)]);
  await call('POST', `/${body.id}/users`, { payload: { schema: ['EMAIL'], data } });
  return String(body.id);
}

beforeAll(async () => {
  sandbox = await startSandbox();
  await sandbox.control.settings({ matchingMs: 0 });
  maya = await sandbox.control.token();
  await sandbox.control.addAccount(other, main);
  seed = await audience(400);
  small = await audience(60);
  // Facebook knows how many it has found.
  await sandbox.control.audiences();
});
afterAll(() => sandbox.stop());

test('a lookalike is filled after a while, reads back its seed, is listed, and takes no members', async () => {
  await sandbox.control.settings({ matchingMs: 60_000 });
  const { body } = await ask();
  const fields = 'subtype,operation_status,delivery_status,approximate_count_lower_bound,approximate_count_upper_bound,lookalike_spec';
  const read = async () => (await call('GET', `/${body.id}?fields=${fields}`)).body;
  expect(await read()).toMatchObject({
    subtype: 'LOOKALIKE',
    delivery_status: { code: 300 },
    operation_status: { code: 441 },
    approximate_count_lower_bound: -1,
    lookalike_spec: { country: 'IN', ratio: 0.03, target_countries: ['IN'], origin: [{ id: seed, name: 'Buyers' }] },
  });
  await sandbox.control.clock({ advanceMs: 61_000 });
  expect(await read()).toMatchObject({
    delivery_status: { code: 200 },
    operation_status: { code: 200 },
    approximate_count_lower_bound: 10_000_000,
    approximate_count_upper_bound: 13_000_000,
  });
  expect((await call('GET', `/${seed}?fields=lookalike_audience_ids`)).body.lookalike_audience_ids).toEqual([body.id]);
  const payload = { schema: ['EMAIL'], data: [[digest('x')]] };
  expect((await call('POST', `/${body.id}/users`, { payload })).body.error).toMatchObject({ code: 100 });
  expect((await call('DELETE', `/${seed}`)).body.error).toMatchObject({ code: 2656 });
  expect((await call('DELETE', `/${body.id}`)).body).toEqual({ success: true });
  await sandbox.control.settings({ matchingMs: 0 });
});

test.each([
  ['a seed that is not there', { origin_audience_id: '1' }, main],
  ['a seed of another ad account', {}, other],
  ['no ratio', { lookalike_spec: JSON.stringify({ country: 'IN' }) }, main],
  ['a ratio above 20 %', { lookalike_spec: spec({ ratio: 0.21 }) }, main],
  ['a ratio between the steps', { lookalike_spec: spec({ ratio: 0.015 }) }, main],
  ['no country', { lookalike_spec: spec({ country: undefined }) }, main],
  ['a spec that is no JSON', { lookalike_spec: 'IN' }, main],
  ['by value of a seed without values', { lookalike_spec: spec({ type: 'custom_ratio' }) }, main],
])('is refused with code 100: %s', async (_, part, account) => {
  expect((await ask(part, account)).body.error).toMatchObject({ code: 100 });
});

test('is refused for a seed of fewer than 100 people, or a flagged one', async () => {
  expect((await ask({ origin_audience_id: small })).body.error).toMatchObject({
    code: 100,
    error_user_title: 'Source Audience Too Small',
  });
  await sandbox.control.changeAudience(seed, { flagged: ['name'] });
  expect((await ask()).body.error).toMatchObject({ code: 100, error_subcode: 1713232 });
  await sandbox.control.changeAudience(seed, { flagged: [] });
});
