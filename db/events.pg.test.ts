import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import type { IntakeRecord, Properties } from '@/lib/intake/record';
import { parseBody, type SegmentCall, translate } from '@/lib/intake/segment-spec';
import { testDatabase, testWorkspace } from '@/tests/support/database';
import { listEvents, propertiesOf } from './catalogue';
import { openDatabase } from './client';
import { type IntakeWorkspace, storeRecords } from './events';

const { db, url } = await testDatabase();
let workspace: IntakeWorkspace;

beforeEach(async () => {
  workspace = { id: await testWorkspace(db, { zone: 'Asia/Kolkata' }), zone: 'Asia/Kolkata', defaultCountry: 'IN' };
});

const noon = new Date('2026-03-10T06:30:00.000Z');

/** As it would come over the wire: through the same translation as a request. */
function read(call: SegmentCall, body: object, receivedAt = noon): IntakeRecord[] {
  const text = JSON.stringify(body);
  return translate(call, parseBody(text), Buffer.byteLength(text), { defaultCountry: workspace.defaultCountry, receivedAt }).records;
}

const send = (call: SegmentCall, body: object, receivedAt = noon) => storeRecords(db, workspace, read(call, body, receivedAt), receivedAt);

type ProfileRow = {
  id: string;
  properties: Properties;
  mask: number;
  firstSeen: Date;
  lastSeen: Date;
  country: string | null;
  city: string | null;
};

const profiles = () => db.sql<ProfileRow[]>`
  select profile_id::text as id, properties, identifier_mask as mask, first_seen as "firstSeen", last_seen as "lastSeen", country, city
  from profiles where workspace_id = ${workspace.id} order by profile_id`;

const ids = async () => {
  const rows = await db.sql<{ id: string; value: string }[]>`
    select profile_id::text as id, kind || ':' || value as value from profile_ids where workspace_id = ${workspace.id} order by 2`;
  return new Map(rows.map((row) => [row.value, row.id]));
};

const eventRows = () => db.sql<
  { id: string; name: string; time: Date; amount: number | null; label: string | null; properties: Properties }[]
>`
  select e.profile_id::text as id, n.name, e.time, e.amount, e.label, e.properties from events e join event_names n using (event_id)
  where e.workspace_id = ${workspace.id} order by e.time, n.name`;

/** Events and roll-ups are written together, so they must say the same; and every event must belong to a profile that is there. */
async function expectConsistent(): Promise<void> {
  const wrong = await db.sql`
    with truth as (
      select workspace_id, profile_id, event_id, count(*) as count, min(time) as first_time, max(time) as last_time, sum(coalesce(amount, 0)) as sum
      from events group by 1, 2, 3
    )
    select * from truth t full join profile_events p using (workspace_id, profile_id, event_id)
    where t.count is distinct from p.count or t.first_time is distinct from p.first_time or t.last_time is distinct from p.last_time
      or abs(t.sum - p.sum) > 1e-6`;
  expect(wrong).toEqual([]);
  const orphans =
    await db.sql`select from events e where not exists (select from profiles p where p.workspace_id = e.workspace_id and p.profile_id = e.profile_id)`;
  expect(orphans.length).toBe(0);
  const lost =
    await db.sql`select from profile_ids i where not exists (select from profiles p where p.workspace_id = i.workspace_id and p.profile_id = i.profile_id)`;
  expect(lost.length).toBe(0);
  const volumes = await db.sql`
    select from (select workspace_id, event_id, sum(count) as n from event_volumes group by 1, 2) v
    full join (select workspace_id, event_id, count(*) as n from events group by 1, 2) e using (workspace_id, event_id) where v.n is distinct from e.n`;
  expect(volumes.length).toBe(0);
}

