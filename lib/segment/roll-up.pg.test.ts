import { PgDialect } from 'drizzle-orm/pg-core';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { segmentSql, type When } from '@/db/segments';
import { testDatabase } from '@/tests/support/database';
import { definitions } from '@/tests/support/definition-arbitraries';
import { history } from '@/tests/support/history-arbitraries';
import { moments } from '@/tests/support/segment-moments';
import { type Population, store } from '@/tests/support/segment-population';
import { type Definition, parseDefinition } from './definition';

/** Seed of the random definitions and histories; SEGMENT_SEED repeats a run, SEGMENT_RUNS makes it longer. */
const seed = Number(process.env.SEGMENT_SEED ?? Math.floor(Math.random() * 2 ** 31));
const runs = Number(process.env.SEGMENT_RUNS ?? 120);

const { db } = await testDatabase();
const dialect = new PgDialect();
const dayMs = 86_400_000;

async function queryOf({ workspaceId }: Population, definition: Definition, when: When) {
  return dialect.sqlToQuery(await segmentSql(db, workspaceId, definition, when));
}

async function selected(population: Population, definition: Definition, when: When): Promise<string[]> {
  const { sql, params } = await queryOf(population, definition, when);
  const rows = await db.sql.unsafe<{ id: string }[]>(`select profile_id::text as id from (${sql}) s`, params as string[]);
  return rows.map((row) => row.id).sort();
}

const moment = moments[0] as (typeof moments)[number];

describe(`the roll-up (SEGMENT_SEED=${seed})`, () => {
  let population: Population;
  const at = new Date(moment.at);

  beforeAll(async () => {
    const batches = history(moment, { later: true, count: 100, seed });
    population = await store(db, { zone: moment.zone, now: new Date(at.getTime() + 60 * dayMs).toISOString(), batches });
  });

  it('answers as the events themselves do, at any instant, however much came after it', async () => {
    const asked = fc.record({ json: definitions(moment, []), days: fc.constantFrom(0, 0, -1, -10, -40, 20) });
    await fc.assert(
      fc.asyncProperty(asked, async ({ json, days }) => {
        const definition = parseDefinition(JSON.parse(JSON.stringify(json)));
        const then = new Date(at.getTime() + days * dayMs);
        const late = { at: then, now: new Date(then.getTime() + 2 * dayMs) };
        expect(await selected(population, definition, then)).toEqual(await selected(population, definition, late));
      }),
      { numRuns: runs, seed },
    );
  });

  const month = { last: { days: 30 } };

  it.each([
    [{ did: 'Bought' }, 'roll-up'],
    [{ did: 'Bought', within: month }, 'roll-up'],
    [{ didNot: ['Bought', 'Viewed'], within: 'thisMonth' }, 'roll-up'],
    [{ did: 'Bought', count: { gte: 3 } }, 'roll-up'],
    [{ did: 'Bought', occurrence: 'last', within: { ago: { from: { days: 90 }, to: { days: 30 } } } }, 'roll-up'],
    [{ did: 'Bought', occurrence: 'first', within: { last: { days: 2 } } }, 'roll-up'],
    [{ did: 'Bought', within: { last: { days: 2 } } }, 'events'],
    [{ did: 'Bought', within: { ago: { from: { days: 90 }, to: { days: 30 } } } }, 'events'],
    [{ did: 'Bought', count: { gte: 3 }, within: month }, 'events'],
    [{ did: 'Bought', where: [{ property: 'n', op: 'eq', value: 1 }], within: month }, 'events'],
    [{ did: 'Bought', hours: [9, 17], within: month }, 'events'],
  ])('is what is read for whole histories alone: %j reads the %s', async (json, table) => {
    const { sql } = await queryOf(population, parseDefinition(json), new Date('2026-01-20T00:00:00Z'));
    expect(/from profile_events r/.test(sql) ? 'roll-up' : 'events').toBe(table);
  });
});
