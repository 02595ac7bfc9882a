import { type SQL, sql } from 'drizzle-orm';
import type { Sequence } from './behaviour';
import { elapsedGapMs } from './dates';
import { type EventRows, type EventScope, eventRows } from './event-sql';
import { constant, type Formula } from './formula';
import { boundsOf } from './window';

/**
 * A, then B (or no B) within the gap. Both are read once and sorted by profile and time, the latest first; what is nearest after an A is then
 * the last B met. So a profile with very many events costs no more than their sorting, which a self join would multiply.
 */
export function sequenceFormula(condition: Sequence, scope: EventScope): Formula {
  const [first, second] = condition.sequence;
  const broken = 'didNot' in second;
  const gapMs = elapsedGapMs(condition.gap);
  const bounds = boundsOf(condition.within ?? 'ever', scope.zone, scope.at);
  // Only an A whose gap has fully passed can be said to have no B.
  const latest = new Date(scope.at.getTime() - gapMs);
  const ends = broken && latest < bounds.to ? { to: latest, toIncluded: true } : {};
  const a = eventRows(first.did, first, { ...bounds, ...ends }, scope);
  if (a === null) return constant(false);
  const b = eventRows(
    broken ? second.didNot : second.did,
    second,
    { from: bounds.from, fromIncluded: false, ...afterGap(bounds.to, gapMs, scope.at) },
    scope,
  );
  if (b === null) return broken ? scope.leaf(distinctIds(sql`select e.profile_id ${a.from}`)) : constant(false);
  const followed = broken ? sql`not ${followedSql(gapMs)}` : followedSql(gapMs);
  return scope.leaf(distinctIds(sql`select s.profile_id from ${stepsSql(a, b)} s where not s.is_b and ${followed}`));
}

/** Every A and B with its time and, as `next`, the time of the nearest B later than it; B null: none of its names was ever seen. */
export const stepsSql = (a: EventRows, b: EventRows | null): SQL => sql`(
  select ab.profile_id, ab.time, ab.is_b, min(ab.time) filter (where ab.is_b)
    over (partition by ab.profile_id order by ab.time desc, ab.is_b rows unbounded preceding) as next
  from (select e.profile_id, e.time, false as is_b ${a.from}${b ? sql` union all select e.profile_id, e.time, true as is_b ${b.from}` : sql``}) ab)`;

/** Whether a B came in time after the step `s`; never NULL. */
export const followedSql = (gapMs: number): SQL =>
  sql`(s.next is not null and s.next <= s.time + make_interval(secs => ${gapMs / 1000}::float8))`;

const distinctIds = (repeated: SQL) => ({
  repeated,
  unique: sql`select profile_id from (${repeated}) r group by profile_id`,
  rank: 1,
});

/** B may come after the window, but not after the evaluation. */
function afterGap(windowEnd: Date, gapMs: number, at: Date): { to: Date; toIncluded: boolean } {
  const to = new Date(windowEnd.getTime() + gapMs);
  return { to: to < at ? to : at, toIncluded: true };
}
