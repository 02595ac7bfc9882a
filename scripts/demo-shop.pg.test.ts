import { expect, test } from 'vitest';
import { propertiesOf } from '@/db/catalogue';
import { identifierFaults } from '@/db/profiles';
import { testDatabase, testWorkspace } from '@/tests/support/database';
import { seed } from './demo-shop';
import { postByDatabase } from './intake-post';

const { db } = await testDatabase();
const now = new Date('2026-03-10T06:30:00.000Z');
const options = { now, profiles: 300, events: 6_000, seed: 11 };

const sums = async (workspaceId: number) => {
  const [row] = await db.sql<Record<string, number>[]>`
    select (select count(*)::int from profiles where workspace_id = ${workspaceId}) as profiles, count(*)::int as events,
      count(*) filter (where time > ${now.toISOString()}::timestamptz or time < ${now.toISOString()}::timestamptz - interval '181 days')::int as outside,
      (select count(*)::int from profiles p where p.workspace_id = ${workspaceId}
        and not exists (select from profile_ids i where i.profile_id = p.profile_id and i.kind = 'user')) as anonymous
    from events where workspace_id = ${workspaceId}`;
  return row;
};

test('the demo shop has exactly the people and events asked for, the same each time, and again changes nothing', async () => {
  const id = await testWorkspace(db, { zone: 'Europe/Berlin', defaultCountry: 'DE' });
  const post = postByDatabase(db, { id, zone: 'Europe/Berlin', defaultCountry: 'DE' });
  let progress = 0;
  await seed(post, {
    ...options,
    onProgress: (sent) => {
      progress = sent;
    },
  });
  const first = await sums(id);
  expect(first).toMatchObject({ profiles: 300, events: 6_000, outside: 0 });
  expect(first?.anonymous).toBeGreaterThan(5);
  expect(progress).toBe(6_000);
  await seed(post, options);
  expect(await sums(id)).toEqual(first);
});

test('it has something for every screen: amounts, plans, renewals, carts left behind, bad emails and phones', async () => {
  const id = await testWorkspace(db, { zone: 'Europe/Berlin', defaultCountry: 'DE' });
  await seed(postByDatabase(db, { id, zone: 'Europe/Berlin', defaultCountry: 'DE' }), options);
  const people = await propertiesOf(db, id, null);
  expect(people.map((property) => `${property.name} ${property.type}`)).toEqual([
    'createdAt date',
    'interests list',
    'loyaltyPoints number',
    'newsletter boolean',
    'plan text',
    'renewsOn date',
  ]);
  expect((await identifierFaults(db, id)).map((fault) => fault.identifier).sort()).toEqual(['email', 'phone']);
  const [left] = await db.sql<{ carts: number; bought: number; amount: number }[]>`
    select count(*) filter (where name = 'Added to Cart')::int as carts, count(*) filter (where name = 'Purchased')::int as bought,
      sum(amount) filter (where name = 'Purchased') as amount
    from events join event_names using (event_id) where events.workspace_id = ${id}`;
  expect(left?.carts).toBeGreaterThan((left?.bought ?? 0) * 2);
  expect(left?.amount).toBeGreaterThan(1_000);
});
