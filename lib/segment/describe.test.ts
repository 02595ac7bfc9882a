import { expect, it } from 'vitest';
import { parseDefinition } from './definition';
import { describe, describeCondition } from './describe';

const names = new Map([['lapsed-buyers', 'Lapsed buyers']]);
const says = (json: unknown) => describe(parseDefinition(json), names);
const phrases = (list: readonly unknown[]) => list.map((json) => describeCondition(parseDefinition(json), names));

const month = { last: { days: 30 } };

it('what somebody did', () => {
  expect(
    phrases([
      { did: 'Purchased' },
      { did: 'Purchased', within: month },
      { did: ['Viewed', 'Searched', 'Added'], count: { gte: 3 }, within: 'today' },
      { did: 'Purchased', count: { eq: 2 } },
      { did: 'Purchased', count: { ne: 1000 } },
      { did: 'Purchased', count: { between: [2, 5] }, within: { last: { hours: 1 } } },
      { did: 'Purchased', count: { lte: 3 }, within: month, includeZero: true },
      { did: 'Purchased', count: { gte: 3 }, includeZero: true },
      { did: 'Purchased', where: [{ property: 'category', op: 'is', value: 'shoes' }], count: { lt: 2 } },
      { did: 'Purchased', hours: [9, 17], weekdays: ['sun', 'sat'], within: 'thisMonth' },
      { did: 'Purchased', hours: [22, 6] },
      { didNot: 'Purchased' },
      { didNot: ['Purchased', 'Refunded'], where: [{ property: 'amount', op: 'gt', value: 9.99 }], within: 'previousMonth' },
      { didNot: 'Purchased', weekdays: ['mon'], within: 'yesterday' },
    ]),
  ).toMatchInlineSnapshot(`
    [
      "did “Purchased” at least once",
      "did “Purchased” at least once in the last 30 days",
      "did “Viewed”, “Searched” or “Added” at least 3 times today",
      "did “Purchased” exactly twice",
      "did “Purchased” any number of times but 1,000",
      "did “Purchased” between 2 and 5 times in the last hour",
      "did “Purchased” at most 3 times in the last 30 days (or not at all)",
      "did “Purchased” at least 3 times",
      "did “Purchased” with category “shoes” fewer than twice",
      "did “Purchased” at least once on Saturday or Sunday between 9:00 and 17:00 this month",
      "did “Purchased” at least once between 22:00 and 6:00",
      "never did “Purchased”",
      "did not do “Purchased” or “Refunded” with amount over 9.99 in the previous month",
      "did not do “Purchased” on Monday yesterday",
    ]
  `);
});

it('how much', () => {
  expect(
    phrases([
      { did: 'Purchased', aggregate: { fn: 'sum', property: 'amount', gte: 500 }, within: { last: { days: 180 } } },
      { did: 'Purchased', aggregate: { fn: 'avg', property: 'amount', lt: 12.5 } },
      { did: 'Purchased', aggregate: { fn: 'min', property: 'amount', between: [1, 2] } },
      { did: 'Purchased', aggregate: { fn: 'max', property: 'amount', ne: 0 } },
      { did: 'Viewed', aggregate: { fn: 'distinct', property: 'category', gte: 3 }, within: month },
      {
        did: 'Purchased',
        where: [{ property: 'amount', op: 'exists' }],
        aggregate: { fn: 'avg', property: 'amount', eq: 600 },
        includeZero: true,
      },
      { did: 'Purchased', aggregate: { fn: 'sum', property: 'amount', lte: 0 }, includeZero: true },
    ]),
  ).toMatchInlineSnapshot(`
    [
      "did “Purchased” with a total amount of at least 500 in the last 180 days",
      "did “Purchased” with an average amount of less than 12.5",
      "did “Purchased” with a smallest amount of between 1 and 2",
      "did “Purchased” with a largest amount of anything but 0",
      "did “Viewed” with at least 3 different values of category in the last 30 days",
      "did “Purchased” with a value for amount and an average amount of exactly 600",
      "did “Purchased” with a total amount of at most 0 (or not at all)",
    ]
  `);
});

it('the first and the last time, and one after the other', () => {
  expect(
    phrases([
      { did: 'Purchased', occurrence: 'first', within: month },
      { did: 'Purchased', occurrence: 'last', within: { ago: { from: { days: 60 }, to: { days: 30 } } } },
      {
        did: 'Purchased',
        occurrence: 'last',
        where: [{ property: 'category', op: 'is', value: 'shoes' }],
        within: { before: '2026-03-01' },
      },
      { sequence: [{ did: 'Added' }, { did: 'Purchased' }], gap: { hours: 24 } },
      {
        sequence: [{ did: 'Added', where: [{ property: 'amount', op: 'gte', value: 50 }] }, { didNot: ['Purchased', 'Removed'] }],
        gap: { hours: 2 },
        within: { last: { weeks: 1 } },
      },
    ]),
  ).toMatchInlineSnapshot(`
    [
      "did “Purchased” for the first time in the last 30 days",
      "did “Purchased” for the last time between 60 days and 30 days ago",
      "did “Purchased” with category “shoes” for the last time before 1 March 2026",
      "did “Added” and then “Purchased” within 24 hours",
      "did “Added” with amount at least 50 in the last week and then no “Purchased” or “Removed” within 2 hours",
    ]
  `);
});

