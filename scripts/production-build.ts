import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const sources = [
  'app',
  'components',
  'lib',
  'db',
  'proxy.ts',
  'instrumentation.ts',
  'next.config.mjs',
  'postcss.config.mjs',
  'package-lock.json',
  'tsconfig.json',
];

/** Builds the app unless the last build was made from these very files. Several at once: one builds, the others wait for it. */
export async function ensureBuild(root: string, say: (message: string) => void): Promise<void> {
  const distDir = path.join(root, process.env.NEXT_DIST_DIR ?? '.next');
  const stampFile = path.join(distDir, 'beckon-sources');
  const stamp = digestOfSources(root);
  const isBuilt = () => existsSync(path.join(distDir, 'BUILD_ID')) && existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp;
  if (isBuilt()) return;
  const lock = `${distDir}.lock`;
  while (!take(lock)) await delay(500);
  try {
    if (isBuilt()) return;
    say('Building the app (once for this version, about half a minute)…');
    await build(root);
    writeFileSync(stampFile, stamp);
  } finally {
    rmSync(lock, { force: true });
  }
}

/** False while a living process holds it; what a killed one left is taken over. */
function take(lock: string): boolean {
  try {
    writeFileSync(lock, String(process.pid), { flag: 'wx' });
    return true;
  } catch {
    const holder = existsSync(lock) ? Number(readFileSync(lock, 'utf8')) : 0;
    if (holder && !isAlive(holder)) rmSync(lock, { force: true });
    return false;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function build(root: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const next = path.join(root, 'node_modules', 'next', 'dist', 'bin', 'next');
    const child = spawn(process.execPath, [next, 'build'], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1' },
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        output += chunk.toString();
        if (process.stdout.isTTY) process.stdout.write('.');
      });
    }
    child.once('error', reject);
    child.once('exit', (code) => {
      if (process.stdout.isTTY) process.stdout.write('\n');
      if (code === 0) resolve();
      else reject(new Error(`The build failed:\n${output}`));
    });
  });
}

function digestOfSources(root: string): string {
  const hash = createHash('sha256').update(process.version);
  for (const name of sources) addToDigest(hash, path.join(root, name));
  return hash.digest('hex');
}

function addToDigest(hash: ReturnType<typeof createHash>, place: string): void {
  if (!existsSync(place)) return;
  const entries = isFolder(place) ? readdirSync(place).sort() : undefined;
  if (!entries) {
    hash.update(place).update(readFileSync(place));
    return;
  }
  for (const entry of entries.filter((name) => !/\.test\.tsx?$/.test(name))) addToDigest(hash, path.join(place, entry));
}

function isFolder(place: string): boolean {
  try {
    readdirSync(place);
    return true;
  } catch {
    return false;
  }
}
