import { PgDialect } from 'drizzle-orm/pg-core';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { segmentSql } from '@/db/segments';
import { testDatabase } from '@/tests/support/database';
import { definitions } from '@/tests/support/definition-arbitraries';
import { history } from '@/tests/support/history-arbitraries';
import { type Moment, moments } from '@/tests/support/segment-moments';
import { store } from '@/tests/support/segment-population';
import { parseDefinition } from './definition';

/** What it answers is held to the oracle by tests/segments. */
const seed = Number(process.env.SEGMENT_SEED ?? Math.floor(Math.random() * 2 ** 31));

const { db } = await testDatabase();
const dialect = new PgDialect();

it(`never writes what is slow or cannot be distributed, and binds every value (SEGMENT_SEED=${seed})`, async () => {
  const moment = moments[4] as Moment;
  // Of names never seen nothing would be written at all.
  const batches = history(moment, { later: false, count: 20, seed });
  const { workspaceId } = await store(db, { zone: moment.zone, now: moment.at, batches });
  for (const json of fc.sample(definitions(moment, []), { numRuns: 1000, seed })) {
    const definition = parseDefinition(JSON.parse(JSON.stringify(json)));
    const { sql } = dialect.sqlToQuery(await segmentSql(db, workspaceId, definition, new Date(moment.at)));
    expect(sql).not.toMatch(/\bnot in\b|\bintersect\b|\bexcept\b|\bunion (?!all)|\bnow\(\)|current_|\bwith\b/i);
  }
  const hostile = "'; drop table profiles; --";
  const definition = parseDefinition({ all: [{ did: hostile }, { property: hostile, op: 'is', value: hostile }] });
  expect(dialect.sqlToQuery(await segmentSql(db, workspaceId, definition, new Date())).sql).not.toContain('drop table');
});
