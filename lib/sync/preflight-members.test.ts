import { expect, test } from 'vitest';
import { identifiersCheck, sizeCheck } from './preflight-members';

const made = { mode: 'mirror', audience: { new: { name: 'Carts' } } } as const;

test('the size after the run is fine from a thousand on, too small to be shown below, and of no use below a hundred', () => {
  const stateOf = (join: number, stay: number) => sizeCheck(made, { join, stay })?.state;
  expect([stateOf(1, 999), stateOf(999, 0), stateOf(100, 0), stateOf(60, 39)]).toEqual(['ok', 'warn', 'warn', 'warn']);
  expect(sizeCheck(made, { join: 640, stay: 0 })?.message).toMatch(/^640 members: Facebook advises 1,000/);
  expect(sizeCheck(made, { join: 1, stay: 0 })?.message).toMatch(/^1 member: below 100 .* delivers to nobody/);
});

test('a live campaign begins with nobody, and fills', () => {
  const live = { ...made, trigger: { on: [{ did: 'Cart' }] } };
  expect(sizeCheck(live, { join: 0, stay: 3 })).toMatchObject({ state: 'ok', message: expect.stringMatching(/^3 members so far/) });
});

test('an audience that others fill is not judged by our share of it, and one that is only emptied not at all', () => {
  expect(sizeCheck({ mode: 'mirror', audience: { existing: '1' } }, { join: 5, stay: 0 })).toMatchObject({ state: 'ok' });
  expect(sizeCheck({ mode: 'remove', audience: { existing: '1' } }, { join: 5, stay: 0 })).toBeNull();
});

test('identifiers are shares of those who qualify, of what is sent alone, and marked where most cannot be matched', () => {
  const byIdentifier = { email: 90, phone: 40, mobileAdvertiserId: 0 };
  const reach = { qualify: 100, reachable: 95, byIdentifier, exact: true } as const;
  expect(identifiersCheck(reach, ['email', 'phone', 'city'])).toMatchObject({
    state: 'ok',
    message: '90 % have an email, 40 % have a phone number.',
  });
  expect(identifiersCheck({ ...reach, reachable: 30 }, undefined)).toMatchObject({ state: 'warn', link: '/sources' });
  expect(identifiersCheck({ ...reach, qualify: 0 }, undefined)).toMatchObject({ state: 'warn' });
});
