import { afterAll, beforeAll, expect, it } from 'vitest';
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
  expect(early.conversions).toEqual({ target: { people: 0, converted: 0 }, control: { people: 0, converted: 0 } });
  const { conversions, quality } = await reportOf(s.db, s.workspaceId, id, goal, new Date('2026-05-08T10:00:00Z'));
  expect(conversions).toEqual({
    target: { people: members.length, converted: 30 },
    control: { people: controls.length, converted: 6 },
  });
  const longer = await reportOf(s.db, s.workspaceId, id, { ...goal, days: 8 }, new Date('2026-05-12T10:00:00Z'));
  expect(longer.conversions?.target.converted).toBe(40);
  const now = members.slice(1);
  const withPhone = now.filter((name) => Number(name.slice(1)) % 4 === 0).length;
  expect(quality).toMatchObject({ one: now.length - withPhone, two: withPhone, more: 0, invalid: 0, sizeLower: null });
  expect(quality.received).toBe(members.length + 1);
});

it('refuses a goal that never came, and a campaign without an audience', async () => {
  const [campaign] = await s.db.sql<{ id: string }[]>`select id from campaigns`;
  const at = new Date('2026-05-08T10:00:00Z');
  await expect(reportOf(s.db, s.workspaceId, campaign?.id ?? '', { event: 'Flew', days: 7 }, at)).rejects.toMatchObject({
    code: 'unprocessable',
    field: 'goal',
  });
  await expect(reportOf(s.db, s.workspaceId, '00000000-0000-4000-8000-000000000000', null, at)).rejects.toMatchObject({
    code: 'not_found',
  });
});
