/** Exact reach of reference segments over generated data. Options: --profiles N (200000), --events N (4000000). */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { type Database, openDatabase } from '@/db/client';
import { migrate } from '@/db/migrate';
import { reach } from '@/db/reach';
import { createWorkspace } from '@/db/workspaces';
import type { WorkspaceId } from '@/lib/auth';
import { type Definition, eventsOf, parseDefinition } from '@/lib/segment/definition';
import { openCluster } from '@/scripts/local-postgres';

const { values } = parseArgs({
  options: { profiles: { type: 'string', default: '200000' }, events: { type: 'string', default: '4000000' } },
});
const profiles = Number(values.profiles);
const events = Number(values.events);

/** "Now" of every window; the data covers the 180 days before. */
const at = new Date('2026-07-01T00:00:00Z');
const rounds = 5;

const week = { last: { days: 7 } };
const month = { last: { days: 30 } };
const quarter = { last: { days: 90 } };

const references: [string, unknown][] = [
  ['did E8, 7 days', { did: 'Event 8', within: week }],
  ['did E2, 30 days', { did: 'Event 2', within: month }],
  ['did E1 (the most frequent), 90 days', { did: 'Event 1', within: quarter }],
  ['did E1 at least 5 times, 30 days', { did: 'Event 1', count: { gte: 5 }, within: month }],
  ['did E8 with amount over 100, 90 days', { did: 'Event 8', where: [{ property: 'amount', op: 'gt', value: 100 }], within: quarter }],
  [
    'did E3 with category and amount, twice, 30 days',
    {
      did: 'Event 3',
      count: { gte: 2 },
      within: month,
      where: [
        { property: 'category', op: 'is', value: 'category 3' },
        { property: 'amount', op: 'gt', value: 20 },
      ],
    },
  ],
  ['did not E1, 30 days', { didNot: 'Event 1', within: month }],
  [
    'did E5 and not E8, 7 days',
    {
      all: [
        { did: 'Event 5', within: week },
        { didNot: 'Event 8', within: week },
      ],
    },
  ],
  [
    'country, plan and E4 twice, 30 days',
    {
      all: [
        { property: '$country', op: 'is', value: 'US' },
        { property: 'plan', op: 'is', value: 'pro' },
        { did: 'Event 4', count: { gte: 2 }, within: month },
      ],
    },
  ],
  [
    'country and (E6 or (E5 twice and not E8))',
    {
      all: [
        { property: '$country', op: 'isOneOf', value: ['US', 'DE'] },
        {
          any: [
            { did: 'Event 6', within: month },
            {
              all: [
                { did: 'Event 5', count: { gte: 2 }, within: month },
                { didNot: 'Event 8', within: month },
              ],
            },
          ],
        },
      ],
    },
  ],
  ['e-mail, E7 and not E8', { all: [{ has: 'email' }, { did: 'Event 7', within: month }, { didNot: 'Event 8', within: week }] }],
  ['did neither E1 nor E2, 90 days', { didNot: ['Event 1', 'Event 2'], within: quarter }],
  ['did E8 ever', { did: 'Event 8' }],
  [
    'two properties',
    {
      all: [
        { property: '$country', op: 'is', value: 'US' },
        { property: 'plan', op: 'is', value: 'pro' },
      ],
    },
  ],
];

const folder = await mkdtemp(path.join(tmpdir(), 'beckon-bench-reach-'));
const cluster = await openCluster({
  dir: folder,
  durable: false,
  settings: { shared_buffers: '2GB', max_wal_size: '8GB', maintenance_work_mem: '512MB' },
});
try {
  await migrate(cluster.url());
  const db = openDatabase(cluster.url(), 4);
  const { workspaceId } = await createWorkspace(db, { name: 'Bench', zone: 'UTC', defaultCountry: null }, at);
  const began = performance.now();
  await load(db, workspaceId);
  process.stdout.write(
    `${profiles.toLocaleString('en-US')} profiles, ${events.toLocaleString('en-US')} events, made in ${seconds(began)} s\n\n`,
  );
  process.stdout.write('| segment | profiles | first ms | median ms | bare scan ms | ratio |\n|---|---|---|---|---|---|\n');
  for (const [name, json] of references) await measure(db, workspaceId, name, parseDefinition(json));
  process.stdout.write(`\npeak memory of this process: ${Math.round(process.resourceUsage().maxRSS / 1024)} MB\n`);
  await db.close();
} finally {
  await cluster.stop();
  await rm(folder, { recursive: true, force: true });
}

