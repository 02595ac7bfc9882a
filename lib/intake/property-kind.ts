import type { Json, Properties } from './record';

export type PropertyKind = 'text' | 'number' | 'boolean' | 'date' | 'list' | 'other';

const isoDate = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:?\d{2})?)?$/;

/** Null (JSON null) has no kind. */
export function kindOf(value: Json): PropertyKind | null {
  if (value === null) return null;
  if (typeof value === 'string') return value.length <= 35 && isoDate.test(value) && !Number.isNaN(Date.parse(value)) ? 'date' : 'text';
  if (typeof value === 'number') return 'number';
  if (typeof value === 'boolean') return 'boolean';
  return Array.isArray(value) ? 'list' : 'other';
}

const amounts = ['amount', 'revenue', 'value', 'total', 'price', 'ordertotal', 'totalamount', 'subtotal', 'sum', 'cost', 'quantity'];
const labels = ['category', 'productcategory', 'plan', 'product', 'productname', 'sku', 'item', 'type', 'name', 'brand', 'path', 'url'];

/** Lower is better. Names that only identify are last: nobody sums or groups by an order's number. */
function rank(name: string, preferred: readonly string[]): number {
  const plain = name.toLowerCase().replace(/[^a-z]/g, '');
  const place = preferred.indexOf(plain);
  if (place >= 0) return place;
  return /(^|_| )ids?$|[a-z]I[dD]s?$/.test(name) ? preferred.length + 1 : preferred.length;
}

export type Promoted = { amount: string | null; label: string | null };

/**
 * The number and the text of these events that are worth their own columns. There is always one where any event has a number (a
 * text): so an event stored before the choice has none of that kind, and column and JSON agree for ever.
 */
export function choosePromoted(events: readonly Properties[]): Promoted {
  return { amount: best(events, 'number', amounts), label: best(events, 'string', labels) };
}

function best(events: readonly Properties[], type: 'number' | 'string', preferred: readonly string[]): string | null {
  let chosen: string | null = null;
  let chosenRank = Number.POSITIVE_INFINITY;
  for (const properties of events) {
    for (const [name, value] of Object.entries(properties)) {
      if (typeof value !== type || name === chosen) continue;
      const found = rank(name, preferred);
      if (found < chosenRank) {
        chosen = name;
        chosenRank = found;
      }
    }
  }
  return chosen;
}

/**
 * Whether sums and averages of such amounts come out exact to 6 decimals in double precision, which holds 15 digits; its largest and smallest
 * numbers cannot even be added or divided.
 */
export const addsUp = (amount: number): boolean => amount === 0 || (Math.abs(amount) < 1e9 && Math.abs(amount) > 1e-100);
