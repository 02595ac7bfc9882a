import { type SQL, sql } from 'drizzle-orm';
import { type Aggregate, type Compare, compareOf, type Did, type DidNot, type FirstLast, zeroFits } from './behaviour';
import { boundsSql, type EventScope, eventRows, eventValue, numberOf, uniqueProfiles } from './event-sql';
import { constant, type Formula, negation } from './formula';
import { boundsOf } from './window';

/** Conditions on what a profile did, each as a formula over leaves. Names never seen: nobody did it. */

export function didFormula(condition: Did, scope: EventScope): Formula {
  const { aggregate, count = { gte: 1 } } = condition;
  const zero = zeroFits(condition);
  const rows = eventRows(condition.did, condition, boundsOf(condition.within ?? 'ever', scope.zone, scope.at), scope);
  if (rows === null) return constant(zero);
  if (!aggregate && !zero && isAtLeastOnce(count)) return scope.leaf({ ...uniqueProfiles(rows), rank: condition.where ? 4 : 5 });
  const fits = aggregate ? compareSql(aggregateSql(aggregate, rows.events), compareOf(aggregate)) : compareSql(sql`count(*)`, count);
  // With zero counted, all fit but those who did it and do not: they are the ones that can be found.
  const leaf = scope.leaf({ ...uniqueProfiles(rows, zero ? sql`not ${fits}` : fits), rank: 3 });
  return zero ? negation(leaf) : leaf;
}

export function didNotFormula(condition: DidNot, scope: EventScope): Formula {
  return negation(didFormula({ ...without(condition), did: condition.didNot }, scope));
}

const without = ({ didNot: _didNot, ...rest }: DidNot) => rest;

export function firstLastFormula(condition: FirstLast, scope: EventScope): Formula {
  const { from, fromIncluded, to, toIncluded } = boundsOf(condition.within, scope.zone, scope.at);
  const now = { from: null, fromIncluded: true, to: scope.at, toIncluded: true };
  // What lies beyond the far end of the window cannot make an event inside it the first (or last): only the near end must be read to the end.
  const first = condition.occurrence === 'first';
  const rows = eventRows(condition.did, condition, first ? { ...now, to, toIncluded } : { ...now, from, fromIncluded }, scope);
  if (rows === null) return constant(false);
  const having = first
    ? boundsSql(sql`min(e.time)`, { from, fromIncluded, to: null })
    : boundsSql(sql`max(e.time)`, { from: null, to, toIncluded });
  return scope.leaf({ ...uniqueProfiles(rows, having), rank: 2 });
}

/** Over its matching events, of which there is at least one. */
export function aggregateSql({ fn, property }: Aggregate, events: Parameters<typeof eventValue>[0]): SQL {
  const value = eventValue(events, property);
  const number = numberOf(value);
  switch (fn) {
    case 'sum':
      return sql`round(coalesce(sum(${number}), 0)::numeric, 6)`;
    case 'avg':
      return sql`round((coalesce(sum(${number}), 0) / count(*))::numeric, 6)`;
    case 'min':
      return sql`min(${number})`;
    case 'max':
      return sql`max(${number})`;
    case 'distinct':
      return sql`count(distinct nullif(${value.json}, 'null'::jsonb))`;
  }
}

/** Of a count, which is whole and, where there is a row at all, at least 1. */
const isAtLeastOnce = (compare: Compare): boolean => ('gte' in compare && compare.gte <= 1) || ('gt' in compare && compare.gt < 1);

/** numeric: a count may be compared with 2.5. */
export function compareSql(value: SQL, compare: Compare): SQL {
  const n = (number: number) => sql`${number}::numeric`;
  if ('between' in compare) return sql`(${value} between ${n(compare.between[0])} and ${n(compare.between[1])})`;
  if ('eq' in compare) return sql`(${value} = ${n(compare.eq)})`;
  if ('ne' in compare) return sql`(${value} <> ${n(compare.ne)})`;
  if ('gt' in compare) return sql`(${value} > ${n(compare.gt)})`;
  if ('gte' in compare) return sql`(${value} >= ${n(compare.gte)})`;
  if ('lt' in compare) return sql`(${value} < ${n(compare.lt)})`;
  return sql`(${value} <= ${n(compare.lte)})`;
}
