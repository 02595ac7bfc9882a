import { type SQL, sql } from 'drizzle-orm';
import { PgDialect } from 'drizzle-orm/pg-core';
import { invariant } from '@/lib/errors';
import { didFormula, didNotFormula, firstLastFormula } from './behaviour-sql';
import type { CatalogueEvent, CompileContext, SegmentSource } from './compile-context';
import type { Definition, InSegment } from './definition';
import { amongSql, type EventScope } from './event-sql';
import { allOf, anyOf, type Formula, given, type Leaf, leafFormula, negation, testFormula } from './formula';
import { bucketTest, hasTest, propertyTest } from './profile-sql';
import { sequenceFormula } from './sequence-sql';

export type { CatalogueEvent, CompileContext, SegmentSource };

/**
 * Definition → a query for the profile ids (one column, unique, no order) of those it is true for. Total and pure; every value is bound.
 * Each behaviour is a derived table of profile ids, joined once; the tree is a formula over them. No NOT IN, no IN under OR, no set operators above a behaviour,
 * no now(): slow, or not distributable (docs/decisions/0004). Events never outlive their profile, so an answer from events alone needs no look at it.
 */
export function compile(definition: Definition, context: CompileContext): SQL {
  const scope = scopeOf(context);
  return queryOf(formulaOf(definition, scope), scope);
}

/**
 * As `compile` of the first part, each profile with what is counted of it: `identifier_mask`, and as `part_2`, `part_3`, … whether the other
 * parts are true for it as well, never NULL.
 */
export function compileParts([first, ...others]: readonly [Definition, ...Definition[]], context: CompileContext): SQL {
  const scope = scopeOf(context);
  return queryOf(formulaOf(first, scope), scope, { parts: others.map((part) => formulaOf(part, scope)) });
}

const scopeOf = (context: CompileContext): EventScope => ({
  ...context,
  tables: tablesOf(context),
  leaf: (leaf) => deduplicated({ ...leaf, mayOutlive: false }),
});

function tablesOf({ sample }: CompileContext): EventScope['tables'] {
  return sample
    ? { profiles: sql`profiles_sample`, events: sql`events_sample`, profileEvents: sql`profile_events_sample` }
    : { profiles: sql`profiles`, events: sql`events`, profileEvents: sql`profile_events` };
}

/** Segments are written in where they are referred to; the caller has seen to it that the whole is not too large. */
function formulaOf(definition: Definition, scope: EventScope): Formula {
  const within = (each: Definition) => formulaOf(each, scope);
  if ('all' in definition) return allOf(definition.all.map(within));
  if ('any' in definition) return anyOf(definition.any.map(within));
  if ('not' in definition) return negation(within(definition.not));
  if ('segment' in definition) return segmentFormula(definition, scope);
  if ('occurrence' in definition) return firstLastFormula(definition, scope);
  if ('did' in definition) return didFormula(definition, scope);
  if ('didNot' in definition) return didNotFormula(definition, scope);
  if ('sequence' in definition) return sequenceFormula(definition, scope);
  if ('property' in definition) return tested(propertyTest(definition, scope));
  if ('has' in definition) return tested(hasTest(definition));
  return tested(bucketTest(definition));
}

function segmentFormula({ segment: key }: InSegment, scope: EventScope): Formula {
  const source = scope.segments.get(key);
  invariant(source, 'every segment referred to was loaded');
  return 'definition' in source ? formulaOf(source.definition, scope) : listFormula(source.list.id, scope);
}

function listFormula(id: string, { workspaceId, among }: EventScope): Formula {
  const some = among ? sql` and ${amongSql(sql`l.profile_id`, among)}` : sql``;
  const unique = sql`select l.profile_id from list_members l where l.workspace_id = ${workspaceId} and l.list_id = ${id}::uuid${some}`;
  return deduplicated({ unique, repeated: unique, rank: 0, mayOutlive: true });
}

const dialect = new PgDialect();

/** Text and values: equal for the same condition over the same instants. */
function keyOf(part: SQL): string {
  const { sql: text, params } = dialect.sqlToQuery(part);
  return JSON.stringify([text, params]);
}

const deduplicated = (leaf: Leaf): Formula => leafFormula(keyOf(leaf.unique), leaf);
const tested = (test: SQL): Formula => testFormula(keyOf(test), test);

