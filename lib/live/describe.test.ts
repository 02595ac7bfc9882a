import { describe, expect, it } from 'vitest';
import { parseDefinition } from '@/lib/segment/definition';
import { describeLive } from './describe';
import { pastDefinition } from './past';
import { type Trigger, triggerSchema } from './trigger';

const trigger = (json: unknown): Trigger => triggerSchema.parse(json);

const viewed = trigger({ on: [{ did: 'Viewed', where: [{ property: 'url', op: 'contains', value: '/sale' }] }, { did: 'Searched' }] });
const abandoned = trigger({ sequence: [{ did: 'Cart' }, { didNot: 'Paid' }], gap: { hours: 1 } });
const due = trigger({ date: 'renewsOn', before: { days: 3 }, time: '09:00' });

describe('a live campaign in words', () => {
  it.each([
    [
      { trigger: viewed, narrowing: { property: 'plan', op: 'is', value: 'free' } as const },
      'Users the moment they do “Viewed” with url containing “/sale”, or “Searched”, as long as they have plan “free”. They stay 30 days',
    ],
    [
      { trigger: abandoned, exit: [{ did: 'Paid' }], stayDays: 1 },
      'Users who do “Cart” and then not “Paid” within 1 hour, the moment that has passed. They stay 1 day, or until they do “Paid”',
    ],
    [{ trigger: due, stayDays: 7 }, 'Users 3 days before their “renewsOn”, at 09:00. They stay 7 days'],
    [
      { trigger: trigger({ date: '$birthday', yearly: true, before: { days: 1 } }) },
      'Users 1 day before their birthday. They stay 30 days',
    ],
    [{ trigger: trigger({ date: 'born', yearly: true }) }, 'Users on their “born”, whatever the year. They stay 30 days'],
  ])('says who, and how long', (who, sentence) => {
    expect(describeLive(who)).toBe(sentence);
  });
});

describe('who would have qualified', () => {
  it('did it within the last stay, and fits what narrows it', () => {
    const narrowing = { has: 'reachable' } as const;
    for (const each of [viewed, abandoned, due]) expect(parseDefinition(pastDefinition(each, narrowing, 14))).toBeTruthy();
    expect(pastDefinition(abandoned, narrowing, 14)).toEqual({
      all: [{ sequence: [{ did: 'Cart' }, { didNot: 'Paid' }], gap: { hours: 1 }, within: { last: { days: 14 } } }, narrowing],
    });
    expect(pastDefinition(trigger({ on: [{ did: 'Viewed' }] }), null, 14)).toEqual({ did: 'Viewed', within: { last: { days: 14 } } });
  });
});
