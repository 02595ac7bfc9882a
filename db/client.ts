import { drizzle, type PostgresJsDatabase } from 'drizzle-orm/postgres-js';
import type postgres from 'postgres';
import { LastingClient } from './lasting-client';
import * as schema from './schema';

/**
 * Two clients on purpose: drizzle() changes how the client it is given reads and writes dates, so raw statements have their own.
 * `orm` for ordinary queries; `sql` for the hot, set-wise statements. Both are asked for anew at each use: after a lost connection they are
 * others.
 */
export type Database = {
  readonly orm: PostgresJsDatabase<typeof schema>;
  readonly sql: postgres.Sql;
  close(): Promise<void>;
};

/**
 * @param url postgres://… @param max connections of each of the two clients. @param keeping whether `orm` keeps the statements that are asked
 * for often; not where a pooler passes connections from one transaction to the next.
 */
export function openDatabase(url: string, max = 8, keeping = false): Database {
  const orm = new LastingClient(url, max, (client) => drizzle(client, { schema }), keeping);
  const sql = new LastingClient(url, max, (client) => client);
  return {
    get orm() {
      return orm.made;
    },
    get sql() {
      return sql.made;
    },
    close: async () => {
      await Promise.all([orm.close(), sql.close()]);
    },
  };
}
