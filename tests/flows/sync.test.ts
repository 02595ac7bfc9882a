import { eq } from 'drizzle-orm';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { campaigns, syncRuns } from '@/db/schema';
import { sandboxAccounts, sandboxPeople } from '@/tests/support/sandbox';
import { digestOfEmail, emailOf, type Story, story } from '@/tests/support/story';

let s: Story;
beforeAll(async () => {
  s = await story();
});
afterAll(() => s.sandbox.stop());
afterEach(() => s.sandbox.control.clearFaults());

const identify = (userId: string, traits: Record<string, unknown> = {}) => ({
  type: 'identify',
  userId,
  traits: { email: emailOf(userId), ...traits },
});
const track = (userId: string, event: string, properties: Record<string, unknown> = {}) => ({ type: 'track', userId, event, properties });
const people = (prefix: string, n: number) => Array.from({ length: n }, (_, i) => `${prefix}${i}`);
const digests = (userIds: string[]) => userIds.map((userId) => digestOfEmail(emailOf(userId))).sort();
const runsOf = (campaignId: string) =>
  s.db.orm.select().from(syncRuns).where(eq(syncRuns.campaignId, campaignId)).orderBy(syncRuns.occurrenceAt);
const stateOf = async (id: string) => (await s.db.orm.select().from(campaigns).where(eq(campaigns.id, id)))[0];

it('fills the audience, points the ad set at it, and the next day sends only the difference', async () => {
  const [adSet] = await s.sandbox.control
    .adSets()
    .then((all) => all.filter((a) => sandboxAccounts.main.endsWith(a.accountId.replace('act_', '')) && a.status === 'ACTIVE'));
  const cart = people('cart', 30);
  await s.send(
    [...cart.map((id) => identify(id)), ...cart.map((id) => track(id, 'Product Added', { amount: 20 }))],
    '2026-03-10T08:00:00Z',
  );
  await s.send(
    cart.slice(0, 5).map((id) => track(id, 'Order Completed', { amount: 20 })),
    '2026-03-10T09:00:00Z',
  );
  const definition = {
    all: [
      { did: 'Product Added', within: { last: { days: 7 } } },
      { didNot: 'Order Completed', within: { last: { days: 7 } } },
    ],
  } as const;
  const schedule = { kind: 'every', every: { days: 1 }, time: '18:00', zone: 'Asia/Kolkata', start: '2026-03-10' } as const;
  const id = await s.campaign(
    {
      name: 'Cart',
      definition: definition as never,
      schedule,
      sendBy: 'difference',
      audience: { new: { name: 'Cart' } },
      adSets: [{ id: adSet?.id ?? '', as: 'include' }],
    },
    '2026-03-10T10:00:00Z',
  );
  expect(await s.tick('2026-03-10T12:29:59Z')).toMatchObject({ queued: 0 });
  expect(await s.tick('2026-03-10T12:30:05Z')).toMatchObject({ queued: 1, finished: 1, failed: 0 });
  expect(await s.held('Cart')).toEqual(digests(cart.slice(5)));
  expect(await s.held('Cart')).toEqual(await s.expected(definition, '2026-03-10T12:30:00Z'));
  const audience = (await s.sandbox.control.audiences()).find((a) => a.name === 'Cart');
  expect((await s.sandbox.control.adSet(adSet?.id ?? '')).targeting.custom_audiences?.map((a) => a.id)).toContain(audience?.id);
  await s.send(
    [...people('late', 3).map((u) => identify(u)), ...people('late', 3).map((u) => track(u, 'Product Added'))],
    '2026-03-11T08:00:00Z',
  );
  await s.send([track('cart9', 'Order Completed')], '2026-03-11T08:00:00Z');
  await s.sandbox.control.clearRequests();
  expect(await s.tick('2026-03-11T12:30:01Z')).toMatchObject({ queued: 1, finished: 1 });
  expect(await s.held('Cart')).toEqual(await s.expected(definition, '2026-03-11T12:30:00Z'));
  const uploads = (await s.sandbox.control.requests()).filter((r) => r.path.endsWith('/users'));
  expect(uploads.map((r) => [r.method, r.rows])).toEqual([
    ['DELETE', 1],
    ['POST', 3],
  ]);
  expect((await runsOf(id)).map((r) => [r.state, r.added, r.removed])).toEqual([
    ['confirmed', 25, 0],
    ['confirmed', 3, 1],
  ]);
  expect(await stateOf(id)).toMatchObject({ state: 'awaiting_next', blocker: null });
});

