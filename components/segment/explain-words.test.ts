import { expect, it } from 'vitest';
import { changeText, evidenceText, pairTexts, type ToldLeaf } from './explain-words';

const moment = { at: new Date('2026-11-21T06:00:00Z'), zone: 'Asia/Kolkata' };
const leaf = (parts: object) => ({ answer: false, changesAt: null, phrase: '', ...parts }) as ToldLeaf;
const text = (parts: object) => evidenceText(leaf(parts), moment);

it('says how often, and how often it should be', () => {
  const because = { kind: 'events', count: 3, newest: [] };
  expect(text({ did: 'Purchased', count: { gte: 4 }, within: { last: { days: 7 } }, because })).toBe(
    '3 times in the last 7 days; needs at least 4.',
  );
  expect(text({ didNot: 'Purchased', because: { ...because, count: 1 } })).toBe('Once.');
});

it('says what came nearest where nothing fits', () => {
  const nearest = { event: 'Purchased', time: '2026-11-10T08:30:00.000Z', properties: { amount: 40 }, misses: 'window' };
  const because = { kind: 'events', count: 0, newest: [], nearest };
  expect(text({ did: 'Purchased', within: 'today', because })).toBe('Not once today. The last time was 10 Nov 14:00.');
  expect(
    text({ did: 'Purchased', because: { ...because, nearest: { ...nearest, time: '2025-01-31T20:00:00Z', misses: 'filters' } } }),
  ).toBe('Never. “Purchased” came 1 Feb 2025 01:30, but the filters do not fit it: amount 40.');
  expect(text({ did: 'Purchased', count: { lt: 2 }, includeZero: true, answer: true, because: { ...because, nearest: undefined } })).toBe(
    'Never; needs fewer than 2. Never counts too.',
  );
});

it('tells an aggregate with what it is over', () => {
  const aggregate = { fn: 'avg', property: 'amount', between: [100, 2000.5] };
  expect(text({ did: 'Purchased', aggregate, because: { kind: 'events', count: 3, value: 1240.333333, newest: [] } })).toBe(
    'Average of amount: 1,240.333333 over 3 events; needs 100 to 2,000.5.',
  );
});

it('tells a pair of steps, the one that is missing, and until when there is time', () => {
  const first = { event: 'Added to Cart', time: '2026-11-20T02:00:00.000Z', properties: {} };
  const second = { event: 'Purchased', time: '2026-11-20T05:20:00.000Z', properties: {} };
  const passed = '2026-11-20T04:00:00.000Z';
  expect(pairTexts({ first, second, deadline: passed }, moment)).toEqual({
    text: 'Added to Cart, 20 Nov 07:30',
    note: 'Purchased 3 hours 20 minutes later',
  });
  expect(pairTexts({ first, second: null, deadline: passed }, moment).note).toBe('nothing by 20 Nov 09:30');
  expect(pairTexts({ first, second: null, deadline: '2026-11-21T07:00:00.000Z' }, moment).note).toBe(
    'nothing yet, time until 21 Nov 12:30',
  );
});

it('tells properties by value and identifiers by name alone', () => {
  expect(text({ property: 'plan', op: 'is', value: 'pro', because: { kind: 'property', value: 'team' } })).toBe('It is “team”.');
  expect(text({ property: 'tags', op: 'exists', because: { kind: 'property', value: ['a', 7] } })).toBe('It is “a” and 7.');
  expect(text({ property: 'plan', op: 'exists', because: { kind: 'property', value: null } })).toBe('Not known.');
  expect(text({ has: 'reachable', because: { kind: 'has', has: true, known: ['email', 'phone'] } })).toBe('By email and phone.');
});

it('tells when time alone changes it', () => {
  expect(changeText({ answer: true, changesAt: '2026-11-27T18:30:00.000Z' }, moment)).toBe('holds until 28 Nov 00:00, if nothing happens');
  expect(changeText({ answer: false, changesAt: '2026-11-27T18:30:00.000Z' }, moment)).toBe('holds from 28 Nov 00:00, if nothing happens');
  expect(changeText({ answer: false, changesAt: null }, moment)).toBeNull();
});
