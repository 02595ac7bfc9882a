import { type SQL, sql } from 'drizzle-orm';
import type { WorkspaceId } from '@/lib/auth';
import { invariant } from '@/lib/errors';
import { sampleBuckets } from '@/lib/identity/bucket';
import { type Identifier, identifierBit, reachableMask, type reachingIdentifiers } from '@/lib/identity/identifiers';
import { type CompileContext, compileParts } from '@/lib/segment/compile';
import { conditionsOf, type Definition } from '@/lib/segment/definition';
import { estimated, type SampleSize } from '@/lib/segment/estimate';
import type { Database } from './client';
import { sampleSize } from './samples';
import { runSegmentQuery } from './segment-query';
import { compileContext } from './segments';

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

/** Counted one by one. Once the signal is aborted Postgres stops as well. */
export async function reach(
  db: Database,
  workspaceId: WorkspaceId,
  definition: Definition,
  at: Date,
  now: Date,
  { sent, signal }: ReachOptions = {},
): Promise<Reach> {
  const context = await compileContext(db, workspaceId, definition, { at, now });
  return { ...(await countMembers(db, definition, context, sent, signal)), exact: true };
}

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
  { sent, signal }: ReachOptions = {},
): Promise<Reach | null> {
  const counting = (context: CompileContext) => countMembers(db, definition, context, sent, signal);
  const found = await fromSamples(db, workspaceId, definition, at, now, counting, ({ qualify }) => qualify, signal);
  if (!found) return null;
  const { counts, size } = found;
  const scaled = (hits: number) => estimated(hits, size).value;
  return {
    qualify: scaled(counts.qualify),
    reachable: scaled(counts.reachable),
    byIdentifier: {
      email: scaled(counts.byIdentifier.email),
      phone: scaled(counts.byIdentifier.phone),
      mobileAdvertiserId: scaled(counts.byIdentifier.mobileAdvertiserId),
    },
    exact: false,
    margin: estimated(counts.qualify, size).margin,
  };
}

type Counts = Omit<Reach, 'exact' | 'margin'>;

async function countMembers(
  db: Database,
  definition: Definition,
  context: CompileContext,
  sent?: readonly Identifier[],
  signal?: AbortSignal,
): Promise<Counts> {
  const query = reachSql(definition, context, sent);
  const [row] = await runSegmentQuery<Pick<Counts, 'qualify' | 'reachable'> & Counts['byIdentifier']>(db, query, signal);
  invariant(row, 'a count has a row');
  const { qualify, reachable, ...byIdentifier } = row;
  return { qualify, reachable, byIdentifier };
}

/** One row: who qualifies, who can be reached, and by each identifier. */
export function reachSql(definition: Definition, context: CompileContext, sent?: readonly Identifier[]): SQL {
  const having = (mask: number) => sql`(count(*) filter (where (s.identifier_mask & ${mask}::int) <> 0))::int`;
  return sql`
    select count(*)::int as qualify, ${having(sentMask(sent))} as reachable, ${having(identifierBit.email)} as email,
      ${having(identifierBit.phone)} as phone, ${having(identifierBit.mobileAdvertiserId)} as "mobileAdvertiserId"
    from (${compileParts([definition], context)}) s`;
}

const sentMask = (sent: readonly Identifier[] | undefined): number =>
  sent ? sent.reduce((bits, name) => bits | identifierBit[name], 0) & reachableMask : reachableMask;

/** With fewer hits an estimate says too little, and counting such a segment takes no time. */
const fewestHits = 100;
/** A hundred thousand profiles are counted in the time of an estimate. */
const fewestSampled = (100_000 * sampleBuckets) / 1000;

/** Counts over the samples and what they are a share of; null where the exact number is to be waited for. */
async function fromSamples<T>(
  db: Database,
  workspaceId: WorkspaceId,
  definition: Definition,
  at: Date,
  now: Date,
  counting: (context: CompileContext) => Promise<T>,
  hitsOf: (counts: T) => number,
  signal?: AbortSignal,
): Promise<{ counts: T; size: SampleSize } | null> {
  const context = await sampleContext(db, workspaceId, definition, at, now);
  if (!context) return null;
  const [size, counts] = await Promise.all([sampleSize(db, workspaceId, signal), counting(context)]);
  return size.sampled < fewestSampled || hitsOf(counts) < fewestHits ? null : { counts, size };
}

