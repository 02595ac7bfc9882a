import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import postgres from 'postgres';
import type { TestProject } from 'vitest/node';
import { migrate } from '@/db/migrate';
import { openCluster } from '@/scripts/local-postgres';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Connection URL whose database is to be replaced. */
    postgresUrl: string;
  }
}

const prefix = 'beckon-test-pg-';

/** One throw-away server a run of the suite, with a migrated template that each file clones. */
export default async function setup(project: TestProject) {
  await sweep();
  const dir = await mkdtemp(path.join(os.tmpdir(), prefix));
  // Postgres, which is another user where we are root, must come through to its own folder: else that would be elsewhere, and stay.
  await chmod(dir, 0o755);
  await writeFile(path.join(dir, 'owner'), String(process.pid));
  const cluster = await openCluster({ dir: path.join(dir, 'cluster'), durable: false });
  const sql = postgres(cluster.url(), { max: 1 });
  await sql`create database template_beckon`;
  await sql.end();
  await migrate(cluster.url('template_beckon'));
  project.provide('postgresUrl', cluster.url('DATABASE'));
  return async () => {
    await cluster.stop();
    await rm(dir, { recursive: true, force: true });
  };
}

/** A killed run leaves its server behind: stop and remove those whose owner is gone. */
async function sweep(): Promise<void> {
  for (const name of readdirSync(os.tmpdir()).filter((entry) => entry.startsWith(prefix))) {
    const dir = path.join(os.tmpdir(), name);
    const owner = existsSync(path.join(dir, 'owner')) ? Number(readFileSync(path.join(dir, 'owner'), 'utf8')) : 0;
    if (!owner || existsSync(`/proc/${owner}`)) continue;
    const cluster = path.join(dir, 'cluster');
    // There is none where the run was killed before it was made.
    const folders = existsSync(cluster) ? readdirSync(cluster) : [];
    const pidFile = folders.map((name) => path.join(cluster, name, 'postmaster.pid')).find((file) => existsSync(file));
    if (pidFile) kill(Number(readFileSync(pidFile, 'utf8').split('\n')[0]));
    await rm(dir, { recursive: true, force: true });
  }
}

/** While initdb runs, the file names the process negative: to kill that would be to kill a group. */
function kill(pid: number): void {
  if (!(pid > 0)) return;
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // Gone already.
  }
}