it('properties', () => {
  const test = (property: string, op: string, value?: unknown, more: object = {}) => ({
    property,
    op,
    ...(value === undefined ? {} : { value }),
    ...more,
  });
  expect(
    phrases([
      test('plan', 'exists'),
      test('plan', 'notExists'),
      test('plan', 'is', 'pro', { ignoreCase: true }),
      test('vip', 'isNot', true),
      test('$country', 'isOneOf', ['IN', 'LK']),
      test('$country', 'isNot', 'BR'),
      test('$country', 'is', 'India'),
      test('$country', 'contains', 'IN'),
      test('$city', 'isNoneOf', 'a b c d e f g h i j'.split(' ')),
      test('plan', 'contains', 'x'),
      test('plan', 'matches', '^a|b$'),
      test('age', 'between', [18, 65]),
      test('ltv', 'gte', 1234.5),
      test('renews', 'dateBefore', '2026-03-09'),
      test('renews', 'dateAfter', '2026-03-09T12:00'),
      test('renews', 'dateBetween', ['2026-03-01', '2026-03-31']),
      test('$lastSeen', 'notInLast', { days: 30 }),
      test('renews', 'inNext', { weeks: 1 }),
      test('birthday', 'anniversaryIn', { days: 0 }),
      test('birthday', 'anniversaryIn', { days: 7 }),
      test('tags', 'containsAll', ['a', 'b']),
      test('tags', 'containsNone', ['a', 'b']),
    ]),
  ).toMatchInlineSnapshot(`
    [
      "have a value for plan",
      "have no value for plan",
      "have plan “pro” (any case)",
      "have vip other than true",
      "are in India or Sri Lanka",
      "are not in Brazil",
      "have country “India”",
      "have country containing “IN”",
      "have city none of “a”, “b”, “c”, “d”, “e”, “f”, “g” or 3 more",
      "have plan containing “x”",
      "have plan matching “^a|b$”",
      "have age between 18 and 65",
      "have ltv at least 1,234.5",
      "have renews before 9 March 2026",
      "have renews after 9 March 2026 12:00",
      "have renews between 1 March 2026 and 31 March 2026",
      "were not last seen in the last 30 days",
      "have renews in the next week",
      "have the anniversary of birthday today",
      "have the anniversary of birthday in the next 7 days",
      "have tags containing all of “a” and “b”",
      "have tags containing none of “a” or “b”",
    ]
  `);
});

it('identifiers, segments, buckets, and their opposites', () => {
  const leaves = [
    { has: 'email' },
    { has: 'reachable' },
    { segment: 'lapsed-buyers' },
    { segment: 'unknown' },
    { bucket: [0, 499] },
    { bucket: [7, 7] },
  ];
  expect(phrases(leaves)).toMatchInlineSnapshot(`
    [
      "have an email",
      "can be reached on Facebook",
      "are in the segment “Lapsed buyers”",
      "are in the segment “unknown”",
      "are in buckets 0–499 (50 %)",
      "are in bucket 7 (0.1 %)",
    ]
  `);
  expect(phrases(leaves.map((not) => ({ not })))).toMatchInlineSnapshot(`
    [
      "have no email",
      "cannot be reached on Facebook",
      "are not in the segment “Lapsed buyers”",
      "are not in the segment “unknown”",
      "are not in buckets 0–499 (50 %)",
      "are not in bucket 7 (0.1 %)",
    ]
  `);
});

it('windows', () => {
  const windows = [
    'ever',
    { last: { days: 1 } },
    { last: { minutes: 90 } },
    { on: '2026-03-09' },
    { after: '2026-03-09' },
    { between: ['2026-03-01', '2026-03-31'] },
    { exactly: { days: 7 } },
    { ago: { from: { months: 2 }, to: { days: 1 } } },
  ];
  expect(phrases(windows.map((within) => ({ didNot: 'A', within })))).toMatchInlineSnapshot(`
    [
      "never did “A”",
      "did not do “A” in the last day",
      "did not do “A” in the last 90 minutes",
      "did not do “A” on 9 March 2026",
      "did not do “A” after 9 March 2026",
      "did not do “A” between 1 March 2026 and 31 March 2026",
      "did not do “A” exactly 7 days ago",
      "did not do “A” between 2 months and 1 day ago",
    ]
  `);
});

it('a whole definition is one sentence', () => {
  expect(
    says({
      all: [
        { did: 'Added to Cart', where: [{ property: 'amount', op: 'gt', value: 50 }], within: { last: { days: 7 } } },
        { didNot: 'Purchased', within: { last: { days: 7 } } },
        { any: [{ property: '$country', op: 'isOneOf', value: ['IN', 'BR'] }, { has: 'reachable' }] },
        { not: { any: [{ did: 'Refunded', count: { gte: 2 } }, { segment: 'lapsed-buyers' }] } },
      ],
    }),
  ).toMatchInlineSnapshot(
    `"Users who did “Added to Cart” with amount over 50 at least once in the last 7 days and did not do “Purchased” in the last 7 days and (are in India or Brazil or can be reached on Facebook) and are not among those who (did “Refunded” at least twice or are in the segment “Lapsed buyers”)"`,
  );
  expect(says({ all: [{ any: [{ has: 'email' }] }] })).toMatchInlineSnapshot(`"Users who have an email"`);
});
