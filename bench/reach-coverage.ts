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

const fewestHits = 100;

/**
 * The margin held against every other sample there could have been: each run of sixteen buckets is one. Of a segment, how many of the
 * estimates from them hold the true number.
 */
export async function coverageOfSamples(db: Database, workspaceId: WorkspaceId, json: unknown): Promise<Coverage> {
  const segment = await segmentSql(db, workspaceId, parseDefinition(json), at);
  const rows = await runSegmentQuery<{ sample: number; hits: number }>(
    db,
    sql`select p.bucket / ${sampleBuckets}::int as sample, count(*)::int as hits
      from (${segment}) s join profiles p on p.workspace_id = ${workspaceId} and p.profile_id = s.profile_id group by 1`,
  );
  const truth = rows.reduce((sum, row) => sum + row.hits, 0);
  // The last run of buckets is not whole.
  const whole = rows.filter((row) => row.sample < Math.floor(1000 / sampleBuckets) && row.hits >= fewestHits);
  const inside = whole.filter(({ hits }) => Math.abs(estimated(hits).value - truth) <= estimated(hits).margin);
  return { inside: inside.length, estimates: whole.length };
}

/** The sample there is, against random segments. */
export async function coverageOfSegments(db: Database, workspaceId: WorkspaceId, count: number): Promise<Coverage & { slowestMs: number }> {
  const random = seededRandom(11);
  const found = { inside: 0, estimates: 0, slowestMs: 0 };
  for (let i = 0; i < count; i++) {
    const definition = parseDefinition(randomSegment(random));
    const began = performance.now();
    const estimate = await estimateReach(db, workspaceId, definition, at, at);
    found.slowestMs = Math.max(found.slowestMs, performance.now() - began);
    if (!estimate || estimate.exact) continue;
    const { qualify } = await reach(db, workspaceId, definition, at, at);
    found.estimates += 1;
    if (Math.abs(estimate.qualify - qualify) <= estimate.margin) found.inside += 1;
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
