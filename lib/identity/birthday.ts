import { type NormalizeContext, normalize } from './normalize';

export type BirthParts = { birthYear: string | null; birthMonth: string; birthDay: string };

type Order = readonly ['year' | 'month' | 'day', 'year' | 'month' | 'day', 'year' | 'month' | 'day'];

/** 03/04/1990 has two readings: the country decides, or it is no date at all. */
function slashOrder(first: number, second: number, country: string | null): Order | null {
  if (first > 12) return ['day', 'month', 'year'];
  if (second > 12) return ['month', 'day', 'year'];
  if (country === null) return null;
  return country === 'US' ? ['month', 'day', 'year'] : ['day', 'month', 'year'];
}

function ordered(order: Order, found: readonly (string | undefined)[]): Record<'year' | 'month' | 'day', string | undefined> {
  const parts: Record<'year' | 'month' | 'day', string | undefined> = { year: undefined, month: undefined, day: undefined };
  order.forEach((part, i) => {
    parts[part] = found[i];
  });
  return parts;
}

function partsOf(text: string, country: string | null) {
  let found =
    /^(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ].*)?$/.exec(text) ??
    /^(\d{4})[/.](\d{1,2})[/.](\d{1,2})$/.exec(text) ??
    /^(\d{4})(\d{2})(\d{2})$/.exec(text);
  if (found) return ordered(['year', 'month', 'day'], found.slice(1));
  found = /^--(\d{2})-?(\d{2})$/.exec(text);
  if (found) return { year: undefined, month: found[1], day: found[2] };
  found = /^(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})$/.exec(text) ?? /^(\d{1,2})(?:st|nd|rd|th)?\.? ([A-Za-z]+)\.?,? (\d{4})$/.exec(text);
  if (found) return ordered(['day', 'month', 'year'], found.slice(1));
  found = /^([A-Za-z]+)\.? (\d{1,2})(?:st|nd|rd|th)?,? (\d{4})$/.exec(text);
  if (found) return ordered(['month', 'day', 'year'], found.slice(1));
  found = /^(\d{1,2})[/-](\d{1,2})[/-](\d{4})$/.exec(text);
  const order = found && slashOrder(Number(found[1]), Number(found[2]), country);
  return found && order ? ordered(order, found.slice(1)) : null;
}

/** The written date, whatever zone a time after it names. Null when it is no real day, lies outside 1900 – this year, or can be read two ways. */
export function birthParts(raw: unknown, context: NormalizeContext): BirthParts | null {
  if (typeof raw !== 'string' && typeof raw !== 'number') return null;
  const parts = partsOf(String(raw).trim(), context.country);
  if (!parts) return null;
  const birthMonth = normalize('birthMonth', parts.month, context);
  const birthDay = normalize('birthDay', parts.day, context);
  const birthYear = parts.year === undefined ? null : normalize('birthYear', parts.year, context);
  if (birthMonth === null || birthDay === null || (parts.year !== undefined && birthYear === null)) return null;
  // Without a year 29 February may be real, so a leap year stands in for it.
  const day = new Date(Date.UTC(Number(birthYear ?? 2000), Number(birthMonth) - 1, Number(birthDay)));
  return day.getUTCDate() === Number(birthDay) ? { birthYear, birthMonth, birthDay } : null;
}
