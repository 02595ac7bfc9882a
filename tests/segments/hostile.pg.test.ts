import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { explain } from '@/db/explain';
import { funnel, reach } from '@/db/reach';
import { AppError } from '@/lib/errors';
import { type Definition, parseDefinition, propertyConditionsOf } from '@/lib/segment/definition';
import { describe as sentence } from '@/lib/segment/describe';
import { testDatabase } from '@/tests/support/database';
import { definitions, patterns } from '@/tests/support/definition-arbitraries';
import { history } from '@/tests/support/history-arbitraries';
import { asJson } from '@/tests/support/segment-difference';
import { type Moment, moments } from '@/tests/support/segment-moments';
import type { SegmentCall } from '@/tests/support/segment-people';
import { qualifyingIds, selectedIds, store } from '@/tests/support/segment-population';

/** Whatever is handed in is refused with a path and a sentence, or answered as the oracle answers it. */
const seed = Number(process.env.SEGMENT_SEED ?? Math.floor(Math.random() * 2 ** 27));
const runs = Number(process.env.SEGMENT_RUNS ?? 3000);

const moment = moments[4] as Moment;
const at = new Date(moment.at);
const { db } = await testDatabase();

const odd: Record<string, unknown>[] = [
  { amount: 1e308, p: 1e308, when: '0000-01-01', plan: '\u2028\u202e', list: ['\ufffd'] },
  { amount: 1e308, p: -1e308, when: '0001-01-01T00:00+23:59', plan: '\ufffdx' },
  { amount: 5e-324, p: 5e-324, when: '9999-12-31T23:59:59.999-23:59', plan: '"\\\'$1%_' },
  { amount: -0, p: Number('9007199254740993'), when: '2026-10-25T00:00+99:99', plan: 'x'.repeat(490) },
  { amount: -1e308, when: '2026-10-25T23:59:60Z', plan: '\ue000' },
  { amount: '1e999', when: '-000001-01-01', plan: 'a'.repeat(490) },
  { when: '+010000-01-01', born: '2026-10-25T00:00-00:00', plan: '\ufeff' },
];

const calls: SegmentCall[] = odd.flatMap((properties, i) => [
  { type: 'identify' as const, userId: `odd${i}`, traits: { ...properties, constructor: i, toString: 'a' }, timestamp: moment.at },
  ...[0, 1].map((n) => ({
    type: 'track' as const,
    userId: `odd${i}`,
    event: 'Viewed',
    properties: { ...properties, hasOwnProperty: n },
    timestamp: moment.at,
    messageId: `odd ${i} ${n}`,
  })),
]);
const ordinary = history(moment, { later: false, count: 30, seed });
const population = await store(db, { zone: moment.zone, now: moment.at, batches: [[...calls, ...ordinary[0]], ordinary[1]] });

const refusal = (error: unknown): AppError => {
  if (error instanceof AppError && error.code === 'invalid') return error;
  throw error;
};

const hasForeignPattern = (definition: Definition) =>
  [...propertyConditionsOf(definition)].some(({ condition }) => condition.op === 'matches' && !patterns.includes(condition.value));