describe('a profile', () => {
  test('is made by its first call and keeps the earliest and latest timestamp of its calls', async () => {
    await send('track', { userId: 'u1', event: 'Opened', timestamp: '2026-03-05T10:00:00Z' });
    await send('identify', { userId: 'u1', traits: { plan: 'gold', vip: null }, timestamp: '2026-03-01T00:00:00Z' });
    await send('identify', { userId: 'u1', traits: { plan: 'silver' }, timestamp: '2026-03-07T00:00:00Z' });
    const [profile, ...others] = await profiles();
    expect(others).toEqual([]);
    expect(profile).toMatchObject({ properties: { plan: 'silver', vip: null }, mask: 0 });
    expect(profile?.firstSeen.toISOString()).toBe('2026-03-01T00:00:00.000Z');
    expect(profile?.lastSeen.toISOString()).toBe('2026-03-07T00:00:00.000Z');
    await expectConsistent();
  });

  test('has its identifiers as digests, and no raw email, phone or name anywhere', async () => {
    await send('identify', {
      userId: 'u1',
      traits: {
        email: ' Mary@Example.COM ',
        phone: '11 96123-4567',
        firstName: 'Mary',
        lastName: 'Doe-Quixote',
        birthday: '1990-05-07',
        gender: 'female',
        address: { city: 'São Paulo', state: 'SP', postalCode: '01310-100', country: 'Brazil', street: 'Paulista 1' },
      },
    });
    const [row] =
      await db.sql`select encode(email, 'hex') as email, encode(phone, 'hex') as phone, num_nonnulls(email, phone, gender, birth_year,
      birth_month, birth_day, first_name, last_name, first_initial, city, state, zip, country) as n, fingerprint::text from profile_identifiers`;
    expect(row?.email).toBe('f1904cf1a9d73a55fa5de0ac823c4403ded71afd4c3248d00bdcd0866552bb79');
    expect(row?.n).toBe(13);
    const [profile] = await profiles();
    expect(profile).toMatchObject({ country: 'BR', city: 'São Paulo', properties: { address: { street: 'Paulista 1' } } });
    const dump =
      await db.sql`select to_jsonb(p)::text as a from profiles p union all select to_jsonb(i)::text from profile_identifiers i union all select to_jsonb(v)::text from property_values v`;
    expect(dump.map((d) => d.a).join()).not.toMatch(/mary|quixote|96123/i);
  });

  test('loses an identifier that is set to null and keeps one that comes in no readable form, which is counted', async () => {
    await send('identify', { userId: 'u1', traits: { email: 'a@example.com', phone: '98765 43210' } });
    const [before] = await db.sql`select fingerprint::text as f from profile_identifiers`;
    await send('identify', { userId: 'u1', traits: { email: 'nonsense', phone: null } }, new Date('2026-03-11T00:00:00Z'));
    const [row] =
      await db.sql`select email is not null as email, phone is not null as phone, fingerprint::text as f from profile_identifiers where workspace_id = ${workspace.id}`;
    expect(row).toMatchObject({ email: true, phone: false });
    expect(row?.f).not.toBe(before?.f);
    expect((await profiles())[0]?.mask).toBe(1);
    const faults = await db.sql`select identifier, count::int from identifier_faults where workspace_id = ${workspace.id}`;
    expect(faults).toEqual([{ identifier: 'email', count: 1 }]);
  });
});

