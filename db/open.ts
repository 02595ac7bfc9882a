import { env } from '@/lib/env';
import { type Database, openDatabase } from './client';

const holder = globalThis as typeof globalThis & { beckonDatabase?: Database; beckonLiveDatabase?: Database };

/** The process's own pools; kept on globalThis because a reload in development would leak them. */
export function database(): Database {
  holder.beckonDatabase ??= openDatabase(env().databaseUrl);
  return holder.beckonDatabase;
}

/** More than one for each flush at a time, and one for settling. */
const liveConnections = 6;

/** Live campaigns' own: the same statements a thousand times a minute. */
export function liveDatabase(): Database {
  holder.beckonLiveDatabase ??= openDatabase(env().databaseUrl, liveConnections, true);
  return holder.beckonLiveDatabase;
}