/** The refusal, or null where it is a definition and both answer alike. */
async function refusalOf(json: unknown): Promise<AppError | null> {
  let definition: Definition;
  try {
    definition = parseDefinition(json);
  } catch (error) {
    const { message, field } = refusal(error);
    expect(message).toMatch(/^[A-Z“"].*\.$/s);
    expect(field).toBeTypeOf('string');
    return error as AppError;
  }
  // A pattern that is read in two ways has no oracle.
  if (hasForeignPattern(definition)) {
    return reach(db, population.workspaceId, definition, at, at).then(() => null, refusal);
  }
  const selected = await selectedIds(population, definition, at);
  expect(selected, JSON.stringify(json)).toEqual(qualifyingIds(population, definition, at));
  return null;
}

const did = (more: object) => ({ did: 'Viewed', ...more });
const property = (op: string, value: unknown, name = 'when') => ({ property: name, op, value });

describe('an object no JSON could be', () => {
  const cyclic: { all: unknown[] } = { all: [] };
  cyclic.all.push(cyclic);
  const cyclicWhere: Record<string, unknown> = did({});
  cyclicWhere.where = [cyclicWhere];
  const cyclicValue: Record<string, unknown> = { property: 'x', op: 'isOneOf' };
  cyclicValue.value = [cyclicValue];
  const deepIn = (wrap: (inner: unknown) => unknown, times: number) => {
    let deep: unknown = { did: 'A' };
    for (let i = 0; i < times; i++) deep = wrap(deep);
    return deep;
  };
  it.each<[string, unknown]>([
    ['cyclic', cyclic],
    ['cyclic in where', cyclicWhere],
    ['cyclic in a value', cyclicValue],
    ['100,000 nots deep', deepIn((not) => ({ not }), 100_000)],
    ['100,000 lists deep', deepIn((inner) => [inner], 100_000)],
    ['100,000 values deep', { property: 'x', op: 'is', value: deepIn((x) => ({ x }), 100_000) }],
    ['100,000 levels deep under a key nobody knows', { did: 'A', x: deepIn((x) => ({ x }), 100_000) }],
    ['a million conditions', { any: Array.from({ length: 1_000_000 }, () => ({ did: 'A' })) }],
    ['a list with holes', { any: new Array(3) }],
    ['an array with keys', Object.assign([], { did: 'A' })],
    ['a function', () => ({ did: 'A' })],
    ['a symbol', Symbol('did')],
    ['a big integer', { did: 'A', count: { eq: 1n } }],
    ['nothing', undefined],
    ['a date', new Date(0)],
    ['a map', new Map([['did', 'A']])],
    ['a text object', { did: new String('A') }],
    ['not a number', { did: 'A', count: { eq: Number.NaN } }],
    ['infinity', { property: 'p', op: 'lt', value: Number.POSITIVE_INFINITY }],
    ['a definition inherited', Object.create({ did: 'A' })],
    ['an object that answers itself', { toJSON: () => ({ did: 'A' }) }],
  ])('is refused: %s', async (_, json) => {
    expect(await refusalOf(json)).toBeInstanceOf(AppError);
  });

  it.each([
    '{"__proto__":{"did":"A"}}',
    '{"constructor":{"prototype":{"did":"A"}}}',
    '{"did":"A","__proto__":{"count":{"eq":0},"includeZero":true}}',
    '{"did":"A","count":{"__proto__":{"eq":1}}}',
    '{"did":"A","within":{"__proto__":{"last":{"days":1}}}}',
    '{"all":[{"toString":"A"}]}',
    '{"property":"p","op":"__proto__","value":1}',
    '{"property":"p","op":"constructor"}',
    '{"property":"p","op":"toString","value":"x"}',
    '{"did":"A","aggregate":{"fn":"constructor","property":"p","eq":1}}',
    '{"has":"__proto__"}',
    '{"did":"A","weekdays":["constructor"]}',
    '{"did":"A","within":{"last":{"constructor":1}}}',
  ])('pollutes nothing and is refused: %s', async (json) => {
    expect(await refusalOf(JSON.parse(json))).toBeInstanceOf(AppError);
    expect(Object.keys(Object.prototype)).toEqual([]);
    expect(({} as { did?: string }).did).toBeUndefined();
  });
});

describe('numbers at the edge of what can be written', () => {
  const edges = [1e308, -1e308, 5e-324, -0, Number('9007199254740993'), 1e21, 0.1 + 0.2, Number.MAX_VALUE, 2 ** 31, 2 ** 63, 2 ** 64, 1e-7];
  it.each(edges)('compare as numbers do: %d', async (n) => {
    const all = [
      ...['eq', 'ne', 'gt', 'gte', 'lt', 'lte'].flatMap((op) => [
        property(op, n, 'p'),
        property(op, n, 'amount'),
        did({ count: { [op]: n }, includeZero: true }),
        did({ where: [property(op, n, 'amount')] }),
        ...['sum', 'avg', 'min', 'max', 'distinct'].flatMap((fn) =>
          ['p', 'amount'].flatMap((name) => [
            did({ aggregate: { fn, property: name, [op]: n } }),
            did({ within: 'today', aggregate: { fn, property: name, [op]: n } }),
          ]),
        ),
      ]),
      property('between', [Math.min(n, 0), Math.max(n, 0)], 'p'),
    ];
    for (const json of all) expect(await refusalOf(json)).toBeNull();
  });

  it.each([0, -1, 0.5, 1e308, 2 ** 63])('are no number of days: %d', async (n) => {
    for (const unit of ['minutes', 'hours', 'days', 'weeks', 'months', 'years']) {
      expect((await refusalOf(did({ within: { last: { [unit]: n } } })))?.field).toMatch(/^within/);
      expect((await refusalOf(property('inNext', { [unit]: n })))?.field).toMatch(/^value/);
    }
  });
});

describe('dates at the edge of the calendar', () => {
  const days = ['0001-01-01', '9999-12-31', '2011-12-30', '2026-10-25', '2028-02-29'];
  const times = ['0001-01-01T00:00+23:59', '9999-12-31T23:59:59.999-23:59', '2026-10-25T01:30', '2026-03-29T01:30', '0001-01-01T00:00Z'];
  it.each(days)('are answered: %s', async (day) => {
    for (const within of [
      { on: day },
      { before: day },
      { after: day },
      { between: [day, '9999-12-31'] },
      { between: ['0001-01-01', day] },
    ]) {
      await refusalOf(did({ within }));
      await refusalOf({ sequence: [{ did: 'Viewed' }, { didNot: 'Bought' }], gap: { weeks: 10_000 }, within });
      await refusalOf(did({ occurrence: 'last', within }));
    }
    for (const op of ['dateBefore', 'dateAfter', 'dateOn']) {
      for (const name of ['when', '$firstSeen']) await refusalOf(property(op, day, name));
      await refusalOf(did({ where: [property(op, day)] }));
    }
  });

  it.each(times)('are answered: %s', async (time) => {
    for (const op of ['dateBefore', 'dateAfter']) for (const name of ['when', '$lastSeen']) await refusalOf(property(op, time, name));
  });

  it.each(
    [10_000, 2 ** 31, Number.MAX_SAFE_INTEGER].flatMap((n) =>
      ['minutes', 'hours', 'days', 'weeks', 'months', 'years'].map((unit) => ({ [unit]: n })),
    ),
  )('are reached by the longest duration, or lie before all time: %j', async (longest) => {
    for (const op of ['inLast', 'inNext', 'notInLast']) {
      for (const name of ['when', '$firstSeen']) expect(await refusalOf(property(op, longest, name))).toBeNull();
    }
    expect(await refusalOf(did({ within: { last: longest } }))).toBeNull();
    await refusalOf(did({ within: { exactly: longest } }));
    await refusalOf(did({ within: { ago: { from: longest, to: { days: 1 } } } }));
    await refusalOf(did({ within: { ago: { from: longest, to: longest } } }));
    await refusalOf({ sequence: [{ did: 'Viewed' }, { did: 'Viewed' }], gap: longest });
    await refusalOf({ sequence: [{ did: 'Viewed' }, { didNot: 'Viewed' }], gap: longest });
  });

  it.each([
    '2026-02-30',
    '2026-13-01',
    '2026-1-1',
    '26-01-01',
    '20260101',
    'now',
    'today',
    'infinity',
    '+010000-01-01',
    '2026-10-25T25:00',
    '2026-10-25T01:30+99:99',
    '2026-10-25T01:30:60',
    '0000-01-01',
    '',
    ' 2026-10-25',
  ])('are real ones, or refused: %s', async (day) => {
    expect((await refusalOf(did({ within: { on: day } })))?.field).toBe('within.on');
    expect((await refusalOf(property('dateBefore', day)))?.field).toBe('value');
  });
});

it.each(['0001-01-01T00:00:00.000Z', '1969-12-31T23:59:59.999Z', '9999-12-31T23:59:59.999Z'])(
  'any definition is answered at the edge of time: %s',
  async (instant) => {
    for (const json of fc.sample(definitions(moment, []), { seed, numRuns: 300 })) {
      const definition = parseDefinition(asJson(json));
      const wanted = qualifyingIds(population, definition, new Date(instant));
      expect(await selectedIds(population, definition, new Date(instant)), JSON.stringify(definition)).toEqual(wanted);
    }
  },
);

describe('what is answered', () => {
  const longest = [10_000, Number.MAX_SAFE_INTEGER].flatMap((n) =>
    ['minutes', 'hours', 'days', 'weeks', 'months', 'years'].map((unit) => ({ [unit]: n })),
  );
  const elapsing = longest.filter((duration) => !('months' in duration || 'years' in duration));
  const edges: unknown[] = [
    ...longest.flatMap((duration) => [
      property('inLast', duration),
      property('inNext', duration, '$firstSeen'),
      did({ within: { last: duration } }),
    ]),
    ...longest.flatMap((duration) =>
      'minutes' in duration || 'hours' in duration
        ? []
        : [did({ occurrence: 'first', within: { ago: { from: duration, to: { days: 1 } } } })],
    ),
    ...elapsing.map((gap) => ({ sequence: [{ did: 'Viewed' }, { didNot: 'Bought' }], gap })),
    ...['0001-01-01', '9999-12-31'].flatMap((day) => [
      did({ within: { on: day } }),
      did({ within: { after: day } }),
      property('dateBefore', day),
    ]),
    ...[0, 1e9, Number.MAX_SAFE_INTEGER].map((days) => property('anniversaryIn', { days })),
    ...[1e308, 5e-324].flatMap((n) => ['sum', 'avg', 'max'].map((fn) => did({ aggregate: { fn, property: 'amount', gt: n } }))),
    property('exists', undefined, '__proto__'),
    property('is', 'x', 'constructor'),
  ].map(asJson);
  const chance = fc.sample(definitions(moment, []), { seed, numRuns: 30 }).map(asJson);

  it.each([moment.at, '9999-12-31T23:59:59.999Z'])(
    `is explained, counted and said in words, at %s (SEGMENT_SEED=${seed})`,
    async (instant) => {
      const when = new Date(instant);
      const odd = [...population.people]
        .filter(([, { person }]) => [...person.ids][0]?.startsWith('user:odd'))
        .map(([id]) => id)
        .slice(0, 4);
      for (const json of [...edges, ...chance]) {
        const definition = parseDefinition(json);
        expect(sentence(definition)).not.toMatch(/undefined|NaN|Infinity|\[object/);
        const wanted = qualifyingIds(population, definition, when);
        for (const id of odd) {
          const { answer } = await explain(db, population.workspaceId, definition, id, when, when);
          expect(answer, JSON.stringify(json)).toBe(wanted.includes(id));
        }
        const { steps } = await funnel(db, population.workspaceId, definition, when, when);
        expect(steps.at(-1)?.remaining, JSON.stringify(json)).toBe(wanted.length);
      }
    },
  );
});

/** What a text may hold that could mean something to JavaScript, JSON, a regular expression, LIKE or SQL. */
const texts = [
  "'; drop table profiles; --",
  "\\'; drop table profiles; --",
  '"',
  '\\',
  '$1',
  '$$',
  '%',
  '_',
  '{}',
  '{"a":1}',
  '$.a ? (@ == 1)',
  'a.b',
  'a.',
  '.',
  '..',
  '[0]',
  '__proto__',
  'constructor',
  'null',
  "E'\\x00'",
  '\u0000',
  'a\u0000b',
  '\ud800',
  'a\udc00b',
  '\ud83d\ude00',
  '\u202e\u2066',
  '\ufeff',
  '\r\n',
  'x'.repeat(512),
  '🛒'.repeat(256),
  'x'.repeat(100_000),
];

type Path = (string | number)[];

/** Every place in the JSON that holds such a value. */
function* placesIn(json: unknown, is: (value: unknown) => boolean, path: Path = []): Generator<Path> {
  if (is(json)) yield path;
  if (typeof json !== 'object' || json === null) return;
  for (const [key, inner] of Object.entries(json)) yield* placesIn(inner, is, [...path, Array.isArray(json) ? Number(key) : key]);
}

function replaced(json: unknown, [first, ...rest]: Path, by: unknown): unknown {
  if (first === undefined) return by;
  if (Array.isArray(json)) return json.map((each, i) => (i === first ? replaced(each, rest, by) : each));
  return Object.fromEntries(Object.entries(json as object).map(([key, inner]) => [key, key === first ? replaced(inner, rest, by) : inner]));
}

describe('a text anywhere in a definition', () => {
  const examples = [
    { did: 'Viewed', where: [{ property: 'plan', op: 'is', value: 'a' }], within: { on: '2026-10-25' }, weekdays: ['mon'] },
    { did: ['Viewed', 'Bought'], aggregate: { fn: 'sum', property: 'amount', gt: 1 } },
    { sequence: [{ did: 'Viewed' }, { didNot: ['Bought'] }], gap: { days: 1 }, within: 'today' },
    ...['isNot', 'contains', 'notContains', 'startsWith', 'endsWith'].map((op) => ({ property: 'plan', op, value: 'a', ignoreCase: true })),
    ...['isOneOf', 'isNoneOf', 'containsAny', 'containsAll', 'containsNone'].map((op) => ({ property: 'list', op, value: ['a', 'b'] })),
    { property: 'when', op: 'dateBetween', value: ['2026-10-25', '2026-10-26'] },
    { property: 'when', op: 'dateAfter', value: '2026-10-25T00:30' },
    { any: [{ has: 'email' }, { not: { property: '$country', op: 'exists' } }] },
  ];
  it.each(examples.map((json) => [JSON.stringify(json), json]))('is a text and nothing else: %s', async (_, json) => {
    for (const path of placesIn(json, (value) => typeof value === 'string')) {
      for (const text of texts) await refusalOf(replaced(json, path, text));
    }
    expect(await db.sql`select 1 from profiles limit 1`).toHaveLength(1);
  });

  it.each(['\u0000', 'a\u0000b', '\ud800', 'a\udc00'])('is refused where Postgres could not keep it: %j', async (text) => {
    expect((await refusalOf({ did: text }))?.field).toBe('did');
    expect((await refusalOf({ property: 'plan', op: 'is', value: text }))?.field).toBe('value');
    expect((await refusalOf({ all: [did({ where: [{ property: text, op: 'exists' }] })] }))?.field).toBe('all[0].where[0].property');
  });
});

describe('a pattern', () => {
  const ask = (value: string, signal?: AbortSignal) =>
    reach(db, population.workspaceId, parseDefinition(property('matches', value, 'plan')), at, at, signal ? { signal } : {});

  it.each(['(', '[', 'a{2,1}', '*', 'a**', '\\', '[[:nothing:]]', '(?<name>a)', '\\1', '***:(', 'a{1,9999}', '[z-a]', '(?z)a'])(
    'that Postgres cannot compile is refused: %s',
    async (pattern) => {
      await expect(ask(pattern)).rejects.toMatchObject({ code: 'invalid' });
    },
  );

  it.each([
    '(a*)*b',
    '(a|a)*$',
    '((a+)+)+$',
    '(a|aa)+$',
    '(.*)*x',
    '(x+x+)+y',
    '***=a',
    '(?i)A',
    '\\yA\\y',
    `${'(a?)'.repeat(60)}${'a'.repeat(60)}`,
  ])('that would take for ever elsewhere is answered: %s', async (pattern) => {
    expect((await ask(pattern)).qualify).toBeGreaterThanOrEqual(0);
  });

  it('that takes too long is given up when nobody waits', async () => {
    const signal = AbortSignal.timeout(300);
    const slow = '^(?:(.+)(.+)(.+)(.+)(.+)(.+)\\1\\2\\3\\4\\5\\6\\1\\2\\3x)$';
    await expect(ask(slow, signal)).rejects.toThrow('aborted');
  });
});

it(`a definition with one part replaced is refused with a path, or answered (SEGMENT_SEED=${seed})`, async () => {
  const parts = fc.oneof(
    fc.constantFrom<unknown>(null, true, 0, -1, 1.5, 1e308, '', 'x', '2026-10-25', [], {}, [[]], [null], ['a', 1], { days: 1 }, { eq: 1 }),
    fc.constantFrom<unknown>(...texts.filter((text) => text.length < 600)),
    fc.constantFrom<unknown>({ did: 'Viewed' }, { all: [] }, { not: {} }, 'ever', [0, 1], { last: { days: 1 } }),
  );
  const json = fc.tuple(definitions(moment, []), fc.nat(), parts).map(([definition, place, part]) => {
    const whole = asJson(definition);
    const places = [...placesIn(whole, () => true)];
    return replaced(whole, places[place % places.length] as Path, part);
  });
  await fc.assert(
    fc.asyncProperty(json, async (one) => {
      await refusalOf(one);
    }),
    { seed, numRuns: runs },
  );
});
