import { afterAll, beforeAll, expect, it } from 'vitest';
import { campaignDetail } from '@/db/campaigns';
import { outcomes } from '@/db/ledger-preview';
import { campaignPlanSchema } from '@/lib/campaign/plan';
import { dryRun, dryRunMembers } from '@/lib/sync/dry-run';
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
  await s.tick('2026-07-01T09:00:00Z');
  await s.send([identify('a', 'out'), identify('d', 'in')], '2026-07-01T20:00:00Z');
  expect(await rehearsed(id, '2026-07-01T20:30:00Z')).toEqual({
    counts: { ...nothing, join: 1, leave: 1, stay: 2, unreachable: 1, requests: 2 },
    named: { leave: ['a'], stay: ['b', 'c'], join: ['d'], unreachable: ['mute'] },
  });
  expect(await s.tick('2026-07-02T09:00:00Z')).toMatchObject({ finished: 1 });
  expect((await rehearsed(id, '2026-07-02T10:00:00Z')).counts).toMatchObject({ join: 0, leave: 0, stay: 3 });
});