describe('identity', () => {
  test('an anonymous visitor who identifies becomes that user, with all events', async () => {
    await send('track', { anonymousId: 'a1', event: 'Opened', timestamp: '2026-03-05T10:00:00Z' });
    await send('identify', { anonymousId: 'a1', userId: 'u1', traits: { plan: 'gold' } });
    const known = await ids();
    expect(known.get('anonymous:a1')).toBe(known.get('user:u1'));
    expect((await profiles()).length).toBe(1);
    await expectConsistent();
  });

  test('merging moves events, roll-ups and ids, and the known profile’s properties win', async () => {
    await send('identify', { anonymousId: 'a1', traits: { plan: 'free', theme: 'dark', email: 'old@example.com', phone: '98765 43210' } });
    await send('track', { anonymousId: 'a1', event: 'Bought', properties: { amount: 5 }, timestamp: '2026-01-05T10:00:00Z' });
    await send('identify', { userId: 'u1', traits: { plan: 'gold', email: 'new@example.com' } });
    await send('track', { userId: 'u1', event: 'Bought', properties: { amount: 7 }, timestamp: '2026-03-05T10:00:00Z' });
    await send('identify', { userId: 'u1', anonymousId: 'a1' });
    const [profile, ...others] = await profiles();
    expect(others).toEqual([]);
    expect(profile?.properties).toEqual({ plan: 'gold', theme: 'dark' });
    expect(profile?.firstSeen.toISOString()).toBe('2026-01-05T10:00:00.000Z');
    expect(profile?.mask).toBe(3);
    const [row] =
      await db.sql`select encode(email, 'hex') = encode(sha256('new@example.com'), 'hex') as email, phone is not null as phone from profile_identifiers where workspace_id = ${workspace.id}`;
    expect(row).toEqual({ email: true, phone: true });
    const [rollUp] = await db.sql`select count, sum, first_time from profile_events where workspace_id = ${workspace.id}`;
    expect(rollUp).toMatchObject({ count: 2, sum: 12 });
    await send('track', { anonymousId: 'a1', event: 'Bought', timestamp: '2026-03-06T10:00:00Z' });
    expect(new Set((await eventRows()).map((event) => event.id))).toEqual(new Set([profile?.id]));
    await expectConsistent();
  });

  test('amounts however large are stored, one after the other, merged, and where they are no number any more', async () => {
    const { db: own } = await testDatabase();
    const there = { ...workspace, id: await testWorkspace(own) };
    const store = (json: string) => {
      const { records } = translate('track', parseBody(json), 0, { defaultCountry: null, receivedAt: noon });
      return storeRecords(own, there, records, noon);
    };
    for (const amount of ['1', '1.7e308', '1.6e308', '1e400']) {
      await store(`{"userId":"u1","event":"Bought","messageId":"${amount}","properties":{"amount":${amount}}}`);
    }
    await store('{"anonymousId":"a1","event":"Bought","properties":{"amount":1.7e308}}');
    await store('{"userId":"u1","anonymousId":"a1","event":"Bought"}');
    expect([...(await own.sql`select count from profile_events`)]).toEqual([{ count: 6 }]);
    expect([...(await own.sql`select amount from events where amount is not null order by amount`)]).toEqual(
      [1, 1.6e308, 1.7e308, 1.7e308].map((amount) => ({ amount })),
    );
  });

  test('a shared device does not melt two users into one', async () => {
    await send('identify', { userId: 'u1', anonymousId: 'a1' });
    await send('identify', { userId: 'u2', anonymousId: 'a1' });
    const known = await ids();
    expect(known.get('user:u1')).not.toBe(known.get('user:u2'));
    expect(known.get('anonymous:a1')).toBe(known.get('user:u1'));
  });

  test('alias joins two known profiles, in either order of arrival, and chains of them', async () => {
    await send('track', { userId: 'old', event: 'Bought', timestamp: '2026-03-01T10:00:00Z' });
    await send('track', { userId: 'mid', event: 'Bought', timestamp: '2026-03-02T10:00:00Z' });
    await send('batch', {
      batch: [
        { type: 'track', userId: 'new', event: 'Bought', timestamp: '2026-03-03T10:00:00Z' },
        { type: 'alias', previousId: 'old', userId: 'mid' },
        { type: 'alias', previousId: 'mid', userId: 'new' },
        { type: 'alias', previousId: 'never-seen', userId: 'new' },
      ],
    });
    await send('track', { userId: 'never-seen', event: 'Bought', timestamp: '2026-03-04T10:00:00Z' });
    const known = await ids();
    expect(new Set(known.values()).size).toBe(1);
    expect((await profiles()).length).toBe(1);
    const [rollUp] = await db.sql`select count from profile_events where workspace_id = ${workspace.id}`;
    expect(rollUp?.count).toBe(4);
    await expectConsistent();
  });
});

