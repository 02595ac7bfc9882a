import { describe, expect, it } from 'vitest';
import { AppError } from '@/lib/errors';
import { parseDefinition } from './definition';
import { describe as sentence } from './describe';
import { boundsOf } from './window';

function fault(json: unknown): [string, string | undefined] {
  try {
    parseDefinition(json);
  } catch (error) {
    if (error instanceof AppError) return [error.message, error.field];
    throw error;
  }
  throw new Error('should have been refused');
}

describe('a definition', () => {
  it.each([
    [{ all: [] }, 'all'],
    [{ all: {} }, 'all'],
    [{ any: [5] }, 'any[0]'],
    [{ all: [{ did: 'A' }], any: [{ did: 'B' }] }, 'any'],
    [{ any: [{ not: { did: '' } }] }, 'any[0].not.did'],
    [{ did: ['A', ''] }, 'did[1]'],
    [{ did: 'A', wthin: 'today' }, 'wthin'],
    [{ did: 'A', where: [] }, 'where'],
    [{ did: 'A', where: [{ op: 'is', value: 'x' }] }, 'where[0].property'],
    [{ all: [{ did: 'A' }, { did: 'B', where: [{ property: 'x', op: 'resembles', value: 1 }] }] }, 'all[1].where[0].op'],
    [{ all: [{ did: 'A' }, { did: 'B', where: [{ property: 'x', op: 'gt', value: '1' }] }] }, 'all[1].where[0].value'],
    [{ did: 'A', within: 'lately' }, 'within'],
    [{ did: 'A', within: { last: { days: 0 } } }, 'within.last.days'],
    [{ did: 'A', within: { last: { days: 1.5 } } }, 'within.last.days'],
    [{ did: 'A', within: { last: { day: 7 } } }, 'within.last.day'],
    [{ did: 'A', within: { last: { days: 7, hours: 1 } } }, 'within.last.hours'],
    [{ did: 'A', within: { between: ['2026-02-30', '2026-03-01'] } }, 'within.between[0]'],
    [{ did: 'A', within: { between: ['2026-03-02', '2026-03-01'] } }, 'within.between'],
    [{ did: 'A', within: { ago: { from: { days: 1 }, to: { days: 2 } } } }, 'within.ago.from'],
    [{ did: 'A', within: { ago: { from: { days: 30 }, to: { hours: 2 } } } }, 'within.ago.to'],
    [{ did: 'A', within: { exactly: { hours: 2 } } }, 'within.exactly'],
    [{ did: 'A', count: { gte: '2' } }, 'count.gte'],
    [{ did: 'A', count: { gte: 1, lte: 2 } }, 'count.lte'],
    [{ did: 'A', count: { between: [2, 1] } }, 'count.between'],
    [{ did: 'A', count: { gte: 1 }, aggregate: { fn: 'sum', property: 'x', gt: 1 } }, 'aggregate'],
    [{ did: 'A', aggregate: { fn: 'median', property: 'x', gt: 1 } }, 'aggregate.fn'],
    [{ did: 'A', aggregate: { fn: 'sum', gt: 1 } }, 'aggregate.property'],
    [{ did: 'A', aggregate: { fn: 'sum', property: 'x' } }, 'aggregate'],
    [{ did: 'A', aggregate: { fn: 'sum', property: 'x', gt: 1, lt: 2 } }, 'aggregate.lt'],
    [{ did: 'A', occurrence: 'first' }, 'within'],
    [{ did: 'A', occurrence: 'first', within: 'today', count: { gte: 1 } }, 'count'],
    [{ all: [{ did: 'A', hours: [9, 25] }] }, 'all[0].hours[1]'],
    [{ did: 'A', hours: [9, 9] }, 'hours'],
    [{ did: 'A', weekdays: ['monday'] }, 'weekdays[0]'],
    [{ sequence: [] }, 'sequence'],
    [{ sequence: [{ did: 'A' }, { did: 'B' }] }, 'gap'],
    [{ sequence: [{ did: 'A' }, { did: 'B' }], gap: { months: 1 } }, 'gap'],
    [{ sequence: [{ did: 'A' }, { did: '' }], gap: { hours: 1 } }, 'sequence[1].did'],
    [{ sequence: [{ didNot: 'A' }, { did: 'B' }], gap: { hours: 1 } }, 'sequence[0].did'],
    [{ property: 'x' }, 'op'],
    [{ property: 'x', op: 'is' }, 'value'],
    [{ property: 'x', op: 'exists', value: 'y' }, 'value'],
    [{ property: 'x', op: 'isOneOf', value: [] }, 'value'],
    [{ property: 'x', op: 'isOneOf', value: ['a', 1] }, 'value[1]'],
    [{ property: 'x', op: 'between', value: [2, 1] }, 'value'],
    [{ property: 'x', op: 'dateOn', value: '2026-13-01' }, 'value'],
    [{ property: 'x', op: 'anniversaryIn', value: { days: -1 } }, 'value.days'],
    [{ property: '', op: 'exists' }, 'property'],
    [{ has: 'fax' }, 'has'],
    [{ segment: '' }, 'segment'],
    [{ bucket: [5, 4] }, 'bucket'],
    [{ bucket: [0, 1000] }, 'bucket[1]'],
    [{ whatever: 1 }, 'whatever'],
    [JSON.parse('{"did":"A","__proto__":1}'), '__proto__'],
    [{}, ''],
    [[], ''],
    ['did', ''],
    [null, ''],
  ])('is refused with the path of its fault: %j', (json, path) => {
    expect(fault(json)[1]).toBe(path);
  });

  it('is refused where it is not JSON that Postgres can hold', () => {
    const cyclic: Record<string, unknown> = {};
    cyclic.not = cyclic;
    expect(fault({ any: [{ did: 'A' }, { did: ['B', 'C\0'] }] })).toEqual(['A text cannot hold the character U+0000.', 'any[1].did[1]']);
    expect(fault({ property: 'x', op: 'is', value: 'half \ud83d' })[1]).toBe('value');
    expect(fault({ did: 'A', count: { gte: 1n } })).toEqual(['Only what JSON can say.', 'count.gte']);
    expect(fault({ did: 'A', count: { gte: Number.NaN } })[1]).toBe('count.gte');
    expect(fault({ did: new Map() })[1]).toBe('did');
    expect(fault(cyclic)[0]).toContain('deep');
    expect(fault({ did: JSON.parse('['.repeat(5000) + ']'.repeat(5000)) })[0]).toContain('deep');
    expect(fault({ all: Array.from({ length: 1_000_000 }, () => 0) })[0]).toContain('64 KB');
  });

  it('may hold any whole text, and durations of any length', () => {
    const text = '🛒'.repeat(5000);
    expect(parseDefinition({ property: text, op: 'is', value: text })).toEqual({ property: text, op: 'is', value: text });
    expect(parseDefinition({ did: 'A', within: { last: { minutes: 525_600 } } })).toBeTruthy();
    expect(parseDefinition({ did: 'A', within: { last: { years: Number.MAX_SAFE_INTEGER } } })).toBeTruthy();
  });

  it('is bounded in depth, size and number of conditions', () => {
    let deep: unknown = { did: 'A' };
    for (let i = 0; i < 10_000; i++) deep = { not: deep };
    expect(fault(deep)[0]).toContain('deep');
    expect(fault({ any: Array.from({ length: 100 }, () => ({ did: 'A' })) })[0]).toContain('100 conditions');
    expect(fault({ property: 'x', op: 'isOneOf', value: Array.from({ length: 900 }, (_, i) => 'x'.repeat(80) + i) })[0]).toContain('64 KB');
    expect(parseDefinition({ any: Array.from({ length: 99 }, () => ({ did: 'A' })) })).toBeTruthy();
  });

  it('reads as a sentence', () => {
    const json = {
      all: [
        { did: 'Added to Cart', where: [{ property: 'amount', op: 'gt', value: 50 }], within: { last: { days: 7 } } },
        { didNot: 'Purchased', within: { last: { days: 7 } } },
        { any: [{ property: '$country', op: 'isOneOf', value: ['IN', 'BR'] }, { has: 'reachable' }] },
      ],
    };
    expect(sentence(parseDefinition(json))).toBe(
      'Users who did “Added to Cart” with amount over 50 at least once in the last 7 days and did not do “Purchased” in the last 7 days and (are in India or Brazil or can be reached on Facebook)',
    );
  });
});

