import { type SQL, sql } from 'drizzle-orm';
import type { WorkspaceId } from '@/lib/auth';
import { invariant } from '@/lib/errors';
import { type Identifier, identifierBit, reachableMask } from '@/lib/identity/identifiers';
import type { Compare, Did, DidNot, FirstLast } from './behaviour';
import type { Definition, Has, InSegment, PropertyCondition } from './definition';
import { builtInProperties } from './property-condition';
import { instantParam, jsonValue, propertySql, type Value } from './property-sql';
import { boundsOf, type Window } from './window';

export type CatalogueEvent = { eventId: number; amountProperty: string | null; labelProperty: string | null };

/** What a segment's key stands for: its definition, or the members of a list (`list_members`). */
export type SegmentSource = { definition: Definition } | { list: { id: string } };

export type CompileContext = {
  workspaceId: WorkspaceId;
  /** IANA, of the workspace: local days. */
  zone: string;
  /** "Now" of every window; nothing after it is seen. */
  at: Date;
  /** The workspace's events by name; a name that is not there was never seen, so nobody did it. */
  events: ReadonlyMap<string, CatalogueEvent>;
  /** Every segment the definition refers to, directly or through others, by key. */
  segments: ReadonlyMap<string, SegmentSource>;
};

/**
 * Definition → a query for the profile ids (one column, unique, no order) of those it is true for. Total and pure; every value is bound.
 * Each behaviour is one derived table, joined once; the tree becomes a formula over them. No NOT IN, no IN under OR, no set operators,
 * no now(): slow, or not distributable (docs/decisions/0004).
 */
export function compile(definition: Definition, context: CompileContext): SQL {
  const compiler = new Compiler(context);
  const formula = compiler.formula(definition);
  return sql`select p.profile_id from profiles p${sql.join(compiler.joins, sql``)} where p.workspace_id = ${context.workspaceId} and ${formula}`;
}

class Compiler {
  readonly joins: SQL[] = [];

  constructor(private readonly context: CompileContext) {}

  /** Never NULL. The planner turns the left join of a leaf that must hold into an inner one by itself. */
  formula(definition: Definition): SQL {
    if ('all' in definition) return this.group(definition.all, sql` and `);
    if ('any' in definition) return this.group(definition.any, sql` or `);
    if ('not' in definition) return sql`(not ${this.formula(definition.not)})`;
    if ('did' in definition) return this.did(definition);
    if ('didNot' in definition) return this.didNot(definition);
    if ('property' in definition) return this.property(definition);
    if ('has' in definition) return has(definition);
    if ('segment' in definition) return this.inSegment(definition);
    throw new Error('not compiled yet');
  }

  private group(list: readonly Definition[], operator: SQL): SQL {
    return sql`(${sql.join(
      list.map((each) => this.formula(each)),
      operator,
    )})`;
  }

  private inSegment({ segment }: InSegment): SQL {
    const source = this.context.segments.get(segment);
    invariant(source, 'every segment referred to was loaded');
    if ('definition' in source) return this.formula(source.definition);
    const leaf = this.join(
      sql`select profile_id from list_members where workspace_id = ${this.context.workspaceId} and list_id = ${source.list.id}::uuid`,
    );
    return sql`(${leaf}.profile_id is not null)`;
  }

  private did(condition: Did | FirstLast): SQL {
    if ('occurrence' in condition || condition.aggregate || condition.hours || condition.weekdays) throw new Error('not compiled yet');
    const count = condition.count ?? { gte: 1 };
    if (condition.includeZero) {
      const leaf = this.join(this.matching(condition.did, condition.where, condition.within, sql`, count(*) as n`, sql``));
      return leaf === null ? sql`${compareSql(sql`0`, count)}` : sql`${compareSql(sql`coalesce(${leaf}.n, 0)`, count)}`;
    }
    const once = 'gte' in count && count.gte <= 1;
    const having = once ? sql`` : sql` having ${compareSql(sql`count(*)`, count)}`;
    const leaf = this.join(this.matching(condition.did, condition.where, condition.within, sql``, having));
    return leaf === null ? sql`false` : sql`(${leaf}.profile_id is not null)`;
  }

