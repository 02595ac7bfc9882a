import type { Compare } from '@/lib/segment/behaviour';

export function compares(n: number, compare: Compare): boolean {
  if ('between' in compare) return n >= compare.between[0] && n <= compare.between[1];
  if ('eq' in compare) return n === compare.eq;
  if ('ne' in compare) return n !== compare.ne;
  if ('gt' in compare) return n > compare.gt;
  if ('gte' in compare) return n >= compare.gte;
  if ('lt' in compare) return n < compare.lt;
  return n <= compare.lte;
}

/** Of n = digits · 10^−scale, as JSON writes it: binary fractions have no place in sums of money. */
type Decimal = { digits: bigint; scale: number };

function decimal(n: number): Decimal {
  const [mantissa = '0', exponent = '0'] = String(n).split('e');
  const [whole = '0', fraction = ''] = mantissa.split('.');
  const digits = BigInt(whole + fraction);
  const scale = fraction.length - Number(exponent);
  return scale < 0 ? { digits: digits * 10n ** BigInt(-scale), scale: 0 } : { digits, scale };
}

const atScale = ({ digits, scale }: Decimal, wanted: number) => digits * 10n ** BigInt(wanted - scale);

/** Compares Σ numbers ÷ divisor, rounded to 6 decimal places (a half away from zero). */
export function comparesTotal(numbers: readonly number[], divisor: number, compare: Compare): boolean {
  const terms = numbers.map(decimal);
  const scale = Math.max(6, ...terms.map((term) => term.scale));
  const sum = terms.reduce((total, term) => total + atScale(term, scale), 0n);
  const total = { digits: roundedQuotient(sum, BigInt(divisor) * 10n ** BigInt(scale - 6)), scale: 6 };
  const order = (n: number) => difference(total, decimal(n));
  if ('between' in compare) return order(compare.between[0]) >= 0 && order(compare.between[1]) <= 0;
  if ('eq' in compare) return order(compare.eq) === 0;
  if ('ne' in compare) return order(compare.ne) !== 0;
  if ('gt' in compare) return order(compare.gt) > 0;
  if ('gte' in compare) return order(compare.gte) >= 0;
  if ('lt' in compare) return order(compare.lt) < 0;
  return order(compare.lte) <= 0;
}

function roundedQuotient(dividend: bigint, divisor: bigint): bigint {
  const magnitude = ((dividend < 0n ? -dividend : dividend) * 2n + divisor) / (divisor * 2n);
  return dividend < 0n ? -magnitude : magnitude;
}

function difference(a: Decimal, b: Decimal): number {
  const scale = Math.max(a.scale, b.scale);
  const [left, right] = [atScale(a, scale), atScale(b, scale)];
  return left === right ? 0 : left < right ? -1 : 1;
}

/** How many different JSON values; null and missing are none. */
export function distinctCount(values: readonly unknown[]): number {
  return new Set(values.filter((value) => value !== undefined && value !== null).map(canonical)).size;
}

/** The same text for equal JSON values, whatever the order of their keys. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, inner]) => `${JSON.stringify(key)}:${canonical(inner)}`).join()}}`;
}
