import { afterAll, beforeAll, expect, it } from 'vitest';
import { campaignDetail, saveDraft, scheduleCampaign } from '@/db/campaigns';
import { reportOf } from '@/db/reports';
import { emailOf, type Story, story } from '@/tests/support/story';

let s: Story;
beforeAll(async () => {
  s = await story('UTC');
});
afterAll(() => s.sandbox.stop());

const daily = { kind: 'every', every: { days: 1 }, time: '09:00', zone: 'UTC', start: '2026-05-01' } as const;
const people = Array.from({ length: 400 }, (_, i) => `p${i}`);
const bought = (names: string[], at: string) =>
  s.send(
    names.map((userId) => ({ type: 'track', userId, event: 'Bought' })),
    at,
  );

it('counts who reached the goal in time, of the members and of the control group, each person once', async () => {
  await s.send(
    people.map((userId, i) => ({
      type: 'identify',
      userId,
      traits: { email: emailOf(userId), tier: 'gold', ...(i % 4 === 0 ? { phone: `+4915112${String(i).padStart(6, '0')}` } : {}) },
    })),
    '2026-04-30T08:00:00Z',
  );
  // Before they joined: it does not count.
  await bought(people, '2026-04-30T09:00:00Z');
  const definition = { property: 'tier', op: 'is', value: 'gold' } as const;
  const id = await s.campaign({ definition, schedule: daily, controlPercent: 25, changeBrakePercent: null }, '2026-04-30T10:00:00Z');
  await s.tick('2026-05-01T09:00:05Z');
  const [drawn] = await s.db.sql<{ members: string[]; controls: string[] }[]>`
    select array(select i.value from audience_members m join profile_ids i using (workspace_id, profile_id) order by 1) as members,
      array(select i.value from audience_stays a join profile_ids i using (workspace_id, profile_id) where a.control order by 1) as controls`;
  const { members = [], controls = [] } = drawn ?? {};
  expect(members.length + controls.length).toBe(400);
  expect(controls.length).toBeGreaterThan(60);

  await bought(members.slice(0, 30), '2026-05-03T12:00:00Z');
  await bought(members.slice(0, 10), '2026-05-04T12:00:00Z');
  await bought(controls.slice(0, 5), '2026-05-07T12:00:00Z');
  // On the eighth day: too late for seven.
  await bought(members.slice(30, 40), '2026-05-08T09:00:01Z');
  await bought(controls.slice(5, 6), '2026-05-08T09:00:00Z');
  // Somebody of the members leaves; they were in, and count.
  await s.send([{ type: 'identify', userId: members[0], traits: { tier: 'none' } }], '2026-05-04T13:00:00Z');
  await s.tick('2026-05-05T09:00:05Z');

  const goal = { event: 'Bought', days: 7 };
  const early = await reportOf(s.db, s.workspaceId, id, goal, new Date('2026-05-08T08:59:00Z'));
  expect(early.conversions).toMatchObject({ target: { people: 0, converted: 0 }, control: { people: 0, converted: 0 } });
  const { conversions, quality } = await reportOf(s.db, s.workspaceId, id, goal, new Date('2026-05-08T10:00:00Z'));
  expect(conversions).toMatchObject({
    target: { people: members.length, converted: 30 },
    control: { people: controls.length, converted: 6 },
  });
  const longer = await reportOf(s.db, s.workspaceId, id, { ...goal, days: 8 }, new Date('2026-05-12T10:00:00Z'));
  expect(longer.conversions?.target.converted).toBe(40);
  const now = members.slice(1);
  const withPhone = now.filter((name) => Number(name.slice(1)) % 4 === 0).length;
  expect(quality).toMatchObject({ one: now.length - withPhone, two: withPhone, more: 0, invalid: 0, sizeLower: null });
  // Who was taken out is no row that could be unreadable.
  expect(quality.received).toBe(members.length);
});