it('converges when the engine is killed with SIGKILL in the middle of sending', async () => {
  const many = people('kill', 25_000);
  await s.send(
    many.map((id) => identify(id, { plan: 'kill' })),
    '2026-03-12T08:00:00Z',
  );
  const definition = { property: 'plan', op: 'is', value: 'kill' };
  await s.sandbox.control.fault({ kind: 'slow', method: 'POST', route: '/users$', nth: 2, times: 0, ms: 1500 });
  const id = await s.campaign({ definition: definition as never, audience: { new: { name: 'Killed' } } }, '2026-03-12T09:00:00Z');
  const engine = s.tickProcess('2026-03-12T09:00:00Z');
  await expect.poll(async () => (await s.held('Killed')).length, { timeout: 60_000, interval: 100 }).toBeGreaterThan(0);
  await engine.kill();
  expect((await s.held('Killed')).length).toBeLessThan(25_000);
  await s.sandbox.control.clearFaults();
  // Somebody leaves the segment while the engine is down: the run still stands for its own instant.
  expect(await s.tick('2026-03-12T09:30:00Z')).toMatchObject({ finished: 1 });
  expect(await s.held('Killed')).toEqual(digests(many));
  expect((await runsOf(id)).map((r) => [r.state, r.added])).toEqual([['confirmed', 25_000]]);
});

it('leaves nobody behind whose addition was answered with silence before they left the segment', async () => {
  await s.send(
    people('gone', 4).map((id) => identify(id, { tier: 'lost' })),
    '2026-03-13T08:00:00Z',
  );
  const definition = { property: 'tier', op: 'is', value: 'lost' };
  await s.sandbox.control.fault({ kind: 'reset-after', method: 'POST', route: '/users$', times: 1 });
  const id = await s.campaign({ definition: definition as never, audience: { new: { name: 'Lost' } } }, '2026-03-13T09:00:00Z');
  expect(await s.tick('2026-03-13T09:00:00Z')).toMatchObject({ finished: 0 });
  expect(await s.held('Lost')).toHaveLength(4);
  await s.db.orm.update(syncRuns).set({ state: 'failed' }).where(eq(syncRuns.campaignId, id));
  await s.send([identify('gone1', { tier: 'kept' })], '2026-03-13T10:00:00Z');
  const { runNow } = await import('@/db/campaign-states');
  await s.db.orm.update(campaigns).set({ state: 'completed' }).where(eq(campaigns.id, id));
  await runNow(s.db, s.workspaceId, id, new Date('2026-03-13T11:00:00Z'));
  await s.tick('2026-03-13T11:00:01Z');
  expect(await s.held('Lost')).toEqual(digests(['gone0', 'gone2', 'gone3']));
});

it('goes on with the same batch after a lost answer', async () => {
  await s.send(
    people('again', 4).map((id) => identify(id, { tier: 'again' })),
    '2026-03-13T12:00:00Z',
  );
  await s.sandbox.control.fault({ kind: 'timeout-after', method: 'POST', route: '/users$', times: 1, ms: 100 });
  const id = await s.campaign(
    { definition: { property: 'tier', op: 'is', value: 'again' } as never, audience: { new: { name: 'Again' } } },
    '2026-03-13T13:00:00Z',
  );
  await s.tick('2026-03-13T13:00:00Z');
  await s.tick('2026-03-13T13:20:00Z');
  expect((await runsOf(id)).map((r) => r.state)).toEqual(['confirmed']);
  expect(await s.held('Again')).toEqual(digests(people('again', 4)));
});

it('runs an occurrence once when two engines tick at the same moment', async () => {
  await s.send(
    people('twin', 6).map((id) => identify(id, { tier: 'twin' })),
    '2026-03-14T08:00:00Z',
  );
  const id = await s.campaign(
    { definition: { property: 'tier', op: 'is', value: 'twin' } as never, audience: { new: { name: 'Twins' } } },
    '2026-03-14T09:00:00Z',
  );
  const engines = [s.tickProcess('2026-03-14T09:00:01Z'), s.tickProcess('2026-03-14T09:00:01Z')];
  const here = s.tick('2026-03-14T09:00:01Z');
  expect(await Promise.all(engines.map((engine) => engine.ended))).toEqual([0, 0]);
  await here;
  await s.tick('2026-03-14T09:00:05Z');
  expect((await runsOf(id)).map((r) => [r.state, r.added])).toEqual([['confirmed', 6]]);
  expect((await s.sandbox.control.audiences()).filter((a) => a.name === 'Twins')).toHaveLength(1);
  expect(await s.held('Twins')).toEqual(digests(people('twin', 6)));
});

it('makes one catch-up run after a night without ticks, and records what was missed', async () => {
  await s.send(
    people('night', 2).map((id) => identify(id, { tier: 'night' })),
    '2026-03-14T08:00:00Z',
  );
  const schedule = { kind: 'every', every: { hours: 1 }, time: '10:00', zone: 'UTC', start: '2026-03-15' } as const;
  const id = await s.campaign(
    { definition: { property: 'tier', op: 'is', value: 'night' } as never, schedule, audience: { new: { name: 'Night' } } },
    '2026-03-15T09:00:00Z',
  );
  await s.tick('2026-03-15T14:10:00Z');
  expect(await s.tick('2026-03-15T14:10:00Z')).toMatchObject({ queued: 0, skipped: 0 });
  const runs = await runsOf(id);
  expect(runs.map((r) => r.state)).toEqual(['skipped', 'skipped', 'skipped', 'skipped', 'confirmed']);
  expect(runs.at(-1)).toMatchObject({ trigger: 'catch_up' });
  // Later than half the interval: told, not run.
  expect(await s.tick('2026-03-15T15:45:00Z')).toMatchObject({ queued: 0, skipped: 1 });
});

