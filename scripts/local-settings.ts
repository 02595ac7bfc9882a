import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type Cluster, openCluster } from './local-postgres';

export const root = path.resolve(import.meta.dirname, '..');
/** Database, sandbox and secrets of this checkout. */
export const dataDir = process.env.BECKON_DATA_DIR ? path.resolve(process.env.BECKON_DATA_DIR) : path.join(root, '.data');

/** Variables of `.env` that are not set already. The commands and the server read the same file. */
export function loadDotEnv(): void {
  const file = path.join(root, '.env');
  if (existsSync(file)) process.loadEnvFile(file);
}

type Secrets = { NEXTAUTH_SECRET: string; ENCRYPTION_KEYS: string; CRON_SECRET: string };

/** Made once for this checkout and kept readable by its owner only; what the environment sets stands. */
export async function localSecrets(): Promise<Secrets> {
  const file = path.join(dataDir, 'secrets.json');
  if (!existsSync(file)) {
    await mkdir(dataDir, { recursive: true });
    const secret = () => randomBytes(32).toString('base64url');
    const made: Secrets = {
      NEXTAUTH_SECRET: secret(),
      ENCRYPTION_KEYS: `local:${randomBytes(32).toString('base64')}`,
      CRON_SECRET: secret(),
    };
    await writeFile(file, `${JSON.stringify(made, null, 2)}\n`, { mode: 0o600, flag: 'wx' }).catch(() => {});
  }
  const kept = JSON.parse(await readFile(file, 'utf8')) as Secrets;
  const { NEXTAUTH_SECRET, ENCRYPTION_KEYS, CRON_SECRET } = process.env;
  return {
    NEXTAUTH_SECRET: NEXTAUTH_SECRET || kept.NEXTAUTH_SECRET,
    ENCRYPTION_KEYS: ENCRYPTION_KEYS || kept.ENCRYPTION_KEYS,
    CRON_SECRET: CRON_SECRET || kept.CRON_SECRET,
  };
}

/** The database of this checkout: DATABASE_URL, or the embedded one, started or joined. */
export async function openLocalDatabase(log: (message: string) => void = () => {}): Promise<{ url: string; cluster?: Cluster }> {
  if (process.env.DATABASE_URL) return { url: process.env.DATABASE_URL };
  const cluster = await openCluster({ dir: path.join(dataDir, 'postgres'), log });
  return { url: cluster.url(), cluster };
}

/** What a running `npm start` says of itself in `.data/running.json`. */
export type Running = { pid: number; origin: string; sandboxUrl?: string };

export function runningApp(): Running | undefined {
  const file = path.join(dataDir, 'running.json');
  if (!existsSync(file)) return undefined;
  try {
    const running = JSON.parse(readFileSync(file, 'utf8')) as Running;
    process.kill(running.pid, 0);
    return running;
  } catch {
    return undefined;
  }
}
