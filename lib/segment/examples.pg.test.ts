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

/** Names of the people selected, in order. */
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

describe('windows', async () => {
  // Midnight of 4 November 2018 does not exist in São Paulo: the day begins at 01:00.
  const skipped = await shop('America/Sao_Paulo', [
    { who: 'before', event: 'A', at: '2018-11-04T02:59:59.999Z' },
    { who: 'first', event: 'A', at: '2018-11-04T03:00:00.000Z' },
  ]);
  // The first hour of 2 November 2025 came twice in Havana.
  const twice = await shop('America/Havana', [
    { who: 'before', event: 'A', at: '2025-11-02T03:59:59.999Z' },
    { who: 'first', event: 'A', at: '2025-11-02T04:00:00.000Z' },
    { who: 'second', event: 'A', at: '2025-11-02T05:30:00.000Z' },
  ]);
  const hours = await shop('Asia/Kathmandu', [
    { who: 'edge', event: 'A', at: '2026-03-16T08:00:00Z' },
    { who: 'in', event: 'A', at: '2026-03-16T08:00:00.001Z' },
    { who: 'now', event: 'A', at: '2026-03-16T10:00:00Z' },
    { who: 'later', event: 'A', at: '2026-03-16T10:00:00.001Z' },
  ]);

  it('of a day hold exactly the instants of that local date', async () => {
    const day = (on: string) => ({ did: 'A', within: { on } });
    expect(await who(skipped, day('2018-11-04'), '2018-11-05T00:00:00Z')).toBe('first');
    expect(await who(skipped, day('2018-11-03'), '2018-11-05T00:00:00Z')).toBe('before');
    expect(await who(twice, day('2025-11-02'), '2025-11-03T12:00:00Z')).toBe('first second');
    expect(await who(twice, { did: 'A', within: { before: '2025-11-02' } }, '2025-11-03T12:00:00Z')).toBe('before');
  });

  it('of hours roll, without their beginning, and hold the instant of evaluation and nothing later', async () => {
    expect(await who(hours, { did: 'A', within: { last: { hours: 2 } } }, '2026-03-16T10:00:00Z')).toBe('in now');
    expect(await who(hours, { did: 'A' }, '2026-03-16T10:00:00Z')).toBe('edge in now');
    expect(await who(hours, { did: 'A', within: 'today' }, '2026-03-16T10:00:00Z')).toBe('edge in now');
  });
});

describe('aggregates', async () => {
  const shopId = await shop('UTC', [
    { who: 'thirds', event: 'A', at: '2026-03-01T00:00:00Z', properties: { n: 1 / 3 } },
    { who: 'thirds', event: 'A', at: '2026-03-01T00:00:01Z', properties: { n: 1 / 3 } },
    { who: 'thirds', event: 'A', at: '2026-03-01T00:00:02Z', properties: { n: 1 / 3 } },
    { who: 'tenths', event: 'A', at: '2026-03-01T00:00:00Z', properties: { n: 0.1 } },
    { who: 'tenths', event: 'A', at: '2026-03-01T00:00:01Z', properties: { n: 0.2 } },
    { who: 'kinds', event: 'A', at: '2026-03-01T00:00:00Z', properties: { n: 1, v: 1 } },
    { who: 'kinds', event: 'A', at: '2026-03-01T00:00:01Z', properties: { v: '1' } },
    { who: 'kinds', event: 'A', at: '2026-03-01T00:00:02Z', properties: { v: true } },
    { who: 'kinds', event: 'A', at: '2026-03-01T00:00:03Z', properties: { v: null } },
    { who: 'kinds', event: 'A', at: '2026-03-01T00:00:04Z', properties: { v: 1.0 } },
    { who: 'none', event: 'A', at: '2026-03-01T00:00:00Z', properties: { n: '7' } },
    { who: 'never', at: '2026-03-01T00:00:00Z' },
  ]);
  const aggregate = (more: object, includeZero?: boolean) => ({ did: 'A', aggregate: more, ...(includeZero ? { includeZero } : {}) });

  it.each([
    ['sums are rounded to six places', aggregate({ fn: 'sum', property: 'n', eq: 1 }), 'kinds thirds'],
    ['so are averages', aggregate({ fn: 'avg', property: 'n', eq: 0.333333 }), 'thirds'],
    ['what floats cannot say adds up', aggregate({ fn: 'sum', property: 'n', between: [0.3, 0.3] }), 'tenths'],
    ['a text is no number: 0 in sum and average', aggregate({ fn: 'sum', property: 'n', eq: 0 }), 'none'],
    ['and in the divisor too', aggregate({ fn: 'avg', property: 'n', eq: 0.2 }), 'kinds'],
    ['with zero, who never did it has the sum 0', aggregate({ fn: 'sum', property: 'n', lte: 0 }, true), 'never none'],
    ['and the average 0', aggregate({ fn: 'avg', property: 'n', lt: 0.15 }, true), 'never none'],
    ['the smallest of no number is nothing', aggregate({ fn: 'min', property: 'n', ne: 5 }), 'kinds tenths thirds'],
    ['with zero as well', aggregate({ fn: 'max', property: 'n', lt: 5 }, true), 'kinds tenths thirds'],
    ['different values are of any type, null left out', aggregate({ fn: 'distinct', property: 'v', eq: 3 }), 'kinds'],
    ['none is 0', aggregate({ fn: 'distinct', property: 'v', eq: 0 }), 'none tenths thirds'],
    ['with zero also of who never did it', aggregate({ fn: 'distinct', property: 'v', eq: 0 }, true), 'never none tenths thirds'],
  ])('%s', async (_name, definition, expected) => {
    expect(await who(shopId, definition, '2026-03-02T00:00:00Z')).toBe(expected);
  });
});

