import { createHash } from 'node:crypto';
import { appendFile, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { rawGraph, type Sandbox, sandboxAccounts, startSandbox, systemUserToken } from '@/tests/support/sandbox';

let sandbox: Sandbox;
const dirs: string[] = [];

afterEach(async () => {
  await sandbox.stop();
  for (const dir of dirs.splice(0)) await rm(dir, { recursive: true, force: true });
});

async function start(): Promise<void> {
  sandbox = await startSandbox();
  dirs.push(sandbox.dir);
}

/** SIGKILL and start again on the same folder and port. */
async function killAndRestart(): Promise<void> {
  await sandbox.kill();
  sandbox = await startSandbox({ dir: sandbox.dir, port: sandbox.port });
}

const digest = (text: string): string => createHash('sha256').update(text).digest('hex');
const call = (method: string, path: string, body?: unknown) => rawGraph(sandbox.url, systemUserToken, method, path, body);
const rows = (from: number, count: number): string[][] =>
  Array.from({ length: count }, (_, i) => [digest(`e${from + i}`), digest(`p${from + i}`)]);

async function makeAudience(): Promise<string> {
  return String(
    (await call('POST', `/${sandboxAccounts.main}/customaudiences`, { name: 'Kept', customer_file_source: 'USER_PROVIDED_ONLY' })).body.id,
  );
}

const change = (method: string, id: string, data: string[][]) =>
  call(method, `/${id}/users`, { payload: { schema: ['EMAIL', 'PHONE'], data } });

test('every answered change is there after SIGKILL, again and again', async () => {
  await start();
  const id = await makeAudience();
  const wanted = new Set<string>();
  for (let round = 0; round < 4; round += 1) {
    await change('POST', id, rows(round * 1000, 1000));
    for (const [email] of rows(round * 1000, 1000)) wanted.add(email ?? '');
    await change('DELETE', id, rows(round * 1000, 300));
    for (const [email] of rows(round * 1000, 300)) wanted.delete(email ?? '');
    await killAndRestart();
    expect(await sandbox.control.memberValues(id, 'EMAIL')).toEqual([...wanted].sort());
  }
  expect((await sandbox.control.requests()).filter((request) => request.path.endsWith('/users'))).toHaveLength(8);
});

test('killed in the middle of a stream of uploads, no answered one is lost and none is half there', async () => {
  await start();
  const id = await makeAudience();
  const answered: number[] = [];
  const sending = (async () => {
    for (let batch = 0; batch < 200; batch += 1) {
      if ((await change('POST', id, rows(batch * 500, 500))).status === 200) answered.push(batch);
    }
  })();
  const broken = expect(sending).rejects.toThrow();
  await new Promise((resolve) => setTimeout(resolve, 250));
  await sandbox.kill();
  await broken;
  sandbox = await startSandbox({ dir: sandbox.dir, port: sandbox.port });
  const { members } = await sandbox.control.audience(id);
  expect([answered.length * 500, (answered.length + 1) * 500]).toContain(members);
});

test('a torn last block is cut off, and what follows is kept', async () => {
  await start();
  const id = await makeAudience();
  await change('POST', id, rows(0, 100));
  await sandbox.kill();
  const [file = ''] = await readdir(join(sandbox.dir, 'members'));
  await appendFile(join(sandbox.dir, 'members', file), Buffer.from('BKM1\x01\x02\x00\x00\xff\x00\x00\x00\xff\xff\x00\x00torn', 'latin1'));
  await appendFile(join(sandbox.dir, 'records.jsonl'), '["audiences","12021');
  sandbox = await startSandbox({ dir: sandbox.dir, port: sandbox.port });
  expect((await sandbox.control.audience(id)).members).toBe(100);
  await change('POST', id, rows(50, 100));
  await killAndRestart();
  expect((await sandbox.control.audience(id)).members).toBe(150);
});

test('tokens, clock, faults, ad sets and ids go on where they were', async () => {
  await start();
  const token = await sandbox.control.token();
  await sandbox.control.clock({ now: '2031-05-06T07:08:09Z', speed: 0 });
  await sandbox.control.fault({ kind: 'html502', route: '/nowhere' });
  const first = await makeAudience();
  await killAndRestart();
  expect((await rawGraph(sandbox.url, token, 'GET', '/me')).status).toBe(200);
  expect((await sandbox.control.clock({})).now).toBe('2031-05-06T07:08:09.000Z');
  expect(await sandbox.control.faults()).toHaveLength(1);
  expect(await makeAudience()).not.toBe(first);
  await sandbox.control.clock({ speed: 1 });
});

test('the same seed gives the same ids after a reset', async () => {
  await start();
  const before = (await sandbox.control.adSets()).map((adSet) => adSet.id);
  const first = await makeAudience();
  await sandbox.control.reset();
  expect((await sandbox.control.adSets()).map((adSet) => adSet.id)).toEqual(before);
  expect(await makeAudience()).toBe(first);
});

test('a replace cut off by SIGKILL goes on, and the finished one stands', async () => {
  await start();
  await sandbox.control.settings({ matchingMs: 0 });
  const id = await makeAudience();
  await change('POST', id, rows(0, 10));
  const replace = (seq: number, data: string[][], last: boolean) =>
    call('POST', `/${id}/usersreplace`, {
      payload: { schema: ['EMAIL', 'PHONE'], data },
      session: { session_id: 5, batch_seq: seq, last_batch_flag: last },
    });
  await replace(1, rows(100, 10), false);
  await killAndRestart();
  expect((await sandbox.control.audience(id)).members).toBe(10);
  expect((await replace(2, rows(200, 10), true)).status).toBe(200);
  await killAndRestart();
  expect(await sandbox.control.memberValues(id, 'EMAIL')).toEqual([...rows(100, 10), ...rows(200, 10)].map(([email]) => email).sort());
});

test('a long life of adding and removing does not fill the disk', async () => {
  await start();
  const id = await makeAudience();
  for (let round = 0; round < 6; round += 1) {
    await change('POST', id, rows(round * 2000, 2000));
    await change('DELETE', id, rows(round * 2000, 2000));
  }
  await change('POST', id, rows(0, 10));
  await killAndRestart();
  expect((await sandbox.control.audience(id)).members).toBe(10);
  const [file = ''] = await readdir(join(sandbox.dir, 'members'));
  expect((await stat(join(sandbox.dir, 'members', file))).size).toBeLessThan(2_000);
  expect(await sandbox.control.memberValues(id, 'EMAIL')).toEqual(
    rows(0, 10)
      .map(([email]) => email)
      .sort(),
  );
});

test('a second sandbox on a taken port says so', async () => {
  await start();
  await expect(startSandbox({ port: sandbox.port })).rejects.toThrow('ended before it listened');
});
