import { expect, it } from 'vitest';
import { matching } from './option-list';

const options = ['Product Viewed', 'Added to Cart', 'Viewed Page'].map((value) => ({ value }));
const found = (typed: string) => matching(options, typed).map(({ value }) => value);

it('finds what holds all typed words, what begins with them first, otherwise in the order given', () => {
  expect(found('')).toEqual(['Product Viewed', 'Added to Cart', 'Viewed Page']);
  expect(found('viewed')).toEqual(['Viewed Page', 'Product Viewed']);
  expect(found('cart ADD')).toEqual(['Added to Cart']);
  expect(found('nothing')).toEqual([]);
  expect(matching([{ value: 'IN', label: 'India' }], 'in')).toHaveLength(1);
});
