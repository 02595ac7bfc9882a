import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { freePort } from '@/scripts/local-postgres';
import { ensureBuild } from '@/scripts/production-build';
import { testDatabase, testWorkspace } from '@/tests/support/database';

const root = path.resolve(import.meta.dirname, '..', '..');
const { db, url } = await testDatabase();
let dir: string;
let port: number;
const started: ChildProcess[] = [];

beforeAll(async () => {
  await ensureBuild(root, () => {});
  // With a workspace there the demo shop is not made.
  await testWorkspace(db);
  dir = await mkdtemp(path.join(os.tmpdir(), 'beckon-start-'));
  port = await freePort();
});

afterAll(async () => {
  for (const child of started) child.kill('SIGKILL');
  await rm(dir, { recursive: true, force: true });
});

/** `npm start`, until it says this. */
async function start(until: string): Promise<{ child: ChildProcess; output: string }> {
  const env = { ...process.env, DATABASE_URL: url, BECKON_DATA_DIR: dir, PORT: String(port) };
  const child = spawn(process.execPath, ['--import', 'tsx', 'scripts/start.ts', 'start'], { cwd: root, env });
  started.push(child);
  let output = '';
  await new Promise<void>((resolve, reject) => {
    const read = (chunk: Buffer) => {
      output += String(chunk);
      if (output.includes(until)) resolve();
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.once('exit', (code) => reject(new Error(`ended with ${code}: ${output}`)));
  });
  return { child, output };
}

it('starts on the same port again after kill -9, says where it runs when started twice, and leaves nothing behind', async () => {
  const first = await start('Beckon is ready');
  first.child.kill('SIGKILL');
  await once(first.child, 'exit');
  const second = await start('Beckon is ready');
  const third = await start('already running');
  expect(third.output).toContain(`http://localhost:${port}`);
  expect((await fetch(`http://localhost:${port}/api/health`)).status).toBe(200);
  second.child.kill('SIGTERM');
  expect(await once(second.child, 'exit')).toEqual([0, null]);
  await expect(fetch(`http://localhost:${port}/api/health`)).rejects.toThrow();
});
