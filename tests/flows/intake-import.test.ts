import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { storeRecords } from '@/db/events';
import { testDatabase, testWorkspace } from '@/tests/support/database';
import { npmRun } from '@/tests/support/npm-run';

const { db, url } = await testDatabase();
const id = await testWorkspace(db, { zone: 'Asia/Kolkata', defaultCountry: 'IN' });
let dir: string;

beforeAll(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'beckon-import-'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

async function run(kind: string | string[], name: string, content: string | null, ...options: string[]) {
  const file = path.join(dir, name);
  if (content !== null) await writeFile(file, content);
  return npmRun('import', [...[kind].flat(), file, ...options], { DATABASE_URL: url });
}

const numberOf = async (table: 'profiles' | 'events') => {
  const [row] = await db.sql.unsafe<{ n: number }[]>(`select count(*)::int as n from ${table}`);
  return row?.n;
};

test('people and their events come in from two files, and the same files again change nothing', async () => {
  const users = '\uFEFFuserId;E-Mail;Phone;Plan;Points\nu1;ada@example.com;98765 43210;gold;7\nu2;"bob;x@example.com";;"free\nplan";8\n';
  const events = 'userId,event,timestamp,amount\nu1,Bought,2026-03-09 14:30,3.5\nu1,Bought,2026-03-09 14:30,3.5\nu3,Opened,2026-03-01,\n';
  for (const [stored, again] of [
    ['3 stored, 0 were there already', true],
    ['0 stored, 3 were there already', false],
  ] as const) {
    expect(await run('users', 'users.csv', users)).toMatchObject({ code: 0, output: expect.stringContaining('2 rows read') });
    expect(await run('events', 'events.csv', events)).toMatchObject({ code: 0, output: expect.stringContaining(stored) });
    expect([again, await numberOf('profiles'), await numberOf('events')]).toEqual([again, 3, 3]);
  }
  const rows =
    await db.sql`select p.properties, p.identifier_mask as mask from profiles p join profile_ids i using (workspace_id, profile_id) order by i.value`;
  expect(rows.map((row) => ({ ...row }))).toEqual([
    { properties: { Plan: 'gold', Points: 7 }, mask: 3 },
    { properties: { Plan: 'free\nplan', Points: 8 }, mask: 0 },
    { properties: {}, mask: 0 },
  ]);
  const [event] = await db.sql`select time from events where amount is not null`;
  expect(event?.time.toISOString()).toBe('2026-03-09T09:00:00.000Z');
});

test('what cannot be read goes to a file of its own, each row with its line and its reason; the rest is stored', async () => {
  const content =
    'userId,event,timestamp,note\nu1,Rated,2026-03-09,"fine, really"\n,Rated,2026-03-09,"a ""quoted"" note"\nu1,Rated,soon,\nu1,Rated\nu2,Rated,2026-03-10,ok\n';
  const result = await run('events', 'bad.csv', content);
  expect(result).toMatchObject({ code: 2, output: expect.stringContaining('2 stored, 0 were there already, 3 rejected') });
  expect((await readFile(path.join(dir, 'bad.rejects.csv'), 'utf8')).split('\n')).toEqual([
    'line,reason,userId,event,timestamp,note',
    '3,userId is empty.,,Rated,2026-03-09,"a ""quoted"" note"',
    '4,"timestamp is no ISO 8601 date, such as 2026-03-09 or 2026-03-09T14:30:00Z.",u1,Rated,soon,',
    '5,"The row has 2 columns, the header 4.",u1,Rated',
    '',
  ]);
  await run('events', 'bad.csv', 'userId,event,timestamp\nu1,Rated,2026-03-09\n');
  expect(existsSync(path.join(dir, 'bad.rejects.csv'))).toBe(false);
});

test('makes a file a list segment, and tells what was not taken', async () => {
  expect(
    await run(
      ['list', 'given'],
      'given.csv',
      'member,mail\n1,known@example.com\n2,later@example.com\n3,later@example.com\n4,nobody\n',
      '--name',
      'Given',
    ),
  ).toMatchObject({
    code: 2,
    output: expect.stringContaining('4 rows read'),
  });
  expect((await readFile(path.join(dir, 'given.rejects.csv'), 'utf8')).split('\n')).toEqual([
    'line,reason,email',
    '5,Not a valid email.,nobody',
    '',
  ]);
  const [row] = await db.sql`
    select s.name, l.identifier, l.rows, l.kept, l.rejected from segments s join lists l on l.id = s.list_id where s.key = 'given'`;
  expect(row).toEqual({ name: 'Given', identifier: 'email', rows: 4, kept: 2, rejected: 1 });
  expect(await run(['list', 'Given!'], 'given.csv', null)).toMatchObject({ code: 1, output: expect.stringContaining('is no key') });
});

test('says what is wrong and ends with 1 when it cannot import at all', async () => {
  expect(await run('users', 'missing.csv', null)).toMatchObject({ code: 1, output: expect.stringContaining('There is no file') });
  expect(await run('users', 'no-id.csv', 'email\na@example.com\n')).toMatchObject({
    code: 1,
    output: expect.stringContaining('There is no column userId.'),
  });
  expect(await run('people', 'users.csv', null)).toMatchObject({ code: 1, output: expect.stringContaining('Usage:') });
  expect(await run('users', 'empty.csv', '')).toMatchObject({ code: 1, output: expect.stringContaining('is empty') });
  expect(await run('events', 'events.csv', null, '--zone', 'Mars/Base')).toMatchObject({
    code: 1,
    output: expect.stringContaining('IANA'),
  });
  expect(await run('events', 'events.csv', null, '--workspace', '999')).toMatchObject({
    code: 1,
    output: expect.stringContaining('no workspace 999'),
  });
});

test('works while the app stores', async () => {
  const rows = Array.from({ length: 12_000 }, (_, i) => `u${i % 500},Walked,2026-02-0${(i % 9) + 1}T10:00:00Z,${i}`);
  const importing = run('events', 'large.csv', `userId,event,timestamp,step\n${rows.join('\n')}\n`);
  const workspace = { id, zone: 'Asia/Kolkata', defaultCountry: 'IN' };
  let live = 0;
  let done = false;
  void importing.finally(() => {
    done = true;
  });
  for (; !done || live === 0; live++) {
    const at = new Date();
    const record = {
      kind: 'track' as const,
      userId: `u${live % 500}`,
      anonymousId: null,
      event: 'Walked',
      properties: { step: -1 },
      profile: null,
      faults: [],
    };
    await storeRecords(db, workspace, [{ ...record, time: at.getTime(), repeatKey: `live ${live}` }], at);
  }
  expect(await importing).toMatchObject({ code: 0, output: expect.stringContaining('12,000 stored') });
  const [row] = await db.sql<{ n: number; rolled: number }[]>`
    select (select count(*)::int from events join event_names using (event_id) where name = 'Walked') as n,
      (select sum(count)::int from profile_events join event_names using (event_id) where name = 'Walked') as rolled`;
  expect(row).toEqual({ n: 12_000 + live, rolled: 12_000 + live });
});