it('compares those alone who came in, and had their days, while the same share was the control group', async () => {
  const silver = (from: number, to: number, at: string) =>
    s.send(
      Array.from({ length: to - from }, (_, i) => `q${from + i}`).map((userId) => ({
        type: 'identify',
        userId,
        traits: { email: emailOf(userId), tier: 'silver' },
      })),
      at,
    );
  const definition = { property: 'tier', op: 'is', value: 'silver' } as const;
  await silver(0, 100, '2026-05-20T08:00:00Z');
  const plan = { definition, schedule: { ...daily, start: '2026-05-21' }, changeBrakePercent: null };
  const id = await s.campaign({ ...plan, audience: { new: { name: 'Silver' } } }, '2026-05-20T10:00:00Z');
  const comparedAt = async (at: string) => {
    const { conversions } = await reportOf(s.db, s.workspaceId, id, { event: 'Bought', days: 1 }, new Date(at));
    const { target, control, compared } = conversions ?? {};
    return { target: target?.people, control: control?.people, converted: [target?.converted, control?.converted], compared };
  };
  const edit = async (controlPercent: number | null, at: string) => {
    const { draft } = await campaignDetail(s.db, s.workspaceId, id);
    await saveDraft(s.db, s.workspaceId, id, { ...draft, controlPercent }, new Date(at));
    await scheduleCampaign(s.db, s.workspaceId, id, new Date(at), null);
  };
  await s.tick('2026-05-21T09:00:05Z');
  expect(await comparedAt('2026-05-22T09:00:00Z')).toMatchObject({ target: 100, control: 0, compared: null });

  // Switched on: of those who are in already, nobody is compared.
  await edit(50, '2026-05-21T10:00:00Z');
  await s.tick('2026-05-22T09:00:05Z');
  const from = new Date('2026-05-22T09:00:00Z');
  const on = { from, until: null, controlPercent: 50 };
  expect(await comparedAt('2026-05-23T09:00:00Z')).toMatchObject({ target: 0, control: 0, compared: on });
  await silver(100, 180, '2026-05-23T08:00:00Z');
  await s.tick('2026-05-23T09:00:05Z');
  const newcomers = Array.from({ length: 80 }, (_, i) => `q${100 + i}`);
  await bought(newcomers, '2026-05-23T10:00:00Z');
  const before = await comparedAt('2026-05-24T09:00:00Z');
  const groups = [before.target ?? 0, before.control ?? 0] as const;
  expect(groups[0] + groups[1]).toBe(80);
  expect(Math.min(...groups)).toBeGreaterThan(15);
  expect(before).toMatchObject({ converted: groups, compared: on });

  // Switched off: the control group joins, and stays what it was. Who comes now, or less than the days before, is in no comparison.
  await silver(180, 200, '2026-05-24T08:00:00Z');
  await s.tick('2026-05-24T09:00:05Z');
  await edit(null, '2026-05-24T10:00:00Z');
  await silver(200, 220, '2026-05-24T20:00:00Z');
  await s.tick('2026-05-25T08:59:59Z');
  await s.tick('2026-05-25T09:00:05Z');
  const off = { from, until: new Date('2026-05-25T09:00:00Z'), controlPercent: 50 };
  const after = await comparedAt('2026-05-30T09:00:00Z');
  expect(after.compared).toEqual(off);
  expect((after.target ?? 0) + (after.control ?? 0)).toBe(100);
  const { conversions } = await reportOf(s.db, s.workspaceId, id, { event: 'Bought', days: 2 }, new Date('2026-05-30T09:00:00Z'));
  expect(conversions).toMatchObject({ target: { people: groups[0] }, control: { people: groups[1] } });

  // Another share begins anew.
  await edit(20, '2026-05-25T10:00:00Z');
  await s.tick('2026-05-26T09:00:05Z');
  const anew = { from: new Date('2026-05-26T09:00:00Z'), until: null, controlPercent: 20 };
  expect(await comparedAt('2026-05-30T09:00:00Z')).toEqual({ target: 0, control: 0, converted: [0, 0], compared: anew });
});

it('is told of a crowd that Postgres has no statistics of, too', async () => {
  const crowd = Array.from({ length: 2500 }, (_, i) => `r${i}`);
  await s.send(
    crowd.map((userId) => ({ type: 'identify', userId, traits: { email: emailOf(userId), tier: 'bronze' } })),
    '2026-06-10T08:00:00Z',
  );
  const definition = { property: 'tier', op: 'is', value: 'bronze' } as const;
  const id = await s.campaign({ definition, controlPercent: 20, audience: { new: { name: 'Bronze' } } }, '2026-06-10T09:00:00Z');
  await s.tick('2026-06-10T09:00:05Z');
  await bought(crowd.slice(0, 1000), '2026-06-11T09:00:00Z');
  const { conversions } = await reportOf(s.db, s.workspaceId, id, { event: 'Bought', days: 7 }, new Date('2026-06-20T09:00:00Z'));
  const { target, control } = conversions ?? {};
  expect([(target?.people ?? 0) + (control?.people ?? 0), (target?.converted ?? 0) + (control?.converted ?? 0)]).toEqual([2500, 1000]);
});

it('refuses a goal that never came, and a campaign without an audience', async () => {
  const [campaign] = await s.db.sql<{ id: string }[]>`select id from campaigns limit 1`;
  const at = new Date('2026-05-08T10:00:00Z');
  await expect(reportOf(s.db, s.workspaceId, campaign?.id ?? '', { event: 'Flew', days: 7 }, at)).rejects.toMatchObject({
    code: 'unprocessable',
    field: 'goal',
  });
  await expect(reportOf(s.db, s.workspaceId, '00000000-0000-4000-8000-000000000000', null, at)).rejects.toMatchObject({
    code: 'not_found',
  });
});

it('counts who signed in after they joined as one person, with what they bought then', async () => {
  const guests = ['g0', 'g1', 'g2'].map((name) => ({
    type: 'identify',
    anonymousId: `${name}-device`,
    traits: { email: emailOf(name), guest: true },
  }));
  await s.send(guests, '2026-07-01T08:00:00Z');
  await s.send([{ type: 'identify', userId: 'g0', traits: { plan: 'free' } }], '2026-07-01T08:00:00Z');
  const definition = { property: 'guest', op: 'is', value: true } as const;
  const id = await s.campaign(
    { name: 'guests', definition, audience: { new: { name: 'guests' } }, schedule: { kind: 'now' } },
    '2026-07-01T09:00:00Z',
  );
  await s.tick('2026-07-01T09:00:01Z');
  await s.send([{ type: 'alias', userId: 'g0', previousId: 'g0-device' }], '2026-07-01T10:00:00Z');
  await bought(['g0'], '2026-07-02T10:00:00Z');
  const { conversions } = await reportOf(s.db, s.workspaceId, id, { event: 'Bought', days: 7 }, new Date('2026-07-10T10:00:00Z'));
  expect(conversions?.target).toEqual({ people: 3, converted: 1 });
});
