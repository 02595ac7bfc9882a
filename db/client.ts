import { drizzle, type PostgresJsDatabase } from 'drizzle-orm/postgres-js';
import postgres from 'postgres';
import * as schema from './schema';

/**
 * Two clients on purpose: drizzle() changes how the client it is given reads and writes dates, so raw statements have their own.
 * `orm` for ordinary queries; `sql` for the hot, set-wise statements.
 */
export type Database = {
  orm: PostgresJsDatabase<typeof schema>;
  sql: postgres.Sql;
  close(): Promise<void>;
};

/** @param url postgres://… @param max connections of each of the two clients. */
export function openDatabase(url: string, max = 8): Database {
  const ormClient = postgres(url, { max, onnotice: () => {} });
  const sqlClient = postgres(url, { max, onnotice: () => {} });
  return {
    orm: drizzle(ormClient, { schema }),
    sql: sqlClient,
    close: async () => {
      await Promise.all([ormClient.end({ timeout: 5 }), sqlClient.end({ timeout: 5 })]);
    },
  };
}
