import fc from 'fast-check';
import { dateTexts, type Moment, midnights } from './segment-moments';
import type { SegmentCall } from './segment-people';

/** Random people: what they are, what they did and under which ids, as the calls a customer's Segment library sends. */

export const eventNames = [
  'Viewed',
  'Bought',
  'viewed',
  ' Viewed',
  'Añadió 🛒',
  'An\u0303adio\u0301 🛒',
  "Robert'); drop table events; --",
];

export const texts = [
  ...[
    '',
    ' ',
    'a',
    'A',
    'b',
    'shoes',
    'Shoes',
    'SHOES ',
    'red shoes',
    'ſ',
    'ß',
    'ẞ',
    'straße',
    'STRASSE',
    'É',
    'é',
    'e\u0301',
    'ÉCLAIR',
    'éclair',
  ],
  ...[
    '10',
    '1',
    '0',
    'true',
    'null',
    '%',
    '_',
    'a%b',
    'a_b',
    'axb',
    '\\',
    'a\\b',
    "o'b",
    '"',
    '$1',
    '🛒',
    'x🛒y',
    'line\nbreak',
    'Ж',
    'ж',
    'ΣΑΣ',
    'σας',
    'σασ',
    'İ',
    'i\u0307',
    'ı',
    'I',
    'i',
    'ǅ',
    'ǆ',
    '\u212a',
  ],
];

export const numbers = [
  ...[0, 1, 2, 3, 5, 10, 50.5, 99.99, 100, 100.01, -3, -0.5, 0.1, 0.2, 0.3, 0.30000000000000004, 1 / 3, 2 / 3, 1e-7, 4e-7, 5e-7, 1.0000005],
  ...[-5e-7, 0.999999, 0.9999996, 1234567.891, 999_999_999.99, 1e9, 1e15, 9007199254740991, 1e21, -1e21, 1e308, 1.7e308, -1e308, 5e-324],
];

const listed = fc.array(fc.constantFrom<unknown>('a', 'A', 'b', 'shoes', '', '7', 7, true, null, ['a'], { a: 1 }), { maxLength: 4 });
const inner = fc.constantFrom<unknown>('a', 'shoes', 10, 0, null, true, ['a'], { c: 'a' }, { c: null }, { '': 'a' });
const object = fc.dictionary(fc.constantFrom('b', 'b.c', 'c', '0', ''), inner, { maxKeys: 3 });

/** Now and then any of them, else one of the first few: so that a condition's value is somebody's value. */
export const commonly = <T>(values: readonly T[], few: number): fc.Arbitrary<T> =>
  fc.oneof({ arbitrary: fc.constantFrom(...values.slice(0, few)), weight: 2 }, { arbitrary: fc.constantFrom(...values), weight: 1 });

/** A property by name: mostly what the name promises, else anything. */
function valueFor(dates: string[]): Record<string, fc.Arbitrary<unknown>> {
  const text = commonly(texts, 9);
  const number = commonly(numbers, 10);
  const date = fc.constantFrom(...dates);
  const any = fc.oneof(text, number, fc.boolean(), fc.constant(null), listed, object, date, number.map(String));
  const mostly = (usual: fc.Arbitrary<unknown>) => fc.oneof({ arbitrary: usual, weight: 4 }, { arbitrary: any, weight: 1 });
  return {
    p: any,
    amount: mostly(number),
    plan: mostly(text),
    when: mostly(date),
    born: mostly(date),
    list: mostly(listed),
    vip: mostly(fc.boolean()),
    a: mostly(object),
    'a.b': any,
    'a.': any,
    $country: any,
    'ключ 🗝': any,
    toString: any,
    constructor: any,
  };
}

export const propertyNames = Object.keys(valueFor(['2026-01-01']));

function properties(dates: string[]): fc.Arbitrary<Record<string, unknown>> {
  const values = valueFor(dates);
  return fc
    .subarray(propertyNames, { minLength: 2, maxLength: 10 })
    .chain((names) => fc.tuple(...names.map((name) => (values[name] as fc.Arbitrary<unknown>).map((value) => [name, value] as const))))
    .map((entries) => Object.fromEntries(entries));
}

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

