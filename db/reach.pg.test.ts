import { beforeEach, describe, expect, test, vi } from 'vitest';
import type { WorkspaceId } from '@/lib/auth';
import { bucketOf, sampleBuckets } from '@/lib/identity/bucket';
import { parseBody, translate } from '@/lib/intake/segment-spec';
import { parseDefinition } from '@/lib/segment/definition';
import { testDatabase, testWorkspace } from '@/tests/support/database';
import { storeRecords } from './events';
import { estimateFunnel, estimateReach, funnel, reach } from './reach';
import { sampleSize } from './samples';
import { saveSegment } from './segments';

const { db } = await testDatabase();
const noon = new Date('2026-03-10T06:30:00.000Z');
let workspaceId: WorkspaceId;

beforeEach(async () => {
  workspaceId = await testWorkspace(db, { zone: 'UTC' });
});

async function send(batch: object[]): Promise<void> {
  const { records } = translate('batch', parseBody(JSON.stringify({ batch })), 0, { defaultCountry: 'IN', receivedAt: noon });
  await storeRecords(db, { id: workspaceId, zone: 'UTC', defaultCountry: 'IN' }, records, noon);
}

const bought = parseDefinition({ did: 'Bought' });

test('reach counts who qualifies, and of them who has an identifier that is sent', async () => {
  const event = { type: 'track', event: 'Bought' };
  await send([
    { ...event, userId: 'u1' },
    { ...event, userId: 'u2', context: { traits: { email: 'u2@example.com' } } },
    { ...event, userId: 'u3', context: { device: { advertisingId: '3f2504e0-4f89-41d3-9a0c-0305e82c3301' } } },
    { type: 'identify', userId: 'u2', traits: { email: 'u2@example.com', phone: '98765 43210' } },
    { type: 'identify', userId: 'u4', traits: { email: 'u4@example.com' } },
  ]);
  const byIdentifier = { email: 1, phone: 1, mobileAdvertiserId: 1 };
  expect(await reach(db, workspaceId, bought, noon, noon)).toEqual({ qualify: 3, reachable: 2, byIdentifier, exact: true });
  const sent = await reach(db, workspaceId, bought, noon, noon, { sent: ['phone', 'firstName'] });
  expect(sent).toEqual({ qualify: 3, reachable: 1, byIdentifier, exact: true });
});

test('a funnel tells how many remain after each condition, whatever its kind, and how many of the last can be reached', async () => {
  const people = [
    { id: 'u1', events: ['Viewed'], traits: { email: 'u1@example.com', plan: 'pro' } },
    { id: 'u2', events: ['Viewed', 'Bought'], traits: { email: 'u2@example.com', plan: 'pro' } },
    { id: 'u3', events: ['Viewed'], traits: { plan: 'pro' } },
    { id: 'u4', events: ['Viewed', 'Searched'], traits: { plan: 'free' } },
    { id: 'u5', events: ['Viewed', 'Searched'], traits: { phone: '98765 43210', plan: 'pro' } },
    { id: 'u6', events: ['Searched'], traits: { email: 'u6@example.com', plan: 'pro' } },
  ];
  const calls = people.flatMap(({ id, events, traits }) => [
    { type: 'identify', userId: id, traits },
    ...events.map((event) => ({ type: 'track', event, userId: id })),
  ]);
  await send(calls);
  const parts = [
    { did: 'Viewed' },
    { not: { all: [{ did: 'Bought' }, { did: 'Viewed', count: { gte: 1 } }] } },
    { property: 'plan', op: 'is', value: 'pro' },
    { any: [{ has: 'email' }, { did: 'Searched' }] },
  ];
  const steps = async (json: unknown, sent?: ['email']) => {
    const found = await funnel(db, workspaceId, parseDefinition(json), noon, noon, { sent });
    return [...found.steps.map((step) => step.remaining), found.reachable];
  };
  expect(await steps({ all: parts })).toEqual([5, 4, 3, 2, 2]);
  expect(await steps({ all: parts }, ['email'])).toEqual([5, 4, 3, 2, 1]);
  expect(await steps({ all: [...parts].reverse() })).toEqual([5, 4, 3, 2, 2]);
  expect(await steps({ didNot: 'Bought' })).toEqual([5, 3]);
  const many = [...parts, ...Array.from({ length: 8 }, () => ({ has: 'reachable' }))];
  expect(await steps({ all: many })).toEqual([5, 4, 3, 2, 2, 2, 2, 2, 2]);
});

const running = () => db.sql`
  select from pg_stat_activity where datname = current_database() and state = 'active' and query ~ 'identifier_mask|profiles_sample' and pid <> pg_backend_pid()`;

const askers = { reach, estimateReach, funnel, estimateFunnel };

test.each(Object.entries(askers))('an aborted %s stops in Postgres too, and its connection is good for the next', async (_, ask) => {
  await send([{ type: 'track', event: 'Bought', userId: 'u1' }]);
  const controller = new AbortController();
  await db.orm.transaction(async (blocker) => {
    await blocker.execute('lock table profiles, profiles_sample in access exclusive mode');
    const counting = ask(db, workspaceId, bought, noon, noon, { signal: controller.signal });
    const refused = expect(counting).rejects.toThrow('nobody waits any more');
    while ((await running()).length === 0);
    controller.abort(new Error('nobody waits any more'));
    await refused;
    await vi.waitFor(async () => expect((await running()).length).toBe(0));
  });
  expect(await reach(db, workspaceId, bought, noon, noon)).toMatchObject({ qualify: 1 });
});

