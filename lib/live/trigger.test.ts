import { describe, expect, it } from 'vitest';
import { triggerSchema } from './trigger';

const faultOf = (trigger: unknown) => {
  const issue = triggerSchema.safeParse(trigger).error?.issues[0];
  return issue && [issue.path.join('.'), issue.message];
};

describe('a trigger', () => {
  it('is one or more events, an inaction or a date', () => {
    const triggers = [
      { on: [{ did: 'Product Viewed', where: [{ property: 'url', op: 'contains', value: '/sale' }] }, { did: ['A', 'B'] }] },
      { sequence: [{ did: 'Cart' }, { didNot: 'Purchase' }], gap: { hours: 1 } },
      { date: 'renewsOn', before: { days: 3 }, time: '09:00' },
      { date: '$birthday', yearly: true },
    ];
    for (const trigger of triggers) expect(triggerSchema.parse(trigger)).toEqual(trigger);
  });

  it.each([
    [{}, '', 'A trigger has one of the keys on, sequence, date.'],
    [{ on: [] }, 'on', 'Name at least one event.'],
    [{ on: Array.from({ length: 11 }, () => ({ did: 'A' })) }, 'on', 'At most 10 events.'],
    [{ sequence: [{ did: 'A' }, { did: 'B' }], gap: { hours: 1 } }, 'sequence.1', 'Second comes {"didNot":…}.'],
    [{ sequence: [{ did: 'A' }, { didNot: 'B' }], gap: { days: 31 } }, 'gap', 'At most 30 days.'],
    [
      { sequence: [{ did: 'A' }, { didNot: 'B' }], gap: { hours: 1 }, within: 'today' },
      'within',
      'A live trigger has no window: it is met as it happens.',
    ],
    [{ date: 'd', before: { days: 1 }, after: { days: 1 } }, 'after', 'Before or after, not both.'],
    [{ date: '$birthday' }, 'yearly', 'A birthday comes round each year.'],
    [{ date: 'd', time: '9' }, 'time', 'A time such as 09:00.'],
  ])('%j is refused where the fault is', (trigger, path, message) => {
    expect(faultOf(trigger)).toEqual([path, message]);
  });
});