describe('an event', () => {
  test('is stored once however often it is sent, by messageId or by what it says', async () => {
    const one = { type: 'track', userId: 'u1', event: 'Bought', properties: { amount: 3 }, timestamp: '2026-03-01T10:00:00Z' };
    const batch = { batch: [{ ...one, messageId: 'm1' }, { ...one, messageId: 'm1' }, one, one, { ...one, messageId: 'm2' }] };
    expect(await send('batch', batch)).toEqual({ stored: 3, duplicates: 2 });
    expect(await send('batch', batch, new Date('2026-03-12T00:00:00Z'))).toEqual({ stored: 0, duplicates: 5 });
    expect((await eventRows()).length).toBe(3);
    await expectConsistent();
  });

  test('that repeats a message under an id never seen before is dropped, and leaves no id without a profile', async () => {
    await send('track', { userId: 'u1', event: 'Bought', messageId: 'm1' });
    expect(await send('track', { userId: 'u2', event: 'Bought', messageId: 'm1' })).toEqual({ stored: 0, duplicates: 1 });
    expect((await profiles()).length).toBe(2);
    await expectConsistent();
  });

  test('of another workspace with the same messageId is another event', async () => {
    const one = { userId: 'u1', event: 'Bought', messageId: 'm1' };
    await send('track', one);
    workspace = { ...workspace, id: await testWorkspace(db) };
    expect(await send('track', one)).toEqual({ stored: 1, duplicates: 0 });
    expect((await profiles()).length).toBe(1);
  });

  test('has its amount and label beside the JSON, chosen at first sight and never changed', async () => {
    const day = (n: number) => `2026-03-0${n}T10:00:00Z`;
    await send('track', { userId: 'u1', event: 'Bought', timestamp: day(1) });
    await send('track', {
      userId: 'u1',
      event: 'Bought',
      timestamp: day(2),
      properties: { orderId: 'o1', category: 'shoes', amount: '12', quantity: 2, price: 9 },
    });
    await send('track', {
      userId: 'u1',
      event: 'Bought',
      timestamp: day(3),
      properties: { category: 7, price: 'free', amount: 4, plan: 'x' },
    });
    await send('track', { userId: 'u1', event: 'Bought', timestamp: day(4), properties: { category: 'x'.repeat(3_000), price: -1.5 } });
    const rows = await eventRows();
    expect(rows.map((row) => row.amount)).toEqual([null, 9, null, -1.5]);
    expect(rows.map((row) => row.label?.length ?? null)).toEqual([null, 5, null, 500]);
    expect(rows[3]?.properties.category).toBe('x'.repeat(500));
    await expectConsistent();
  });

  test('that Postgres could not hold is made to fit: NUL, half surrogates, long names', async () => {
    const text =
      '{"userId":"u\\u00001","event":"Bought\\ud800","properties":{"a\\u0000":"\\udfffx\\u0000","emoji":"\\ud83d\\ude00","deep":{"x":["\\u0000"]}}}';
    const records = translate('track', parseBody(text), text.length, { defaultCountry: null, receivedAt: noon }).records;
    await storeRecords(db, workspace, records, noon);
    const [row] = await eventRows();
    expect(row).toMatchObject({ name: 'Bought\uFFFD', properties: { a: '\uFFFDx', emoji: '😀', deep: { x: [''] } } });
    await send('track', {
      userId: 'u'.repeat(512),
      event: '名'.repeat(512),
      properties: { ['名'.repeat(900)]: '名'.repeat(900), label: 'é'.repeat(4_000) },
    });
    await expectConsistent();
  });

  test('lands in its month, whichever, and only a wrong clock is refused', async () => {
    for (const timestamp of ['1997-01-31T23:59:59.999Z', '2024-02-29T12:00:00Z', '2026-03-10T06:35:00.000Z']) {
      await send('track', { userId: 'u1', event: 'Bought', timestamp });
    }
    expect((await eventRows()).map((row) => row.time.toISOString())).toEqual([
      '1997-01-31T23:59:59.999Z',
      '2024-02-29T12:00:00.000Z',
      '2026-03-10T06:35:00.000Z',
    ]);
  });
});

