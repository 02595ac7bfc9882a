import { expect, it } from 'vitest';
import { profileOfTraits } from './traits';

it('keeps a trait whose name every JavaScript object has', () => {
  const traits = { constructor: 'Lego', toString: 1, address: { constructor: 'x' } };
  const { profile } = profileOfTraits(traits, { defaultCountry: null, receivedAt: new Date('2026-03-16T00:00:00Z') });
  expect(Object.entries(profile.properties)).toEqual(Object.entries(traits));
});
