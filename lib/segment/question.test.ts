import { describe, expect, it } from 'vitest';
import { AppError } from '@/lib/errors';
import { parseQuestion, parseUserQuestion } from './question';

const now = new Date('2026-03-16T04:30:00Z');
const definition = { did: 'A' };

function fieldOf(ask: () => unknown): string | undefined {
  try {
    ask();
  } catch (error) {
    if (error instanceof AppError && error.code === 'invalid') return error.field;
    throw error;
  }
  throw new Error('should have been refused');
}

describe('a question', () => {
  it('is of one definition or one segment, at an instant or now', () => {
    expect(parseQuestion({ definition }, now)).toEqual({ who: { definition }, at: now, exact: false });
    expect(parseQuestion({ segment: 'buyers', at: '2026-03-01T00:00+05:30', exact: true }, now)).toEqual({
      who: { segment: 'buyers' },
      at: new Date('2026-02-28T18:30:00Z'),
      exact: true,
    });
  });

  it.each([
    [null, ''],
    [[], ''],
    [{}, 'definition'],
    [{ definition, segment: 'buyers' }, 'definition'],
    [{ definition: { did: 'A', count: { gte: '1' } } }, 'count.gte'],
    [{ segment: 5 }, 'segment'],
    [{ segment: 'buy\0ers' }, 'segment'],
    [{ definition, at: '2026-03-16' }, 'at'],
    [{ definition, at: '2026-03-16T04:30' }, 'at'],
    [{ definition, at: '2026-02-30T04:30Z' }, 'at'],
    [{ definition, at: '2026-03-16T24:30Z' }, 'at'],
    [{ definition, exact: 'yes' }, 'exact'],
    [{ definition, sample: true }, 'sample'],
  ])('is refused with the path of its fault: %j', (body, field) => {
    expect(fieldOf(() => parseQuestion(body, now))).toBe(field);
  });

  it('of one user names it', () => {
    expect(parseUserQuestion({ definition, userId: 'u1' }, now)).toMatchObject({ userId: 'u1' });
    for (const userId of [undefined, '', 5, 'u\0']) expect(fieldOf(() => parseUserQuestion({ definition, userId }, now))).toBe('userId');
  });
});