describe('first and last', async () => {
  const shopId = await shop('UTC', [
    { who: 'back', event: 'A', at: '2026-01-10T00:00:00Z' },
    { who: 'back', event: 'A', at: '2026-03-10T00:00:00Z' },
    { who: 'lapsed', event: 'A', at: '2026-01-10T00:00:00Z' },
    { who: 'red', event: 'A', at: '2026-01-10T00:00:00Z', properties: { colour: 'red' } },
    { who: 'red', event: 'A', at: '2026-03-10T00:00:00Z', properties: { colour: 'blue' } },
  ]);
  const january = { between: ['2026-01-01', '2026-01-31'] };
  const red = [{ property: 'colour', op: 'is', value: 'red' }];

  it('are of all events ever, until the evaluation', async () => {
    expect(await who(shopId, { did: 'A', occurrence: 'last', within: january }, '2026-03-16T00:00:00Z')).toBe('lapsed');
    expect(await who(shopId, { did: 'A', occurrence: 'last', within: january }, '2026-02-16T00:00:00Z')).toBe('back lapsed red');
    expect(await who(shopId, { did: 'A', occurrence: 'first', within: { after: '2026-01-31' } }, '2026-03-16T00:00:00Z')).toBe('');
  });

  it('are among those that pass the filters', async () => {
    expect(await who(shopId, { did: 'A', occurrence: 'last', where: red, within: january }, '2026-03-16T00:00:00Z')).toBe('red');
    expect(
      await who(
        shopId,
        { did: 'A', occurrence: 'first', where: [{ ...red[0], value: 'blue' }], within: 'thisMonth' },
        '2026-03-16T00:00:00Z',
      ),
    ).toBe('red');
  });
});

