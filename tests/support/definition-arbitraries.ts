import fc from 'fast-check';
import { commonly, eventNames, numbers, propertyNames, texts } from './history-arbitraries';
import { dateTexts, type Moment, nearDays } from './segment-moments';

/** Random definitions over the whole language, made to meet the histories of tests/support/history-arbitraries.ts. */

type Json = fc.Arbitrary<Record<string, unknown>>;

const weighted = <T>(...choices: [number, fc.Arbitrary<T>][]) => fc.oneof(...choices.map(([weight, arbitrary]) => ({ weight, arbitrary })));
const optional = <T>(of: fc.Arbitrary<T>, times = 1) => weighted<T | undefined>([1, fc.constant(undefined)], [times, of]);
const sometimes = <T>(of: fc.Arbitrary<T>) => weighted<T | undefined>([4, fc.constant(undefined)], [1, of]);

const whole = (min: number, max: number) => fc.integer({ min, max });
const elapsed: Json = fc.oneof(
  fc.record({ minutes: fc.oneof(fc.constantFrom(30, 60, 120, 1440), whole(1, 4000)) }),
  fc.record({ hours: fc.oneof(fc.constantFrom(1, 2, 24, 48), whole(1, 100)) }),
);
const calendar: Json = fc.oneof(
  fc.record({ days: fc.oneof(fc.constantFrom(1, 7, 30), whole(1, 45)) }),
  fc.record({ weeks: whole(1, 5) }),
  fc.record({ months: whole(1, 3) }),
  fc.record({ years: whole(1, 2) }),
);
const duration = fc.oneof(elapsed, calendar);
const gap = fc.oneof(elapsed, fc.record({ days: whole(1, 8) }), fc.record({ weeks: whole(1, 2) }));

const ordered = <T extends string | number>(of: fc.Arbitrary<T>) => fc.tuple(of, of).map(([a, b]) => (a <= b ? [a, b] : [b, a]));

/** Days before, of a calendar duration as it is compared: roughly, and the parser refuses what is the wrong way round. */
const daysBefore = (of: Record<string, number>) => (of.days ?? 0) + 7 * (of.weeks ?? 0) + 31 * (of.months ?? 0) + 365 * (of.years ?? 0);

function windows(moment: Moment) {
  const day = fc.constantFrom(...nearDays(moment));
  const ago = fc.tuple(calendar, calendar).map(([a, b]) => {
    const [from, to] = [a, b].sort((x, y) => daysBefore(y as Record<string, number>) - daysBefore(x as Record<string, number>));
    return { ago: { from, to } };
  });
  return weighted<unknown>(
    [1, fc.constant('ever')],
    [4, fc.constantFrom('today', 'yesterday', 'thisMonth', 'previousMonth')],
    [3, fc.record({ last: elapsed })],
    [3, fc.record({ last: calendar })],
    [1, fc.record({ on: day })],
    [1, fc.record({ before: day })],
    [1, fc.record({ after: day })],
    [1, ordered(day).map((between) => ({ between }))],
    [1, fc.record({ exactly: calendar })],
    [2, ago],
  );
}

const number = commonly([...numbers, 0.333333, 0.6, 0.000001, 150.5, 0.666667, 4, 15, 103, 60.5], 10);
const comparison = (n: fc.Arbitrary<number>): Json =>
  weighted<Record<string, unknown>>(
    [6, fc.tuple(fc.constantFrom('eq', 'ne', 'gt', 'gte', 'lt', 'lte'), n).map(([op, value]) => ({ [op]: value }))],
    [1, ordered(n).map((between) => ({ between }))],
  );

/** What JavaScript and Postgres (ARE) read alike. */
const cased = [
  'a',
  '^a',
  's$',
  '^[0-9]+$',
  'sh.es',
  '(red )?shoes',
  '^$',
  'x|y',
  '^.{1,3}$',
  '[^a-z]',
  'é',
  'a_b',
  '%',
  'o+e',
  // Not \s: which characters are spaces is told by each in its own way.
  '^[ \\n]',
  '\\\\',
];
/** Letters with one other case each; no dot, which JavaScript lets stand for half a cart here. */
const caseless = ['a', '^SHOES$', '^shoes', 'RED', 'é', '^É', '[A-C]', 'ж', '^axb$'];