async function measure(db: Database, workspaceId: WorkspaceId, name: string, definition: Definition): Promise<void> {
  let qualify = 0;
  const times = await timed(rounds, async () => {
    qualify = (await reach(db, workspaceId, definition, at, at)).qualify;
  });
  const bare = median(await timed(rounds, () => bareScan(db, workspaceId, definition)));
  const warm = median(times.slice(1));
  const ratio = bare > 0 ? (warm / bare).toFixed(1) : '–';
  process.stdout.write(
    `| ${name} | ${qualify.toLocaleString('en-US')} | ${Math.round(times[0] ?? 0)} | ${Math.round(warm)} | ${bare.toFixed(1)} | ${ratio} |\n`,
  );
}

/** The least that has to be read: the index entries of the named events in the widest window, and the profiles once. */
async function bareScan(db: Database, workspaceId: WorkspaceId, definition: Definition): Promise<void> {
  const names = eventsOf(definition);
  const text = JSON.stringify(definition);
  const days = text.includes('90') || !text.includes('within') ? 180 : text.includes('30') ? 30 : 7;
  const from = new Date(at.getTime() - days * 86_400_000);
  if (names.length > 0) {
    await db.sql`
      select count(profile_id) from events
      where event_id = any(array(select event_id from event_names where workspace_id = ${workspaceId} and name = any(${names}))) and time >= ${from} and time <= ${at}`;
  }
  await db.sql`select count(identifier_mask) from profiles where workspace_id = ${workspaceId}`;
}

async function timed(count: number, run: () => Promise<void>): Promise<number[]> {
  const times: number[] = [];
  for (let i = 0; i < count; i++) {
    const began = performance.now();
    await run();
    times.push(performance.now() - began);
  }
  return times;
}

function median(times: number[]): number {
  return [...times].sort((a, b) => a - b)[Math.floor(times.length / 2)] ?? 0;
}

function seconds(began: number): string {
  return ((performance.now() - began) / 1000).toFixed(0);
}

/** Forty names by Zipf, people by a power law, spread over 180 days; the same rows every time (a hash of the row's number is its dice). */
async function load(db: Database, workspaceId: WorkspaceId): Promise<void> {
  const { sql } = db;
  const dice = (salt: string) => `((hashint8extended(n, ${salt}) & 2147483647) / 2147483648.0)`;
  await sql`insert into event_names (workspace_id, name, first_seen, last_seen, amount_property, label_property)
    select ${workspaceId}, 'Event ' || n, ${at}, ${at}, 'amount', 'category' from generate_series(1, 40) n`;
  await sql.unsafe(`
    insert into profiles (workspace_id, profile_id, first_seen, last_seen, bucket, country, identifier_mask, properties)
    select ${workspaceId}, n, '2026-01-01', '2026-07-01', n % 1000, (array['US','DE','IN','BR','FR','GB'])[1 + floor(6 * ${dice('1')})::int],
      case when ${dice('2')} < 0.7 then 1 else 0 end | case when ${dice('3')} < 0.5 then 2 else 0 end,
      jsonb_build_object('plan', (array['free','pro','team'])[1 + floor(3 * ${dice('4')})::int])
    from generate_series(1, ${profiles}) n`);
  for (let month = 1; month <= 7; month++) {
    const first = `2026-0${month}-01`;
    await sql.unsafe(`create table events_2026_0${month} partition of events for values from ('${first}') to ('2026-0${month + 1}-01')`);
  }
  await sql.unsafe(`
    insert into events (workspace_id, profile_id, event_id, time, amount, label, properties)
    select ${workspaceId}, 1 + floor(${profiles} * power(${dice('5')}, 2))::bigint, e.event_id, '2026-07-01'::timestamptz - 180 * ${dice('6')} * interval '1 day',
      round((200 * ${dice('7')})::numeric, 2), 'category ' || floor(10 * ${dice('8')})::int,
      jsonb_build_object('amount', round((200 * ${dice('7')})::numeric, 2), 'category', 'category ' || floor(10 * ${dice('8')})::int)
    from generate_series(1, ${events}) n join event_names e on e.name = 'Event ' || greatest(1, least(40, floor(power(40, ${dice('9')}))::int))`);
  await sql.unsafe('vacuum analyze');
}