describe('the catalogue', () => {
  test('has names, daily volumes in the workspace’s zone, types and top values', async () => {
    await send('batch', {
      batch: [
        {
          type: 'track',
          userId: 'u1',
          event: 'Bought',
          timestamp: '2026-03-09T19:00:00Z',
          properties: { plan: 'gold', n: 1, at: '2026-01-01', ok: true, tags: ['a'] },
        },
        { type: 'track', userId: 'u1', event: 'Bought', timestamp: '2026-03-09T18:00:00Z', properties: { plan: 'gold', n: 2 } },
        { type: 'track', userId: 'u1', event: 'Bought', timestamp: '2026-03-01T18:00:00Z', properties: { plan: 'free', n: null } },
        { type: 'identify', userId: 'u1', traits: { city: 'Pune', renewsOn: '2026-06-01' } },
      ],
    });
    const [event] = await listEvents(db, workspace.id, noon);
    expect(event).toMatchObject({ name: 'Bought', total: 3 });
    expect(event?.lastSeen.toISOString()).toBe('2026-03-09T19:00:00.000Z');
    expect(event?.volume.length).toBe(30);
    expect(event?.volume.filter((day) => day.count > 0)).toEqual([
      { day: '2026-03-01', count: 1 },
      { day: '2026-03-09', count: 1 },
      { day: '2026-03-10', count: 1 },
    ]);
    expect(await propertiesOf(db, workspace.id, 'Bought')).toEqual([
      { name: 'at', type: 'date', values: [] },
      { name: 'n', type: 'number', values: [] },
      { name: 'ok', type: 'boolean', values: [] },
      {
        name: 'plan',
        type: 'text',
        values: [
          { value: 'gold', count: 2 },
          { value: 'free', count: 1 },
        ],
      },
      { name: 'tags', type: 'list', values: [] },
    ]);
    expect((await propertiesOf(db, workspace.id, null)).map((p) => [p.name, p.type])).toEqual([
      ['city', 'text'],
      ['renewsOn', 'date'],
    ]);
    expect(await propertiesOf(db, workspace.id, 'Never')).toEqual([]);
  });

  test('keeps at most a hundred values of a property', async () => {
    const batch = Array.from({ length: 300 }, (_, i) => ({
      type: 'track',
      userId: 'u1',
      event: 'Bought',
      messageId: `m${i}`,
      properties: { order: `o${i}` },
    }));
    await send('batch', { batch });
    const [property] = await propertiesOf(db, workspace.id, 'Bought');
    expect(property?.values.length).toBe(100);
  });
});

