import { sql } from 'drizzle-orm';
import type { Database } from '@/db/client';
import { estimateReach, reach } from '@/db/reach';
import { runSegmentQuery } from '@/db/segment-query';
import { segmentSql } from '@/db/segments';
import type { WorkspaceId } from '@/lib/auth';
import { sampleBuckets } from '@/lib/identity/bucket';
import { parseDefinition } from '@/lib/segment/definition';
import { estimated } from '@/lib/segment/estimate';
import { integer, pick, type Random, seededRandom } from '@/scripts/demo-people';
import { at, eventNames } from './reach-data';

export type Coverage = { inside: number; estimates: number };

export const none: Coverage = { inside: 0, estimates: 0 };
export const sum = (a: Coverage, b: Coverage): Coverage => ({ inside: a.inside + b.inside, estimates: a.estimates + b.estimates });

const fewestHits = 100;

type Sampled = { draw: number; sample: number; hits: number; sampled: number };

/**
 * The margin held against every other sample there could have been: each run of sixteen buckets is one. Of a segment, how many of the
 * estimates from them hold the true number.
 */
export async function coverageOfSamples(db: Database, workspaceId: WorkspaceId, json: unknown): Promise<Coverage> {
  const segment = await segmentSql(db, workspaceId, parseDefinition(json), at);
  const rows = await runSegmentQuery<Sampled>(
    db,
    sql`select 0 as draw, p.bucket / ${sampleBuckets}::int as sample, count(s.profile_id)::int as hits, count(*)::int as sampled
      from profiles p left join (${segment}) s on s.profile_id = p.profile_id where p.workspace_id = ${workspaceId} group by 2`,
  );
  // The last run of buckets is not whole.
  return coverageOf(rows, (row) => row.sample < Math.floor(1000 / sampleBuckets));
}

/**
 * The same with the profiles dealt anew by another hash in each draw: how often a margin holds when chance is had again, which one dealing cannot
 * tell, because its samples share their profiles among all segments. By draw.
 */
export async function coverageOfDraws(db: Database, workspaceId: WorkspaceId, json: unknown, draws: number): Promise<Coverage[]> {
  const segment = await segmentSql(db, workspaceId, parseDefinition(json), at);
  const samples = Math.floor(1000 / sampleBuckets);
  const rows = await runSegmentQuery<Sampled>(
    db,
    sql`select draw, (hashint8extended(profile_id, draw) & 2147483647)::int % ${samples}::int as sample,
        (count(*) filter (where hit))::int as hits, count(*)::int as sampled
      from (select p.profile_id, s.profile_id is not null as hit from profiles p left join (${segment}) s on s.profile_id = p.profile_id
        where p.workspace_id = ${workspaceId} offset 0) people, generate_series(1, ${draws}::int) draw group by 1, 2`,
  );
  return Array.from({ length: draws }, (_, i) =>
    coverageOf(
      rows.filter(({ draw }) => draw === i + 1),
      () => true,
    ),
  );
}

function coverageOf(rows: readonly Sampled[], isWhole: (row: Sampled) => boolean): Coverage {
  const sumOf = (column: 'hits' | 'sampled') => rows.reduce((sum, row) => sum + row[column], 0);
  const truth = sumOf('hits');
  const all = sumOf('sampled');
  const shown = rows.filter((row) => isWhole(row) && row.hits >= fewestHits);
  const inside = shown.filter(({ hits, sampled }) => {
    const { value, margin } = estimated(hits, { all, sampled, allSpread: 0 });
    return Math.abs(value - truth) <= margin;
  });
  return { inside: inside.length, estimates: shown.length };
}

export type RandomCoverage = { ours: Coverage; every: Coverage; slowestMs: number };

/** Of random segments: the sample there is, and every other there could have been. */
export async function coverageOfSegments(db: Database, workspaceId: WorkspaceId, count: number): Promise<RandomCoverage> {
  const random = seededRandom(11);
  const found = { ours: none, every: none, slowestMs: 0 };
  for (let i = 0; i < count; i++) {
    const json = randomSegment(random);
    const definition = parseDefinition(json);
    const began = performance.now();
    const estimate = await estimateReach(db, workspaceId, definition, at, at);
    found.slowestMs = Math.max(found.slowestMs, performance.now() - began);
    found.every = sum(found.every, await coverageOfSamples(db, workspaceId, json));
    if (!estimate || estimate.exact) continue;
    const { qualify } = await reach(db, workspaceId, definition, at, at);
    found.ours = sum(found.ours, { inside: Math.abs(estimate.qualify - qualify) <= estimate.margin ? 1 : 0, estimates: 1 });
  }
  return found;
}

function randomSegment(random: Random): unknown {
  const event = () => pick(random, eventNames.slice(0, 20));
  const within = () => ({ last: { days: integer(random, 1, 180) } });
  const leaf = () =>
    pick<() => unknown>(random, [
      () => ({ did: event(), within: within() }),
      () => ({ didNot: event(), within: within() }),
      () => ({ did: event(), within: within(), count: { gte: integer(random, 2, 6) } }),
      () => ({ did: event(), occurrence: pick(random, ['first', 'last']), within: within() }),
      () => ({ property: '$country', op: 'is', value: pick(random, ['US', 'IN', 'BR', 'DE']) }),
      () => ({ property: 'age', op: 'gt', value: integer(random, 18, 70) }),
      () => ({ has: pick(random, ['email', 'phone']) }),
    ])();
  return { [pick(random, ['all', 'any'])]: Array.from({ length: integer(random, 1, 3) }, leaf) };
}
