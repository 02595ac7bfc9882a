import { type SQL, sql } from 'drizzle-orm';
import { type Aggregate, type Compare, compareOf, type Did, type DidNot, type FirstLast, zeroFits } from './behaviour';
import type { CatalogueEvent } from './compile-context';
import { boundsSql, type EventRows, type EventScope, eventRows, eventValue, numberOf, uniqueProfiles } from './event-sql';
import { anyOf, constant, type Formula, negation } from './formula';
import { firstWithin, lastWithin, rolledUp, type Totals, totalsFit } from './roll-up-sql';
import { type Bounds, boundsOf } from './window';

/** Conditions on what a profile did, each as a formula over leaves. Names never seen: nobody did it. */

export function didFormula(condition: Did, scope: EventScope): Formula {
  const { aggregate, count = { gte: 1 } } = condition;
  const zero = zeroFits(condition);
  const bounds = boundsOf(condition.within ?? 'ever', scope.zone, scope.at);
  const rows = eventRows(condition.did, condition, bounds, scope);
  if (rows === null) return constant(zero);
  if (!aggregate && !zero && isAtLeastOnce(count)) return onceFormula(condition, bounds, rows, scope);
  // With zero counted, all fit but those who did it and do not: they are the ones that can be found.
  const wanted = (fits: SQL) => (zero ? sql`(not ${fits})` : fits);
  const totals = bounds.from === null && bounds.toIncluded ? rolledUp(condition.did, condition, scope, 'all') : null;
  const [event] = totals?.length === 1 && totals.every(hasTotal(aggregate)) ? totals : [];
  const found = event
    ? totalsFit(
        event,
        (total) => wanted(aggregate ? roundedFits(totalOf(aggregate, total), compareOf(aggregate)) : countFits(total.count, count)),
        scope,
      )
    : uniqueProfiles(rows, wanted(aggregate ? aggregateFits(aggregate, rows.events) : countFits(sql`count(*)`, count)));
  const leaf = scope.leaf({ ...found, rank: 3 });
  return zero ? negation(leaf) : leaf;
}

/** Of a shorter window the covering index has fewer events than the roll-up has profiles that ever did it. */
const shortWindowMs = 14 * 86_400_000;
/** Each of the roll-ups is read apart. */
const mostRolledUp = 5;

function onceFormula(condition: Did, bounds: Bounds, rows: EventRows, scope: EventScope): Formula {
  const { from, to, toIncluded } = bounds;
  const short = from !== null && to.getTime() - from.getTime() < shortWindowMs && !scope.among;
  const known = from === null || (toIncluded && !short);
  const events = known ? rolledUp(condition.did, condition, scope, from === null ? 'first' : 'all') : null;
  if (events === null || events.length > mostRolledUp) return scope.leaf({ ...uniqueProfiles(rows), rank: condition.where ? 4 : 5 });
  const within = from === null ? firstWithin : lastWithin;
  return anyOf(events.map((event) => scope.leaf({ ...within(event, bounds, scope), rank: 5 })));
}

export function didNotFormula(condition: DidNot, scope: EventScope): Formula {
  return negation(didFormula({ ...without(condition), did: condition.didNot }, scope));
}

const without = ({ didNot: _didNot, ...rest }: DidNot) => rest;

export function firstLastFormula(condition: FirstLast, scope: EventScope): Formula {
  const { from, fromIncluded, to, toIncluded } = boundsOf(condition.within, scope.zone, scope.at);
  const now = { from: null, fromIncluded: true, to: scope.at, toIncluded: true };
  const first = condition.occurrence === 'first';
  const [event, ...others] = rolledUp(condition.did, condition, scope, first ? 'first' : 'all') ?? [];
  if (event && others.length === 0) {
    const within = first ? firstWithin : lastWithin;
    return scope.leaf({ ...within(event, { from, fromIncluded, to, toIncluded }, scope), rank: 2 });
  }
  // What lies beyond the far end of the window cannot make an event inside it the first (or last): only the near end must be read to the end.
  const rows = eventRows(condition.did, condition, first ? { ...now, to, toIncluded } : { ...now, from, fromIncluded }, scope);
  if (rows === null) return constant(false);
  const having = first
    ? boundsSql(sql`min(e.time)`, { from, fromIncluded, to: null })
    : boundsSql(sql`max(e.time)`, { from: null, to, toIncluded });
  return scope.leaf({ ...uniqueProfiles(rows, having), rank: 2 });
}