describe('a window', () => {
  const kolkata = 'Asia/Kolkata';
  const at = new Date('2026-03-16T04:30:00Z');
  const iso = (window: Parameters<typeof boundsOf>[0], zone = kolkata, now = at) => {
    const { from, to, toIncluded } = boundsOf(window, zone, now);
    return [from?.toISOString() ?? null, toIncluded ? 'now' : to.toISOString()];
  };

  it('of days begins at the local midnight that many days before', () => {
    expect(iso({ last: { days: 7 } })).toEqual(['2026-03-08T18:30:00.000Z', 'now']);
    expect(iso({ exactly: { days: 7 } })).toEqual(['2026-03-08T18:30:00.000Z', '2026-03-09T18:30:00.000Z']);
    expect(iso('previousMonth')).toEqual(['2026-01-31T18:30:00.000Z', '2026-02-28T18:30:00.000Z']);
    expect(iso({ before: '2026-03-09' })).toEqual([null, '2026-03-08T18:30:00.000Z']);
    expect(iso({ after: '2026-03-09' })).toEqual(['2026-03-09T18:30:00.000Z', 'now']);
  });

  it('of a month keeps the day, or takes the month’s last', () => {
    expect(iso({ last: { months: 1 } }, 'UTC', new Date('2026-03-31T12:00:00Z'))).toEqual(['2026-02-28T00:00:00.000Z', 'now']);
  });

  it('of hours rolls, without its beginning', () => {
    expect(boundsOf({ last: { hours: 24 } }, kolkata, at)).toMatchObject({
      from: new Date('2026-03-15T04:30:00Z'),
      fromIncluded: false,
      toIncluded: true,
    });
  });

  it('knows days whose midnight is skipped or comes twice', () => {
    expect(iso({ on: '2018-11-04' }, 'America/Sao_Paulo')).toEqual(['2018-11-04T03:00:00.000Z', '2018-11-05T02:00:00.000Z']);
    expect(iso({ on: '2025-10-05' }, 'America/Havana')).toEqual(['2025-10-05T04:00:00.000Z', '2025-10-06T04:00:00.000Z']);
  });

  it('longer than the calendar is open', () => {
    for (const unit of ['minutes', 'hours', 'days', 'weeks', 'months', 'years']) {
      const window = { last: { [unit]: Number.MAX_SAFE_INTEGER } } as Parameters<typeof boundsOf>[0];
      expect(boundsOf(window, kolkata, at).from?.getTime()).toBeLessThan(Date.UTC(-7000, 0));
    }
  });

  it('sees nothing after the evaluation', () => {
    expect(iso({ between: ['2026-03-01', '2026-04-01'] })).toEqual(['2026-02-28T18:30:00.000Z', 'now']);
  });
});
