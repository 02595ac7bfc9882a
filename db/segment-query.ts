import type { SQL } from 'drizzle-orm';
import { PgDialect } from 'drizzle-orm/pg-core';
import type { TransactionSql } from 'postgres';
import { AppError } from '@/lib/errors';
import type { Database } from './client';
import { streamedRows } from './row-stream';

const dialect = new PgDialect();
/** Somebody waits for the answer. */
const mostMs = 30_000;
/** Of all members, for a file or a run: longer than any honest segment takes; a pattern can be made to take for ever. */
export const mostMembersMs = 600_000;

/**
 * Rows of a query over segments, with the settings it needs, in a transaction of its own that can only read.
 * @param signal once aborted, the server's work is cancelled and the signal's reason thrown.
 * @throws AppError where it takes longer than 30 s, or a pattern does not compile.
 */
export async function runSegmentQuery<Row extends object>(db: Database, query: SQL, signal?: AbortSignal): Promise<Row[]> {
  const { sql, params } = dialect.sqlToQuery(query);
  try {
    return (await db.sql.begin('read only', async (tx) => {
      const backend = await prepare(tx, sql);
      signal?.throwIfAborted();
      const rows = tx.unsafe<Row[]>(sql, params as string[]);
      return signal ? untilAborted(db, backend, rows, signal) : rows;
    })) as Row[];
  } catch (error) {
    if (signal?.aborted) throw signal.reason;
    throw translated(error);
  }
}

export type SegmentQueries = <Row extends object>(query: SQL) => Promise<Row[]>;

/** Several queries over segments that see the same data, however long it takes to ask them. @param signal @throws as runSegmentQuery. */
export async function runSegmentQueries<T>(db: Database, run: (rows: SegmentQueries) => Promise<T>, signal?: AbortSignal): Promise<T> {
  try {
    return (await db.sql.begin('isolation level repeatable read read only', async (tx) => {
      const backend = await prepare(tx);
      return run(async <Row extends object>(query: SQL) => {
        const { sql, params } = dialect.sqlToQuery(query);
        signal?.throwIfAborted();
        const rows = tx.unsafe<Row[]>(sql, params as string[]);
        return [...(await (signal ? untilAborted(db, backend, rows, signal) : rows))];
      });
    })) as T;
  } catch (error) {
    if (signal?.aborted) throw signal.reason;
    throw translated(error);
  }
}

/**
 * Rows of a query over segments, of one snapshot, a few thousand at a time: memory stays flat.
 * @throws AppError where they are not found within ten minutes, or a pattern does not compile.
 */
export async function* segmentRows<Row extends object>(db: Database, query: SQL): AsyncGenerator<Row> {
  const compiled = dialect.sqlToQuery(query);
  try {
    yield* streamedRows<Row>(db, compiled, (tx) => prepare(tx, compiled.sql, mostMembersMs));
  } catch (error) {
    throw translated(error);
  }
}

/**
 * Sets what holds for this transaction only. Leaves and profiles come in order of profile ids, so they are merged: the planner, who does not know
 * of caches, would hash them and take three times as long; workers would each repeat an aggregate. docs/decisions/0015.
 * @param limitMs of a statement. @returns the backend's process id.
 */
async function prepare(tx: TransactionSql, sql = '', limitMs = mostMs): Promise<number> {
  const [row] = await tx<{ pid: number }[]>`
    select pg_backend_pid() as pid, set_config('statement_timeout', ${String(limitMs)}, true), set_config('jit', 'off', true),
      set_config('work_mem', ${workMemory(sql)}, true), set_config('enable_hashjoin', 'off', true), set_config('enable_nestloop', ${mayNest(sql)}, true),
      set_config('max_parallel_workers_per_gather', '0', true), set_config('cursor_tuple_fraction', '1', true)`;
  return row?.pid ?? 0;
}

/**
 * Where leaves are left-joined, for an "or" or for a "not" over several, the planner thinks that hardly anybody remains, and would compute a leaf
 * anew for each of thousands: a minute in place of a third of a second.
 */
export const mayNest = (sql: string): 'on' | 'off' => (sql.includes('left join') ? 'off' : 'on');

/** What each leaf of a query may take to group or sort; a hundred of them are not to take the whole machine. */
function workMemory(sql: string): string {
  const leaves = sql.match(/\bgroup by\b|\bover \(/g)?.length ?? 1;
  return `${Math.max(8, Math.min(128, Math.floor(1024 / leaves)))}MB`;
}

/** The connection is given back only when both have ended: a late cancellation would hit whoever has it next. */
async function untilAborted<Row extends object>(db: Database, backend: number, rows: PromiseLike<Row[]>, signal: AbortSignal) {
  let cancelled: Promise<unknown> | undefined;
  const cancel = () => {
    // Through the other pool: this one may be full of queries like ours.
    cancelled = db.orm.execute(`select pg_cancel_backend(${backend})`).catch(() => {});
  };
  signal.addEventListener('abort', cancel, { once: true });
  try {
    return await rows;
  } finally {
    signal.removeEventListener('abort', cancel);
    await cancelled;
  }
}

/** Postgres' codes: 57014 cancelled by the time-out, 2201B a pattern that does not compile. Other errors come back as they are. */
export function translated(error: unknown): unknown {
  const code = (error as { code?: string }).code ?? (error as { cause?: { code?: string } }).cause?.code;
  if (code === '57014')
    return new AppError('unprocessable', 'This segment takes too long to compute. Make it narrower, or its patterns simpler.', '');
  if (code === '2201B') return new AppError('invalid', 'A pattern of “matches” does not compile.', '');
  return error;
}
