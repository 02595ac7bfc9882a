import { afterAll, beforeAll, expect, it } from 'vitest';
import { campaignDetail } from '@/db/campaigns';
import { type Outcome, outcomes } from '@/db/ledger-preview';
import { campaignPlanSchema } from '@/lib/campaign/plan';
import { parseEnv } from '@/lib/env';
import { dryRun, dryRunMembers, dryRunPage } from '@/lib/sync/dry-run';
import { preflight } from '@/lib/sync/preflight';
import { testWorkspace } from '@/tests/support/database';
import { emailOf, type Story, story } from '@/tests/support/story';

let s: Story;
beforeAll(async () => {
  s = await story('UTC');
});
afterAll(() => s.sandbox.stop());

const identify = (userId: string, tier: string, email = true) => ({
  type: 'identify',
  userId,
  traits: { tier, ...(email ? { email: emailOf(userId) } : {}) },
});

const nothing = { join: 0, leave: 0, stay: 0, out: 0, excluded: 0, control: 0, overCap: 0, unreachable: 0, requests: 0 };

async function rehearsed(id: string, at: string) {
  const { draft } = await campaignDetail(s.db, s.workspaceId, id);
  const plan = campaignPlanSchema.parse(draft);
  const counts = await dryRun(s.db, s.workspaceId, plan, new Date(at), id);
  const named: Record<string, string[]> = {};
  for await (const { userId, outcome } of dryRunMembers(s.db, s.workspaceId, plan, new Date(at), { campaignId: id, outcomes })) {
    named[outcome] = [...(named[outcome] ?? []), userId ?? ''];
  }
  return { counts, named };
}

it('says by name what the run then does', async () => {
  const calls = ['a', 'b', 'c'].map((userId) => identify(userId, 'in'));
  await s.send([...calls, identify('mute', 'in', false)], '2026-07-01T08:00:00Z');
  const schedule = { kind: 'every', every: { days: 1 }, time: '09:00', zone: 'UTC', start: '2026-07-01' } as const;
  const id = await s.campaign({ definition: { property: 'tier', op: 'is', value: 'in' } as never, schedule }, '2026-07-01T08:00:00Z');
  expect(await rehearsed(id, '2026-07-01T08:30:00Z')).toEqual({
    counts: { ...nothing, join: 3, unreachable: 1, requests: 1 },
    named: { join: ['a', 'b', 'c'], unreachable: ['mute'] },
  });
  const look = async (outcome: Outcome, search = '') => {
    const plan = campaignPlanSchema.parse((await campaignDetail(s.db, s.workspaceId, id)).draft);
    const options = { campaignId: id, outcome, search, signal: new AbortController().signal };
    return (await dryRunPage(s.db, s.workspaceId, plan, new Date('2026-07-01T08:30:00Z'), options)).map(({ name }) => name);
  };
  expect([await look('join'), await look('join', 'b'), await look('join', emailOf('c')), await look('join', 'mute')]).toEqual([
    ['a', 'b', 'c'],
    ['b'],
    ['c'],
    [],
  ]);
  expect(await look('unreachable', 'mute')).toEqual(['mute']);
  await s.tick('2026-07-01T09:00:00Z');
  await s.send([identify('a', 'out'), identify('d', 'in')], '2026-07-01T20:00:00Z');
  expect(await rehearsed(id, '2026-07-01T20:30:00Z')).toEqual({
    counts: { ...nothing, join: 1, leave: 1, stay: 2, unreachable: 1, requests: 2 },
    named: { leave: ['a'], stay: ['b', 'c'], join: ['d'], unreachable: ['mute'] },
  });
  expect(await s.tick('2026-07-02T09:00:00Z')).toMatchObject({ finished: 1 });
  expect((await rehearsed(id, '2026-07-02T10:00:00Z')).counts).toMatchObject({ join: 0, leave: 0, stay: 3 });
});

it('asks Facebook beforehand whether there is room for the audience, and afterwards how the audience is that was made', async () => {
  const { db, workspaceId } = s;
  const world = { db, ...parseEnv(s.variables) };
  const id = await s.campaign(
    { definition: { property: 'tier', op: 'is', value: 'in' } as never, audience: { new: { name: 'Checked' } } },
    '2026-07-03T08:00:00Z',
  );
  const plan = campaignPlanSchema.parse((await campaignDetail(db, workspaceId, id)).draft);
  const checks = async (at: string) => {
    const { audience } = await campaignDetail(db, workspaceId, id);
    const found = await preflight(world, workspaceId, plan, audience?.facebookId ?? null, new Date(at));
    return Object.fromEntries(found.map(({ id, state, message }) => [id, `${state}: ${message}`]));
  };
  const lonely = await testWorkspace(db);
  expect(await preflight(world, lonely, { ...plan, connectionId: undefined }, null, new Date())).toMatchObject([
    { state: 'bad', message: expect.stringMatching(/^Connect/) },
  ]);
  const before = await checks('2026-07-03T08:00:00Z');
  expect(before).toMatchObject({ account: expect.stringMatching(/^ok/), audience: 'ok: “Checked” is made at the first run.' });
  expect(before.permissions).toMatch(/^ok: Granted/);
  expect(before.room).toMatch(/^ok: \d+ of 500 audiences are used in this ad account\.$/);
  await s.tick('2026-07-03T08:00:00Z');
  const after = await checks('2026-07-03T09:00:00Z');
  expect(after.room).toBeUndefined();
  expect(after.audience).toMatch(/^(ok: “Checked” exists|warn: )/);
  // What Facebook tells of it, with the day on which it goes.
  const { audience } = await campaignDetail(db, workspaceId, id);
  const at = '2026-07-03T09:00:00Z';
  const change = (status: Parameters<typeof s.sandbox.control.changeAudience>[1]) =>
    s.sandbox.control.changeAudience(audience?.facebookId ?? '', status);
  await change({ expiresAt: Date.parse('2026-09-30T10:00:00Z') });
  expect((await checks(at)).audience).toBe(
    'warn: Facebook deletes it on 30 September 2026: no active ad set has used it for two years. Use it in one to keep it.',
  );
  await change({ expiresAt: null, forcedStatus: 470 });
  expect((await checks(at)).audience).toBe('bad: The account of the person who made this audience is no longer active.');
  await change({ forcedStatus: null });
});
