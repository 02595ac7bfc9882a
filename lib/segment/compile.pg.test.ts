import { PgDialect } from 'drizzle-orm/pg-core';
import fc from 'fast-check';
import { beforeAll, expect, it } from 'vitest';
import { storeRecords } from '@/db/events';
import { memberIds, segmentSql } from '@/db/segments';
import { workspaceById } from '@/db/workspaces';
import { parseBody, translate } from '@/lib/intake/segment-spec';
import { testDatabase, testWorkspace } from '@/tests/support/database';
import { type OracleProfile, qualifies } from '@/tests/support/segment-oracle';
import { type Definition, parseDefinition } from './definition';

/** Seed of the random definitions and histories; SEGMENT_SEED repeats a run, SEGMENT_RUNS makes it longer. */
const seed = Number(process.env.SEGMENT_SEED ?? Math.floor(Math.random() * 2 ** 31));
const runs = Number(process.env.SEGMENT_RUNS ?? 300);

const { db } = await testDatabase();

/** Around each: a DST day, a month's end, a leap day; in zones of odd offsets. */
const moments = [
  { zone: 'Asia/Kathmandu', at: '2028-03-01T00:10:00.000Z' },
  { zone: 'America/Sao_Paulo', at: '2018-11-04T15:00:00.000Z' },
  { zone: 'Europe/London', at: '2026-10-25T01:30:00.000Z' },
  { zone: 'Australia/Lord_Howe', at: '2026-04-05T03:00:00.000Z' },
];

const names = ['Viewed', 'Bought', 'Añadió 🛒'];
const texts = [
  '',
  'a',
  'A',
  'shoes',
  'Shoes',
  'ſß',
  'straße',
  '10',
  '2028-02-29',
  '2026-10-25T01:30',
  '2018-11-04',
  '2026-02-30',
  '%',
  "o'b",
  'a"b\\,{c}',
];
const numbers = [0, 1, 2, 10, 50.5, 100, -3];
const keys = ['p', 'n', 'a.b', 'list', 'when', 'gone'];

const value = fc.oneof(
  fc.constantFrom(...texts),
  fc.constantFrom(...numbers),
  fc.boolean(),
  fc.constant(null),
  fc.uniqueArray(fc.constantFrom('a', 'A', 'shoes', 7), { maxLength: 3 }),
  fc.record({ b: fc.constantFrom<unknown>('a', 10, null, '2028-02-29') }),
);
const properties = fc.dictionary(fc.constantFrom(...keys, 'a'), value, { maxKeys: 4 });

const duration = fc.oneof(
  fc.record({ minutes: fc.integer({ min: 1, max: 4000 }) }),
  fc.record({ hours: fc.integer({ min: 1, max: 100 }) }),
  fc.record({ days: fc.integer({ min: 1, max: 40 }) }),
  fc.record({ weeks: fc.integer({ min: 1, max: 5 }) }),
  fc.record({ months: fc.integer({ min: 1, max: 3 }) }),
  fc.record({ years: fc.integer({ min: 1, max: 2 }) }),
);
const calendar = fc.record({ days: fc.integer({ min: 1, max: 40 }) });

const window = (around: number) => {
  const day = fc.integer({ min: -40, max: 3 }).map((n) => new Date(around + n * 86_400_000).toISOString().slice(0, 10));
  return fc.oneof(
    fc.constantFrom('ever', 'today', 'yesterday', 'thisMonth', 'previousMonth'),
    fc.record({ last: duration }),
    fc.record({ on: day }),
    fc.record({ before: day }),
    fc.record({ after: day }),
    fc.tuple(day, day).map(([a, b]) => ({ between: a < b ? [a, b] : [b, a] })),
    fc.record({ exactly: calendar }),
    fc.tuple(calendar, calendar).map(([a, b]) => ({ ago: a.days > b.days ? { from: a, to: b } : { from: b, to: a } })),
  );
};

