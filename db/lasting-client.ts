import { setImmediate } from 'node:timers/promises';
import postgres from 'postgres';
import { KeptStatements } from './kept-statements';

/**
 * What postgres.js (3.4.9) lacks where a connection is lost, as at each restart of Postgres. It writes the rollback to the connection that is
 * gone, which throws where nobody can catch it; and one that was lost with anything unwritten never works again: each later use waits for
 * the connection's time-out and fails. So nothing is written to a lost connection any more, and whoever has lost one gets a pool of new ones.
 */
export class LastingClient<T> {
  private current: { client: postgres.Sql; made: T } | null = null;
  private readonly retired = new Set<postgres.Sql>();
  private closed = false;

  /** @param make what is made of each new pool. @param keeping whether statements that are asked for often are prepared and kept. */
  constructor(
    private readonly url: string,
    private readonly max: number,
    private readonly make: (client: postgres.Sql) => T,
    private readonly keeping = false,
  ) {}

  get made(): T {
    this.current ??= this.open();
    return this.current.made;
  }

  private open(): { client: postgres.Sql; made: T } {
    // No lifetime: a connection that ends is one that was lost.
    const onclose = () => this.retire(client);
    const client = postgres(this.url, { max: this.max, onnotice: () => {}, max_lifetime: null, connect_timeout: connectSeconds, onclose });
    const statements = this.keeping ? new KeptStatements() : null;
    guardTransactions(client, statements);
    if (statements) client.unsafe = keepingUnsafe(client.unsafe.bind(client), statements);
    return { client, made: this.make(client) };
  }

  /** Whoever holds it still may end what they are at. */
  private retire(client: postgres.Sql): void {
    if (this.current?.client !== client || this.closed) return;
    this.current = null;
    this.retired.add(client);
    setTimeout(() => void client.end({ timeout: 5 }).then(() => this.retired.delete(client)), retirementMs).unref();
  }

  async close(): Promise<void> {
    this.closed = true;
    const all = [...this.retired, ...(this.current ? [this.current.client] : [])];
    await Promise.all(all.map((client) => client.end({ timeout: 5 })));
  }
}

/** What waits in line behind a connection of the lost pool that never works again has failed by then. */
const connectSeconds = 10;

/** Longer than any statement but the largest takes. */
const retirementMs = 5 * 60_000;

type Work = (tx: postgres.TransactionSql) => unknown;
type Begin = (options: string, work: Work) => Promise<unknown>;

type Unsafe = postgres.Sql['unsafe'];

/** Without parameters a text may be several statements, which cannot be prepared. */
const keepingUnsafe =
  (unsafe: Unsafe, statements: KeptStatements): Unsafe =>
  (text, parameters, options) =>
    unsafe(text, parameters, parameters && parameters.length > 0 && statements.keeps(text) ? { ...options, prepare: true } : options);

function guardTransactions(client: postgres.Sql, statements: KeptStatements | null): void {
  const begin = client.begin.bind(client) as Begin;
  const guarded = (...asked: [Work] | [string, Work]) => {
    const [options, work] = asked.length === 1 ? ['', asked[0]] : asked;
    let over = false;
    const begun = begin(options, (tx) => whileConnected(tx, work, () => over, statements));
    begun.catch(() => {
      over = true;
    });
    return begun;
  };
  client.begin = guarded as typeof client.begin;
}

/** A transaction that is over was told so already: nothing more is heard of its work, so that nothing more is written. */
async function whileConnected(
  tx: postgres.TransactionSql,
  work: Work,
  isOver: () => boolean,
  statements: KeptStatements | null,
): Promise<unknown> {
  try {
    const result = await work(refusingWhen(isOver, tx, statements));
    return isOver() ? await never : result;
  } catch (error) {
    // The end of the connection is told a little after its faults.
    await setImmediate();
    if (isOver()) return never;
    throw error;
  }
}

const never = new Promise<never>(() => {});

function refusingWhen(isOver: () => boolean, tx: postgres.TransactionSql, statements: KeptStatements | null): postgres.TransactionSql {
  const refuse = () => {
    if (isOver()) throw new Error('The connection to Postgres was lost.');
  };
  return new Proxy(tx, {
    apply: (target, self, args) => {
      refuse();
      return Reflect.apply(target, self, args) as unknown;
    },
    get: (target, name) => {
      if (name === 'savepoint') return savepoint(target, isOver, statements);
      const value = Reflect.get(target, name) as unknown;
      if (name !== 'unsafe' || typeof value !== 'function') return value;
      const unsafe = statements ? keepingUnsafe(target.unsafe.bind(target), statements) : value;
      return (...args: unknown[]) => {
        refuse();
        return Reflect.apply(unsafe, target, args) as unknown;
      };
    },
  });
}

const savepoint = (tx: postgres.TransactionSql, isOver: () => boolean, statements: KeptStatements | null) => (work: Work) =>
  tx.savepoint((inner) => whileConnected(inner, work, isOver, statements));
