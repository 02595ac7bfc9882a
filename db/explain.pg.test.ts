import { beforeAll, describe, expect, it } from 'vitest';
import type { WorkspaceId } from '@/lib/auth';
import { translate } from '@/lib/intake/segment-spec';
import { parseDefinition } from '@/lib/segment/definition';
import { testDatabase, testWorkspace } from '@/tests/support/database';
import { storeRecords } from './events';
import { explain } from './explain';
import { profileOfUser } from './profiles';
import { saveSegment } from './segments';
import { workspaceById } from './workspaces';

const { db } = await testDatabase();
const now = new Date('2026-11-21T06:00:00Z');

describe('an explanation, in Asia/Kolkata on 21 November 11:30', () => {
  let workspaceId: WorkspaceId;
  let profileId: string;

  beforeAll(async () => {
    workspaceId = await testWorkspace(db);
    const did = (event: string, timestamp: string, properties: Record<string, unknown> = {}) => ({
      type: 'track',
      userId: 'asha',
      event,
      timestamp,
      properties,
    });
    await send([
      {
        type: 'identify',
        userId: 'asha',
        timestamp: '2026-01-05T00:00:00Z',
        traits: { email: 'asha@example.com', plan: 'pro', renews: '2026-12-01' },
      },
      did('Purchased', '2026-11-01T05:00:00Z', { amount: 500 }),
      did('Purchased', '2026-11-16T18:29:00Z', { amount: 700 }),
      did('Purchased', '2026-11-20T05:00:00Z', { amount: 40, note: 'x'.repeat(300) }),
      did('Added to Cart', '2026-11-20T02:00:00Z', { product: 'Boots' }),
      did('Added to Cart', '2026-11-21T05:30:00Z', { product: 'Socks' }),
    ]);
    profileId = await profileOfUser(db, workspaceId, 'asha');
  });

  async function send(calls: object[], to = workspaceId) {
    const batch = calls.map((call, i) => ({ messageId: `${to}-${i}`, ...call }));
    const { records } = translate('batch', { batch } as Parameters<typeof translate>[1], 0, { defaultCountry: null, receivedAt: now });
    await storeRecords(db, await workspaceById(db, to), records, now);
  }

  const explained = async (json: unknown, at = now) => {
    const definition = parseDefinition(json);
    return JSON.parse(JSON.stringify(await explain(db, workspaceId, definition, profileId, at, now)));
  };

  it('counts, shows the newest and tells the midnight at which one too many has left', async () => {
    expect(await explained({ did: 'Purchased', count: { gte: 2 }, within: { last: { days: 7 } } })).toEqual({
      did: 'Purchased',
      count: { gte: 2 },
      within: { last: { days: 7 } },
      phrase: 'did “Purchased” at least twice in the last 7 days',
      answer: true,
      // 16 November 23:59 in Kolkata is in the last 7 days to the end of the 23rd.
      changesAt: '2026-11-23T18:30:00.000Z',
      because: {
        kind: 'events',
        count: 2,
        newest: [
          { event: 'Purchased', time: '2026-11-20T05:00:00.000Z', properties: { note: `${'x'.repeat(200)}…`, amount: 40 } },
          { event: 'Purchased', time: '2026-11-16T18:29:00.000Z', properties: { amount: 700 } },
        ],
      },
    });
  });

  it('tells the number of an aggregate, and the events it was made of', async () => {
    const condition = { did: 'Purchased', aggregate: { fn: 'avg', property: 'amount', gte: 400 }, within: 'thisMonth' };
    expect(await explained(condition)).toMatchObject({
      answer: true,
      changesAt: '2026-11-30T18:30:00.000Z',
      because: { count: 3, value: 413.333333, newest: [{ properties: { amount: 40 } }, {}, {}] },
    });
  });

  it('shows what came nearest where nothing fits', async () => {
    expect(await explained({ did: 'Purchased', within: 'today' })).toMatchObject({
      answer: false,
      changesAt: null,
      because: { count: 0, newest: [], nearest: { time: '2026-11-20T05:00:00.000Z', misses: 'window' } },
    });
    const dear = { did: 'Purchased', where: [{ property: 'amount', op: 'gt', value: 1000 }] };
    expect(await explained(dear)).toMatchObject({ because: { count: 0, nearest: { properties: { amount: 40 }, misses: 'filters' } } });
    expect(await explained({ did: 'Never seen' })).toMatchObject({ answer: false, because: { kind: 'events', count: 0, newest: [] } });
  });

  it('pairs the steps of a sequence, and of a broken one waits for its gap', async () => {
    const sequence = [{ did: 'Added to Cart' }, { did: 'Purchased' }];
    expect(await explained({ sequence, gap: { hours: 24 }, within: { last: { days: 1 } } })).toMatchObject({
      answer: true,
      changesAt: '2026-11-21T18:30:00.000Z',
      because: {
        pairs: [
          {
            first: { time: '2026-11-20T02:00:00.000Z' },
            second: { time: '2026-11-20T05:00:00.000Z' },
            deadline: '2026-11-21T02:00:00.000Z',
          },
          { first: { time: '2026-11-21T05:30:00.000Z' }, second: null },
        ],
      },
    });
    const broken = [{ did: 'Added to Cart' }, { didNot: 'Purchased' }];
    const boots = { properties: { product: 'Boots' } };
    const socks = { properties: { product: 'Socks' } };
    expect(await explained({ sequence: broken, gap: { days: 1 } })).toMatchObject({
      answer: false,
      changesAt: '2026-11-22T05:30:00.000Z',
      because: {
        pairs: [
          { first: boots, second: {} },
          { first: socks, second: null, deadline: '2026-11-22T05:30:00.000Z' },
        ],
      },
    });
    expect(await explained({ sequence: broken, gap: { hours: 2 } })).toMatchObject({
      answer: true,
      changesAt: null,
      because: { pairs: [{ first: boots, second: null, deadline: '2026-11-20T04:00:00.000Z' }, { first: socks }] },
    });
  });

  it('tells which was the first or last, and the day on which that stops being so long ago', async () => {
    expect(
      await explained({ did: 'Purchased', occurrence: 'last', within: { ago: { from: { days: 10 }, to: { days: 3 } } } }),
    ).toMatchObject({
      answer: false,
      changesAt: '2026-11-22T18:30:00.000Z',
      because: { kind: 'occurrence', event: { time: '2026-11-20T05:00:00.000Z' } },
    });
  });

  it('shows properties as they are, of identifiers only that they are there', async () => {
    const tree = await explained({
      all: [
        { property: 'plan', op: 'isOneOf', value: ['pro', 'team'] },
        { property: 'renews', op: 'inNext', value: { days: 7 } },
        { property: 'gone', op: 'notExists' },
        { has: 'email' },
        { has: 'phone' },
        { bucket: [0, 999] },
      ],
    });
    expect(tree).toMatchObject({
      answer: false,
      changesAt: null,
      all: [
        { answer: true, because: { kind: 'property', value: 'pro' } },
        { answer: false, changesAt: '2026-11-23T18:30:00.000Z', because: { value: '2026-12-01' } },
        { answer: true, because: { value: null } },
        { answer: true, because: { kind: 'has', has: true } },
        { answer: false, because: { kind: 'has', has: false } },
        { answer: true, because: { kind: 'bucket', bucket: expect.any(Number) } },
      ],
    });
    expect(JSON.stringify(tree)).not.toContain('example.com');
  });

  it('explains the segments it refers to', async () => {
    const buyers = parseDefinition({ did: 'Purchased', within: { last: { hours: 48 } } });
    await saveSegment(db, workspaceId, { key: 'buyers', name: 'Buyers', definition: buyers }, null, now);
    const changesAt = '2026-11-22T05:00:00.000Z';
    expect(await explained({ not: { segment: 'buyers' } })).toMatchObject({
      answer: false,
      changesAt,
      not: { answer: true, changesAt, because: { name: 'Buyers', explained: { did: 'Purchased', because: { count: 1 } } } },
    });
  });

  it('sees nothing later than the instant it is asked for', async () => {
    expect(await explained({ did: 'Purchased', within: { last: { days: 7 } } }, new Date('2026-11-15T00:00:00Z'))).toMatchObject({
      answer: false,
      changesAt: null,
      because: { count: 0, nearest: { time: '2026-11-01T05:00:00.000Z' } },
    });
  });

  it('is of the size of a screen for somebody with very many events', async () => {
    const busy = await testWorkspace(db);
    const events = Array.from({ length: 3000 }, (_, i) => ({
      type: 'track',
      userId: 'busy',
      event: 'Opened',
      timestamp: new Date(now.getTime() - i * 60_000).toISOString(),
      messageId: `opened-${i}`,
      properties: { amount: 1 },
    }));
    await send(events.slice(0, 1500), busy);
    await send(events.slice(1500), busy);
    const busyId = await profileOfUser(db, busy, 'busy');
    const at = (json: unknown) => explain(db, busy, parseDefinition(json), busyId, now, now);
    const hours = { last: { hours: 40 } };
    // The 1,001st newest happened 1,000 minutes ago and leaves 40 hours after it did.
    expect(await at({ did: 'Opened', count: { gt: 1000 }, within: hours })).toMatchObject({
      changesAt: new Date(now.getTime() + (2400 - 1000) * 60_000),
      because: { count: 2400, newest: { length: 5 } },
    });
    const sum = await at({ did: 'Opened', aggregate: { fn: 'sum', property: 'amount', gt: 1000 }, within: hours });
    // An aggregate may turn at each of them: so far ahead nobody looks.
    expect(sum).toMatchObject({ answer: true, changesAt: null, steadyUntil: new Date(now.getTime() + 500 * 60_000) });
  });
});