const text = fc.constantFrom(...texts);
const number = fc.constantFrom(...numbers);
const range = fc.tuple(number, number).map(([a, b]) => [Math.min(a, b), Math.max(a, b)]);
const days = fc.tuple(fc.constantFrom('2018-11-04', '2026-10-24'), fc.constantFrom('2026-10-25', '2028-02-29'));
const property = (extra: string[]) => {
  const name = fc.constantFrom(...keys, ...extra);
  const op = <V>(ops: string[], of: fc.Arbitrary<V>) => fc.record({ property: name, op: fc.constantFrom(...ops), value: of });
  return fc.oneof(
    fc.record({ property: name, op: fc.constantFrom('exists', 'notExists') }),
    fc.record({
      property: name,
      op: fc.constantFrom('is', 'isNot', 'contains', 'notContains', 'startsWith', 'endsWith'),
      value: text,
      ignoreCase: fc.boolean(),
    }),
    op(['is', 'isNot'], fc.boolean()),
    fc.record({
      property: name,
      op: fc.constantFrom('isOneOf', 'isNoneOf'),
      value: fc.uniqueArray(text, { minLength: 1, maxLength: 3 }),
      ignoreCase: fc.boolean(),
    }),
    op(['matches'], fc.constantFrom('^a', 'o', '^[0-9]+$', 's$')),
    op(['eq', 'ne', 'gt', 'gte', 'lt', 'lte'], number),
    op(['between'], range),
    op(['containsAny', 'containsAll', 'containsNone'], fc.uniqueArray(fc.constantFrom('a', 'A', 'shoes'), { minLength: 1 })),
    op(['dateBefore', 'dateAfter'], fc.constantFrom('2018-11-04', '2026-10-25', '2026-10-25T01:30', '2026-10-25T00:30Z', '2028-02-29')),
    op(['dateOn'], fc.constantFrom('2018-11-04', '2026-10-25', '2028-02-29')),
    op(['dateBetween'], days),
    op(['inLast', 'inNext', 'notInLast'], duration),
    op(['anniversaryIn'], fc.record({ days: fc.integer({ min: 0, max: 30 }) })),
  );
};

const compare = fc.oneof(
  fc.tuple(fc.constantFrom('eq', 'ne', 'gt', 'gte', 'lt', 'lte'), fc.constantFrom(0, 1, 2, 2.5, 3)).map(([op, n]) => ({ [op]: n })),
  fc.constant({ between: [1, 2] }),
);

const definition = (around: number) =>
  fc.letrec<{ node: unknown }>((tie) => {
    const event = fc.oneof(fc.constantFrom(...names, 'Never'), fc.uniqueArray(fc.constantFrom(...names), { minLength: 1 }));
    const where = fc.option(fc.array(property([]), { minLength: 1, maxLength: 2 }), { nil: undefined });
    const within = fc.option(window(around), { nil: undefined });
    const zero = fc.option(fc.boolean(), { nil: undefined });
    return {
      node: fc.oneof(
        { depthSize: 'small', withCrossShrink: true },
        fc.record({ did: event, where, within, count: fc.option(compare, { nil: undefined }), includeZero: zero }),
        fc.record({ didNot: event, where, within }),
        property(['$country', '$lastSeen']),
        fc.record({ has: fc.constantFrom('email', 'phone', 'reachable') }),
        fc.record({ all: fc.array(tie('node'), { minLength: 1, maxLength: 3 }) }),
        fc.record({ any: fc.array(tie('node'), { minLength: 1, maxLength: 3 }) }),
        fc.record({ not: tie('node') }),
      ),
    };
  }).node;

const history = (around: number) =>
  fc.record({
    properties,
    hasEmail: fc.boolean(),
    events: fc.array(
      fc.record({
        name: fc.constantFrom(...names),
        // Whole hours, so that some fall exactly on a window's end; some after the evaluation.
        hours: fc.integer({ min: -1000, max: 48 }),
        minutes: fc.constantFrom(0, 0, 10, 30),
        properties,
      }),
      { maxLength: 6 },
    ),
    around: fc.constant(around),
  });

