import { type SQL, sql } from 'drizzle-orm';
import { invariant } from '@/lib/errors';
import { identifierBit, reachingIdentifiers } from '@/lib/identity/identifiers';
import type { Did, DidNot, FirstLast, Sequence } from '@/lib/segment/behaviour';
import { aggregateSql } from '@/lib/segment/behaviour-sql';
import type { CatalogueEvent } from '@/lib/segment/compile-context';
import { elapsedGapMs } from '@/lib/segment/dates';
import type { Has, InSegment, Leaf, PropertyCondition } from '@/lib/segment/definition';
import { type EventFilter, eventValue } from '@/lib/segment/event-sql';
import type { Because, Seen } from '@/lib/segment/explain';
import { profileValue } from '@/lib/segment/profile-sql';
import { instantParam } from '@/lib/segment/property-sql';
import { followedSql, stepsSql } from '@/lib/segment/sequence-sql';
import { boundsOf } from '@/lib/segment/window';
import type { Life } from './life';

const shown = 5;

/** What decides the leaf at `life.context.at`. @param answer what it decided. */
export async function becauseOf(leaf: Exclude<Leaf, InSegment>, answer: boolean, life: Life): Promise<Because> {
  if ('sequence' in leaf) return sequenceBecause(leaf, answer, life);
  if ('occurrence' in leaf) return occurrenceBecause(leaf, life);
  if ('did' in leaf) return eventsBecause(leaf.did, leaf, life);
  if ('didNot' in leaf) return eventsBecause(leaf.didNot, leaf, life);
  if ('property' in leaf) return propertyBecause(leaf, life);
  if ('has' in leaf) return hasBecause(leaf, life);
  return { kind: 'bucket', bucket: (await one<{ bucket: number }>(sql`select p.bucket from profiles p`, life)).bucket };
}

async function one<T extends Record<string, unknown>>(query: SQL, life: Life): Promise<T> {
  const [row] = await life.rows<T>(query);
  invariant(row, 'the profile has a row');
  return row;
}

async function eventsBecause(names: string | string[], condition: Omit<Did, 'did'> | Omit<DidNot, 'didNot'>, life: Life): Promise<Because> {
  const { zone, at } = life.context;
  const rows = life.events(names, condition, boundsOf(condition.within ?? 'ever', zone, at));
  if (rows === null) return { kind: 'events', count: 0, newest: [] };
  const aggregate = 'aggregate' in condition ? condition.aggregate : undefined;
  // A sum may be larger than any double.
  const value = aggregate
    ? sql`least(greatest(${aggregateSql(aggregate, rows.events)}, ${-Number.MAX_VALUE}::numeric), ${Number.MAX_VALUE}::numeric)`
    : sql`null`;
  const { count, value: found } = await one<{ count: number; value: number | null }>(
    sql`select count(*)::int as count, (case when count(*) > 0 then ${value} end)::float8 as value ${rows.from}`,
    life,
  );
  const looked = [...lookedAt(condition), ...(aggregate ? [aggregate.property] : [])];
  const newest = count > 0 ? await newestSeen(rows, looked, shown, life) : [];
  const nearest = count > 0 ? undefined : await nearestMiss(names, condition, looked, life);
  return { kind: 'events', count, ...(aggregate ? { value: found } : {}), newest, ...(nearest ? { nearest } : {}) };
}

const lookedAt = ({ where = [] }: EventFilter): string[] => where.map((condition) => condition.property);

async function nearestMiss(names: string | string[], condition: EventFilter, looked: readonly string[], life: Life) {
  const fitting = life.events(names, condition);
  const named = life.events(names, {});
  const [outside] = fitting ? await newestSeen(fitting, looked, 1, life) : [];
  if (outside) return { ...outside, misses: 'window' as const };
  const [unfit] = named ? await newestSeen(named, looked, 1, life) : [];
  return unfit && { ...unfit, misses: 'filters' as const };
}

type Rows = { events: readonly CatalogueEvent[]; from: SQL };
type SeenRow = { eventId: number; ms: number; values: unknown[] };

async function newestSeen({ events, from }: Rows, looked: readonly string[], limit: number, life: Life): Promise<Seen[]> {
  const names = shownProperties(events, looked);
  const rows = await life.rows<SeenRow>(sql`select ${seenSql(events, names)} ${from} order by e.time desc limit ${limit}`);
  return rows.map((row) => seenOf(row, names, life));
}