test.each(Object.entries(askers))('a %s that nobody waits for any more does not begin', async (_, ask) => {
  const counting = ask(db, workspaceId, bought, noon, noon, { signal: AbortSignal.abort(new Error('gone')) });
  await expect(counting).rejects.toThrow('gone');
});

describe('an estimate', () => {
  /** Country and e-mail by the number alone; more than the hundred thousand below which there is no estimate. */
  async function manyProfiles(): Promise<void> {
    const [row] = await db.sql<
      { last: string }[]
    >`select setval('profile_id_sequence', last_value + 110000) as last from profile_id_sequence`;
    const first = Number(row?.last) - 109_999;
    const buckets = Array.from({ length: 110_000 }, (_, i) => bucketOf(String(first + i)));
    await db.sql`
      insert into profiles (workspace_id, profile_id, first_seen, last_seen, bucket, country, identifier_mask)
      select ${workspaceId}, ${first}::bigint + i - 1, ${noon}::timestamptz, ${noon}::timestamptz, bucket, case when i % 10 < 3 then 'IN' when i % 1000 = 5 then 'NZ' else 'DE' end,
        case when i % 2 = 0 then 1 else 0 end
      from unnest(${`{${buckets.join(',')}}`}::text::smallint[]) with ordinality as t(bucket, i)`;
    await db.sql`insert into profiles_sample select * from profiles where workspace_id = ${workspaceId} and bucket < ${sampleBuckets}`;
  }
  const from = (country: string) => parseDefinition({ property: '$country', op: 'is', value: country });
  const estimate = (json: unknown) => estimateReach(db, workspaceId, parseDefinition(json), noon, noon);

  test('of a large workspace holds the exact number within its margin, and splits as it does', async () => {
    await manyProfiles();
    const exact = await reach(db, workspaceId, from('IN'), noon, noon);
    const found = await estimateReach(db, workspaceId, from('IN'), noon, noon, { sent: ['email'] });
    expect(exact).toMatchObject({ qualify: 33_000, reachable: 22_000 });
    if (!found || found.exact) throw new Error('no estimate');
    expect(Math.abs(found.qualify - exact.qualify)).toBeLessThanOrEqual(found.margin);
    expect(found.margin).toBeLessThan(3_300);
    expect(Math.abs(found.reachable - exact.reachable)).toBeLessThan(2_000);
    expect(found.byIdentifier).toEqual({ email: found.reachable, phone: 0, mobileAdvertiserId: 0 });
  });

  test('of a funnel is made of the same sample', async () => {
    await manyProfiles();
    const definition = parseDefinition({ all: [{ not: { property: '$country', op: 'is', value: 'DE' } }, { has: 'email' }] });
    const exact = await funnel(db, workspaceId, definition, noon, noon);
    const found = await estimateFunnel(db, workspaceId, definition, noon, noon);
    expect(exact).toMatchObject({ steps: [{ remaining: 33_110 }, { remaining: 22_000 }], reachable: 22_000, exact: true });
    expect(found).toMatchObject({ reachable: found?.steps[1]?.remaining, exact: false });
    for (const [i, { remaining }] of exact.steps.entries())
      expect(Math.abs((found?.steps[i]?.remaining ?? 0) - remaining)).toBeLessThan(remaining * 0.15);
  });

  test('knows how unsure the number of all is where it is reckoned from a sample that has grown a little', async () => {
    await manyProfiles();
    const counted = await sampleSize(db, workspaceId);
    expect(counted).toMatchObject({ all: 110_000, allSpread: 0 });
    await db.sql`
      insert into profiles_sample (workspace_id, profile_id, first_seen, last_seen, bucket, identifier_mask)
      select ${workspaceId}, nextval('profile_id_sequence'), ${noon}::timestamptz, ${noon}::timestamptz, 0, 0 from generate_series(1, 9)`;
    const { sampled, all, allSpread } = await sampleSize(db, workspaceId);
    const share = counted.sampled / counted.all;
    expect(sampled).toBe(counted.sampled + 9);
    expect(all).toBe(Math.round(sampled / share));
    // Of nine that came into the sample: the spread of a count of those who came, each in the sample with that chance.
    expect(allSpread).toBeCloseTo(Math.sqrt(9 * (1 - share)) / share, 6);
  });

  test('is not made of a small workspace, of a small segment, or of one that asks for the bucket', async () => {
    await send([{ type: 'track', event: 'Bought', userId: 'u1' }]);
    expect(await estimate({ did: 'Bought' })).toBeNull();
    await manyProfiles();
    expect(await estimate({ property: '$country', op: 'is', value: 'NZ' })).toBeNull();
    expect(await estimate({ all: [{ property: '$country', op: 'is', value: 'IN' }, { not: { bucket: [0, 499] } }] })).toBeNull();
    const definition = parseDefinition({ bucket: [0, 499] });
    await saveSegment(db, workspaceId, { key: 'half', name: 'Half', definition }, null, noon);
    expect(await estimate({ segment: 'half' })).toBeNull();
    expect(await estimate({ property: '$country', op: 'isNot', value: 'IN' })).not.toBeNull();
  });
});
