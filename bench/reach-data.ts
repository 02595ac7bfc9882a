/**
 * The data that reach is measured on: made by Postgres itself out of row numbers and a hash, so the same every time, and loaded table by
 * table in the order that intake would have left it in. Distribution: bench/README.md.
 */
import { existsSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Sql } from 'postgres';
import { type Database, openDatabase } from '@/db/client';
import { migrate } from '@/db/migrate';
import { ensurePartitions } from '@/db/partitions';
import { createWorkspace } from '@/db/workspaces';
import { bucketOf, sampleBuckets } from '@/lib/identity/bucket';
import { identifierBit } from '@/lib/identity/identifiers';
import { openCluster } from '@/scripts/local-postgres';

/** Raise it when the data change: folders of other versions are left alone. */
const version = 1;

/** "Now" of every window; the data cover the 180 days before. */
export const at = new Date('2026-07-01T00:00:00Z');
const days = 180;
const begins = new Date(at.getTime() - days * 86_400_000);

/** By frequency: the n-th is 1/n as frequent as the first. */
export const eventNames = [
  'App Launched',
  'Product Viewed',
  'Page Viewed',
  'Searched',
  'Added To Cart',
  'Wishlisted',
  'Notification Viewed',
  'Charged',
  'Signed In',
  'Shared',
  'Category Viewed',
  'Checkout Started',
  'Rated',
  'Coupon Applied',
  'Payment Failed',
  ...Array.from({ length: 25 }, (_, i) => `Event ${i + 16}`),
];
/** Those with a price and a category. */
const commerce = ['Product Viewed', 'Added To Cart', 'Wishlisted', 'Charged', 'Checkout Started', 'Coupon Applied', 'Payment Failed'];
const categories = ['shoes', 'shirts', 'trousers', 'hats', 'bags', 'watches', 'toys', 'books', 'garden', 'music'];

export type DataSize = { profiles: number; events: number };

/** The folder of a cluster that holds the data; made there the first time, which takes some minutes a million profiles. */
export async function reachData(parent: string, size: DataSize, say: (text: string) => void): Promise<string> {
  const dir = path.join(parent, `reach-v${version}-${size.profiles}-${size.events}`);
  const complete = path.join(dir, 'complete');
  if (existsSync(complete)) return dir;
  await rm(dir, { recursive: true, force: true });
  await mkdir(dir, { recursive: true });
  const settings = { max_wal_size: '8GB', maintenance_work_mem: '512MB', wal_level: 'minimal', max_wal_senders: '0', autovacuum: 'off' };
  const cluster = await openCluster({ dir, durable: false, settings, log: say });
  try {
    await migrate(cluster.url());
    const db = openDatabase(cluster.url(), 1);
    await load(db, size, say);
    await db.close();
  } finally {
    await cluster.stop();
  }
  await writeFile(complete, '');
  return dir;
}

async function load(db: Database, size: DataSize, say: (text: string) => void): Promise<void> {
  const { workspaceId } = await createWorkspace(db, { name: 'Bench', zone: 'UTC', defaultCountry: null }, at);
  const { sql } = db;
  const step = async (name: string, run: () => Promise<unknown>) => {
    const began = Date.now();
    await run();
    say(`${name}: ${((Date.now() - began) / 1000).toFixed(0)} s`);
  };
  await sql.unsafe(`set work_mem = '512MB'; set jit = off; set synchronous_commit = off`);
  await ensurePartitions(db, monthsOf());
  await step('names', () => insertNames(sql, workspaceId));
  await step('profiles', () => insertProfiles(sql, workspaceId, size));
  await step('events', () => withoutIndexes(sql, 'events', () => insertEvents(sql, workspaceId, size)));
  await step('roll-up', () => withoutIndexes(sql, 'profile_events', () => insertRollUps(sql)));
  await step('samples', () => insertSamples(sql));
  await step('vacuum', () => sql.unsafe('vacuum (freeze, analyze)'));
}

const monthsOf = () => Array.from({ length: days + 1 }, (_, day) => begins.getTime() + day * 86_400_000);

