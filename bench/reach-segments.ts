/** The reference segments: the questions whose speed is promised, over the event names of reach-data.ts. */

/** What cannot be left unread, whoever asks: entries of an event in the last days, its roll-up, rows of countries, everybody's key. */
export type Read = { events: string; days: number } | { rollUp: string } | { countries: string[] } | 'keys';

export type ReferenceSegment = { name: string; json: unknown; reads: Read[] };

const within = (days: number) => ({ last: { days } });
const priceAbove = (value: number) => ({ property: 'price', op: 'gt', value });

export const referenceSegments: readonly ReferenceSegment[] = [
  { name: 'Charged, 7 days', json: { did: 'Charged', within: within(7) }, reads: [{ events: 'Charged', days: 7 }] },
  { name: 'Product Viewed, 30 days', json: { did: 'Product Viewed', within: within(30) }, reads: [{ rollUp: 'Product Viewed' }, 'keys'] },
  {
    name: 'App Launched (the most frequent), 90 days',
    json: { did: 'App Launched', within: within(90) },
    reads: [{ rollUp: 'App Launched' }, 'keys'],
  },
  {
    name: 'App Launched at least 5 times, 30 days',
    json: { did: 'App Launched', count: { gte: 5 }, within: within(30) },
    reads: [{ events: 'App Launched', days: 30 }],
  },
  {
    name: 'Charged above 100, 90 days',
    json: { did: 'Charged', where: [priceAbove(100)], within: within(90) },
    reads: [{ events: 'Charged', days: 90 }],
  },
  {
    name: 'Product Viewed: shoes above 20, twice, 30 days',
    json: {
      did: 'Product Viewed',
      where: [{ property: 'category', op: 'is', value: 'shoes' }, priceAbove(20)],
      count: { gte: 2 },
      within: within(30),
    },
    reads: [{ events: 'Product Viewed', days: 30 }],
  },
  {
    name: 'sum of prices Charged at least 500, 180 days',
    json: { did: 'Charged', aggregate: { fn: 'sum', property: 'price', gte: 500 }, within: within(180) },
    reads: [{ events: 'Charged', days: 180 }],
  },
  { name: 'not App Launched, 30 days', json: { didNot: 'App Launched', within: within(30) }, reads: [{ rollUp: 'App Launched' }, 'keys'] },
  {
    name: 'Added To Cart and not Charged, 7 days',
    json: {
      all: [
        { did: 'Added To Cart', within: within(7) },
        { didNot: 'Charged', within: within(7) },
      ],
    },
    reads: [
      { events: 'Added To Cart', days: 7 },
      { events: 'Charged', days: 7 },
    ],
  },
  {
    name: 'Added To Cart, then Charged within 24 hours, 90 days',
    json: { sequence: [{ did: 'Added To Cart' }, { did: 'Charged' }], gap: { hours: 24 }, within: within(90) },
    reads: [
      { events: 'Added To Cart', days: 90 },
      { events: 'Charged', days: 90 },
    ],
  },
  {
    name: 'first Charged in the last 30 days',
    json: { did: 'Charged', occurrence: 'first', within: within(30) },
    reads: [{ rollUp: 'Charged' }],
  },
  {
    name: 'US, pro or enterprise, Searched twice, 30 days',
    json: {
      all: [
        { property: '$country', op: 'is', value: 'US' },
        { property: 'plan', op: 'isOneOf', value: ['pro', 'enterprise'] },
        { did: 'Searched', count: { gte: 2 }, within: within(30) },
      ],
    },
    reads: [{ events: 'Searched', days: 30 }, { countries: ['US'] }],
  },
  {
    name: 'two countries and (Wishlisted or (Cart twice and not Charged)), 30 days',
    json: {
      all: [
        { property: '$country', op: 'isOneOf', value: ['US', 'DE'] },
        {
          any: [
            { did: 'Wishlisted', within: within(30) },
            {
              all: [
                { did: 'Added To Cart', count: { gte: 2 }, within: within(30) },
                { didNot: 'Charged', within: within(30) },
              ],
            },
          ],
        },
      ],
    },
    reads: [{ rollUp: 'Wishlisted' }, { events: 'Added To Cart', days: 30 }, { rollUp: 'Charged' }, { countries: ['US', 'DE'] }],
  },
  {
    name: 'has e-mail, Payment Failed 30 days, not Charged 7 days',
    json: { all: [{ has: 'email' }, { did: 'Payment Failed', within: within(30) }, { didNot: 'Charged', within: within(7) }] },
    reads: [{ rollUp: 'Payment Failed' }, { events: 'Charged', days: 7 }],
  },
  {
    name: 'everybody but who Launched or viewed a page, 90 days',
    json: { didNot: ['App Launched', 'Page Viewed'], within: within(90) },
    reads: [{ rollUp: 'App Launched' }, { rollUp: 'Page Viewed' }, 'keys'],
  },
  {
    name: 'profile alone: Brazil, pro, age 30 to 49',
    json: {
      all: [
        { property: '$country', op: 'is', value: 'BR' },
        { property: 'plan', op: 'is', value: 'pro' },
        { property: 'age', op: 'between', value: [30, 49] },
      ],
    },
    reads: [{ countries: ['BR'] }],
  },
  {
    name: 'last Charged 30 to 90 days ago, twice, average at least 40',
    json: {
      all: [
        { did: 'Charged', occurrence: 'last', within: { ago: { from: { days: 90 }, to: { days: 30 } } } },
        { did: 'Charged', count: { gte: 2 } },
        { did: 'Charged', aggregate: { fn: 'avg', property: 'price', gte: 40 } },
      ],
    },
    reads: [{ rollUp: 'Charged' }],
  },
];