/** Gaps and hours that definitions ask for, exactly, and a millisecond to either side. */
export const steps = [30 * minute, hour, 2 * hour, 24 * hour, 48 * hour, 7 * day];

/** @param until the last instant intake takes without setting it back to its arrival. */
function instants(moment: Moment, until: number): fc.Arbitrary<number> {
  const at = Date.parse(moment.at);
  const nudge = fc.constantFrom(0, 0, -1, 1, -minute, 30 * minute, hour, -hour);
  const near = (times: number[]) => fc.tuple(fc.constantFrom(...times), nudge).map(([time, by]) => time + by);
  return fc
    .oneof(
      { arbitrary: near(midnights(moment)), weight: 4 },
      { arbitrary: near([at, ...[second, minute, 5 * minute, 10 * minute, ...steps].map((ago) => at - ago)]), weight: 3 },
      { arbitrary: fc.integer({ min: -45 * 24 * 12, max: 50 * 24 * 12 }).map((n) => at + n * 5 * minute), weight: 3 },
      { arbitrary: fc.integer({ min: -48, max: 48 }).map((n) => at + n * hour), weight: 2 },
    )
    .map((time) => (time > until ? at - ((time - at) % day) : time));
}

type Doing = { name: string; time: number; properties: Record<string, unknown> };

/** Some events come a chosen step after the one before, some twice at the same instant. */
function doings(moment: Moment, until: number, dates: string[]): fc.Arbitrary<Doing[]> {
  const time = fc.oneof(
    { arbitrary: instants(moment, until).map((at) => ({ at })), weight: 3 },
    {
      arbitrary: fc.tuple(fc.constantFrom(0, ...steps), fc.constantFrom(0, 0, 1, -1)).map(([step, by]) => ({ after: step + by })),
      weight: 2,
    },
  );
  const name = fc.oneof({ arbitrary: fc.constantFrom('Viewed', 'Bought'), weight: 3 }, fc.constantFrom(...eventNames));
  return fc.array(fc.record({ name, time, properties: properties(dates) }), { maxLength: 16, size: 'max' }).map((drawn) => {
    let last = Date.parse(moment.at) - 3 * day;
    return drawn.map(({ time, ...rest }) => {
      const wanted = 'at' in time ? time.at : last + time.after;
      last = wanted > until ? Date.parse(moment.at) - hour : wanted;
      return { ...tame(rest), time: last };
    });
  });
}

/** One event whose amounts are such that the column they are copied to adds up exactly; those of the others are any. */
function tame(doing: Omit<Doing, 'time'>): Omit<Doing, 'time'> {
  const { amount } = doing.properties;
  if (doing.name !== 'Viewed' || typeof amount !== 'number' || amount === 0 || (Math.abs(amount) < 1e9 && Math.abs(amount) > 1e-100))
    return doing;
  return { ...doing, properties: { ...doing.properties, amount: amount < 0 ? -12.5 : 12.5 } };
}

type Drawn = {
  /** known: by user id throughout. late: anonymous at first. joined: an anonymous profile and a user become one. alias: two users do. */
  kind: 'known' | 'late' | 'joined' | 'alias' | 'anonymous';
  doings: Doing[];
  traits: [Record<string, unknown>, Record<string, unknown>];
  contexts: [Record<string, unknown>, Record<string, unknown>];
};

function drawn(moment: Moment, until: number): fc.Arbitrary<Drawn> {
  const dates = dateTexts(moment);
  const traits = fc
    .tuple(
      properties(dates),
      fc.record(
        {
          email: fc.constant(true),
          phone: fc.constant(true),
          birthday: fc.constantFrom('1987-02-28', null),
          address: fc.record(
            { country: fc.constantFrom('IN', 'BR', null), city: fc.constantFrom('Köln', 'KÖLN', 'São Paulo', null) },
            { requiredKeys: [] },
          ),
        },
        { requiredKeys: [] },
      ),
    )
    .map(([own, identifying]) => ({ ...own, ...identifying }));
  const context = fc.record(
    {
      locale: fc.constantFrom('de-AT', 'pt'),
      os: fc.constantFrom({ name: 'iOS' }, { name: 'Android' }),
      device: fc.constant({ advertisingId: '' }),
    },
    { requiredKeys: [] },
  );
  return fc.record({
    kind: fc.constantFrom('known', 'known', 'known', 'late', 'joined', 'alias', 'anonymous'),
    doings: doings(moment, until, dates),
    traits: fc.tuple(traits, traits),
    contexts: fc.tuple(context, context),
  });
}

