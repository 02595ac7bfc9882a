import { env } from '@/lib/env';
import { type Database, openDatabase } from './client';

const holder = globalThis as typeof globalThis & { beckonDatabase?: Database };

/** The process's own pools; kept on globalThis because a reload in development would leak them. */
export function database(): Database {
  holder.beckonDatabase ??= openDatabase(env().databaseUrl);
  return holder.beckonDatabase;
}
