import { type SQL, sql } from 'drizzle-orm';
import { beforeAll, describe, expect, it } from 'vitest';
import { segmentSql } from '@/db/segments';
import type { WorkspaceId } from '@/lib/auth';
import { testDatabase } from '@/tests/support/database';
import type { SegmentCall } from '@/tests/support/segment-people';
import { type Population, selectedIds, store } from '@/tests/support/segment-population';
import { parseDefinition } from './definition';

const { db } = await testDatabase();
const now = '2026-03-16T10:00:00Z';
const at = new Date(now);
const month = { last: { days: 30 } };

const bought = (userId: string, timestamp: string, properties: SegmentCall['properties']): SegmentCall => ({
  type: 'track',
  userId,
  event: 'Bought',
  timestamp,
  messageId: `${userId} ${timestamp}`,
  properties,
});

describe('the plan', () => {
  let workspaceId: WorkspaceId;

  beforeAll(async () => {
    const calls = Array.from({ length: 3000 }, (_, i) =>
      bought(`u${i % 300}`, new Date(at.getTime() - i * 900_000).toISOString(), { amount: i, category: `c${i % 5}`, size: 'xl' }),
    );
    const batches = [calls.slice(0, 1000), calls.slice(1000, 2000), calls.slice(2000)];
    ({ workspaceId } = await store(db, { zone: 'Asia/Kolkata', now, batches }));
    await db.sql`vacuum analyze`;
    // What vacuum says by itself, unless somebody (an automatic analyze) looks at the database at that moment.
    await db.sql`update pg_class set relallvisible = relpages where relkind = 'r' and relname ~ '^(events|profile)'`;
  });

  /** What it would be over tables too large to be read from end to end. */
  async function planOf(json: unknown, more: { among?: string[] } = {}): Promise<string> {
    const segment: SQL = await segmentSql(db, workspaceId, parseDefinition(json), at, more);
    return db.orm.transaction(async (tx) => {
      await tx.execute(sql`set local enable_seqscan = off`);
      await tx.execute(sql`set local enable_bitmapscan = off`);
      const lines = await tx.execute<{ 'QUERY PLAN': string }>(sql`explain (costs off) ${segment}`);
      return lines.map((line) => line['QUERY PLAN']).join('\n');
    });
  }

  const readsEventIndexAlone = /Index Only Scan using events_\d+/;
  const visitsEvents = /Index Scan using events_\d+/;
  const where = (property: string, op: string, value?: unknown, more: object = {}) => ({
    did: 'Bought',
    within: month,
    where: [{ property, op, ...(value === undefined ? {} : { value }), ...more }],
  });

  it.each([
    { did: 'Bought', within: { last: { days: 2 } } },
    { did: 'Bought', within: month, count: { gte: 3 } },
    { did: 'Bought', within: month, hours: [9, 17], weekdays: ['sat'] },
    where('amount', 'gt', 100),
    where('amount', 'between', [1, 5]),
    where('category', 'is', 'c1'),
    where('category', 'isNot', 'c1'),
    where('category', 'isOneOf', ['c1', 'c2']),
    where('category', 'contains', 'C', { ignoreCase: true }),
    where('category', 'matches', '^c[12]$'),
    where('category', 'dateOn', '2026-03-01'),
    { did: 'Bought', within: month, aggregate: { fn: 'sum', property: 'amount', gt: 100 } },
    { did: 'Bought', within: month, aggregate: { fn: 'max', property: 'amount', gt: 100 } },
    { sequence: [{ did: 'Bought' }, { did: 'Bought' }], gap: { hours: 2 }, within: month },
  ])('reads the covering index and no event: %j', async (json) => {
    const plan = await planOf(json);
    expect(plan).toMatch(readsEventIndexAlone);
    expect(plan).not.toMatch(visitsEvents);
  });

  it.each([where('size', 'is', 'xl'), where('category', 'exists'), where('amount', 'isNot', 'much'), where('category', 'is', true)])(
    'visits the events where the index does not know: %j',
    async (json) => {
      expect(await planOf(json)).toMatch(visitsEvents);
    },
  );

  it.each([
    { did: 'Bought' },
    { did: 'Bought', within: month },
    { didNot: 'Bought', within: month },
    { did: 'Bought', count: { gte: 3 } },
    { did: 'Bought', aggregate: { fn: 'avg', property: 'amount', gt: 10 } },
    { did: 'Bought', occurrence: 'first', within: month },
    { did: 'Bought', occurrence: 'last', within: 'yesterday' },
  ])('reads the roll-up’s key and nothing beside it: %j', async (json) => {
    const plan = await planOf(json);
    expect(plan).toMatch(/Index Only Scan using profile_events_workspace_id_event_id_profile_id_pk/);
    expect(plan).not.toMatch(/Index Scan using profile_events/);
  });

  it('for a few profiles looks them up', async () => {
    const among = ['1', '2', '3'];
    const few = /Index Cond: .*profile_id = ANY \('\{1,2,3\}'/;
    expect(await planOf({ did: 'Bought', within: month }, { among })).toMatch(few);
    expect(await planOf(where('size', 'is', 'xl'), { among })).toMatch(few);
    expect(await planOf({ has: 'email' }, { among })).toMatch(few);
  });
});

describe('hostile texts', () => {
  const texts = [
    "'; drop table profiles; --",
    "' or '1'='1",
    '"; select pg_sleep(10); --',
    '$1',
    '$$x$$',
    '{a,b}',
    '{"a","b"}',
    '\\',
    "\\'",
    '%s _ % *',
    'null',
    'NULL',
    'a\nb\tc',
    '\u202e',
    '🛒',
  ];
  let population: Population;

  beforeAll(async () => {
    const calls = texts.flatMap((text, i): SegmentCall[] => [
      { type: 'identify', userId: `u${i}`, traits: { [`${text}!`]: text, list: [text] }, timestamp: now },
      { type: 'track', userId: `u${i}`, event: text, properties: { [`${text}!`]: text }, timestamp: now, messageId: `m${i}` },
    ]);
    population = await store(db, { zone: 'UTC', now, batches: [calls] });
  });

  const selected = async (json: unknown) =>
    (await selectedIds(population, parseDefinition(json), at)).flatMap((id) => [...(population.people.get(id)?.person.ids ?? [])]);

  const quoted = (text: string) => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');

  it.each(texts)('are texts wherever they stand: %j', async (text) => {
    const property = `${text}!`;
    const found = [`user:u${texts.indexOf(text)}`];
    const tests = [
      { property, op: 'exists' },
      { property, op: 'is', value: text },
      { property, op: 'isOneOf', value: [text, 'x'] },
      { property, op: 'is', value: text, ignoreCase: true },
      { property, op: 'isOneOf', value: ['x', text], ignoreCase: true },
      { property, op: 'contains', value: text },
      { property, op: 'startsWith', value: text },
      { property, op: 'endsWith', value: text },
      { property, op: 'matches', value: `^${quoted(text)}$` },
    ];
    const definitions = [
      ...tests,
      ...tests.map((test) => ({ did: text, where: [test] })),
      { property: 'list', op: 'containsAll', value: [text] },
      { did: [text] },
      { did: text, aggregate: { fn: 'distinct', property, eq: 1 } },
      { did: text, occurrence: 'last', within: 'today' },
    ];
    for (const json of definitions) expect(await selected(json), JSON.stringify(json)).toEqual(found);
    const none = {
      all: [{ did: text }, { not: { sequence: [{ did: text }, { didNot: text }], gap: { hours: 1 } } }, { didNot: `${text}x` }],
    };
    expect(await selected(none)).toEqual(found);
  });
});