/** A number from 0 to 1, the same for the same row number and salt. */
const dice = (n: string, salt: number) => `((hashint8extended(${n}, ${salt}) & 2147483647) / 2147483648.0::float8)`;
const list = (values: readonly string[]) => `array[${values.map((value) => `'${value}'`).join(',')}]`;
const oneOf = (values: readonly string[], roll: string) => `(${list(values)})[1 + floor(${values.length} * ${roll})::int]`;

async function insertNames(sql: Sql, workspaceId: number): Promise<void> {
  await sql`
    insert into event_names (workspace_id, name, first_seen, last_seen, amount_property, label_property)
    select ${workspaceId}, name, ${begins}, ${at}, case when name = any(${commerce}) then 'price' end,
      case when name = any(${commerce}) then 'category' else 'screen' end
    from unnest(${eventNames}::text[]) with ordinality as t(name, rank) order by rank`;
  const [row] = await sql<{ last: number }[]>`select max(event_id)::int as last from event_names`;
  if (row?.last !== eventNames.length) throw new Error('invariant: event ids are the ranks');
}

/** Countries, plans and identifiers independent of each other and of what the profile does. */
async function insertProfiles(sql: Sql, workspaceId: number, { profiles }: DataSize): Promise<void> {
  const bit = (name: 'email' | 'phone' | 'mobileAdvertiserId', share: number, salt: number) =>
    `case when ${dice('n', salt)} < ${share} then ${identifierBit[name]} else 0 end`;
  const page = 100_000;
  for (let first = 1; first <= profiles; first += page) {
    const count = Math.min(page, profiles - first + 1);
    const buckets = Array.from({ length: count }, (_, i) => bucketOf(String(first + i)));
    await sql.unsafe(
      `insert into profiles (workspace_id, profile_id, first_seen, last_seen, bucket, country, city, language, platform, identifier_mask, properties)
      select ${workspaceId}, n, '${begins.toISOString()}', '${at.toISOString()}', bucket,
        ${oneOf(['US', 'US', 'IN', 'IN', 'BR', 'DE', 'FR', 'GB', 'MX', 'JP'], dice('n', 1))}, 'City ' || floor(500 * ${dice('n', 2)})::int,
        ${oneOf(['en', 'es', 'de', 'pt'], dice('n', 3))}, ${oneOf(['ios', 'android', 'android', 'web'], dice('n', 4))},
        ${bit('email', 0.7, 5)} | ${bit('phone', 0.5, 6)} | ${bit('mobileAdvertiserId', 0.3, 7)},
        jsonb_build_object('plan', ${oneOf(['free', 'free', 'free', 'free', 'pro', 'free', 'free', 'free', 'free', 'enterprise'], dice('n', 8))},
          'age', 18 + floor(60 * ${dice('n', 9)})::int, 'score', round((100 * ${dice('n', 10)})::numeric, 1), 'newsletter', ${dice('n', 11)} < 0.4)
      from unnest($1::text::smallint[]) with ordinality as t(bucket, i) cross join lateral (select ${first - 1} + i as n) as numbered`,
      [`{${buckets.join(',')}}`],
    );
  }
  await sql`select setval('profile_id_sequence', ${profiles})`;
}

/**
 * A power law over people, 6 % never do anything, 20 % come and 40 % go at a random moment; every event is drawn by itself: name by Zipf's
 * law, time evenly over the person's stay.
 */
