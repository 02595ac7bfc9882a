import { type Column, columnOf } from '../store/columns';
import { GraphFailure, invalidParameter } from './failure';
import type { Params } from './params';

export const maxRows = 10_000;

export interface MemberPayload {
  columns: Column[];
  /** Canonical text of the schema, for comparing. */
  schema: string;
  /** FILE_IMPORTED sub type that this form of payload makes. */
  dataSource: string;
  /** Each row has exactly as many cells as there are columns. */
  rows: unknown[][];
}

const legacyKeys: Record<string, string> = {
  EMAIL_SHA256: 'EMAIL',
  PHONE_SHA256: 'PHONE',
  MOBILE_ADVERTISER_ID: 'MADID',
};

function mismatch(): GraphFailure {
  return invalidParameter('Data is missing or does not match schema');
}

/** Reads `payload`: {schema, data}. Wrong shape refuses the whole request; wrong cells are counted later, row by row. */
export function readPayload(params: Params): MemberPayload {
  if (!params.has('payload')) throw invalidParameter('The parameter payload is required');
  const payload = params.object('payload') ?? {};
  const { schema, data } = payload;
  if (!Array.isArray(data) || data.length === 0) throw mismatch();
  if (data.length > maxRows) {
    throw new GraphFailure(1, 'An unknown error occurred', { subcode: 99 });
  }
  if (typeof schema === 'string') return singleKey(schema, data as unknown[]);
  if (!Array.isArray(schema) || schema.length === 0) throw mismatch();
  const columns = schema.map((key) => (typeof key === 'string' ? columnOf(key) : undefined));
  if (columns.some((item) => item === undefined) || new Set(schema).size !== schema.length) throw mismatch();
  for (const row of data) {
    if (!Array.isArray(row) || row.length !== schema.length) throw mismatch();
  }
  return {
    columns: columns as Column[],
    schema: JSON.stringify(schema),
    dataSource: 'MULTI_HASHES',
    rows: data as unknown[][],
  };
}

/** The legacy form: one key as text, rows as text or as lists of one. Kept by Facebook as another data source. */
function singleKey(schema: string, data: unknown[]): MemberPayload {
  const column = columnOf(legacyKeys[schema] ?? schema);
  if (!column) throw mismatch();
  const rows = data.map((row) => (Array.isArray(row) ? (row as unknown[]) : [row]));
  if (rows.some((row) => row.length !== 1)) throw mismatch();
  const dataSource = column.key === 'EXTERN_ID' ? 'EXTERNAL_IDS' : column.key === 'MADID' ? 'MOBILE_ADVERTISER_IDS' : 'HASHES_OR_USER_IDS';
  return {
    columns: [column],
    schema: JSON.stringify(schema),
    dataSource,
    rows,
  };
}

export interface SessionParam {
  id: string;
  seq: number;
  last: boolean;
}

/** Reads `session`; the id keeps all its digits even beyond 2^53. */
export function readSession(params: Params): SessionParam | null {
  const session = params.object('session');
  if (!session) return null;
  const id = sessionIdText(params, session.session_id);
  if (id === null || !/^[1-9]\d{0,18}$/.test(id) || BigInt(id) > 9_223_372_036_854_775_807n) {
    throw invalidParameter('Param session[session_id] must be a positive 64-bit integer');
  }
  const seq = Number(session.batch_seq);
  if (!Number.isInteger(seq) || seq < 1) throw invalidParameter('Param session[batch_seq] must be an integer from 1');
  return {
    id,
    seq,
    last: session.last_batch_flag === true || session.last_batch_flag === 'true',
  };
}

function sessionIdText(params: Params, value: unknown): string | null {
  if (typeof value === 'string') return value;
  if (typeof value !== 'number') return null;
  if (Number.isSafeInteger(value)) return String(value);
  const own = params.text('session') ?? '';
  const source = params.raw.includes('"session_id"') ? params.raw : own;
  return /"session_id"\s*:\s*(\d+)/.exec(source)?.[1] ?? null;
}
