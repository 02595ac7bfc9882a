import { describe, expect, it } from 'vitest';
import { parseDefinition } from '@/lib/segment/definition';
import { holdsForZero } from './compare-field';
import { choicesFor, firstOperator, isTextOfNumbers, keyOf, typeOfOperator, valueFor } from './operators';

const types = ['text', 'number', 'boolean', 'date', 'list'] as const;

describe('operators', () => {
  it('are all offered for every type, each once', () => {
    for (const type of types) {
      const { own, others } = choicesFor(type);
      const keys = [...own, ...others.flatMap((group) => group.choices)].map((choice) => choice.key);
      expect(new Set(keys).size).toBe(keys.length);
      expect(new Set(keys.map((key) => key.split(' ')[0])).size).toBe(29);
    }
  });

  it('begin with a value that is right or that somebody must give, whatever stood there before', () => {
    const befores = [undefined, '', 'a', 7, Number.NaN, true, ['a'], [1, 2], ['2026-03-09', '2026-03-10'], '2026-03-09', { days: 3 }];
    const given = { text: 'x', number: 1 };
    for (const { op, type } of types.flatMap((each) => choicesFor(each).own)) {
      for (const before of befores) {
        const value = valueFor(op, type, before);
        expect(typeOfOperator(op, type, value)).toBe(type);
        const filled = value === undefined && type === 'text' && !op.endsWith('xists') ? given.text : filledIn(value);
        const json = { property: 'p', op, ...(filled === undefined ? {} : { value: filled }) };
        expect(() => parseDefinition(json), `${op} after ${JSON.stringify(before)}`).not.toThrow();
      }
    }
  });

  it('know texts from true and false by the value', () => {
    expect(typeOfOperator('is', 'text', true)).toBe('boolean');
    expect(typeOfOperator('is', 'boolean', 'yes')).toBe('text');
    expect(keyOf('boolean', 'is')).not.toBe(keyOf('text', 'is'));
    expect(typeOfOperator('gt', 'text', 5)).toBe('number');
  });

  it('begin as one most likely asks', () => {
    expect(firstOperator({ type: 'text', values: [{ value: 'a' }] })).toBe('isOneOf');
    expect(firstOperator({ type: 'text', values: [] })).toBe('is');
    expect(firstOperator({ type: 'number', values: [] })).toBe('gt');
  });

  it('tell numbers that were sent as texts', () => {
    const values = (...texts: string[]) => texts.map((value) => ({ value }));
    expect(isTextOfNumbers({ name: 'n', type: 'text', values: values('10', '-2.5') })).toBe(true);
    expect(isTextOfNumbers({ name: 'n', type: 'text', values: values('10', 'ten') })).toBe(false);
    expect(isTextOfNumbers({ name: 'n', type: 'text', values: [] })).toBe(false);
  });
});

/** As somebody fills in what is empty. */
function filledIn(value: unknown): unknown {
  if (typeof value === 'number' && Number.isNaN(value)) return 1;
  if (value === '') return '2026-03-09';
  if (!Array.isArray(value)) return value;
  return value.length === 0 ? ['x'] : value.map(filledIn);
}

describe('zero', () => {
  it.each([
    [{ lt: 3 }, true],
    [{ lte: 0 }, true],
    [{ eq: 0 }, true],
    [{ ne: 0 }, false],
    [{ between: [0, 2] as [number, number] }, true],
    [{ gt: 0 }, false],
    [{ gte: 1 }, false],
    [{ gte: Number.NaN }, false],
  ])('satisfies %j: %s', (compare, holds) => {
    expect(holdsForZero(compare as Parameters<typeof holdsForZero>[0])).toBe(holds);
  });
});
