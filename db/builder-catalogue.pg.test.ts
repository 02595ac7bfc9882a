import { describe, expect, it } from 'vitest';
import { storeRecords } from '@/db/events';
import { saveSegment } from '@/db/segments';
import { workspaceById } from '@/db/workspaces';
import { translate } from '@/lib/intake/segment-spec';
import { testDatabase, testWorkspace } from '@/tests/support/database';
import { builderCatalogue } from './builder-catalogue';

const { db } = await testDatabase();

describe('the pick lists of the builder', () => {
  it('offer events by frequency with their properties, values by frequency, all countries, segments, and nobody else’s', async () => {
    const now = new Date('2026-03-16T10:00:00Z');
    const workspaceId = await testWorkspace(db, { zone: 'Asia/Kolkata' });
    const workspace = await workspaceById(db, workspaceId);
    const track = (userId: string, event: string, properties: object) => ({ type: 'track', userId, event, properties });
    const calls = [
      { type: 'identify', userId: 'a', traits: { plan: 'Pro', age: 30, address: { country: 'India' } } },
      { type: 'identify', userId: 'b', traits: { plan: 'Free', address: { country: 'India' } } },
      { type: 'identify', userId: 'c', traits: { plan: 'Pro', address: { country: 'BR' } } },
      track('a', 'Bought', { amount: 10, product: 'Boots' }),
      track('a', 'Seen', { product: 'Hat' }),
      track('b', 'Seen', { product: 'Boots', at: '2026-03-01' }),
      track('c', 'Seen', { product: 'Boots' }),
    ].map((call, i) => ({ messageId: `m${i}`, timestamp: now.toISOString(), ...call }));
    const { records } = translate('batch', { batch: calls } as Parameters<typeof translate>[1], 0, { ...workspace, receivedAt: now });
    await storeRecords(db, workspace, records, now);
    await saveSegment(db, workspaceId, { key: 'buyers', name: 'Buyers', definition: { did: 'Bought' } }, null, now);

    const { zone, events, profileProperties, segments } = await builderCatalogue(db, workspaceId, 'Asia/Kolkata');
    expect(zone).toBe('Asia/Kolkata');
    expect(events.map(({ name, count }) => [name, count])).toEqual([
      ['Seen', 3],
      ['Bought', 1],
    ]);
    expect(events[0]?.properties).toEqual([
      { name: 'at', type: 'date', values: [] },
      {
        name: 'product',
        type: 'text',
        values: [
          { value: 'Boots', count: 2 },
          { value: 'Hat', count: 1 },
        ],
      },
    ]);
    expect(events[1]?.properties.map(({ name, type }) => [name, type])).toEqual([
      ['amount', 'number'],
      ['product', 'text'],
    ]);
    const country = profileProperties.find(({ name }) => name === '$country');
    expect(country?.values.slice(0, 2)).toEqual([
      { value: 'IN', label: 'India' },
      { value: 'BR', label: 'Brazil' },
    ]);
    expect(country?.values.find(({ value }) => value === 'NP')?.label).toBe('Nepal');
    expect(profileProperties.find(({ name }) => name === 'plan')?.values).toEqual([
      { value: 'Pro', count: 2 },
      { value: 'Free', count: 1 },
    ]);
    expect(segments).toEqual([{ key: 'buyers', name: 'Buyers' }]);

    const other = await builderCatalogue(db, await testWorkspace(db), 'UTC');
    expect([other.events, other.segments]).toEqual([[], []]);
    expect(other.profileProperties.every(({ name }) => name.startsWith('$'))).toBe(true);
  });
});