/** In the order they are sent; each batch is stored by itself. */
export type Batches = [SegmentCall[], SegmentCall[]];

function callsOf(one: Drawn, i: number, moment: Moment): Batches {
  const user = { userId: `u${i}` };
  const anonymous = { anonymousId: `a${i}` };
  const other = { userId: `o${i}` };
  const [before, after] = {
    known: [user, user],
    late: [anonymous, { ...user, ...anonymous }],
    joined: [anonymous, user],
    alias: [other, user],
    anonymous: [anonymous, anonymous],
  }[one.kind] as [object, object];
  const timestamp = new Date(Date.parse(moment.at) - (40 + (i % 10)) * day).toISOString();
  const identify = (ids: object, turn: 0 | 1): SegmentCall => ({
    type: 'identify',
    ...ids,
    timestamp,
    traits: identified(one.traits[turn], i, turn),
    context: identifiedDevice(one.contexts[turn], i),
    messageId: `${i}-identify-${turn}`,
  });
  const track = ({ name, time, properties }: Doing, j: number, ids: object): SegmentCall => ({
    type: 'track',
    ...ids,
    event: name,
    timestamp: new Date(time).toISOString(),
    properties,
    messageId: `${i}-${j}`,
  });
  const half = Math.ceil(one.doings.length / 2);
  const [early, late] = [one.doings.slice(0, half), one.doings.slice(half)];
  const first = [identify(before, 0), ...early.map((doing, j) => track(doing, j, before))];
  if (one.kind === 'joined' || one.kind === 'alias') first.push(identify(user, 1));
  const second = late.map((doing, j) => track(doing, half + j, after));
  if (one.kind === 'joined') second.unshift({ type: 'identify', ...user, ...anonymous, timestamp, traits: {}, messageId: `${i}-join` });
  if (one.kind === 'alias') second.push({ type: 'alias', ...user, previousId: other.userId, timestamp });
  if (one.kind === 'late' || one.kind === 'anonymous') second.unshift(identify(after, 1));
  return [first, second];
}

function identified(traits: Record<string, unknown>, i: number, turn: number): Record<string, unknown> {
  const own: Record<string, unknown> = { ...traits };
  if ('email' in own) own.email = turn === 1 && i % 3 === 0 ? null : `u${i}@example.com`;
  if ('phone' in own) own.phone = `+9199000${String(10_000 + i)}`;
  return own;
}

function identifiedDevice(context: Record<string, unknown>, i: number): Record<string, unknown> {
  if (!('device' in context)) return context;
  return { ...context, device: { advertisingId: `6d92078a-8246-4ba4-ae5b-${String(76_104_861_000 + i).padStart(12, '0')}` } };
}

/**
 * The calls of `count` people. With `later` the customer has gone on sending for fifty days after the moment, so that it lies in the past;
 * without, it is now, and a few events come from clocks that run ahead.
 */
export function history(moment: Moment, { later, count, seed }: { later: boolean; count: number; seed: number }): Batches {
  const at = Date.parse(moment.at);
  const until = later ? at + 50 * day : at + 10 * minute;
  const people = fc.sample(drawn(moment, until), { numRuns: count, seed }).map((one, i) => callsOf(one, i, moment));
  const first = people.flatMap((batches) => batches[0]);
  const second = people.flatMap((batches) => batches[1]);
  // A sender who got no answer sends again.
  const again = first.filter((_, i) => i % 9 === 0);
  // As if sent: what JSON cannot say is gone.
  return JSON.parse(JSON.stringify([first, [...again, ...second]]));
}
