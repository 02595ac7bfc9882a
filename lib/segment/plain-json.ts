import type { Refusal } from './choice';

/** A definition has at most 64 KB: no more values than that, and far fewer levels than a recursive reader could stand. */
const mostValues = 64 * 1024;
const mostLevels = 60;

/** What keeps it from being plain JSON that Postgres can hold: not what JSON has, endless, or a text no database takes. */
export function oddity(json: unknown): Refusal | undefined {
  let values = 0;
  const visit = (value: unknown, path: PropertyKey[]): Refusal | undefined => {
    values += 1;
    if (values > mostValues) return { message: 'A definition may have at most 64 KB.' };
    if (path.length > mostLevels) return { message: `Nested more than ${mostLevels} deep.`, path };
    if (typeof value === 'string') return oddText(value, path);
    if (Array.isArray(value)) return first(value.entries(), path, visit);
    if (typeof value === 'object' && value !== null) return isPlain(value) ? first(Object.entries(value), path, visit) : notJson(path);
    const isJson = value === null || value === undefined || typeof value === 'boolean' || Number.isFinite(value);
    return isJson ? undefined : notJson(path);
  };
  return visit(json, []);
}

const notJson = (path: PropertyKey[]): Refusal => ({ message: 'Only what JSON can say.', path });

const isPlain = (value: object) => [Object.prototype, null].includes(Object.getPrototypeOf(value));

function first(
  entries: Iterable<[PropertyKey, unknown]>,
  path: PropertyKey[],
  visit: (value: unknown, path: PropertyKey[]) => Refusal | undefined,
): Refusal | undefined {
  for (const [key, value] of entries) {
    const odd = visit(value, [...path, key]);
    if (odd) return odd;
  }
  return undefined;
}

/** Postgres takes neither in a text or in jsonb. */
function oddText(text: string, path: PropertyKey[]): Refusal | undefined {
  if (text.includes('\0')) return { message: 'A text cannot hold the character U+0000.', path };
  if (/\p{Surrogate}/u.test(text)) return { message: 'A text ends, or begins, in the middle of a character.', path };
  return undefined;
}
