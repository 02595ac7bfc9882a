import { invalidParameter } from './failure';

/** The parameters of a call, from the query and the body together; the body wins. Object values may be JSON text. */
export class Params {
  constructor(
    private readonly values: Record<string, unknown>,
    /** The body as it came: numbers beyond 2^53 are read from here. */
    readonly raw: string,
  ) {}

  has(name: string): boolean {
    return this.values[name] !== undefined;
  }

  text(name: string): string | undefined {
    const value = this.values[name];
    if (value === undefined || value === null) return undefined;
    return typeof value === 'string' ? value : typeof value === 'object' ? JSON.stringify(value) : String(value);
  }

  /** The value with JSON text opened; refused if it is text that is not JSON. */
  json(name: string): unknown {
    const value = this.values[name];
    if (typeof value !== 'string') return value;
    try {
      return JSON.parse(value) as unknown;
    } catch {
      throw invalidParameter(`Param ${name} must be a valid JSON`);
    }
  }

  object(name: string): Record<string, unknown> | undefined {
    const value = this.json(name);
    if (value === undefined || value === null) return undefined;
    if (typeof value !== 'object' || Array.isArray(value)) throw invalidParameter(`Param ${name} must be an object`);
    return value as Record<string, unknown>;
  }

  list(name: string): unknown[] | undefined {
    const value = this.json(name);
    if (value === undefined || value === null) return undefined;
    if (!Array.isArray(value)) throw invalidParameter(`Param ${name} must be an array`);
    return value as unknown[];
  }

  names(): string[] {
    return Object.keys(this.values);
  }
}

/** Reads the query and a JSON, urlencoded or multipart body. An unreadable JSON body is refused as Graph does. */
export function readParams(query: URLSearchParams, body: Buffer, contentType: string): Params {
  const values: Record<string, unknown> = Object.fromEntries(query);
  if (body.length === 0) return new Params(values, '');
  const raw = body.toString('utf8');
  if (contentType.includes('multipart/form-data')) Object.assign(values, multipart(raw, contentType));
  else if (contentType.includes('urlencoded')) Object.assign(values, Object.fromEntries(new URLSearchParams(raw)));
  else Object.assign(values, jsonBody(raw));
  return new Params(values, raw);
}

function jsonBody(raw: string): Record<string, unknown> {
  const text = raw.trim();
  if (text === '') return {};
  if (!text.startsWith('{')) return Object.fromEntries(new URLSearchParams(text));
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    throw invalidParameter('The request body is not valid JSON');
  }
}

function multipart(raw: string, contentType: string): Record<string, string> {
  const boundary = /boundary="?([^";]+)"?/.exec(contentType)?.[1];
  if (!boundary) throw invalidParameter('The multipart body has no boundary');
  const values: Record<string, string> = {};
  for (const part of raw.split(`--${boundary}`)) {
    const split = part.indexOf('\r\n\r\n');
    const name = /name="([^"]*)"/.exec(part.slice(0, Math.max(split, 0)))?.[1];
    if (split >= 0 && name) values[name] = part.slice(split + 4).replace(/\r\n$/, '');
  }
  return values;
}
