import { describe, expect, it } from 'vitest';
import { storeRecords } from '@/db/events';
import { memberIds } from '@/db/segments';
import { workspaceById } from '@/db/workspaces';
import type { WorkspaceId } from '@/lib/auth';
import { parseBody, translate } from '@/lib/intake/segment-spec';
import { testDatabase, testWorkspace } from '@/tests/support/database';
import { parseDefinition } from './definition';

/** docs/segment-language.md by example: the events as a shop would send them, and who is in. */

const { db } = await testDatabase();

type Fact = { who: string; event?: string; at: string; properties?: Record<string, unknown>; traits?: Record<string, unknown> };

async function shop(zone: string, facts: Fact[]): Promise<WorkspaceId> {
  const workspaceId = await testWorkspace(db, { zone, defaultCountry: null });
  const batch = facts.map(({ who, event, at, properties = {}, traits = {} }, i) => ({
    userId: who,
    timestamp: at,
    messageId: `${i}`,
    ...(event ? { type: 'track', event, properties } : { type: 'identify', traits }),
  }));
  const receivedAt = new Date('2030-01-01T00:00:00Z');
  const { records, rejected } = translate('batch', parseBody(JSON.stringify({ batch })), 0, { defaultCountry: null, receivedAt });
  expect(rejected).toEqual([]);
  await storeRecords(db, await workspaceById(db, workspaceId), records, receivedAt);
  return workspaceId;
}

async function who(workspaceId: WorkspaceId, definition: unknown, at: string): Promise<string> {
  const found: string[] = [];
  for await (const member of memberIds(db, workspaceId, parseDefinition(definition), new Date(at)))
    found.push('userId' in member ? member.userId : '?');
  return found.sort().join(' ');
}

describe('the worked examples', async () => {
  const shopId = await shop('Asia/Kolkata', [
    { who: 'A', event: 'Charged', at: '2026-03-02T10:00:00+05:30', properties: { Amount: 500 } },
    { who: 'A', event: 'Charged', at: '2026-03-03T10:00:00+05:30', properties: { Amount: 700 } },
    { who: 'A', event: 'Charged', at: '2026-03-04T10:00:00+05:30' },
    { who: 'B', event: 'Charged', at: '2026-03-09T00:05:00+05:30' },
    { who: 'C', at: '2026-03-01T00:00:00+05:30' },
    { who: 'D', event: 'Charged', at: '2026-03-08T23:59:00+05:30' },
  ]);
  const march = { between: ['2026-03-01', '2026-03-31'] };
  const known = [{ property: 'Amount', op: 'exists' }];

  it.each([
    ['did it in the last 7 days', { did: 'Charged', within: { last: { days: 7 } } }, 'B'],
    ['at most 3 times in the last 30 days', { did: 'Charged', count: { lte: 3 }, within: { last: { days: 30 } } }, 'A B D'],
    ['the same, or never', { did: 'Charged', count: { lte: 3 }, within: { last: { days: 30 } }, includeZero: true }, 'A B C D'],
    ['not in the last 7 days', { didNot: 'Charged', within: { last: { days: 7 } } }, 'A C D'],
    ['average at least 400', { did: 'Charged', within: march, aggregate: { fn: 'avg', property: 'Amount', gte: 400 } }, 'A'],
    ['average at least 401', { did: 'Charged', within: march, aggregate: { fn: 'avg', property: 'Amount', gte: 401 } }, ''],
    ['average of those known', { did: 'Charged', where: known, within: march, aggregate: { fn: 'avg', property: 'Amount', eq: 600 } }, 'A'],
    ['sum over 0, or never', { did: 'Charged', aggregate: { fn: 'sum', property: 'Amount', gt: 0 }, includeZero: true }, 'A'],
    ['exactly 7 days ago', { did: 'Charged', within: { exactly: { days: 7 } } }, 'B'],
    [
      'last between 60 and 10 days ago',
      { did: 'Charged', occurrence: 'last', within: { ago: { from: { days: 60 }, to: { days: 10 } } } },
      'A',
    ],
    ['none of several events', { didNot: ['Added to cart', 'Charged'], within: { last: { days: 30 } } }, 'C'],
  ])('%s', async (_name, definition, expected) => {
    expect(await who(shopId, definition, '2026-03-16T10:00:00+05:30')).toBe(expected);
  });
});

describe('sequences', async () => {
  const shopId = await shop('UTC', [
    { who: 'soon', event: 'A', at: '2026-03-02T10:00:00Z' },
    { who: 'soon', event: 'B', at: '2026-03-02T11:00:00Z' },
    { who: 'late', event: 'A', at: '2026-03-02T10:00:00Z' },
    { who: 'late', event: 'B', at: '2026-03-02T11:00:00.001Z' },
    { who: 'same', event: 'A', at: '2026-03-02T10:00:00Z' },
    { who: 'same', event: 'B', at: '2026-03-02T10:00:00Z' },
    { who: 'twice', event: 'A', at: '2026-03-02T10:00:00Z' },
    { who: 'twice', event: 'A', at: '2026-03-02T10:30:00Z' },
    { who: 'only', event: 'B', at: '2026-03-02T10:00:00Z' },
  ]);
  const followed = (first: string, second: string) => ({ sequence: [{ did: first }, { did: second }], gap: { hours: 1 } });
  const alone = (first: string, second: string) => ({ sequence: [{ did: first }, { didNot: second }], gap: { hours: 1 } });
  const at = '2026-03-02T12:00:00Z';

  it('ask for a B strictly later and at most the gap later', async () => {
    expect(await who(shopId, followed('A', 'B'), at)).toBe('soon');
    expect(await who(shopId, followed('A', 'B'), '2026-03-02T10:59:00Z')).toBe('');
    expect(await who(shopId, followed('A', 'A'), at)).toBe('twice');
    expect(await who(shopId, followed('A', 'Never'), at)).toBe('');
  });

  it('are broken where no B came and the gap has passed', async () => {
    expect(await who(shopId, alone('A', 'B'), at)).toBe('late same twice');
    expect(await who(shopId, alone('A', 'B'), '2026-03-02T11:00:00Z')).toBe('late same twice');
    expect(await who(shopId, alone('A', 'B'), '2026-03-02T10:59:59Z')).toBe('');
    expect(await who(shopId, alone('A', 'Never'), at)).toBe('late same soon twice');
  });
});

describe('hours, weekdays and buckets', async () => {
  const shopId = await shop('America/New_York', [
    { who: 'sat', event: 'A', at: '2026-03-07T23:30:00-05:00' },
    { who: 'sun', event: 'A', at: '2026-03-08T00:30:00-05:00' },
    { who: 'noon', event: 'A', at: '2026-03-09T12:00:00-04:00' },
  ]);

  it.each([
    [{ did: 'A', weekdays: ['sat'] }, 'sat'],
    [{ did: 'A', weekdays: ['sun', 'mon'] }, 'noon sun'],
    [{ did: 'A', hours: [22, 1] }, 'sat sun'],
    [{ did: 'A', hours: [12, 13] }, 'noon'],
    [{ did: 'A', hours: [11, 12] }, ''],
    [{ didNot: 'A', hours: [0, 12] }, 'noon sat'],
    [{ bucket: [0, 999] }, 'noon sat sun'],
  ])('%j', async (definition, expected) => {
    expect(await who(shopId, definition, '2026-03-10T00:00:00Z')).toBe(expected);
  });
});