/** All that `matches` is asked for. */
export const patterns: readonly string[] = [...cased, ...caseless];

/** Names that lead somewhere, and those that look as if they did. */
const reached = [
  ...propertyNames,
  'a.c',
  'a.b.c',
  'a.0',
  'list.0',
  'plan.b',
  'a..b',
  '.',
  'gone',
  '__proto__',
  'hasOwnProperty',
  '$city',
  'A',
  'length',
];

/** @param extra the built-in properties, where there are any. */
function propertyConditions(moment: Moment, extra: { texts: string[]; dates: string[] }): Json {
  const named = (...usual: string[]) =>
    weighted([5, fc.constantFrom(...usual)], [2, fc.constantFrom(...reached, ...extra.texts, ...extra.dates)]);
  const text = commonly([...texts, 'de', 'iOS', 'IN', 'köln', 'KÖLN'], 9);
  const ofText = named('plan', 'plan', 'p', 'a.b', 'a.c', ...extra.texts);
  const ofNumber = named('amount', 'amount', 'p', 'a.b');
  const ofDate = named('when', 'when', 'born', ...extra.dates);
  const ofList = named('list', 'list', 'p', 'a.b');
  const op = (
    property: fc.Arbitrary<string>,
    ops: string[],
    value?: fc.Arbitrary<unknown>,
    more: Record<string, fc.Arbitrary<unknown>> = {},
  ) => fc.record({ property, op: fc.constantFrom(...ops), ...(value ? { value } : {}), ...more }) as Json;
  const ignoreCase = optional(fc.boolean(), 2);
  const day = fc.constantFrom(...nearDays(moment));
  const real = fc.constantFrom(
    ...dateTexts(moment).filter(
      (date) => /^(19|20)\d\d-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{3})?)?(Z|[+-]\d\d:\d\d)?)?$/.test(date) && isReal(date),
    ),
  );
  const list = fc.array(fc.constantFrom('a', 'A', 'b', 'shoes', '', '7', 'true'), { minLength: 1, maxLength: 3 });
  return weighted(
    [2, op(named('gone', 'a', 'a.b', 'a.c', 'p', '$country', 'a.'), ['exists', 'notExists'])],
    [3, op(ofText, ['is', 'isNot', 'contains', 'notContains', 'startsWith', 'endsWith'], text, { ignoreCase })],
    [1, op(named('vip', 'p', 'a.b'), ['is', 'isNot'], fc.boolean())],
    [2, op(ofText, ['isOneOf', 'isNoneOf'], fc.array(text, { minLength: 1, maxLength: 6 }), { ignoreCase })],
    [1, op(ofText, ['matches'], fc.constantFrom(...cased))],
    [1, op(ofText, ['matches'], fc.constantFrom(...caseless), { ignoreCase: fc.constant(true) })],
    [3, op(ofNumber, ['eq', 'ne', 'gt', 'gte', 'lt', 'lte'], number)],
    [1, op(ofNumber, ['between'], ordered(number))],
    [2, op(ofList, ['containsAny', 'containsAll', 'containsNone'], list)],
    [2, op(ofDate, ['dateBefore', 'dateAfter'], real)],
    [1, op(ofDate, ['dateOn'], day)],
    [1, op(ofDate, ['dateBetween'], ordered(day))],
    [3, op(ofDate, ['inLast', 'inNext', 'notInLast'], duration)],
    [
      2,
      op(
        named('born', 'born', 'when'),
        ['anniversaryIn'],
        fc.record({ days: fc.oneof(fc.constantFrom(0, 1, 7, 30, 365, 366), whole(0, 366)) }),
      ),
    ],
  );
}

function isReal(date: string): boolean {
  const [year = 0, month = 0, day = 0] = date.slice(0, 10).split('-').map(Number);
  const time = date.slice(11, 16);
  return new Date(Date.UTC(year, month - 1, day)).toISOString().startsWith(date.slice(0, 10)) && !/:6|^24/.test(time);
}

