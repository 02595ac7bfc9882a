import { expect, it } from 'vitest';
import { fitsSession, meantSendBy, type SendFacts } from './send-by';

const facts: SendFacts = {
  chosen: 'automatic',
  mode: 'mirror',
  made: true,
  members: 5_000,
  operationCode: 200,
  activeAdSet: false,
  removalsRefused: false,
};

it('sends the difference where nothing is disturbed by it, and replaces where an active ad set or a refusal asks for it', () => {
  expect(meantSendBy(facts)).toBe('difference');
  expect(meantSendBy({ ...facts, activeAdSet: true })).toBe('replace');
  expect(meantSendBy({ ...facts, removalsRefused: true })).toBe('replace');
  expect(meantSendBy({ ...facts, activeAdSet: true, operationCode: 441 })).toBe('difference');
});

it('never replaces what others have filled, what is not mirrored, or what is empty', () => {
  for (const change of [{ made: false }, { mode: 'add' as const }, { mode: 'remove' as const }, { members: 0 }])
    expect(meantSendBy({ ...facts, chosen: 'replace', activeAdSet: true, ...change })).toBe('difference');
});

it('does what was chosen', () => {
  expect(meantSendBy({ ...facts, chosen: 'difference', activeAdSet: true })).toBe('difference');
  expect(meantSendBy({ ...facts, chosen: 'replace', operationCode: 441 })).toBe('replace');
});

it('replaces only what will be complete in ninety minutes', () => {
  expect(fitsSession(1_500, { requestMs: 5_000, inFlight: 2 })).toBe(true);
  expect(fitsSession(1_600, { requestMs: 5_000, inFlight: 2 })).toBe(false);
  expect(fitsSession(1_000, { requestMs: null, inFlight: 1 })).toBe(false);
});
