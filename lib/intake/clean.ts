import { AppError } from '@/lib/errors';
import type { Json } from './record';

/** Deeper values are refused: neither JSON.stringify nor Postgres' parser has a stack without end. */
const deepest = 32;

// A NUL and half a surrogate pair are legal in JSON and refused by Postgres, which would fail a whole transaction for them.
const unstorable = /\0|\p{Surrogate}/gu;
const replace = (found: string) => (found === '\0' ? '' : '\uFFFD');

export const cleanText = (text: string): string => text.replace(unstorable, replace);

/** True when the JSON text might hold something {@link cleanJson} has to take out. */
export const needsCleaning = (json: string): boolean => /\\u0000|\\u[dD][89a-fA-F]/.test(json);

/** The value with every text and every name storable. */
export function cleanJson(value: Json): Json {
  if (typeof value === 'string') return cleanText(value);
  if (Array.isArray(value)) return value.map(cleanJson);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [cleanText(name), cleanJson(inner)]));
}

/** @throws AppError invalid, with `field`, where the value is nested too deep. */
export function refuseDeep(value: Json, field: string, level = 1): void {
  if (value === null || typeof value !== 'object') return;
  if (level > deepest) throw new AppError('invalid', `Nested deeper than ${deepest} levels.`, field);
  for (const inner of Array.isArray(value) ? value : Object.values(value)) refuseDeep(inner, field, level + 1);
}
