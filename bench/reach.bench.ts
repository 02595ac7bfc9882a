/**
 * Exact reach and estimates of the reference segments over generated data, on Postgres as `npm start` runs it. Options: --profiles N
 * (1,000,000), --events N (20,000,000), --data FOLDER (.data/bench: made once, some 8 GB), --rounds N (5), --only 3,10, --no-cold,
 * --random N (60 segments for the coverage of estimates), --draws N (20 dealings of the profiles into samples), --worn (warm again after a day's updates without vacuum), --plans (bench/plans).
 */
import { mkdir, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { sql } from 'drizzle-orm';
import { type Database, openDatabase } from '@/db/client';
import { migrate } from '@/db/migrate';
import { estimateReach, reach, reachSql } from '@/db/reach';
import { overlapCounts } from '@/db/segment-overlap';
import { runSegmentQuery } from '@/db/segment-query';
import { compileContext } from '@/db/segments';
import type { WorkspaceId } from '@/lib/auth';
import { parseDefinition } from '@/lib/segment/definition';
import { type Cluster, openCluster } from '@/scripts/local-postgres';
import { dropFromCache } from './cold-files';
import { type Coverage, coverageOfDraws, coverageOfSamples, coverageOfSegments, none, sum } from './reach-coverage';
import { at, reachData } from './reach-data';
import { bareReads } from './reach-limit';
import { type ReferenceSegment, referenceSegments } from './reach-segments';
import { serverMs } from './server-time';

const { values } = parseArgs({
  options: {
    profiles: { type: 'string', default: '1000000' },
    events: { type: 'string', default: '20000000' },
    data: { type: 'string', default: path.resolve(import.meta.dirname, '..', '.data', 'bench') },
    rounds: { type: 'string', default: '5' },
    random: { type: 'string', default: '60' },
    draws: { type: 'string', default: '20' },
    only: { type: 'string', default: '' },
    'no-cold': { type: 'boolean', default: false },
    worn: { type: 'boolean', default: false },
    plans: { type: 'boolean', default: false },
  },
});
const rounds = Number(values.rounds);
const only = values.only.split(',').filter(Boolean).map(Number);
const chosen = referenceSegments
  .map((segment, i) => ({ ...segment, number: i + 1 }))
  .filter(({ number }) => only.length === 0 || only.includes(number));

const say = (text: string) => process.stdout.write(`${text}\n`);
const whole = (value: number) => Math.round(value).toLocaleString('en-US');
const load = () => `load average ${os.loadavg()[0]?.toFixed(1)} on ${os.cpus().length} cores`;

type Numbered = ReferenceSegment & { number: number };
type World = { db: Database; workspaceId: WorkspaceId; clusterDir: string };

async function withServer<T>(dir: string, run: (world: World, cluster: Cluster) => Promise<T>): Promise<T> {
  const cluster = await openCluster({ dir });
  const db = openDatabase(cluster.url(), 2);
  try {
    const [row] = await db.sql<{ id: WorkspaceId }[]>`select id from workspaces limit 1`;
    if (!row) throw new Error('invariant: the data have a workspace');
    return await run({ db, workspaceId: row.id, clusterDir: cluster.dir }, cluster);
  } finally {
    await db.close();
    await cluster.stop();
  }
}

/** The first answer of a server just started, whose files the system holds no longer. */
async function coldMs(dir: string, segment: Numbered): Promise<{ ms: number; dropped: boolean }> {
  const dropped = await dropFromCache(dir);
  return withServer(dir, async ({ db, workspaceId }) => {
    const began = performance.now();
    await reach(db, workspaceId, parseDefinition(segment.json), at, at);
    return { ms: performance.now() - began, dropped };
  });
}

type Warm = { qualify: number; ms: number; worstMs: number; limitMs: number; serverMs: number | null };

async function warm({ db, workspaceId, clusterDir }: World, segment: Numbered): Promise<Warm> {
  const definition = parseDefinition(segment.json);
  let qualify = 0;
  const count = async () => {
    qualify = (await reach(db, workspaceId, definition, at, at)).qualify;
  };
  await count();
  await bareReads(db, workspaceId, segment.reads);
  const times: number[] = [];
  const limits: number[] = [];
  // Turn by turn, so that a noisy neighbour slows both.
  let spent: number | null = 0;
  for (let i = 0; i < rounds; i++) {
    const before = serverMs(clusterDir);
    times.push(await timed(count));
    const after = serverMs(clusterDir);
    spent = spent === null || before === null || after === null ? null : spent + after - before;
    limits.push(await timed(() => bareReads(db, workspaceId, segment.reads)));
  }
  return {
    qualify,
    ms: median(times),
    worstMs: Math.max(...times),
    limitMs: median(limits),
    serverMs: spent === null ? null : spent / rounds,
  };
}

type Estimated = { ms: number; worstMs: number; text: string };

async function estimate({ db, workspaceId }: World, segment: Numbered, qualify: number): Promise<Estimated> {
  const definition = parseDefinition(segment.json);
  const times: number[] = [];
  let found: Awaited<ReturnType<typeof estimateReach>> = null;
  for (let i = 0; i <= rounds; i++) {
    times.push(
      await timed(async () => {
        found = await estimateReach(db, workspaceId, definition, at, at);
      }),
    );
  }
  const text = describeEstimate(found, qualify);
  return { ms: median(times.slice(1)), worstMs: Math.max(...times), text };
}

function describeEstimate(found: Awaited<ReturnType<typeof estimateReach>>, qualify: number): string {
  if (!found || found.exact) return 'waits';
  const inside = Math.abs(found.qualify - qualify) <= found.margin ? 'inside' : 'OUTSIDE';
  return `${whole(found.qualify)} ± ${whole(found.margin)}, ${inside}`;
}

async function writePlan({ db, workspaceId }: World, segment: Numbered): Promise<void> {
  const definition = parseDefinition(segment.json);
  const context = await compileContext(db, workspaceId, definition, at);
  const rows = await runSegmentQuery<{ 'QUERY PLAN': string }>(db, sql`explain (analyze, buffers) ${reachSql(definition, context)}`);
  const file = path.join(import.meta.dirname, 'plans', `${String(segment.number).padStart(2, '0')}.txt`);
  await mkdir(path.dirname(file), { recursive: true });
  const head = `${segment.number}. ${segment.name}\n${JSON.stringify(segment.json)}\n${values.profiles} profiles, ${values.events} events; warm\n`;
  await writeFile(file, `${head}\n${rows.map((row) => row['QUERY PLAN']).join('\n')}\n`);
}

/** A hundredth of the roll-up and a twentieth of the profiles changed, in pages all over: what index-only reading meets before a vacuum. */
async function wear({ db }: World): Promise<void> {
  const undone = new Error('undone');
  const updates = db.sql.begin(async (tx) => {
    await tx`update profile_events set count = count where (profile_id * 7919 + event_id) % 100 = 0`;
    await tx`update profiles set last_seen = last_seen where profile_id % 20 = 0`;
    throw undone;
  });
  await updates.catch((error: unknown) => {
    if (error !== undone) throw error;
  });
}

async function timed(run: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await run();
  return performance.now() - began;
}

const median = (times: readonly number[]) => [...times].sort((a, b) => a - b)[Math.floor(times.length / 2)] ?? 0;

async function coldTimes(dir: string): Promise<Map<number, number>> {
  const found = new Map<number, number>();
  let dropped = true;
  for (const segment of chosen) {
    const cold = await coldMs(dir, segment);
    dropped &&= cold.dropped;
    found.set(segment.number, cold.ms);
  }
  say(
    `cold: server restarted, ${dropped ? 'and its files dropped from the page cache (dd iflag=nocache)' : 'but its files may be in the page cache'}; ${load()}\n`,
  );
  return found;
}

async function table(world: World, cold: ReadonlyMap<number, number>, plans: boolean): Promise<void> {
  const all: { ms: number; worstMs: number; serverMs: number; estimateMs: number }[] = [];
  say(
    '| # | segment | profiles | cold | warm | worst | processor | limit | ratio | estimate | ms |\n|---|---|---|---|---|---|---|---|---|---|---|',
  );
  for (const segment of chosen) {
    const exact = await warm(world, segment);
    const rough = await estimate(world, segment, exact.qualify);
    all.push({ ...exact, serverMs: exact.serverMs ?? 0, estimateMs: rough.worstMs });
    const coldText = cold.has(segment.number) ? whole(cold.get(segment.number) ?? 0) : '–';
    const figures = [
      coldText,
      whole(exact.ms),
      whole(exact.worstMs),
      exact.serverMs === null ? '–' : whole(exact.serverMs),
      whole(exact.limitMs),
      (exact.ms / exact.limitMs).toFixed(1),
      rough.text,
      whole(rough.ms),
    ];
    say(`| ${segment.number} | ${segment.name} | ${whole(exact.qualify)} | ${figures.join(' | ')} |`);
    if (plans) await writePlan(world, segment);
  }
  const worstCold = cold.size > 0 ? `, cold worst ${whole(Math.max(...cold.values()))}` : '';
  say(
    `\nwarm median ${whole(median(all.map(({ ms }) => ms)))} ms (of the server's processor time ${whole(median(all.map((each) => each.serverMs)))}), worst ${whole(Math.max(...all.map(({ worstMs }) => worstMs)))}${worstCold}; ` +
      `estimates at most ${whole(Math.max(...all.map(({ estimateMs }) => estimateMs)))}; ${load()}`,
  );
}

/** The widest two, and eight of all kinds; each alone beside them, for a comparison cannot do without any. */
const compared = [
  [3, 8],
  [1, 2, 3, 5, 8, 9, 11, 14],
];

async function overlaps({ db, workspaceId }: World): Promise<void> {
  for (const numbers of compared) {
    const definitions = numbers.map((number) => parseDefinition(referenceSegments[number - 1]?.json));
    const times: number[] = [];
    const alone: number[] = [];
    let parts = 0;
    for (let i = 0; i <= rounds; i++) {
      times.push(
        await timed(async () => {
          parts = (await overlapCounts(db, workspaceId, definitions, at)).length;
        }),
      );
      alone.push(await timed(() => oneByOne(definitions, (each) => reach(db, workspaceId, each, at, at))));
    }
    const [ms, worst, sum] = [median(times.slice(1)), Math.max(...times.slice(1)), median(alone.slice(1))];
    say(
      `overlap of segments ${numbers.join(', ')}: ${parts} parts in ${whole(ms)} ms, worst ${whole(worst)}; the reach of each alone, added up: ${whole(sum)}`,
    );
  }
}

async function oneByOne<T>(all: readonly T[], run: (each: T) => Promise<unknown>): Promise<void> {
  for (const each of all) await run(each);
}

async function coverage({ db, workspaceId }: World): Promise<void> {
  const told = (of: Coverage) =>
    `${whole(of.inside)} of ${whole(of.estimates)} estimates hold the true number${of.estimates > 0 ? ` (${((100 * of.inside) / of.estimates).toFixed(1)} %)` : ''}`;
  const draws = Number(values.draws);
  let references = none;
  let byDraw = Array.from({ length: draws }, () => none);
  for (const { json } of chosen) {
    references = sum(references, await coverageOfSamples(db, workspaceId, json));
    const found = await coverageOfDraws(db, workspaceId, json, draws);
    byDraw = byDraw.map((of, i) => sum(of, found[i] ?? none));
  }
  const shares = byDraw.map((of) => (100 * of.inside) / of.estimates);
  const mean = shares.reduce((total, share) => total + share, 0) / draws;
  const spread = Math.sqrt(shares.reduce((total, share) => total + (share - mean) ** 2, 0) / (draws - 1));
  say(
    `reference segments, from every sample of sixteen buckets: ${told(references)}\n` +
      `dealt anew ${draws} times: ${told(byDraw.reduce(sum, none))}; one dealing ${mean.toFixed(1)} ± ${spread.toFixed(1)} %, ${Math.min(...shares).toFixed(1)} to ${Math.max(...shares).toFixed(1)}`,
  );
  const { ours, every, slowestMs } = await coverageOfSegments(db, workspaceId, Number(values.random));
  say(
    `${values.random} random segments, from every sample: ${told(every)}; from the sample there is: ${told(ours)}, the slowest in ${whole(slowestMs)} ms`,
  );
}

const dir = await reachData(values.data, { profiles: Number(values.profiles), events: Number(values.events) }, say);
const cold = await withServer(dir, async ({ db }, cluster) => {
  await migrate(cluster.url());
  const [row] = await db.sql<{ version: string; buffers: string; size: string }[]>`
    select current_setting('server_version') as version, current_setting('shared_buffers') as buffers, pg_size_pretty(pg_database_size(current_database())) as size`;
  say(
    `${whole(Number(values.profiles))} profiles, ${whole(Number(values.events))} events over 180 days; Postgres ${row?.version}, shared_buffers ${row?.buffers}, database ${row?.size}`,
  );
}).then(() => (values['no-cold'] ? new Map<number, number>() : coldTimes(dir)));
await withServer(dir, async (world) => {
  await table(world, cold, values.plans);
  await overlaps(world);
  await coverage(world);
  if (values.worn) {
    await wear(world);
    say('\nthe same, worn: a hundredth of the roll-up and a twentieth of the profiles changed since the last vacuum');
    await table(world, new Map(), false);
    await world.db.sql`vacuum profile_events, profiles`;
  }
});
say(`peak memory of this process: ${Math.round(process.resourceUsage().maxRSS / 1024)} MB`);
