import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testDatabase } from '@/tests/support/database';
import { type Database, openDatabase } from './client';
import { KeptStatements } from './kept-statements';

/** Postgres restarts, a server in between drops connections: what was under way fails, and everything after it goes on. */

let other: Database;
let url: string;
beforeAll(async () => {
  ({ db: other, url } = await testDatabase());
});

const opened: Database[] = [];
afterAll(() => Promise.all(opened.map((db) => db.close())));
function open(max: number): Database {
  const db = openDatabase(url, max);
  opened.push(db);
  return db;
}

type Reader = Pick<Database['orm'], 'execute'>;
const pidOf = async (reader: Reader) => Number((await reader.execute<{ pid: number }>(sql`select pg_backend_pid() as pid`))[0]?.pid);
const cut = (pid: number) => other.orm.execute(sql`select pg_terminate_backend(${pid}::int, 5000)`);
const works = async (db: Database) => {
  const [first, second] = await Promise.all([db.orm.execute<{ n: number }>(sql`select 1 as n`), db.sql<{ n: number }[]>`select 2 as n`]);
  return [first[0]?.n, second[0]?.n];
};

describe('a connection that is lost', () => {
  it('between two statements of a transaction fails the transaction, and the pool works on', async () => {
    const db = open(1);
    const lost = db.orm.transaction(async (tx) => {
      await cut(await pidOf(tx));
      await pidOf(tx);
    });
    await expect(lost).rejects.toThrow();
    expect(await works(db)).toEqual([1, 2]);
  });

  it('during a statement of a transaction fails the transaction, and the pool works on', async () => {
    const db = open(1);
    const lost = db.orm.transaction(async (tx) => {
      const pid = await pidOf(tx);
      await Promise.all([tx.execute(sql`select pg_sleep(60)`), cut(pid)]);
    });
    await expect(lost).rejects.toThrow();
    expect(await works(db)).toEqual([1, 2]);
  });

  it('is not written to by who has caught the fault and asks on', async () => {
    const db = open(1);
    const lost = db.sql.begin(async (tx) => {
      const [row] = await tx<{ pid: number }[]>`select pg_backend_pid() as pid`;
      await cut(row?.pid ?? 0);
      for (let i = 0; i < 3; i++) await tx`select 1`.catch(() => {});
    });
    await expect(lost).rejects.toThrow();
    expect(await works(db)).toEqual([1, 2]);
  });

  it('among many under load takes no other with it', async () => {
    const db = open(4);
    for (let i = 0; i < 6; i++) {
      const asked = Array.from({ length: 12 }, () => works(db));
      const begun = Array.from({ length: 4 }, () => db.orm.transaction(async (tx) => pidOf(tx).then(() => pidOf(tx))));
      const settled = Promise.allSettled([...asked, ...begun]);
      await other.orm
        .execute(sql`
        select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend'
          and application_name = 'postgres.js' and query !~ 'pg_terminate'`)
        .catch(() => {});
      await settled;
      // A connection may be seen to be lost only at its next use: that one fails, and those after it go on.
      await expect.poll(() => Promise.all(Array.from({ length: 8 }, () => works(db)))).toEqual(Array.from({ length: 8 }, () => [1, 2]));
    }
  });
});

describe('a database that keeps statements', () => {
  const kept = async (reader: Reader) =>
    (
      await reader.execute<{ statement: string }>(
        sql`select statement from pg_prepared_statements where statement like '%asked%' order by 1`,
      )
    ).map(({ statement }) => statement);
  const ask = async (reader: Reader, n: number | null) =>
    (await reader.execute<{ n: number | null }>(sql`select ${n}::int as n /* asked */`))[0]?.n;

  it('prepares those that are asked for often, in and out of transactions, whatever their values', async () => {
    const db = openDatabase(url, 1, true);
    opened.push(db);
    for (const n of [1, null, 3]) expect(await ask(db.orm, n)).toBe(n);
    expect(await kept(db.orm)).toEqual([]);
    for (const n of [4, null]) expect(await ask(db.orm, n)).toBe(n);
    const inside = await db.orm.transaction((tx) => tx.transaction(async (inner) => [await ask(inner, 6), await kept(inner)]));
    expect(inside).toEqual([6, [expect.stringContaining('select $1::int')]]);
  });

  it('goes on with new connections where one was lost', async () => {
    const db = openDatabase(url, 1, true);
    opened.push(db);
    for (let n = 1; n <= 6; n++) await ask(db.orm, n);
    await cut(await pidOf(db.orm));
    await expect.poll(() => ask(db.orm, 7).catch(() => null)).toBe(7);
    for (let n = 1; n <= 6; n++) expect(await ask(db.orm, n)).toBe(n);
  });

  it('keeps no more than two hundred, and none elsewhere', async () => {
    const statements = new KeptStatements();
    const often = (text: string) => Array.from({ length: 4 }, () => statements.keeps(text)).at(-1);
    expect(Array.from({ length: 300 }, (_, i) => often(`select ${i}`)).filter(Boolean)).toHaveLength(200);
    expect(statements.keeps('select 7')).toBe(true);
    const plain = open(1);
    for (let n = 1; n <= 6; n++) await ask(plain.orm, n);
    expect(await kept(plain.orm)).toEqual([]);
  });
});
