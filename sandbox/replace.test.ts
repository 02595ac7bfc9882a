import { createHash } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type RawAnswer, rawGraph, type Sandbox, sandboxAccounts, startSandbox, systemUserToken } from '@/tests/support/sandbox';

let sandbox: Sandbox;
let audience: string;
let nextSession = 9_000;

beforeAll(async () => {
  sandbox = await startSandbox();
  await sandbox.control.settings({ matchingMs: 0 });
});
afterAll(() => sandbox.stop());

const call = (method: string, path: string, body?: unknown): Promise<RawAnswer> =>
  rawGraph(sandbox.url, systemUserToken, method, path, body);
const digest = (text: string): string => createHash('sha256').update(text).digest('hex');
const rows = (...names: string[]): string[][] => names.map((name) => [digest(name)]);
const holds = (): Promise<string[]> => sandbox.control.memberValues(audience, 'EMAIL');
const sorted = (...names: string[]): string[] => names.map(digest).sort();

function replace(session: number, seq: number, data: string[][], last = false, schema = ['EMAIL']): Promise<RawAnswer> {
  return call('POST', `/${audience}/usersreplace`, {
    payload: { schema, data },
    session: { session_id: session, batch_seq: seq, last_batch_flag: last },
  });
}

const status = async (): Promise<unknown> =>
  ((await call('GET', `/${audience}?fields=operation_status`)).body.operation_status as { code: number }).code;

beforeEach(async () => {
  const { body } = await call('POST', `/${sandboxAccounts.main}/customaudiences`, {
    name: 'Buyers',
    customer_file_source: 'USER_PROVIDED_ONLY',
  });
  audience = String(body.id);
  await call('POST', `/${audience}/users`, { payload: { schema: ['EMAIL'], data: rows('a', 'b', 'c') } });
  nextSession += 1;
});

test('the new members stand only after the last batch, and nobody else does', async () => {
  expect((await replace(nextSession, 1, rows('c', 'd'))).body).toMatchObject({ num_received: 2, session_id: String(nextSession) });
  expect(await status()).toBe(414);
  expect(await holds()).toEqual(sorted('a', 'b', 'c'));
  expect((await replace(nextSession, 7, rows('e'), true)).body).toMatchObject({ num_received: 3 });
  expect(await status()).toBe(200);
  expect(await holds()).toEqual(sorted('c', 'd', 'e'));
});

test('while it runs, member changes and a second replace are refused with 2650/1870145', async () => {
  await replace(nextSession, 1, rows('x'));
  const change = await call('POST', `/${audience}/users`, { payload: { schema: ['EMAIL'], data: rows('y') } });
  expect(change.body.error).toMatchObject({ code: 2650, error_subcode: 1870145 });
  expect((await replace(nextSession, 1, rows('x'))).body.error).toMatchObject({ code: 2650, error_subcode: 1870145 });
  nextSession += 1;
  expect((await replace(nextSession, 1, rows('x'))).body.error).toMatchObject({ code: 2650, error_subcode: 1870145 });
});

test('needs the first batch first, one schema, and nothing after the last', async () => {
  expect((await replace(nextSession, 2, rows('x'))).body.error).toMatchObject({ code: 2650, error_subcode: 1870147 });
  await replace(nextSession, 1, rows('x'));
  expect((await replace(nextSession, 2, rows('x'), false, ['PHONE'])).status).toBe(400);
  await replace(nextSession, 2, rows('y'), true);
  expect((await replace(nextSession, 3, rows('z'))).body.error).toMatchObject({ code: 2650, error_subcode: 1870159 });
  expect((await replace(nextSession, 1, rows('z'))).body.error).toMatchObject({ code: 2650, error_subcode: 1870159 });
});

test('after 90 minutes what arrived stands, and more is refused with 1870158', async () => {
  await replace(nextSession, 1, rows('x', 'y'));
  await sandbox.control.clock({ advanceMs: 91 * 60_000 });
  expect((await replace(nextSession, 2, rows('z'), true)).body.error).toMatchObject({ code: 2650, error_subcode: 1870158 });
  expect(await holds()).toEqual(sorted('x', 'y'));
});

test('is refused while the audience is not ready, without a session, and without rows', async () => {
  await sandbox.control.settings({ matchingMs: 3_600_000 });
  expect((await replace(nextSession, 1, rows('x'))).body.error).toMatchObject({ code: 2650, error_subcode: 1870145 });
  await sandbox.control.settings({ matchingMs: 0 });
  expect((await call('POST', `/${audience}/usersreplace`, { payload: { schema: ['EMAIL'], data: rows('x') } })).status).toBe(400);
  expect((await replace(nextSession, 1, [])).body.error).toMatchObject({ code: 100 });
});

test('a failed replace leaves the old members, is 415, and can be tried again', async () => {
  await replace(nextSession, 1, rows('x'));
  await sandbox.control.changeAudience(audience, { failReplace: true });
  expect(await status()).toBe(415);
  expect(await holds()).toEqual(sorted('a', 'b', 'c'));
  nextSession += 1;
  await replace(nextSession, 1, rows('x'), true);
  expect(await holds()).toEqual(sorted('x'));
});

test('does not touch the learning phase, and may shrink below the removal floor', async () => {
  const adSet = (await sandbox.control.adSets()).find((item) => item.status === 'ACTIVE')?.id ?? '';
  await call('POST', `/${adSet}`, { targeting: { geo_locations: { countries: ['US'] }, custom_audiences: [audience] } });
  await sandbox.control.changeAdSet(adSet, { learningResetAt: null });
  await sandbox.control.settings({ removalFloor: 100 });
  await replace(nextSession, 1, rows('only'), true);
  expect(await holds()).toEqual(sorted('only'));
  expect(await sandbox.control.adSet(adSet)).toMatchObject({ learningResetBy: null });
  await sandbox.control.settings({ removalFloor: 0 });
});
