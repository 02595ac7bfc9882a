import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Circle, eulerPicture, sharedArea } from './euler';
import { overlapMatrix, pairOf } from './overlap';

const width = 400;
const distance = (a: Circle, b: Circle) => Math.hypot(a.x - b.x, a.y - b.y);
const area = ({ r }: Circle) => Math.PI * r ** 2;

const picture = (onlyFirst: number, both: number, onlySecond: number) => {
  const found = eulerPicture({ onlyFirst, both, onlySecond }, width);
  if (!found) throw new Error('no picture');
  return found;
};

describe('the picture of two segments', () => {
  it('has areas in proportion to the numbers, all three of them, and lies within its frame', () => {
    fc.assert(
      fc.property(fc.nat(1_000_000), fc.nat(1_000_000), fc.nat(1_000_000), (onlyFirst, both, onlySecond) => {
        fc.pre(onlyFirst + both > 0 && onlySecond + both > 0);
        const { first, second, height } = picture(onlyFirst, both, onlySecond);
        const unit = (area(first) + area(second)) / (onlyFirst + onlySecond + 2 * both);
        expect(area(first) / unit).toBeCloseTo(onlyFirst + both, 0);
        expect(area(second) / unit).toBeCloseTo(onlySecond + both, 0);
        expect(Math.abs(sharedArea(first.r, second.r, distance(first, second)) / unit - both)).toBeLessThan(
          1 + (onlyFirst + onlySecond + both) * 1e-6,
        );
        for (const { x, y, r } of [first, second]) {
          expect(Math.min(x - r, y - r)).toBeGreaterThan(-0.001);
          expect(x + r).toBeLessThan(width + 0.001);
          expect(y + r).toBeLessThan(height + 0.001);
        }
      }),
    );
  });

  it('of segments without a user in common are circles apart', () => {
    const { first, second } = picture(100, 0, 25);
    expect(distance(first, second)).toBeGreaterThan(first.r + second.r);
    expect(first.r / second.r).toBeCloseTo(2);
  });

  it('of one within the other is a circle in a circle, and of equal ones one circle', () => {
    const { first, second } = picture(0, 25, 75);
    expect(distance(first, second) + first.r).toBeCloseTo(second.r);
    const same = picture(0, 10, 0);
    expect(distance(same.first, same.second)).toBeCloseTo(0);
    expect(same.first.r).toBeCloseTo(width / 2);
  });

  it('of an empty segment is the other circle alone; of two there is none', () => {
    expect(picture(10, 0, 0).second.r).toBe(0);
    expect(eulerPicture({ onlyFirst: 0, both: 0, onlySecond: 0 }, width)).toBeNull();
  });
});

describe('counts by mask', () => {
  const counts = [
    { mask: 0b001, count: 40 },
    { mask: 0b011, count: 5 },
    { mask: 0b100, count: 7 },
    { mask: 0b111, count: 2 },
  ];

  it('make the matrix of every two segments', () => {
    expect(overlapMatrix(counts, 3)).toEqual([
      [47, 7, 2],
      [7, 7, 2],
      [2, 2, 9],
    ]);
  });

  it('make the three parts of any two', () => {
    expect(pairOf(counts, 0, 1)).toEqual({ onlyFirst: 40, both: 7, onlySecond: 0 });
    expect(pairOf(counts, 2, 0)).toEqual({ onlyFirst: 7, both: 2, onlySecond: 45 });
  });
});
