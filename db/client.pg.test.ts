import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testDatabase } from '@/tests/support/database';
import { type Database, openDatabase } from './client';

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
