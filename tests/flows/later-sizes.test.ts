import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { restAccount } from '@/db/ad-account-budgets';
import { pauseCampaign } from '@/db/campaign-states';
import { reportOf } from '@/db/reports';
import { audienceSizes, audiences } from '@/db/schema';
import { readLaterSizes } from '@/lib/sync/later-sizes';
import { sandboxAccounts } from '@/tests/support/sandbox';
import { emailOf, type Story, story } from '@/tests/support/story';

/** Facebook is still matching when a run ends: its size is read again later, for as long as somebody may want to know it. */

let s: Story;
beforeAll(async () => {
  s = await story('UTC');
  await s.sandbox.control.settings({ matchRate: 1, limitScale: 1_000_000 });
  const people = Array.from({ length: 1500 }, (_, i) => `p${i}`);
  await s.send(
    people.map((userId, i) => ({ type: 'identify', userId, traits: { email: emailOf(userId), size: i < 10 ? 'small' : 'large' } })),
    '2026-05-01T08:00:00Z',
  );
});
afterAll(() => s.sandbox.stop());

const sized = (value: string) => ({ property: 'size', op: 'is', value }) as const;
const weekly = { kind: 'every', every: { weeks: 1 }, time: '09:00', zone: 'UTC', start: '2026-05-01' } as const;
/** The clock stands still: a pause ends to the instant. */
const read = (at: string) => readLaterSizes({ ...s.engine(at), clock: () => new Date(at) }, () => true);
const audienceOf = async (campaignId: string) => {
  const [audience] = await s.db.orm.select().from(audiences).where(eq(audiences.campaignId, campaignId));
  return audience;
};
const history = async (campaignId: string) => {
  const { id = 0 } = (await audienceOf(campaignId)) ?? {};
  return s.db.orm.select().from(audienceSizes).where(eq(audienceSizes.audienceId, id)).orderBy(audienceSizes.at);
};
const matching = (still: boolean) => s.sandbox.control.settings({ matchingMs: still ? 3_600_000 : 0 });

it('of a campaign that is over the size is asked for every few hours until Facebook has matched its members', async () => {
  await matching(true);
  const id = await s.campaign({ name: 'Once', definition: sized('large'), audience: { new: { name: 'Once' } } }, '2026-05-01T09:00:00Z');
  await s.tick('2026-05-01T09:00:01Z');
  expect((await reportOf(s.db, s.workspaceId, id, null, new Date())).quality.sizeLower).toBeNull();
  await s.sandbox.control.clearRequests();
  expect(await read('2026-05-01T12:59:00Z')).toBe(0);
  expect(await s.sandbox.control.requests()).toEqual([]);
  expect(await read('2026-05-01T13:00:30Z')).toBe(1);
  expect(await read('2026-05-01T13:01:00Z')).toBe(0);
  await matching(false);
  expect(await read('2026-05-01T17:01:00Z')).toBe(1);
  expect((await reportOf(s.db, s.workspaceId, id, null, new Date())).quality).toMatchObject({ sizeLower: 1300, sizeUpper: 1700 });
  expect(await history(id)).toMatchObject([
    { members: 1490, facebookLower: null },
    { members: 1490, facebookLower: null },
    { members: 1490, facebookLower: 1300, facebookUpper: 1700 },
  ]);
  await s.sandbox.control.clearRequests();
  for (const at of ['2026-05-02T17:02:00Z', '2026-05-03T17:02:00Z']) expect(await read(at)).toBe(0);
  expect(await s.sandbox.control.requests()).toEqual([]);
});

it('one that stays hidden is asked for no longer than three days, and of a campaign that moves every day', async () => {
  const once = await s.campaign({ name: 'Few', definition: sized('small'), audience: { new: { name: 'Few' } } }, '2026-05-01T18:00:00Z');
  const moving = await s.campaign(
    { name: 'Weekly', definition: sized('large'), schedule: weekly, audience: { new: { name: 'Weekly' } } },
    '2026-05-01T08:30:00Z',
  );
  await s.tick('2026-05-01T18:00:01Z');
  expect(await audienceOf(moving)).toMatchObject({ sizeLower: 1300 });
  for (let hour = 0; hour <= 24 * 4; hour++) await read(new Date(Date.parse('2026-05-01T18:01:00Z') + hour * 3_600_000).toISOString());
  // The one of the run, and every fourth hour of three days.
  expect(await history(once)).toHaveLength(1 + 17);
  expect(await history(moving)).toHaveLength(1 + 4);
  await pauseCampaign(s.db, s.workspaceId, moving, new Date('2026-05-05T19:00:00Z'));
  expect(await read('2026-05-06T20:00:00Z')).toBe(0);
  expect(await audienceOf(moving)).toMatchObject({ lookAt: null });
});

it('what stands in the way is met again hours later, and is in the way of no other', async () => {
  await matching(true);
  const plans = ['Refused', 'Taken'].map((name) => ({ name, definition: sized('large'), audience: { new: { name } } }));
  const ids: string[] = [];
  for (const plan of plans) ids.push(await s.campaign(plan, '2026-05-07T09:00:00Z'));
  await s.tick('2026-05-07T09:00:01Z');
  await matching(false);
  const [refused = '', taken = ''] = ids;
  await s.sandbox.control.fault({ kind: 'html500', method: 'GET', route: `/${(await audienceOf(refused))?.facebookId}$` });
  expect(await read('2026-05-07T13:01:00Z')).toBe(2);
  expect(await audienceOf(refused)).toMatchObject({ sizeLower: null });
  expect(await audienceOf(taken)).toMatchObject({ sizeLower: 1300 });
  expect(await read('2026-05-07T16:00:00Z')).toBe(0);
  expect(await read('2026-05-07T17:02:00Z')).toBe(1);
  expect(await audienceOf(refused)).toMatchObject({ sizeLower: 1300 });
});

it('is asked for within what the ad account’s limits allow', async () => {
  await matching(true);
  const id = await s.campaign({ name: 'Rest', definition: sized('large'), audience: { new: { name: 'Rest' } } }, '2026-05-10T09:00:00Z');
  await s.tick('2026-05-10T09:00:01Z');
  await restAccount(s.db, sandboxAccounts.main, 3_600_000, new Date('2026-05-10T13:00:00Z'));
  await s.sandbox.control.clearRequests();
  await read('2026-05-10T13:01:00Z');
  expect(await s.sandbox.control.requests()).toEqual([]);
  await matching(false);
  await read('2026-05-10T17:02:00Z');
  expect(await audienceOf(id)).toMatchObject({ sizeLower: 1300 });
});