/** Of a query over the samples; null where they cannot tell, for they are drawn by bucket. */
async function sampleContext(
  db: Database,
  workspaceId: WorkspaceId,
  definition: Definition,
  at: Date,
  now: Date,
): Promise<CompileContext | null> {
  const context = await compileContext(db, workspaceId, definition, { at, now });
  const definitions = [
    definition,
    ...[...context.segments.values()].flatMap((source) => ('definition' in source ? source.definition : [])),
  ];
  const asksBucket = definitions.some((each) => [...conditionsOf(each)].some(({ condition }) => 'bucket' in condition));
  return asksBucket ? null : { ...context, sample: true };
}

export type FunnelStep = { condition: Definition; remaining: number };

/** How many remain after each part of a top-level "all", in order, and how many of the last can be reached; one step for anything else. */
export type Funnel = { steps: FunnelStep[]; reachable: number; exact: boolean };

/** All steps of one snapshot, counted in one pass. */
export async function funnel(
  db: Database,
  workspaceId: WorkspaceId,
  definition: Definition,
  at: Date,
  now: Date,
  { sent, signal }: ReachOptions = {},
): Promise<Funnel> {
  const context = await compileContext(db, workspaceId, definition, { at, now });
  return { ...(await countSteps(db, definition, context, sent, signal)), exact: true };
}

/** As `funnel`, from the samples; null where `estimateReach` is. Later steps may be of few hits, and are as rough as those. */
export async function estimateFunnel(
  db: Database,
  workspaceId: WorkspaceId,
  definition: Definition,
  at: Date,
  now: Date,
  { sent, signal }: ReachOptions = {},
): Promise<Funnel | null> {
  const counting = (context: CompileContext) => countSteps(db, definition, context, sent, signal);
  const found = await fromSamples(db, workspaceId, definition, at, now, counting, ({ steps }) => steps.at(-1)?.remaining ?? 0, signal);
  if (!found) return null;
  const { counts, size } = found;
  const scaled = (hits: number) => estimated(hits, size).value;
  const steps = counts.steps.map((step) => ({ ...step, remaining: scaled(step.remaining) }));
  return { steps, reachable: scaled(counts.reachable), exact: false };
}

const mostSteps = 8;

/** The parts of a top-level "all"; of very many the last are one. */
function partsOf(definition: Definition): [Definition, ...Definition[]] {
  if (!('all' in definition)) return [definition];
  const parts = definition.all.slice(0, mostSteps - 1);
  const rest = definition.all.slice(mostSteps - 1);
  if (rest.length === 1) parts.push(...rest);
  else if (rest.length > 1) parts.push({ all: rest });
  const [first, ...others] = parts;
  invariant(first, 'a group has a part');
  return [first, ...others];
}

async function countSteps(
  db: Database,
  definition: Definition,
  context: CompileContext,
  sent?: readonly Identifier[],
  signal?: AbortSignal,
): Promise<Omit<Funnel, 'exact'>> {
  const parts = partsOf(definition);
  const held = (step: number): SQL => sql.join([sql`true`, ...parts.slice(1, step).map((_, i) => sql.raw(`s.part_${i + 2}`))], sql` and `);
  const counts = parts.map((_, i) => sql`count(*) filter (where ${held(i + 1)})`);
  const reachable = sql`count(*) filter (where ${held(parts.length)} and (s.identifier_mask & ${sentMask(sent)}::int) <> 0)`;
  const query = sql`
    select json_build_array(${sql.join(counts, sql`, `)}) as remaining, (${reachable})::int as reachable from (${compileParts(parts, context)}) s`;
  const [row] = await runSegmentQuery<{ remaining: number[]; reachable: number }>(db, query, signal);
  invariant(row, 'a count has a row');
  return { steps: parts.map((condition, i) => ({ condition, remaining: row.remaining[i] ?? 0 })), reachable: row.reachable };
}
