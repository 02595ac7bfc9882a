import { randomBytes } from 'node:crypto';
import postgres from 'postgres';
import { afterAll, inject } from 'vitest';
import { type Database, openDatabase } from '@/db/client';
import { workspaces } from '@/db/schema';
import type { WorkspaceId } from '@/lib/auth';

export const urlOf = (database: string) => inject('postgresUrl').replace('DATABASE', database);

/** A database of this file's own: a clone of the migrated template, dropped when the file is done. */
export async function testDatabase(): Promise<{ db: Database; url: string }> {
  const name = `test_${randomBytes(8).toString('hex')}`;
  const admin = postgres(urlOf('postgres'), { max: 1, onnotice: () => {} });
  // Serialised: Postgres refuses to clone a template while another clone is looking at it.
  await admin`select pg_advisory_lock(1)`;
  await admin.unsafe(`create database ${name} template template_beckon strategy file_copy`);
  await admin`select pg_advisory_unlock(1)`;
  const url = urlOf(name);
  const db = openDatabase(url, 6);
  afterAll(async () => {
    await db.close();
    await admin.unsafe(`drop database if exists ${name} with (force)`);
    await admin.end();
  });
  return { db, url };
}

export async function testWorkspace(
  db: Database,
  options: { zone?: string; name?: string; defaultCountry?: string | null } = {},
): Promise<WorkspaceId> {
  const [row] = await db.orm
    .insert(workspaces)
    .values({
      name: options.name ?? 'Test shop',
      zone: options.zone ?? 'Asia/Kolkata',
      defaultCountry: options.defaultCountry === undefined ? 'IN' : options.defaultCountry,
      createdAt: new Date('2026-01-01T00:00:00Z'),
    })
    .returning({ id: workspaces.id });
  if (!row) throw new Error('no workspace was made');
  return row.id;
}