const names = weighted<string | string[]>(
  [7, fc.constantFrom('Viewed', 'Bought')],
  [1, fc.constantFrom(...eventNames, 'Never')],
  [3, fc.array(fc.constantFrom(...eventNames, 'Never'), { minLength: 1, maxLength: 3 })],
);
const hours = fc.tuple(whole(0, 23), whole(0, 24)).filter(([from, to]) => from !== to);
const weekdays = fc.subarray(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'], { minLength: 1 });

function behaviours(moment: Moment): Json {
  const where = fc.array(propertyConditions(moment, { texts: [], dates: [] }), { minLength: 1, maxLength: 2 });
  const within = windows(moment);
  // One filter hides another: rarely more than two.
  const filters = weighted<object>(
    [1, fc.constant({})],
    [4, fc.record({ within })],
    [2, fc.record({ where })],
    [2, fc.record({ where, within })],
    [1, fc.record({ hours })],
    [1, fc.record({ weekdays })],
    [1, fc.record({ hours, within })],
    [1, fc.record({ weekdays, within })],
    [1, fc.record({ where, within, hours, weekdays })],
  );
  const filtered = (kind: Json) => fc.tuple(kind, filters).map(([one, filter]) => ({ ...one, ...filter }));
  const includeZero = optional(fc.boolean());
  const count = comparison(fc.constantFrom(0, 1, 2, 2.5, 3, 4, -1));
  const aggregate = fc
    .tuple(
      fc.constantFrom('sum', 'avg', 'min', 'max', 'distinct'),
      weighted([4, fc.constantFrom('amount', 'amount', 'p')], [1, fc.constantFrom(...reached)]),
      comparison(number),
      comparison(fc.constantFrom(0, 1, 2, 3)),
    )
    .map(([fn, property, ofNumbers, ofCounts]) => ({ fn, property, ...(fn === 'distinct' ? ofCounts : ofNumbers) }));
  const step = (kind: 'did' | 'didNot') => fc.record({ [kind]: names, where: sometimes(where) }) as Json;
  return weighted<Record<string, unknown>>(
    [4, filtered(fc.record({ did: names, count: optional(count, 3), includeZero }))],
    [4, filtered(fc.record({ did: names, aggregate, includeZero }))],
    [2, filtered(fc.record({ didNot: names }))],
    [2, fc.record({ did: names, occurrence: fc.constantFrom('first', 'last'), where: sometimes(where), within })],
    [2, fc.record({ sequence: fc.tuple(step('did'), step('did')), gap, within: optional(within) })],
    [2, fc.record({ sequence: fc.tuple(step('did'), step('didNot')), gap, within: optional(within) })],
  );
}

/** `segments`: keys a reference may name. Trees are up to five deep. */
export function definitions(moment: Moment, segments: readonly string[]): Json {
  const builtIn = { texts: ['$country', '$city', '$language', '$platform'], dates: ['$firstSeen', '$lastSeen'] };
  const leaf = weighted<Record<string, unknown>>(
    [8, behaviours(moment)],
    [5, propertyConditions(moment, builtIn)],
    [1, fc.record({ has: fc.constantFrom('email', 'phone', 'mobileAdvertiserId', 'birthDay', 'reachable') })],
    [1, ordered(whole(0, 999)).map((bucket) => ({ bucket }))],
    ...(segments.length > 0 ? [[1, fc.record({ segment: fc.constantFrom(...segments) })] as [number, Json]] : []),
  );
  const tree = (depth: number): Json => {
    if (depth === 1) return leaf;
    const child = weighted<Record<string, unknown>>([3, leaf], [2, tree(depth - 1)]);
    const children = fc.array(child, { minLength: 1, maxLength: 3 });
    return weighted<Record<string, unknown>>(
      [2, children.map((all) => ({ all }))],
      [2, children.map((any) => ({ any }))],
      [1, child.map((not) => ({ not }))],
    );
  };
  return weighted([3, leaf], [1, tree(3)], [1, tree(5)]);
}