/** What the condition looks at; where it looks at none, what the event is best known by. */
function shownProperties(events: readonly CatalogueEvent[], looked: readonly string[]): string[] {
  const known = events.flatMap((event) => [event.labelProperty, event.amountProperty]).filter((name) => name !== null);
  return [...new Set(looked.length > 0 ? looked : known)].slice(0, 10);
}

function seenSql(events: readonly CatalogueEvent[], names: readonly string[]): SQL {
  const values = names.map((name) => eventValue(events, name).json);
  return sql`e.event_id as "eventId", (extract(epoch from e.time) * 1000)::float8 as ms, jsonb_build_array(${sql.join(values, sql`, `)}) as values`;
}

function seenOf({ eventId, ms, values }: SeenRow, names: readonly string[], life: Life): Seen {
  const event = [...life.context.events].find(([, each]) => each.eventId === eventId)?.[0] ?? '';
  const properties = names.flatMap((name, i) => (values[i] == null ? [] : [[name, shortened(values[i])] as const]));
  return { event, time: new Date(ms), properties: Object.fromEntries(properties) };
}

const mostCharacters = 200;

/** A value may be as large as an event. */
function shortened(value: unknown): unknown {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  if (text.length <= mostCharacters) return value;
  return `${text.slice(0, mostCharacters)}…`;
}

async function occurrenceBecause(leaf: FirstLast, life: Life): Promise<Because> {
  const rows = life.events(leaf.did, leaf);
  if (rows === null) return { kind: 'occurrence', event: null };
  const names = shownProperties(rows.events, lookedAt(leaf));
  const order = sql.raw(leaf.occurrence === 'first' ? 'asc' : 'desc');
  const [row] = await life.rows<SeenRow>(sql`select ${seenSql(rows.events, names)} ${rows.from} order by e.time ${order} limit 1`);
  return { kind: 'occurrence', event: row ? seenOf(row, names, life) : null };
}

async function sequenceBecause({ sequence, gap, within }: Sequence, answer: boolean, life: Life): Promise<Because> {
  const [first, second] = sequence;
  const { zone, at } = life.context;
  const isBroken = 'didNot' in second;
  const names = isBroken ? second.didNot : second.did;
  const gapMs = elapsedGapMs(gap);
  const a = life.events(first.did, first, boundsOf(within ?? 'ever', zone, at));
  if (a === null) return { kind: 'sequence', pairs: [] };
  const followed = followedSql(gapMs);
  const late = sql`(not ${followed} and s.time <= ${instantParam(new Date(at.getTime() - gapMs))})`;
  const decides = isBroken && answer ? late : isBroken || answer ? followed : sql`not ${followed}`;
  const rows = await life.rows<{ ms: number; nextMs: number | null }>(sql`
    select (extract(epoch from s.time) * 1000)::float8 as ms, (case when ${followed} then extract(epoch from s.next) * 1000 end)::float8 as "nextMs"
    from ${stepsSql(a, life.events(names, second))} s where not s.is_b order by (${decides}) desc, s.time desc limit ${shown}`);
  const pairs: { first: Seen; second: Seen | null; deadline: Date }[] = [];
  for (const { ms, nextMs } of rows) {
    const seen = await seenAt(first.did, first, ms, life);
    const next = nextMs === null ? null : await seenAt(names, second, nextMs, life);
    if (seen) pairs.push({ first: seen, second: next ?? null, deadline: new Date(ms + gapMs) });
  }
  return { kind: 'sequence', pairs };
}

async function seenAt(names: string | string[], filter: EventFilter, ms: number, life: Life): Promise<Seen | undefined> {
  const time = new Date(ms);
  const rows = life.events(names, filter, { from: time, to: time, toIncluded: true });
  const [seen] = rows ? await newestSeen(rows, lookedAt(filter), 1, life) : [];
  return seen;
}

async function propertyBecause({ property }: PropertyCondition, life: Life): Promise<Because> {
  const { json, instant } = profileValue(property);
  const value = instant ? sql`to_jsonb(${instant})` : json;
  const row = await one<{ value: unknown }>(sql`select ${value} as value from profiles p`, life);
  return { kind: 'property', value: row.value === null ? null : shortened(row.value) };
}

async function hasBecause({ has: name }: Has, life: Life): Promise<Because> {
  const { mask } = await one<{ mask: number }>(sql`select p.identifier_mask as mask from profiles p`, life);
  const asked = name === 'reachable' ? reachingIdentifiers : [name];
  const known = asked.filter((each) => (mask & identifierBit[each]) !== 0);
  return { kind: 'has', has: known.length > 0, known };
}
