import type { Database } from './client';

/** Months known to have a partition, by database: a process asks once. */
const known = new WeakMap<Database, Set<string>>();

const dayMs = 86_400_000;
const monthOf = (time: number) => new Date(time).toISOString().slice(0, 7);

function bounds(month: string): { from: string; to: string } {
  const from = new Date(`${month}-01T00:00:00Z`);
  const to = new Date(Date.UTC(from.getUTCFullYear(), from.getUTCMonth() + 1, 1));
  return { from: from.toISOString(), to: to.toISOString() };
}

/**
 * Makes the monthly partitions (UTC) that these times need. May be called by many processes at once.
 * Built beside and then attached: ATTACH leaves readers and writers of `events` alone, CREATE … PARTITION OF would wait for all of them.
 */
export async function ensurePartitions(db: Database, times: Iterable<number>): Promise<void> {
  let months = known.get(db);
  if (!months) {
    months = new Set();
    known.set(db, months);
  }
  const missing = new Set<string>();
  // Thousands of times lie in a few months: days are told apart by arithmetic, and only a day not met before is asked for its month.
  const days = new Set<number>();
  for (const time of times) days.add(Math.floor(time / dayMs));
  for (const day of days) {
    const month = monthOf(day * dayMs);
    if (!months.has(month)) missing.add(month);
  }
  for (const month of [...missing].sort()) {
    await createPartition(db, month);
    months.add(month);
  }
}

async function createPartition(db: Database, month: string): Promise<void> {
  const table = `events_${month.replace('-', '_')}`;
  const { from, to } = bounds(month);
  await db.sql.begin(async (tx) => {
    await tx`select pg_advisory_xact_lock(hashtextextended('beckon events partitions', 0))`;
    const [row] = await tx`select to_regclass(${table}) is not null as there`;
    if (row?.there) return;
    // Index-only scans need the visibility map: a month that only grows must be vacuumed long before a fifth of it is new.
    await tx.unsafe(`create table ${table} (like events including defaults) with (autovacuum_vacuum_insert_scale_factor = 0.02)`);
    await tx.unsafe(`alter table events attach partition ${table} for values from ('${from}') to ('${to}')`);
  });
}