type LeafFormula = Extract<Formula, { kind: 'leaf' }>;

/**
 * What must hold is inner-joined, what must not is anti-joined; what stands under an "or" is left-joined, once, and asked for there.
 * @param counted what is told of each profile beside its id.
 */
function queryOf(formula: Formula, scope: EventScope, counted?: { parts: readonly Formula[] }): SQL {
  const parts = formula.kind === 'all' ? formula.parts : [formula];
  const leaves = parts.filter((part): part is LeafFormula => part.kind === 'leaf');
  const must = leaves.filter((leaf) => !leaf.negated).sort((a, b) => a.leaf.rank - b.leaf.rank);
  const facts = parts.filter((part) => part.kind === 'leaf' || part.kind === 'test');
  const rest = given(allOf(parts.filter((part) => part.kind !== 'leaf' && part.kind !== 'test')), facts);
  const joined = new LeafJoins();
  const conditions = [...facts.filter((part) => part.kind === 'test'), rest].flatMap((part) =>
    part.kind === 'constant' && part.value ? [] : conditionSql(part, joined),
  );
  const told = (counted?.parts ?? []).map((part, i) => sql`, ${conditionSql(given(part, facts), joined)} as ${sql.raw(`part_${i + 2}`)}`);
  const driver = must.find((leaf) => !leaf.leaf.mayOutlive);
  const asksProfile =
    counted !== undefined || driver === undefined || must.some((leaf) => leaf.leaf.mayOutlive) || [...facts, rest].some(mentionsProfile);
  const id = driver ? sql`d.profile_id` : sql`p.profile_id`;
  const froms = [
    driver ? sql`(${driver.leaf.unique}) d` : sql`${scope.tables.profiles} p`,
    ...must.filter((leaf) => leaf !== driver).map(({ leaf }, i) => joinSql(sql`join`, leaf, `m${i + 1}`, id)),
    ...(driver && asksProfile ? [sql`join ${scope.tables.profiles} p on p.profile_id = d.profile_id`] : []),
    ...joined.all.map(({ leaf }, i) => joinSql(sql`left join`, leaf, `o${i + 1}`, id)),
  ];
  const tests = [
    ...(asksProfile ? [sql`p.workspace_id = ${scope.workspaceId}`] : []),
    ...(asksProfile && scope.among ? [amongSql(sql`p.profile_id`, scope.among)] : []),
    ...conditions,
    ...leaves
      .filter((leaf) => leaf.negated)
      .map(({ leaf }) => sql`not exists (select 1 from (${leaf.repeated}) n where n.profile_id = ${id})`),
  ];
  const where = tests.length > 0 ? sql` where ${sql.join(tests, sql` and `)}` : sql``;
  const columns = counted ? sql`, p.identifier_mask${sql.join(told)}` : sql``;
  return sql`select ${id}${columns} from ${sql.join(froms, sql` `)}${where}`;
}

const joinSql = (join: SQL, leaf: Leaf, name: string, id: SQL): SQL =>
  sql`${join} (${leaf.unique}) ${sql.raw(name)} on ${sql.raw(name)}.profile_id = ${id}`;

const mentionsProfile = (formula: Formula): boolean =>
  formula.kind === 'test' || ('parts' in formula && formula.parts.some(mentionsProfile));

/** Leaves asked for under an "or", each once, in order. */
class LeafJoins {
  readonly all: LeafFormula[] = [];

  nameOf(formula: LeafFormula): SQL {
    let at = this.all.findIndex((each) => each.key === formula.key);
    if (at < 0) at = this.all.push(formula) - 1;
    return sql.raw(`o${at + 1}`);
  }
}

/** Never NULL. */
function conditionSql(formula: Formula, joins: LeafJoins): SQL {
  switch (formula.kind) {
    case 'constant':
      return sql`${sql.raw(String(formula.value))}`;
    case 'leaf':
      return sql`(${joins.nameOf(formula)}.profile_id is ${sql.raw(formula.negated ? 'null' : 'not null')})`;
    case 'test':
      return formula.negated ? sql`(not ${formula.test})` : formula.test;
    case 'all':
    case 'any':
      return sql`(${sql.join(
        formula.parts.map((part) => conditionSql(part, joins)),
        sql.raw(formula.kind === 'all' ? ' and ' : ' or '),
      )})`;
  }
}
