import type { TransactionSql } from 'postgres';
import type { Database } from './client';

const pageRows = 5000;

type Query = { sql: string; params: readonly unknown[] };

/**
 * Rows of one snapshot, some thousands at a time, as fast as they are read: memory stays flat. Never ends early as if all had been read, which
 * the cursor of postgres.js does where the connection is lost among the rows.
 * @param prepare sets what holds for the transaction.
 */
export async function* streamedRows<Row extends object>(
  db: Database,
  { sql, params }: Query,
  prepare: (tx: TransactionSql) => Promise<unknown> = async () => {},
): AsyncGenerator<Row> {
  const { readable, writable } = new TransformStream<Row[], Row[]>();
  const pages = writable.getWriter();
  let over = false;
  const reading = db.sql.begin('read only', async (tx) => {
    try {
      await prepare(tx);
      await tx.unsafe(`declare pages no scroll cursor for ${sql}`, params as string[]);
      for (let full = true; full; ) {
        await pages.ready;
        const page = await tx.unsafe<Row[]>(`fetch ${pageRows} from pages`);
        full = page.length === pageRows;
        await pages.write(page);
      }
    } catch (error) {
      // With its connection gone the transaction is over: postgres.js (3.4.9, its issue 1208) must not try to roll it back.
      await new Promise(setImmediate);
      if (over || (error as { severity?: string }).severity === 'FATAL') await new Promise(() => {});
      throw error;
    }
  });
  const told = reading.then(
    () => pages.close(),
    (error: unknown) => {
      over = true;
      return pages.abort(error);
    },
  );
  // Whoever reads is told; whoever has stopped reading need not be.
  told.catch(() => {});
  for await (const page of readable) yield* page;
}
