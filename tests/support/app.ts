import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort } from '@/scripts/local-postgres';
import { ensureBuild } from '@/scripts/production-build';

const root = path.resolve(import.meta.dirname, '..', '..');

export type App = { origin: string; stop(): Promise<void> /** SIGKILL. */; kill(): Promise<void>; ended: Promise<unknown> };

/** The real app in a process of its own, as `npm start` runs it; built first where the sources have changed. */
export async function startApp(variables: Record<string, string>): Promise<App> {
  await ensureBuild(root, (message) => process.stdout.write(`${message}\n`));
  const port = await freePort();
  const origin = `http://localhost:${port}`;
  const env = { ...process.env, ...variables, PORT: String(port), NEXTAUTH_URL: origin, NODE_ENV: 'production' as const, TZ: 'UTC' };
  const next = path.join(root, 'node_modules', 'next', 'dist', 'bin', 'next');
  const child = spawn(process.execPath, [next, 'start', '-p', String(port), '-H', '127.0.0.1'], {
    cwd: root,
    env,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const ended = once(child, 'exit');
  const end = async (signal: NodeJS.Signals) => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill(signal);
    await ended;
  };
  const stop = () => end('SIGTERM');
  for (let attempt = 0; attempt < 300; attempt++) {
    if (await answers(`${origin}/api/health`)) return { origin, stop, kill: () => end('SIGKILL'), ended };
    if (child.exitCode !== null || child.signalCode !== null) break;
    await delay(100);
  }
  await stop();
  throw new Error('The app did not start.');
}

const answers = (url: string) =>
  fetch(url).then(
    (response) => response.ok,
    () => false,
  );