  private didNot(condition: DidNot): SQL {
    const leaf = this.join(this.matching(condition.didNot, condition.where, condition.within, sql``, sql``));
    return leaf === null ? sql`true` : sql`(${leaf}.profile_id is null)`;
  }

  /** A query of one row a profile that has a matching event; null where none of the events was ever seen. */
  private matching(
    names: string | string[],
    where: readonly PropertyCondition[] | undefined,
    within: Window | undefined,
    extra: SQL,
    having: SQL,
  ): SQL | null {
    const known = [...new Set([names].flat())].flatMap((name) => this.context.events.get(name) ?? []);
    if (known.length === 0) return null;
    const tests = known.map((event) => this.eventTest(event, where ?? []));
    const anyOf = tests.length === 1 ? sql.join(tests, sql``) : sql`(${sql.join(tests, sql` or `)})`;
    const { from, fromIncluded, to, toIncluded } = boundsOf(within ?? 'ever', this.context.zone, this.context.at);
    const begins = from === null ? sql`` : sql` and e.time ${sql.raw(fromIncluded ? '>=' : '>')} ${instantParam(from)}`;
    const ends = sql` and e.time ${sql.raw(toIncluded ? '<=' : '<')} ${instantParam(to)}`;
    return sql`select e.profile_id${extra} from events e where ${anyOf}${begins}${ends} group by e.profile_id${having}`;
  }

  private eventTest(event: CatalogueEvent, where: readonly PropertyCondition[]): SQL {
    const conditions = where.map((condition) => propertySql(condition, eventValue(event, condition), this.context));
    return sql`(${sql.join([sql`e.event_id = ${event.eventId}`, ...conditions], sql` and `)})`;
  }

  private join(leaf: SQL | null): SQL | null {
    if (leaf === null) return null;
    const name = sql.raw(`leaf_${this.joins.length + 1}`);
    this.joins.push(sql` left join (${leaf}) ${name} on ${name}.profile_id = p.profile_id`);
    return name;
  }

  private property(condition: PropertyCondition): SQL {
    return propertySql(condition, profileValue(condition.property), this.context);
  }
}

/** The promoted column answers numbers without a look at the table itself. */
function eventValue(event: CatalogueEvent, condition: PropertyCondition): Value {
  const json = jsonValue(sql`e.properties`, condition.property);
  // A dot may mean a way down through objects, which the column does not follow.
  const promoted = event.amountProperty === condition.property && !condition.property.includes('.');
  return promoted ? { json, number: sql`e.amount` } : { json };
}

const builtInColumns: Record<keyof typeof builtInProperties, SQL> = {
  $firstSeen: sql`p.first_seen`,
  $lastSeen: sql`p.last_seen`,
  $country: sql`p.country`,
  $city: sql`p.city`,
  $language: sql`p.language`,
  $platform: sql`p.platform`,
};

function profileValue(name: string): Value {
  if (!(name in builtInProperties)) return { json: jsonValue(sql`p.properties`, name) };
  const builtIn = name as keyof typeof builtInProperties;
  const column = builtInColumns[builtIn];
  return builtInProperties[builtIn] === 'date' ? { json: sql`null::jsonb`, instant: column } : { json: sql`to_jsonb(${column})` };
}

function has({ has: name }: Has): SQL {
  const mask = name === 'reachable' ? reachableMask : identifierBit[name satisfies Identifier];
  return sql`(p.identifier_mask & ${mask}) <> 0`;
}

/** float8: a count may be compared with 2.5. */
function compareSql(value: SQL, compare: Compare): SQL {
  const n = (number: number) => sql`${number}::float8`;
  if ('between' in compare) return sql`(${value} between ${n(compare.between[0])} and ${n(compare.between[1])})`;
  if ('eq' in compare) return sql`(${value} = ${n(compare.eq)})`;
  if ('ne' in compare) return sql`(${value} <> ${n(compare.ne)})`;
  if ('gt' in compare) return sql`(${value} > ${n(compare.gt)})`;
  if ('gte' in compare) return sql`(${value} >= ${n(compare.gte)})`;
  if ('lt' in compare) return sql`(${value} < ${n(compare.lt)})`;
  return sql`(${value} <= ${n(compare.lte)})`;
}
