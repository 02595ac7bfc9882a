import { expect, test } from 'vitest';
import { parseBody, translate } from '@/lib/intake/segment-spec';
import { testDatabase, testWorkspace } from '@/tests/support/database';
import { storeRecords } from './events';
import { identifierFaults, profileDetail, searchProfiles } from './profiles';

const { db } = await testDatabase();
const id = await testWorkspace(db, { defaultCountry: 'IN' });
const now = new Date('2026-03-10T06:30:00.000Z');
const { records } = translate(
  'batch',
  parseBody(
    JSON.stringify({
      batch: [
        { type: 'identify', userId: 'ada-1', anonymousId: 'v1', traits: { email: 'Ada@Example.com', phone: '98765 43210', plan: 'gold' } },
        { type: 'track', userId: 'ada-1', event: 'Bought', properties: { amount: 3 }, timestamp: '2026-03-09T00:00:00Z' },
        { type: 'identify', userId: 'bob-1', traits: { email: 'nonsense' }, timestamp: '2026-03-01T00:00:00Z' },
        { type: 'track', anonymousId: 'v2', event: 'Opened', timestamp: '2026-03-02T00:00:00Z' },
      ],
    }),
  ),
  0,
  { defaultCountry: 'IN', receivedAt: now },
);
await storeRecords(db, { id, zone: 'Asia/Kolkata', defaultCountry: 'IN' }, records, now);

test('a profile is found by any of its ids, by its email and by its phone, however written', async () => {
  for (const text of ['ada-1', 'ada', ' v1 ', 'ADA@example.com', '+91 98765-43210', '9876543210']) {
    expect([text, (await searchProfiles(db, id, text)).map((profile) => profile.name)]).toEqual([text, ['ada-1']]);
  }
  expect(await searchProfiles(db, id, 'nobody@example.com')).toEqual([]);
  expect(await searchProfiles(db, id, "%' or 1=1")).toEqual([]);
  expect((await searchProfiles(db, id, '')).map((profile) => [profile.name, profile.anonymous])).toEqual([
    ['ada-1', false],
    ['v2', true],
    ['bob-1', false],
  ]);
});

test('its page has ids, properties, which identifiers exist, and the timeline; another workspace sees nothing', async () => {
  const [ada] = await searchProfiles(db, id, 'ada-1');
  const detail = await profileDetail(db, id, ada?.profileId ?? '');
  expect(detail).toMatchObject({
    name: 'ada-1',
    has: ['email', 'phone'],
    properties: { plan: 'gold' },
    ids: [
      { kind: 'user', value: 'ada-1' },
      { kind: 'anonymous', value: 'v1' },
    ],
    timeline: [{ name: 'Bought', properties: { amount: 3 } }],
    audiences: [],
  });
  expect(await profileDetail(db, await testWorkspace(db), ada?.profileId ?? '')).toBeNull();
  expect(await profileDetail(db, id, 'x')).toBeNull();
});

test('faults are counted by identifier', async () => {
  expect(await identifierFaults(db, id)).toEqual([{ identifier: 'email', count: 1, lastDay: '2026-03-10' }]);
});
