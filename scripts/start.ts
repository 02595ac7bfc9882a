/** `npm start` and `npm run dev`: database, migrations, sandbox, build, app, demo data, address. Nothing else needs to be installed. */
import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { migrate } from '@/db/migrate';
import { freePort } from './local-postgres';
import { dataDir, loadDotEnv, localSecrets, openLocalDatabase, root, runningApp } from './local-settings';
import { ensureBuild } from './production-build';

const say = (message: string) => process.stdout.write(`  ${message}\n`);
const children: ChildProcess[] = [];
const closers: (() => Promise<void>)[] = [];

async function main(mode: 'start' | 'dev'): Promise<void> {
  process.chdir(root);
  loadDotEnv();
  const running = runningApp();
  if (running && (await healthy(running.origin))) {
    say(`Beckon is already running at ${running.origin}`);
    return;
  }
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void stopAll().then(() => process.exit(0)));
  await mkdir(dataDir, { recursive: true });
  const { url, cluster } = await openLocalDatabase(say);
  // Also where it was joined: a start killed with -9 leaves its server running, and it is this one's now.
  if (cluster) closers.push(() => cluster.stop());
  await migrate(url);
  const port = await appPort();
  const origin = process.env.NEXTAUTH_URL || `http://localhost:${port}`;
  const sandboxUrl = process.env.FACEBOOK_APP_ID ? undefined : await startSandbox();
  const settings = {
    ...(await localSecrets()),
    ...(sandboxUrl ? sandboxSettings(sandboxUrl) : {}),
    DATABASE_URL: url,
    PORT: String(port),
    NEXTAUTH_URL: origin,
  };
  if (mode === 'start') await ensureBuild(root, say);
  startNext(mode, port, settings);
  await untilHealthy(origin);
  await writeFile(path.join(dataDir, 'running.json'), JSON.stringify({ pid: process.pid, origin, sandboxUrl }));
  closers.push(() => rm(path.join(dataDir, 'running.json'), { force: true }));
  if (sandboxUrl) await seedDemo(origin, settings);
  banner(origin, sandboxUrl);
}

async function appPort(): Promise<number> {
  const wanted = Number(process.env.PORT || 3000);
  if (await isFree(wanted)) return wanted;
  if (process.env.PORT) throw new Error(`Port ${wanted} is taken by another program. Choose another: PORT=3001 npm start`);
  const other = await freePort();
  say(`Port ${wanted} is taken by another program; using ${other}.`);
  return other;
}

async function isFree(port: number): Promise<boolean> {
  const { createServer } = await import('node:net');
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

/** Never in a production configuration: there FACEBOOK_APP_ID must be set. */
async function startSandbox(): Promise<string> {
  if (process.env.NODE_ENV === 'production' || process.env.VERCEL) {
    throw new Error('FACEBOOK_APP_ID is missing. The sandbox is for rehearsal and is not started in production.');
  }
  const port = (await isFree(4400)) ? 4400 : await freePort();
  const dir = path.join(dataDir, 'sandbox');
  await mkdir(dir, { recursive: true });
  const args = [...tsx, path.join(root, 'sandbox', 'main.ts'), '--port', String(port), '--dir', dir];
  const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  watch(child, 'The sandbox');
  const address = `http://127.0.0.1:${port}`;
  for (let attempt = 0; attempt < 200; attempt++) {
    if (
      await fetch(`${address}/ads-manager`).then(
        (r) => r.ok,
        () => false,
      )
    )
      return address;
    await delay(50);
  }
  throw new Error('The sandbox did not start.');
}

const bound = ['--import', pathToFileURL(path.join(root, 'scripts', 'end-with-parent.mjs')).href];
const tsx = [...bound, '--import', 'tsx'];

function sandboxSettings(url: string): Record<string, string> {
  return {
    BECKON_SANDBOX_URL: url,
    FACEBOOK_APP_ID: 'sandbox-app',
    FACEBOOK_APP_SECRET: 'sandbox-app-secret',
    FACEBOOK_GRAPH_URL: url,
    FACEBOOK_DIALOG_URL: url,
  };
}

function startNext(mode: 'start' | 'dev', port: number, settings: Record<string, string>): void {
  const next = path.join(root, 'node_modules', 'next', 'dist', 'bin', 'next');
  const host = process.env.HOST || '127.0.0.1';
  const env = {
    ...process.env,
    ...settings,
    NODE_ENV: mode === 'start' ? ('production' as const) : ('development' as const),
    NEXT_TELEMETRY_DISABLED: '1',
  };
  const child = spawn(process.execPath, [...(mode === 'dev' ? [] : bound), next, mode, '-p', String(port), '-H', host], {
    cwd: root,
    stdio: ['ignore', mode === 'dev' ? 'inherit' : 'pipe', 'inherit', 'ipc'],
    env,
  });
  child.stdout?.on('data', (chunk: Buffer) => {
    // Our own log lines are JSON; Next's greeting would only repeat the banner.
    for (const line of chunk.toString().split('\n')) if (line.startsWith('{')) process.stdout.write(`${line}\n`);
  });
  watch(child, 'The app');
}

function watch(child: ChildProcess, name: string): void {
  children.push(child);
  child.once('exit', (code) => {
    if (stopping) return;
    process.stderr.write(`\n  ${name} ended (${code}).\n`);
    void stopAll().then(() => process.exit(1));
  });
}

async function seedDemo(origin: string, settings: Record<string, string>): Promise<void> {
  const args = [...tsx, path.join(root, 'scripts', 'seed.ts'), '--if-empty', '--to', origin];
  const stdio: StdioOptions = ['ignore', 'inherit', 'inherit', 'ipc'];
  const child = spawn(process.execPath, args, { cwd: root, stdio, env: { ...process.env, ...settings } });
  children.push(child);
  const code = await new Promise((resolve) => child.once('exit', resolve));
  if (code !== 0 && !stopping) throw new Error('The demo data could not be made.');
}

const healthy = (origin: string) =>
  fetch(`${origin}/api/health`).then(
    (response) => response.ok,
    () => false,
  );

async function untilHealthy(origin: string): Promise<void> {
  for (let attempt = 0; attempt < 600; attempt++) {
    if (await healthy(origin)) return;
    await delay(100);
  }
  throw new Error(`The app did not answer at ${origin} within a minute.`);
}

function banner(origin: string, sandboxUrl?: string): void {
  const lines = ['', `Beckon is ready:  ${origin}`];
  if (sandboxUrl)
    lines.push(
      `Ads Manager:      ${sandboxUrl}/ads-manager`,
      '',
      'This is a rehearsal: the sandbox stands in for Facebook. Sign in, then Campaigns → New campaign.',
    );
  lines.push('Ctrl+C stops it; everything is kept under .data/.', '');
  for (const line of lines) say(line);
}

let stopping = false;

async function stopAll(): Promise<void> {
  if (stopping) return;
  stopping = true;
  for (const child of children) child.kill('SIGTERM');
  await Promise.all(
    children
      .filter((c) => c.exitCode === null && c.signalCode === null)
      .map((c) => Promise.race([new Promise((r) => c.once('exit', r)), delay(10_000).then(() => c.kill('SIGKILL'))])),
  );
  for (const close of closers.reverse()) await close();
}

await main(process.argv[2] === 'dev' ? 'dev' : 'start').catch(async (error: unknown) => {
  process.stderr.write(`\n  ${error instanceof Error ? error.message : String(error)}\n`);
  await stopAll();
  process.exit(1);
});