describe('properties', async () => {
  const shopId = await shop('Asia/Kolkata', [
    { who: 'whole', at: '2026-03-01T00:00:00Z', traits: { 'a.b': 'x', a: { b: 'y' }, list: ['p', 'q', 7] } },
    { who: 'nested', at: '2026-03-01T00:00:00Z', traits: { a: { b: 'x' }, list: 'p' } },
    { who: 'empty', at: '2026-03-01T00:00:00Z', traits: { 'a.b': null, a: { b: 'x' }, city: '', list: [] } },
    { who: 'İstanbul', at: '2026-03-01T00:00:00Z', traits: { name: 'ÉCOLE ΣΟΦΟΣ', n: 10, born: '1980-02-29' } },
    { who: 'text', at: '2026-03-01T00:00:00Z', traits: { name: 'École', n: '10', born: '1990-03-05T23:30-05:00' } },
  ]);
  const at = '2026-02-28T12:00:00+05:30';
  const test = (property: string, op: string, value?: unknown, more: object = {}) => ({
    property,
    op,
    ...(value === undefined ? {} : { value }),
    ...more,
  });

  it.each([
    ['the whole name wins, even where it is null', test('a.b', 'is', 'x'), 'nested whole'],
    ['null does not exist', test('a.b', 'exists'), 'nested whole'],
    ['an empty text does', { all: [test('list', 'exists'), test('gone', 'notExists')] }, 'empty nested whole'],
    ['letters of every alphabet have two cases', test('name', 'is', 'école σοφος', { ignoreCase: true }), 'İstanbul'],
    ['exact case otherwise', test('name', 'startsWith', 'éc'), ''],
    ['a pattern is found anywhere', test('name', 'matches', 'col'), 'text'],
    ['a number is not its text', test('n', 'eq', 10), 'İstanbul'],
    ['a negation is true of what is missing or of another type', test('n', 'ne', 10), 'empty nested text whole'],
    ['lists contain texts', test('list', 'containsAny', ['p', '7']), 'whole'],
    ['all of them', test('list', 'containsAll', ['p', 'q']), 'whole'],
    ['none of them: also what is no list', test('list', 'containsNone', ['p']), 'empty nested text İstanbul'],
    ['a date with an offset is that instant, on a local day', test('born', 'dateOn', '1990-03-06'), 'text'],
    ['before and after leave the day out', test('born', 'dateAfter', '1990-03-05'), 'text'],
    ['29 February is kept on the 28th', test('born', 'anniversaryIn', { days: 0 }), 'İstanbul'],
    ['within a week after', test('born', 'anniversaryIn', { days: 6 }), 'text İstanbul'],
  ])('%s', async (_name, definition, expected) => {
    expect(await who(shopId, definition, at)).toBe(expected);
  });
});

describe('dates ahead', async () => {
  const shopId = await shop('Asia/Kolkata', [
    { who: 'today', at: '2026-03-01T00:00:00Z', traits: { renews: '2026-03-16' } },
    { who: 'seventh', at: '2026-03-01T00:00:00Z', traits: { renews: '2026-03-23T23:59:59' } },
    { who: 'eighth', at: '2026-03-01T00:00:00Z', traits: { renews: '2026-03-24' } },
    { who: 'soon', at: '2026-03-01T00:00:00Z', traits: { renews: '2026-03-16T04:31:00Z' } },
    { who: 'past', at: '2026-03-01T00:00:00Z', traits: { renews: '2026-03-15T23:59' } },
    { who: 'never', at: '2026-03-01T00:00:00Z', traits: { renews: '2026-02-30' } },
  ]);
  const at = '2026-03-16T10:00:00+05:30';
  const renews = (op: string, value: object) => ({ property: 'renews', op, value });

  it('count whole local days from the one that is, or elapsed hours', async () => {
    expect(await who(shopId, renews('inNext', { days: 7 }), at)).toBe('seventh soon today');
    expect(await who(shopId, renews('inNext', { minutes: 1 }), at)).toBe('soon');
    expect(await who(shopId, renews('inLast', { days: 1 }), at)).toBe('past today');
    expect(await who(shopId, renews('notInLast', { days: 1 }), at)).toBe('eighth never seventh soon');
  });
});

it('what is asked of the past are events alone: profiles are as they are', async () => {
  const shopId = await shop('UTC', [
    { who: 'a', event: 'A', at: '2026-03-10T00:00:00Z' },
    { who: 'a', at: '2026-03-12T00:00:00Z', traits: { plan: 'pro' } },
  ]);
  const pro = { property: 'plan', op: 'is', value: 'pro' };
  expect(await who(shopId, { all: [{ didNot: 'A' }, pro] }, '2026-03-01T00:00:00Z')).toBe('a');
  expect(await who(shopId, { all: [{ did: 'A' }, pro] }, '2026-03-11T00:00:00Z')).toBe('a');
});
