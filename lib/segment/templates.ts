import type { Definition } from './definition';

export type Template = {
  key: string;
  name: string;
  line: string;
  definition: (event: (likely: string[], fallback: string) => string) => Definition;
};

const added = ['Added to Cart', 'Product Added', 'Add to Cart'];
const bought = ['Purchased', 'Order Completed', 'Charged', 'Purchase'];
const viewed = ['Product Viewed', 'Viewed Product', 'Page Viewed'];

/** To start from; events are named as this workspace names them where it can be told. */
export const templates: Template[] = [
  {
    key: 'cart-abandoners',
    name: 'Cart abandoners',
    line: 'Added to cart in the last 7 days and did not buy since.',
    definition: (event) => ({
      all: [
        { did: event(added, 'Added to Cart'), within: { last: { days: 7 } } },
        { didNot: event(bought, 'Purchased'), within: { last: { days: 7 } } },
        { has: 'reachable' },
      ],
    }),
  },
  {
    key: 'lapsed-buyers',
    name: 'Lapsed buyers',
    line: 'Bought before, but not in the last 60 days.',
    definition: (event) => ({
      all: [{ did: event(bought, 'Purchased') }, { didNot: event(bought, 'Purchased'), within: { last: { days: 60 } } }],
    }),
  },
  {
    key: 'loyal-buyers',
    name: 'Loyal buyers',
    line: 'Bought at least three times in 90 days.',
    definition: (event) => ({ did: event(bought, 'Purchased'), count: { gte: 3 }, within: { last: { days: 90 } } }),
  },
  {
    key: 'window-shoppers',
    name: 'Window shoppers',
    line: 'Looked at products five times in 14 days and never bought.',
    definition: (event) => ({
      all: [
        { did: event(viewed, 'Product Viewed'), count: { gte: 5 }, within: { last: { days: 14 } } },
        { didNot: event(bought, 'Purchased') },
      ],
    }),
  },
];

/** The template's definition in this workspace's own event names. */
export const definitionOf = (template: Template, eventNames: readonly string[]): Definition =>
  template.definition((likely, fallback) => likely.find((name) => eventNames.includes(name)) ?? fallback);
