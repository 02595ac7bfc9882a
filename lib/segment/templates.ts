import type { Definition } from './definition';

/** What a workspace's events and properties are called; the pick lists' catalogue is one. */
export type Vocabulary = {
  events: readonly { name: string; properties: readonly { name: string; type: string }[] }[];
  profileProperties: readonly { name: string }[];
};

export type Template = { key: string; name: string; line: string; definition: (words: Words) => Definition };

/** To start from, in the workspace's own words. */
export const templates: readonly Template[] = [
  {
    key: 'cart-abandoners',
    name: 'Cart abandoners',
    line: 'Added to cart in the last 7 days and did not buy since.',
    definition: (words) => ({
      all: [
        { did: words.added, within: { last: { days: 7 } } },
        { didNot: words.bought, within: { last: { days: 7 } } },
        { has: 'reachable' },
      ],
    }),
  },
  {
    key: 'window-shoppers',
    name: 'Window shoppers',
    line: 'Looked at products five times in 14 days and never bought.',
    definition: (words) => ({
      all: [{ did: words.viewed, count: { gte: 5 }, within: { last: { days: 14 } } }, { didNot: words.bought }],
    }),
  },
  {
    key: 'first-time-buyers',
    name: 'First-time buyers',
    line: 'Bought for the first time in the last 30 days.',
    definition: (words) => ({ did: words.bought, occurrence: 'first', within: { last: { days: 30 } } }),
  },
  {
    key: 'one-time-buyers',
    name: 'One-time buyers',
    line: 'Bought once, more than 30 days ago, and have not come back.',
    definition: (words) => ({
      all: [
        { did: words.bought, count: { eq: 1 } },
        { didNot: words.bought, within: { last: { days: 30 } } },
      ],
    }),
  },
  {
    key: 'loyal-buyers',
    name: 'Loyal buyers',
    line: 'Bought at least three times in 90 days.',
    definition: (words) => ({ did: words.bought, count: { gte: 3 }, within: { last: { days: 90 } } }),
  },
  {
    key: 'high-spenders',
    name: 'High spenders',
    line: 'Spent 500 or more in the last 180 days.',
    definition: (words) => ({
      did: words.bought,
      within: { last: { days: 180 } },
      aggregate: { fn: 'sum', property: words.amountOf(words.bought), gte: 500 },
    }),
  },
  {
    key: 'lapsed-buyers',
    name: 'Lapsed buyers',
    line: 'Bought before, but not in the last 60 days.',
    definition: (words) => ({ all: [{ did: words.bought }, { didNot: words.bought, within: { last: { days: 60 } } }] }),
  },
  {
    key: 'new-users',
    name: 'New users',
    line: 'Seen for the first time in the last 7 days.',
    definition: () => ({ property: '$firstSeen', op: 'inLast', value: { days: 7 } }),
  },
  {
    key: 'birthdays-this-week',
    name: 'Birthdays this week',
    line: 'Have their birthday today or in the next 6 days.',
    definition: (words) => ({ property: words.birthday, op: 'anniversaryIn', value: { days: 6 } }),
  },
];

/** Spelling aside, the likeliest first; the first of them where the workspace has none. */
const likely = {
  added: ['Added to Cart', 'Product Added', 'Add to Cart', 'Cart Updated'],
  bought: ['Purchased', 'Order Completed', 'Charged', 'Purchase', 'Order Placed', 'Checkout Completed'],
  viewed: ['Product Viewed', 'Viewed Product', 'Page Viewed', 'Product Clicked'],
  birthday: ['birthday', 'birth date', 'date of birth', 'dob', 'born'],
  amount: ['amount', 'revenue', 'total', 'value', 'order total', 'price'],
};

class Words {
  /** Whether the workspace has all that was asked for so far. */
  known = true;

  constructor(private readonly vocabulary: Vocabulary) {}

  get added(): string {
    return this.oneOf('added', this.vocabulary.events);
  }

  get bought(): string {
    return this.oneOf('bought', this.vocabulary.events);
  }

  get viewed(): string {
    return this.oneOf('viewed', this.vocabulary.events);
  }

  get birthday(): string {
    return this.oneOf('birthday', this.vocabulary.profileProperties);
  }

  /** Of the event's numbers. */
  amountOf(event: string): string {
    const properties = this.vocabulary.events.find(({ name }) => name === event)?.properties ?? [];
    const numbers = properties.filter(({ type }) => type === 'number');
    return this.oneOf('amount', numbers);
  }

  private oneOf(wanted: keyof typeof likely, named: readonly { name: string }[]): string {
    const bySpelling = new Map(named.map(({ name }) => [spelling(name), name]));
    for (const each of likely[wanted]) {
      const found = bySpelling.get(spelling(each));
      if (found !== undefined) return found;
    }
    this.known = false;
    return likely[wanted][0] ?? '';
  }
}

const spelling = (name: string) => name.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');

/** The template's definition in the workspace's own words. */
export const definitionOf = (template: Template, vocabulary: Vocabulary): Definition => template.definition(new Words(vocabulary));

/** Whether the workspace has every event and property that the template speaks of. */
export function isKnown(template: Template, vocabulary: Vocabulary): boolean {
  const words = new Words(vocabulary);
  template.definition(words);
  return words.known;
}