const clean = (json: unknown): unknown => JSON.parse(JSON.stringify(json));

for (const { zone, at } of moments) {
  const around = Date.parse(at);
  let workspaceId: Awaited<ReturnType<typeof testWorkspace>>;
  const people = new Map<string, OracleProfile>();

  beforeAll(async () => {
    workspaceId = await testWorkspace(db, { zone, defaultCountry: null });
    const batch: Record<string, unknown>[] = [];
    for (const [i, one] of fc.sample(history(around), { numRuns: 120, seed }).entries()) {
      const userId = `u${i}`;
      const timestamp = new Date(around - 2000 * 3_600_000).toISOString();
      const traits = { ...(clean(one.properties) as object), ...(one.hasEmail ? { email: `${userId}@example.com` } : {}) };
      batch.push({ type: 'identify', userId, traits, timestamp, messageId: `${zone}-${i}` });
      const events = one.events.map((event, j) => {
        const time = new Date(around + event.hours * 3_600_000 + event.minutes * 60_000);
        batch.push({
          type: 'track',
          userId,
          event: event.name,
          properties: clean(event.properties),
          timestamp: time.toISOString(),
          messageId: `${zone}-${i}-${j}`,
        });
        return { name: event.name, time: time.getTime(), properties: clean(event.properties) as Record<string, unknown> };
      });
      const lastSeen = new Date(Math.max(Date.parse(timestamp), ...events.map((event) => event.time)));
      people.set(userId, {
        properties: clean(one.properties) as Record<string, unknown>,
        builtIn: { $country: undefined, $lastSeen: lastSeen },
        has: one.hasEmail ? ['email'] : [],
        bucket: 0,
        lists: [],
        events,
      });
    }
    const workspace = await workspaceById(db, workspaceId);
    const receivedAt = new Date(around + 90 * 86_400_000);
    const body = parseBody(JSON.stringify({ batch }));
    const { records, rejected } = translate('batch', body, 0, { defaultCountry: null, receivedAt });
    expect(rejected).toEqual([]);
    await storeRecords(db, workspace, records, receivedAt);
  });

  it(`selects exactly those the oracle selects, in ${zone} (SEGMENT_SEED=${seed})`, async () => {
    await fc.assert(
      fc.asyncProperty(definition(around), async (json) => {
        const parsed = parseDefinition(clean(json));
        const found = new Set<string>();
        for await (const member of memberIds(db, workspaceId, parsed, new Date(at))) if ('userId' in member) found.add(member.userId);
        const wanted = [...people]
          .filter(([, profile]) => qualifies(parsed, profile, { at: new Date(at), zone }))
          .map(([userId]) => userId);
        expect([...found].sort()).toEqual(wanted.sort());
      }),
      { numRuns: runs, seed },
    );
  });
}

it('never writes what is slow or cannot be distributed, and binds every value', async () => {
  const workspaceId = await testWorkspace(db);
  const hostile = "'; drop table profiles; --";
  const dialect = new PgDialect();
  for (const json of fc.sample(definition(Date.parse('2026-10-25T00:00:00Z')), { numRuns: 300, seed })) {
    const segment = await segmentSql(db, workspaceId, parseDefinition(clean(json)), new Date('2026-10-25T00:00:00Z'));
    const { sql } = dialect.sqlToQuery(segment);
    expect(sql).not.toMatch(/\bnot in\b|\bintersect\b|\bexcept\b|\bunion\b|\bnow\(\)|current_|\bwith\b/i);
  }
  const definition_: Definition = parseDefinition({ all: [{ did: hostile }, { property: hostile, op: 'is', value: hostile }] });
  expect(dialect.sqlToQuery(await segmentSql(db, workspaceId, definition_, new Date())).sql).not.toContain('drop table');
});