it('replaces the row of somebody whose e-mail changes, and keeps those who share it', async () => {
  const shared = 'shared@example.com';
  const plan = (userId: string, email: string) => ({ type: 'identify', userId, traits: { email, tier: 'family' } });
  await s.send([plan('mum', shared), plan('dad', shared), plan('son', 'son@example.com')], '2026-03-16T08:00:00Z');
  const schedule = { kind: 'every', every: { days: 1 }, time: '12:00', zone: 'UTC', start: '2026-03-16' } as const;
  await s.campaign(
    { definition: { property: 'tier', op: 'is', value: 'family' } as never, schedule, audience: { new: { name: 'Family' } } },
    '2026-03-16T09:00:00Z',
  );
  await s.tick('2026-03-16T12:00:00Z');
  expect([...new Set(await s.held('Family'))]).toEqual([digestOfEmail(shared), digestOfEmail('son@example.com')].sort());
  await s.send([plan('son', 'new@example.com'), { type: 'identify', userId: 'dad', traits: { tier: 'left' } }], '2026-03-17T08:00:00Z');
  await s.tick('2026-03-17T12:00:00Z');
  expect([...new Set(await s.held('Family'))]).toEqual([digestOfEmail(shared), digestOfEmail('new@example.com')].sort());
});

it('is blocked while terms are not accepted, and goes on by itself once they are', async () => {
  await s.send(
    people('terms', 2).map((id) => identify(id, { tier: 'terms' })),
    '2026-03-18T08:00:00Z',
  );
  await s.sandbox.control.setTerms({ accepted: false, accountId: sandboxAccounts.main });
  const id = await s.campaign(
    { definition: { property: 'tier', op: 'is', value: 'terms' } as never, audience: { new: { name: 'Terms' } } },
    '2026-03-18T09:00:00Z',
  );
  await s.tick('2026-03-18T09:00:00Z');
  expect(await stateOf(id)).toMatchObject({ state: 'blocked', blocker: { action: 'accept_terms' } });
  for (const personId of Object.values(sandboxPeople))
    await s.sandbox.control.setTerms({ accepted: true, accountId: sandboxAccounts.main, personId });
  await s.tick('2026-03-18T09:10:00Z');
  expect(await stateOf(id)).toMatchObject({ state: 'completed', blocker: null });
  expect(await s.held('Terms')).toHaveLength(2);
});

it('halves a batch that is too much, and finishes', async () => {
  await s.send(
    people('half', 8).map((id) => identify(id, { tier: 'half' })),
    '2026-03-19T08:00:00Z',
  );
  await s.sandbox.control.fault({ kind: 'error', method: 'POST', route: '/users$', times: 2, status: 500, code: 1, subcode: 99 });
  const id = await s.campaign(
    { definition: { property: 'tier', op: 'is', value: 'half' } as never, audience: { new: { name: 'Half' } } },
    '2026-03-19T09:00:00Z',
  );
  await s.tick('2026-03-19T09:00:00Z');
  expect(await s.held('Half')).toHaveLength(8);
  expect((await runsOf(id)).map((r) => [r.state, r.added])).toEqual([['confirmed', 8]]);
});

it('waits out a limit for as long as Facebook says', async () => {
  await s.send([identify('limit0', { tier: 'limit' })], '2026-03-20T08:00:00Z');
  const headers = {
    'x-business-use-case-usage': JSON.stringify({
      '1': [{ type: 'custom_audience', call_count: 100, estimated_time_to_regain_access: 30 }],
    }),
  };
  await s.sandbox.control.fault({
    kind: 'error',
    method: 'POST',
    route: '/users$',
    times: 1,
    status: 400,
    code: 80003,
    subcode: 2446079,
    headers,
  });
  const id = await s.campaign(
    { definition: { property: 'tier', op: 'is', value: 'limit' } as never, audience: { new: { name: 'Limit' } } },
    '2026-03-20T09:00:00Z',
  );
  await s.tick('2026-03-20T09:00:00Z');
  await s.tick('2026-03-20T09:20:00Z');
  expect(await s.held('Limit')).toHaveLength(0);
  await s.tick('2026-03-20T09:31:00Z');
  expect(await s.held('Limit')).toHaveLength(1);
  expect((await runsOf(id)).map((r) => r.state)).toEqual(['confirmed']);
});
