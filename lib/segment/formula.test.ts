import { sql } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { allOf, anyOf, constant, given, leafFormula, negation, testFormula } from './formula';

const leaf = (key: string) => leafFormula(key, { unique: sql``, repeated: sql``, rank: 0, mayOutlive: false });
const a = leaf('a');
const b = leaf('b');
const c = testFormula('c', sql``);

describe('a formula', () => {
  it('is flat, with each part once', () => {
    expect(allOf([a, allOf([b, allOf([c, a])])])).toEqual(allOf([a, b, c]));
    expect(anyOf([anyOf([a])])).toEqual(a);
  });

  it('carries negations down to leaves and tests', () => {
    expect(negation(allOf([a, anyOf([b, negation(c)])]))).toEqual(anyOf([negation(a), allOf([negation(b), c])]));
    expect(negation(negation(a))).toEqual(a);
  });

  it('loses what is decided', () => {
    expect(allOf([a, constant(true)])).toEqual(a);
    expect(allOf([a, constant(false), b])).toEqual(constant(false));
    expect(anyOf([a, constant(true)])).toEqual(constant(true));
    expect(anyOf([constant(false)])).toEqual(constant(false));
    expect(allOf([])).toEqual(constant(true));
    expect(allOf([a, negation(a)])).toEqual(constant(false));
    expect(anyOf([negation(c), b, c])).toEqual(constant(true));
  });

  it('is simpler where something is known', () => {
    const formula = anyOf([allOf([a, b]), allOf([negation(a), c])]);
    expect(given(formula, [a])).toEqual(b);
    expect(given(formula, [negation(a)])).toEqual(c);
    expect(given(formula, [a, negation(b)])).toEqual(constant(false));
  });
});
