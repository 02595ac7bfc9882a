import { GraphFailure, invalidParameter } from './failure';

/** Each field of a node type, computed when asked for. */
export type FieldTable<T> = Record<string, (of: T) => unknown>;

interface Wanted {
  name: string;
  inner: string | null;
}

/**
 * The named fields of an object, `campaign{id,name}` style. Without a list only the defaults. `id` is always there. A value
 * that is undefined is left out; a name the node type does not have is refused.
 */
export function select<T>(
  of: T,
  nodeType: string,
  table: FieldTable<T>,
  list: string | undefined,
  defaults: string[],
): Record<string, unknown> {
  const wanted = list === undefined || list === '' ? defaults.map((name) => ({ name, inner: null })) : parse(list);
  const result: Record<string, unknown> = {};
  for (const { name, inner } of [...wanted, { name: 'id', inner: null }]) {
    const field = table[name];
    if (!field) throw invalidParameter(`Tried accessing nonexisting field (${name}) on node type (${nodeType})`);
    const value = field(of);
    if (value !== undefined) result[name] = inner === null ? value : narrowed(value, inner);
  }
  return result;
}

function narrowed(value: unknown, inner: string): unknown {
  if (Array.isArray(value)) return value.map((item) => narrowed(item, inner));
  if (typeof value !== 'object' || value === null) return value;
  const source = value as Record<string, unknown>;
  const result: Record<string, unknown> = {};
  for (const { name, inner: deeper } of parse(inner)) {
    if (source[name] !== undefined) result[name] = deeper === null ? source[name] : narrowed(source[name], deeper);
  }
  return result;
}

function parse(list: string): Wanted[] {
  const names = list.startsWith('[') ? (JSON.parse(list) as string[]) : splitTop(list);
  return names
    .map((name) => name.trim())
    .filter((name) => name !== '')
    .map((name) => {
      const brace = name.indexOf('{');
      if (brace < 0) return { name, inner: null };
      if (!name.endsWith('}'))
        throw new GraphFailure(2500, `Syntax error "Expected end of string instead of "{"." at character ${brace}: ${name}`);
      return { name: name.slice(0, brace), inner: name.slice(brace + 1, -1) };
    });
}

function splitTop(list: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  for (let i = 0; i < list.length; i += 1) {
    const char = list[i];
    if (char === '{') depth += 1;
    if (char === '}') depth -= 1;
    if (char === ',' && depth === 0) {
      parts.push(list.slice(start, i));
      start = i + 1;
    }
  }
  if (depth !== 0) throw new GraphFailure(2500, `Syntax error "Unbalanced braces." in fields: ${list}`);
  return [...parts, list.slice(start)];
}
