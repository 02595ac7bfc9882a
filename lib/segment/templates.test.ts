import { expect, it } from 'vitest';
import { parseDefinition } from './definition';
import { describe } from './describe';
import { definitionOf, isKnown, templates, type Vocabulary } from './templates';

const shop: Vocabulary = {
  events: [
    { name: 'product_added', properties: [] },
    {
      name: 'order_completed',
      properties: [
        { name: 'coupon', type: 'text' },
        { name: 'orderTotal', type: 'number' },
        { name: 'Revenue', type: 'number' },
      ],
    },
  ],
  profileProperties: [{ name: 'dateOfBirth' }],
};
const nothing: Vocabulary = { events: [], profileProperties: [] };

it('templates are definitions, with or without the events they speak of', () => {
  for (const template of templates) {
    for (const vocabulary of [shop, nothing])
      expect(parseDefinition(definitionOf(template, vocabulary))).toEqual(definitionOf(template, vocabulary));
  }
  expect(new Set(templates.map(({ key }) => key)).size).toBe(templates.length);
});

it('templates speak in the workspace’s own words', () => {
  expect(templates.map((template) => describe(definitionOf(template, shop)))).toMatchInlineSnapshot(`
    [
      "Users who did “product_added” at least once in the last 7 days and did not do “order_completed” in the last 7 days and can be reached on Facebook",
      "Users who did “Product Viewed” at least 5 times in the last 14 days and never did “order_completed”",
      "Users who did “order_completed” for the first time in the last 30 days",
      "Users who did “order_completed” exactly once and did not do “order_completed” in the last 30 days",
      "Users who did “order_completed” at least 3 times in the last 90 days",
      "Users who did “order_completed” with a total Revenue of at least 500 in the last 180 days",
      "Users who did “order_completed” at least once and did not do “order_completed” in the last 60 days",
      "Users who were first seen in the last 7 days",
      "Users who have the anniversary of dateOfBirth in the next 6 days",
    ]
  `);
});

it('templates say what they would need', () => {
  expect(templates.filter((template) => !isKnown(template, shop)).map(({ key }) => key)).toEqual(['window-shoppers']);
  expect(templates.filter((template) => isKnown(template, nothing)).map(({ key }) => key)).toEqual(['new-users']);
});
