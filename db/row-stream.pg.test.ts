import { describe, expect, it } from 'vitest';
import { testDatabase } from '@/tests/support/database';
import { openDatabase } from './client';
import { streamedRows } from './row-stream';

const { db, url } = await testDatabase();

/** How many rows came, and how it ended. */
async function counted(rows: AsyncIterable<object>, at?: { row: number; run: () => Promise<unknown> }) {
  let read = 0;
  let error: unknown = null;
  try {
    for await (const _ of rows) if (++read === at?.row) await at.run();
  } catch (thrown) {
    error = thrown;
  }
  return { read, error };
}

const numbers = (count: number, value = 'n') => ({ sql: `select ${value} as n from generate_series(1, $1::int) n`, params: [count] });

it('rows come whole, whether they fill the last page, pass it or stop short of it', async () => {
  for (const count of [0, 1, 4_999, 5_000, 5_001, 12_000])
    expect(await counted(streamedRows(db, numbers(count)))).toEqual({ read: count, error: null });
});

it('a read that fails among its rows ends in the error, and leaves a good connection', async () => {
  const one = openDatabase(url, 1);
  const { read, error } = await counted(streamedRows(one, numbers(10_000, '1 / (n - 7777)')));
  expect(read).toBeLessThan(7_777);
  expect(error).toMatchObject({ code: '22012' });
  expect([...(await one.sql`select 7 as n`)]).toEqual([{ n: 7 }]);
  await one.close();
});

it('a read that nobody goes on with gives its connection back', async () => {
  const one = openDatabase(url, 1);
  for await (const row of streamedRows(one, numbers(100_000))) {
    expect(row).toEqual({ n: 1 });
    break;
  }
  expect([...(await one.sql`select 7 as n`)]).toEqual([{ n: 7 }]);
  await one.close();
});

describe('a read whose connection is lost', () => {
  const lose = async () => {
    const [row] = await db.sql<{ pid: number }[]>`
      select pid from pg_stat_activity where datname = current_database() and query like 'fetch %'`;
    await db.sql`select pg_terminate_backend(${row?.pid ?? 0}, 5000)`;
  };

  it('between two pages ends in an error, never as if all had come', async () => {
    const one = openDatabase(url, 1);
    const { read, error } = await counted(streamedRows(one, numbers(50_000)), { row: 1, run: lose });
    expect(read).toBeLessThan(50_000);
    expect(error).toBeInstanceOf(Error);
    await one.sql.end({ timeout: 0 });
  });

  it('in the middle of a page ends in an error as well', async () => {
    const one = openDatabase(url, 1);
    const reading = counted(streamedRows(one, numbers(50_000, 'pg_sleep(case n when 6000 then 60 end)::text')));
    while ((await db.sql`select from pg_stat_activity where wait_event = 'PgSleep'`).length === 0);
    await lose();
    expect((await reading).error).toBeInstanceOf(Error);
    await one.sql.end({ timeout: 0 });
  });
});