test('two processes that write the same people at once lose nothing, merge right and never deadlock', async () => {
  const others = [openDatabase(url, 2), openDatabase(url, 2), db];
  const batches = Array.from({ length: 36 }, (_, b) =>
    read('batch', {
      batch: Array.from({ length: 60 }, (_, i) => {
        const n = (b * 7 + i * 13) % 40;
        const base = { messageId: `m${b % 30}-${i}`, timestamp: new Date(noon.getTime() - (b * 60 + i) * 60_000).toISOString() };
        if (i % 10 === 9)
          return { type: 'identify', ...base, userId: `u${n}`, anonymousId: `a${n}`, traits: { email: `u${n}@example.com`, n: b } };
        if (i % 3 === 0)
          return { type: 'track', ...base, anonymousId: `a${n}`, event: `E${n % 5}`, properties: { amount: i, category: `c${n % 3}` } };
        return { type: 'track', ...base, userId: `u${n}`, event: `E${n % 5}`, properties: { amount: i } };
      }),
    }),
  );
  const results = await Promise.all(batches.map((records, i) => storeRecords(others[i % 3] ?? db, workspace, records, noon)));
  const stored = results.reduce((sum, result) => sum + result.stored, 0);
  const [{ count } = { count: 0 }] = await db.sql<{ count: number }[]>`select count(*)::int from event_digests`;
  expect(stored).toBe(30 * 60);
  expect(count).toBeGreaterThanOrEqual(30 * 60);
  const known = await ids();
  for (let n = 0; n < 40; n++)
    if (known.has(`anonymous:a${n}`) && known.has(`user:u${n}`))
      expect([n, known.get(`anonymous:a${n}`)]).toEqual([n, known.get(`user:u${n}`)]);
  await expectConsistent();
  await Promise.all(others.slice(0, 2).map((other) => other.close()));
}, 60_000);

test('however the same calls are cut into requests, the people, what is known of them and their events come out the same', async () => {
  const maybe = <T>(value: T) => fc.constantFrom(undefined, null, value, `other ${value}`);
  const traits = fc.record({
    plan: maybe('pro'),
    city: maybe('Pune'),
    email: fc.constantFrom(undefined, null, 'a@example.com', 'b@example.com'),
  });
  const call = fc.record({
    kind: fc.constantFrom('track', 'both', 'anonymous', 'alias'),
    user: fc.integer({ min: 0, max: 4 }),
    anonymous: fc.integer({ min: 0, max: 4 }),
    traits: fc.option(traits),
    cut: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(call, { minLength: 1, maxLength: 25 }), async (calls) => {
      const shape = async (cuts: boolean) => {
        workspace = { ...workspace, id: await testWorkspace(db) };
        let batch: object[] = [];
        const flush = async () => {
          if (batch.length > 0) await send('batch', { batch });
          batch = [];
        };
        for (const [i, { kind, user, anonymous, traits, cut }] of calls.entries()) {
          const said = traits
            ? { type: 'identify', traits: { plan: traits.plan, email: traits.email, address: { city: traits.city } } }
            : { type: 'track', event: 'E', properties: { i } };
          const base = { ...said, messageId: `m${i}`, timestamp: new Date(noon.getTime() - 1e6 + i).toISOString() };
          if (kind === 'track') batch.push({ ...base, userId: `u${user}` });
          if (kind === 'both') batch.push({ ...base, userId: `u${user}`, anonymousId: `a${anonymous}` });
          if (kind === 'anonymous') batch.push({ ...base, anonymousId: `a${anonymous}` });
          if (kind === 'alias') batch.push({ type: 'alias', userId: `u${user}`, previousId: `u${anonymous}` });
          if (cuts && cut) await flush();
        }
        await flush();
        const known = [...(await ids())];
        const events = await eventRows();
        const people = new Map((await profiles()).map((profile) => [profile.id, profile]));
        const emails = new Map(
          (
            await db.sql`select profile_id::text as id, encode(email, 'hex') as email from profile_identifiers where workspace_id = ${workspace.id}`
          ).map((row) => [row.id, row.email]),
        );
        return known.map(([key, id]) => {
          const { id: _, ...said } = people.get(id) ?? { id };
          return {
            key,
            with: known.filter(([, other]) => other === id).map(([other]) => other),
            events: events.filter((event) => event.id === id).map((event) => event.properties.i),
            said,
            email: emails.get(id) ?? null,
          };
        });
      };
      expect(await shape(true)).toEqual(await shape(false));
    }),
    { numRuns: Number(process.env.CUT_RUNS ?? 25) },
  );
  await expectConsistent();
}, 120_000);
