import { createHash } from 'node:crypto';
import { AdAccount, AdSet, CustomAudience, FacebookAdsApi, User } from 'facebook-nodejs-business-sdk';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Sandbox, sandboxAccounts, startSandbox, systemUserToken } from '@/tests/support/sandbox';

// The unmodified SDK with its own HTTP client, pointed here by redefining its getter: it pins v24.0, sends a body with GET,
// puts the token into the query and leaks the parent's id into creations. What it cannot do (large removals) is refused.

let sandbox: Sandbox;
const digest = (text: string): string => createHash('sha256').update(text).digest('hex');

beforeAll(async () => {
  sandbox = await startSandbox();
  Object.defineProperty(FacebookAdsApi, 'GRAPH', { get: () => sandbox.url, configurable: true });
  FacebookAdsApi.init(systemUserToken, 'en_US', false);
});
afterAll(() => sandbox.stop());

test('lists accounts and pages through ad sets', async () => {
  const accounts = await new User('me').getAdAccounts(['name', 'account_status'], { limit: 10 });
  expect(accounts.map((account) => account.id)).toContain(sandboxAccounts.main);
  let cursor = await new AdAccount(sandboxAccounts.main).getAdSets([AdSet.Fields.name], { limit: 25 });
  const names = new Set(cursor.map((adSet) => adSet.id));
  while (cursor.hasNext()) {
    cursor = await cursor.next();
    for (const adSet of cursor) names.add(adSet.id);
  }
  expect(names.size).toBeGreaterThan(60);
});

test('creates, fills, reads, empties by a few and deletes an audience', async () => {
  const made = await new AdAccount(sandboxAccounts.main).createCustomAudience([], {
    name: 'Made by the SDK',
    subtype: 'CUSTOM',
    customer_file_source: 'USER_PROVIDED_ONLY',
  });
  const audience = new CustomAudience(made.id);
  const payload = { schema: ['EMAIL'], data: Array.from({ length: 10_000 }, (_, i) => [digest(`e${i}`)]) };
  const added = (await audience.createUser([], {
    payload,
    session: { session_id: 1, batch_seq: 1, last_batch_flag: true },
  })) as unknown as Record<string, unknown>;
  expect(added.num_received).toBe(10_000);
  const read = (await audience.get(['name', 'operation_status'])) as unknown as Record<string, unknown>;
  expect(read.name).toBe('Made by the SDK');
  await audience.deleteUsers({ payload: { schema: ['EMAIL'], data: payload.data.slice(0, 5) } });
  expect((await sandbox.control.audience(made.id)).members).toBe(9_995);
  await expect(audience.deleteUsers({ payload })).rejects.toThrow();
  expect((await sandbox.control.audience(made.id)).members).toBe(9_995);
  await audience.delete([]);
  expect(await sandbox.control.audience(made.id)).toMatchObject({ deleted: true });
});

test('its errors carry the code and subcode', async () => {
  const refused = new AdAccount(sandboxAccounts.newMarket).createCustomAudience([], {
    name: 'x',
    customer_file_source: 'USER_PROVIDED_ONLY',
  });
  await expect(refused).rejects.toMatchObject({ status: 400, response: { code: 100, error_subcode: 33 } });
});