async function insertEvents(sql: Sql, workspaceId: number, { profiles, events }: DataSize): Promise<void> {
  const total = eventNames.reduce((sum, _, i) => sum + 1 / (i + 1), 0);
  let sum = 0;
  const shares = eventNames.slice(0, -1).map((_, i) => {
    sum += 1 / (i + 1) / total;
    return sum;
  });
  await sql.unsafe(`
    create unlogged table made as
    with people as (
      select n, came, life, case when ${dice('n', 20)} < 0.059 then 0 else life * power(1 - ${dice('n', 21)}, -1 / 1.65) end as weight
      from generate_series(1, ${profiles}) n
      cross join lateral (select case when ${dice('n', 30)} < 0.2 then ${dice('n', 31)} else 0 end as came) as coming
      cross join lateral (select (1 - came) * case when ${dice('n', 22)} < 0.4 then ${dice('n', 23)} else 1 end as life) as living
    ), laid as (select n, came, life, weight, sum(weight) over (order by n) as upto, sum(weight) over () as whole from people),
    cut as (select n, came, life, floor(${events} * (upto - weight) / whole)::bigint as first, floor(${events} * upto / whole)::bigint as last from laid)
    select row, n as profile_id, 1 + width_bucket(${dice('row', 24)}, array[${shares.join(',')}]::float8[]) as event_id,
      date_trunc('milliseconds', '${begins.toISOString()}'::timestamptz + ${days} * (came + life * ${dice('row', 25)}) * interval '1 day') as time
    from cut cross join lateral generate_series(first + 1, last) row`);
  const price = `round((-50 * ln(1 - ${dice('row', 26)}))::numeric, 2)`;
  const category = oneOf(categories, dice('row', 27));
  const screen = `'screen ' || floor(30 * ${dice('row', 28)})::int`;
  const sold = `event_id in (${commerce.map((name) => eventNames.indexOf(name) + 1).join(', ')})`;
  const months = await sql<{ month: string }[]>`select distinct date_trunc('month', time)::text as month from made order by 1`;
  for (const { month } of months) {
    await sql.unsafe(`
      insert into events (workspace_id, profile_id, event_id, time, amount, label, properties)
      select ${workspaceId}, profile_id, event_id, time, case when ${sold} then ${price} end, case when ${sold} then ${category} else ${screen} end,
        case when ${sold} then jsonb_build_object('price', ${price}, 'category', ${category}, 'sku', 'sku-' || floor(5000 * ${dice('row', 29)})::int)
        else jsonb_build_object('screen', ${screen}, 'version', '5.' || floor(20 * ${dice('row', 29)})::int) end
      from (select * from made where time >= '${month}' and time < '${month}'::timestamptz + interval '1 month' order by time) as ordered`);
  }
  await sql`drop table made`;
}

async function insertRollUps(sql: Sql): Promise<void> {
  await sql`
    insert into profile_events (workspace_id, profile_id, event_id, count, first_time, last_time, sum)
    select workspace_id, profile_id, event_id, count(*), min(time), max(time), sum(coalesce(amount, 0)) from events
    group by workspace_id, profile_id, event_id order by profile_id, event_id`;
}

async function insertSamples(sql: Sql): Promise<void> {
  await sql`insert into profiles_sample select * from profiles where bucket < ${sampleBuckets}`;
  await sql`insert into events_sample select e.* from events e join profiles_sample p using (workspace_id, profile_id) order by e.time`;
  await sql`insert into profile_events_sample select e.* from profile_events e join profiles_sample p using (workspace_id, profile_id)`;
}

/** Builds the table's indexes after the rows: a tenth of the time. Their definitions are the migrations' own. */
async function withoutIndexes(sql: Sql, table: string, run: () => Promise<unknown>): Promise<void> {
  const keys = await sql<{ name: string; definition: string }[]>`
    select conname as name, pg_get_constraintdef(oid) as definition from pg_constraint where conrelid = ${table}::regclass and contype = 'p'`;
  const indexes = await sql<{ name: string; definition: string }[]>`
    select indexname as name, replace(indexdef, ' ON ONLY ', ' ON ') as definition from pg_indexes
    where tablename = ${table} and indexname <> all(${keys.map((key) => key.name)}::text[])`;
  for (const { name } of keys) await sql.unsafe(`alter table ${table} drop constraint ${name}`);
  for (const { name } of indexes) await sql.unsafe(`drop index ${name}`);
  await run();
  for (const { name, definition } of keys) await sql.unsafe(`alter table ${table} add constraint ${name} ${definition}`);
  for (const { definition } of indexes) await sql.unsafe(definition);
}