/** Over its matching events, of which there is at least one. */
export function aggregateSql(aggregate: Aggregate, events: readonly CatalogueEvent[]): SQL {
  const { fn, property } = aggregate;
  const value = eventValue(events, property);
  switch (fn) {
    case 'sum':
    case 'avg':
      return rounded(totalOf(aggregate, totalsOf(aggregate, events)));
    case 'min':
      return sql`min(${numberOf(value)})`;
    case 'max':
      return sql`max(${numberOf(value)})`;
    case 'distinct':
      return sql`count(distinct nullif(${value.json}, 'null'::jsonb))`;
  }
}

const totalsOf = ({ property }: Aggregate, events: readonly CatalogueEvent[]): Totals => ({
  count: sql`count(*)`,
  sum: sql`coalesce(sum(${numberOf(eventValue(events, property))}), 0)`,
});

/** Sum or average, not yet rounded. */
const totalOf = ({ fn }: Aggregate, { count, sum }: Totals): SQL => (fn === 'sum' ? sum : sql`${sum} / ${count}`);

const rounded = (total: SQL): SQL => sql`round((${total})::numeric, 6)`;

function aggregateFits(aggregate: Aggregate, events: readonly CatalogueEvent[]): SQL {
  const compare = compareOf(aggregate);
  if (aggregate.fn === 'sum' || aggregate.fn === 'avg') return roundedFits(totalOf(aggregate, totalsOf(aggregate, events)), compare);
  return compareSql(aggregateSql(aggregate, events), compare);
}

/** Rounding costs more than adding up: what is not even near the bounds is told without it. */
function roundedFits(total: SQL, compare: Compare): SQL {
  const { low, high } = reachOf(compare);
  const near = [
    ...(low === undefined ? [] : [sql`${total} >= ${low - slackOf(low)}::numeric`]),
    ...(high === undefined ? [] : [sql`${total} <= ${high + slackOf(high)}::numeric`]),
  ];
  return sql`(${sql.join([...near, compareSql(rounded(total), compare)], sql` and `)})`;
}

/** More than rounding to 6 decimals, and to the 15 digits of a float8, can move a number. */
const slackOf = (n: number) => 1e-6 + Math.abs(n) * 1e-12;

function reachOf(compare: Compare): { low?: number; high?: number } {
  if ('between' in compare) return { low: compare.between[0], high: compare.between[1] };
  if ('eq' in compare) return { low: compare.eq, high: compare.eq };
  if ('gt' in compare) return { low: compare.gt };
  if ('gte' in compare) return { low: compare.gte };
  if ('lt' in compare) return { high: compare.lt };
  return 'lte' in compare ? { high: compare.lte } : {};
}

/** Whether the roll-up has the total: sums are of the promoted property alone. */
const hasTotal = (aggregate: Aggregate | undefined) => (event: CatalogueEvent) =>
  !aggregate ||
  ((aggregate.fn === 'sum' || aggregate.fn === 'avg') && event.amountProperty === aggregate.property && !aggregate.property.includes('.'));

/** Of a count, which is whole and, where there is a row at all, at least 1. */
const isAtLeastOnce = (compare: Compare): boolean => ('gte' in compare && compare.gte <= 1) || ('gt' in compare && compare.gt < 1);

/** numeric where it is compared with 2.5; among whole numbers that would take twice the time. */
const countFits = (value: SQL, compare: Compare): SQL =>
  compareSql(value, compare, Object.values(compare).flat().every(Number.isSafeInteger) ? 'bigint' : 'numeric');

export function compareSql(value: SQL, compare: Compare, type: 'numeric' | 'bigint' = 'numeric'): SQL {
  const n = (number: number) => sql`${number}::${sql.raw(type)}`;
  if ('between' in compare) return sql`(${value} between ${n(compare.between[0])} and ${n(compare.between[1])})`;
  if ('eq' in compare) return sql`(${value} = ${n(compare.eq)})`;
  if ('ne' in compare) return sql`(${value} <> ${n(compare.ne)})`;
  if ('gt' in compare) return sql`(${value} > ${n(compare.gt)})`;
  if ('gte' in compare) return sql`(${value} >= ${n(compare.gte)})`;
  if ('lt' in compare) return sql`(${value} < ${n(compare.lt)})`;
  return sql`(${value} <= ${n(compare.lte)})`;
}
