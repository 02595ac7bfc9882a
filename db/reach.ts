import { type SQL, sql } from 'drizzle-orm';
import type { WorkspaceId } from '@/lib/auth';
import { invariant } from '@/lib/errors';
import { sampleBuckets } from '@/lib/identity/bucket';
import { type Identifier, identifierBit, reachableMask, reachingIdentifiers } from '@/lib/identity/identifiers';
import { conditionsOf, type Definition } from '@/lib/segment/definition';
import { estimated } from '@/lib/segment/estimate';
import type { Database } from './client';
import { runSegmentQuery } from './segment-query';
import { segmentSources } from './segment-references';
import { segmentSql, type When } from './segments';

export type Reach = {
  qualify: number;
  /** Of them, those with at least one identifier that names a person and is sent. */
  reachable: number;
  byIdentifier: Record<(typeof reachingIdentifiers)[number], number>;
} & (
  | { exact: true }
  /** `margin`: ± of `qualify` that holds 95 times in 100. */
  | { exact: false; margin: number }
);

export type ReachOptions = {
  /** What the campaign sends; default all. */
  sent?: readonly Identifier[];
  signal?: AbortSignal;
};

type Counts = Record<'qualify' | 'reachable' | (typeof reachingIdentifiers)[number], number>;

/** Over `s`, who qualifies, and `i`, their profiles. */
function countsSql(sent: readonly Identifier[] | undefined): SQL {
  const mask = sent ? sent.reduce((bits, name) => bits | identifierBit[name], 0) & reachableMask : reachableMask;
  const having = (bits: number) => sql`(count(*) filter (where (i.identifier_mask & ${bits}::int) <> 0))::int`;
  return sql`count(*)::int as qualify, ${having(mask)} as reachable, ${having(identifierBit.email)} as email, ${having(identifierBit.phone)} as phone,
    ${having(identifierBit.mobileAdvertiserId)} as "mobileAdvertiserId"`;
}

/** Counted one by one. Once the signal is aborted Postgres stops as well. */
export async function reach(
  db: Database,
  workspaceId: WorkspaceId,
  definition: Definition,
  at: Date,
  now: Date,
  { sent, signal }: ReachOptions = {},
): Promise<Reach> {
  const segment = await segmentSql(db, workspaceId, definition, { at, now });
  const [row] = await runSegmentQuery<Counts>(
    db,
    sql`select ${countsSql(sent)} from (${segment}) s join profiles i on i.workspace_id = ${workspaceId} and i.profile_id = s.profile_id`,
    signal,
  );
  invariant(row, 'a count has a row');
  const { qualify, reachable, ...byIdentifier } = row;
  return { qualify, reachable, byIdentifier, exact: true };
}

/** With fewer hits an estimate says too little, and counting such a segment takes no time. */
const fewestHits = 100;
/** A hundred thousand profiles are counted in the time of an estimate. */
const fewestSampled = (100_000 * sampleBuckets) / 1000;

/**
 * From the samples, in a fiftieth of the time. Null where the exact number is to be waited for: in a small workspace, for a small segment,
 * and for one that asks for the bucket, by which the samples are drawn.
 */
export async function estimateReach(
  db: Database,
  workspaceId: WorkspaceId,
  definition: Definition,
  at: Date,
  now: Date,
  sent?: readonly Identifier[],
): Promise<Reach | null> {
  const sources = await segmentSources(db, workspaceId, definition);
  if ([definition, ...[...sources.values()].map((source) => ('definition' in source ? source.definition : null))].some(asksBucket))
    return null;
  const segment = await segmentSql(db, workspaceId, definition, { at, now }, { sample: true });
  const [row] = await runSegmentQuery<Counts & { sampled: number }>(
    db,
    sql`select ${countsSql(sent)}, (select count(*)::int from profiles_sample where workspace_id = ${workspaceId}) as sampled
    from (${segment}) s join profiles_sample i on i.workspace_id = ${workspaceId} and i.profile_id = s.profile_id`,
  );
  invariant(row, 'a count has a row');
  if (row.sampled < fewestSampled || row.qualify < fewestHits) return null;
  const { value, margin } = estimated(row.qualify);
  const byIdentifier = Object.fromEntries(reachingIdentifiers.map((name) => [name, estimated(row[name]).value])) as Reach['byIdentifier'];
  return { qualify: value, reachable: estimated(row.reachable).value, byIdentifier, exact: false, margin };
}

const asksBucket = (definition: Definition | null) =>
  definition !== null && [...conditionsOf(definition)].some(({ condition }) => 'bucket' in condition);

export type FunnelStep = { condition: Definition; remaining: number };

/** How many remain after each part of a top-level "all", in order; one step for anything else. */
export async function funnel(db: Database, workspaceId: WorkspaceId, definition: Definition, when: When): Promise<FunnelStep[]> {
  const parts = 'all' in definition ? definition.all.slice(0, 8) : [definition];
  const steps: FunnelStep[] = [];
  for (const [i, condition] of parts.entries()) {
    const segment = await segmentSql(db, workspaceId, { all: parts.slice(0, i + 1) }, when);
    const [row] = await runSegmentQuery<{ n: number }>(db, sql`select count(*)::int as n from (${segment}) s`);
    steps.push({ condition, remaining: row?.n ?? 0 });
  }
  return steps;
}
