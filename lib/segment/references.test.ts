import { describe, expect, it } from 'vitest';
import type { Definition } from './definition';
import { cycleThrough, dependentsOf, referencesOf, refuseTooLarge, writtenOut } from './references';

const to = (...keys: string[]): Definition => ({ all: keys.map((segment) => ({ segment })) });
const graph = (edges: Record<string, string[]>) => new Map(Object.entries(edges).map(([key, keys]) => [key, to(...keys)]));

describe('references', () => {
  it('come with the path of their key', () => {
    expect([...referencesOf({ segment: 'a' })]).toEqual([{ key: 'a', path: 'segment' }]);
    expect([...referencesOf({ all: [{ has: 'email' }, { not: { any: [{ segment: 'b' }] } }] })]).toEqual([
      { key: 'b', path: 'all[1].not.any[0].segment' },
    ]);
  });

  it('that lead back are a cycle, the shortest one', () => {
    expect(cycleThrough('a', graph({ a: ['a'] }))).toEqual(['a', 'a']);
    expect(cycleThrough('a', graph({ a: ['b', 'c'], b: ['d'], d: ['c'], c: ['a'] }))).toEqual(['a', 'c', 'a']);
    expect(cycleThrough('a', graph({ a: ['b'], b: ['c', 'b'], c: [] }))).toBeNull();
    expect(cycleThrough('a', graph({ a: ['b', 'c'], b: ['d'], c: ['d'], d: ['gone'] }))).toBeNull();
  });

  it('have dependents, through others too', () => {
    const definitions = graph({ a: [], b: ['a'], c: ['b'], d: ['c', 'a'], e: [] });
    expect(dependentsOf('a', definitions).sort()).toEqual(['b', 'c', 'd']);
    expect(dependentsOf('e', definitions)).toEqual([]);
  });
});

describe('a definition written out', () => {
  it('is refused where the segments it refers to add up to too many conditions', () => {
    // Each holds the one before twice.
    const definitions = new Map<string, Definition>([['s0', { has: 'email' }]]);
    for (let i = 1; i <= 7; i++) definitions.set(`s${i}`, to(`s${i - 1}`, `s${i - 1}`));
    expect(() => refuseTooLarge({ segment: 's6' }, definitions)).not.toThrow();
    expect(() => refuseTooLarge({ segment: 's7' }, definitions)).toThrow(/would have 510 conditions in all; 500 is the most/);
    expect(() => refuseTooLarge({ segment: 's7' }, definitions, 'VIP')).toThrow(/^“VIP” refers to this segment/);
  });

  it('is refused where they go too deep, at once even where there are a million ways down', () => {
    const definitions = new Map<string, Definition>([['s0', { has: 'email' }]]);
    for (let i = 1; i <= 300; i++) definitions.set(`s${i}`, to(`s${i - 1}`, `s${i - 1}`));
    expect(() => refuseTooLarge({ segment: 's300' }, definitions)).toThrow(/301 segments deep; 20 is the most/);
  });

  it('holds the saved segments themselves, and lists by name', () => {
    const sources = new Map([
      ['vip', { definition: { all: [{ segment: 'buyers' }, { segment: 'given' }] } as Definition }],
      ['buyers', { definition: { did: 'Bought' } as Definition }],
      ['given', { list: { id: '00000000-0000-0000-0000-000000000001' } }],
    ]);
    expect(writtenOut({ any: [{ not: { segment: 'vip' } }, { has: 'email' }] }, sources)).toEqual({
      any: [{ not: { all: [{ did: 'Bought' }, { segment: 'given' }] } }, { has: 'email' }],
    });
  });
});
