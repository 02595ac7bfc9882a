import path from 'node:path';
import { drizzle } from 'drizzle-orm/postgres-js';
import { migrate as runMigrations } from 'drizzle-orm/postgres-js/migrator';
import postgres from 'postgres';

/** Any constant: the same for every process that migrates. */
const migrationLock = 7_205_111;

/** Brings the database to the newest schema; several at once wait for each other. May be repeated. */
export async function migrate(url: string, folder = path.join(import.meta.dirname, 'migrations')): Promise<void> {
  const client = postgres(url, { max: 1, onnotice: () => {} });
  try {
    await client`select pg_advisory_lock(${migrationLock})`;
    await runMigrations(drizzle(client), { migrationsFolder: folder });
  } finally {
    await client.end({ timeout: 5 });
  }
}
