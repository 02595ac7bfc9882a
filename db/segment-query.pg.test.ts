import { sql } from 'drizzle-orm';
import { PgDialect } from 'drizzle-orm/pg-core';
import { expect, it } from 'vitest';
import { parseDefinition } from '@/lib/segment/definition';
import { testDatabase, testWorkspace } from '@/tests/support/database';
import type { SegmentCall } from '@/tests/support/segment-people';
import { store } from '@/tests/support/segment-population';
import { createDraft } from './campaigns';
import { openDatabase } from './client';
import { reach } from './reach';
import { mayNest, runSegmentQuery, segmentRows, translated } from './segment-query';
import { memberIds, saveSegment, segmentSql } from './segments';

const { db, url } = await testDatabase();
const dialect = new PgDialect();

async function collected<T>(rows: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const row of rows) all.push(row);
  return all;
}

it('rows that end in an error, or are not wanted any more, leave the connection as it was', async () => {
  const one = openDatabase(url, 1);
  const failing = segmentRows(one, sql`select 1 / (n - 3) as n from generate_series(1, 10) n`);
  await expect(collected(failing)).rejects.toThrow('division by zero');
  expect([...(await one.sql`select 7 as n`)]).toEqual([{ n: 7 }]);
  for await (const row of segmentRows(one, sql`select n from generate_series(1, 100000) n`)) {
    expect(row).toEqual({ n: 1 });
    break;
  }
  expect([...(await one.sql`select 7 as n, current_setting('enable_hashjoin') as hash`)]).toEqual([{ n: 7, hash: 'on' }]);
  await one.close();
});

it('leaves that are left-joined are never computed anew for each profile, which the planner would choose who thinks that one remains', async () => {
  const setting = async (text: string) => (await runSegmentQuery<{ nested: string }>(db, sql.raw(text)))[0]?.nested;
  const now = '2026-03-01T00:00:00Z';
  const calls: SegmentCall[] = ['A', 'B'].map((event) => ({ type: 'track', event, userId: 'u1', timestamp: now }));
  const { workspaceId } = await store(db, { zone: 'UTC', now, batches: [calls] });
  const compiled = async (json: unknown) => dialect.sqlToQuery(await segmentSql(db, workspaceId, parseDefinition(json), new Date(now))).sql;
  const did = (event: string) => ({ did: event, where: [{ property: 'n', op: 'gt', value: 1 }] });
  expect(mayNest(await compiled({ any: [did('A'), did('B')] }))).toBe('off');
  expect(mayNest(await compiled({ all: [{ has: 'email' }, { not: { all: [did('A'), did('B')] } }] }))).toBe('off');
  expect(mayNest(await compiled({ all: [did('A'), { didNot: 'B' }] }))).toBe('on');
  expect(await setting(`select current_setting('enable_nestloop') as nested -- left join`)).toBe('off');
  expect(await setting(`select current_setting('enable_nestloop') as nested`)).toBe('on');
});

it('members of a pattern that does not compile are refused as what somebody can mend', async () => {
  const definition = parseDefinition({ property: 'plan', op: 'matches', value: '(' });
  const now = '2026-03-01T00:00:00Z';
  const batches: SegmentCall[][] = [[{ type: 'identify', userId: 'u1', traits: { plan: 'gold' }, timestamp: now }]];
  const { workspaceId } = await store(db, { zone: 'UTC', now, batches });
  const asked = collected(memberIds(db, workspaceId, definition, new Date(now)));
  await expect(asked).rejects.toMatchObject({ code: 'invalid', field: 'value', message: expect.stringMatching(/\.$/) });
});

it('a pattern that would take for ever is cancelled by the time-out, in words', async () => {
  const pattern = '^(.*)(.*)(.*)(.*)(.*)\\5\\3\\1\\2\\4[^a]$';
  const asked = db.sql.begin(async (tx) => {
    await tx`select set_config('statement_timeout', '100', true)`;
    await tx`select ${'ab'.repeat(500)}::text ~ ${pattern}::text`;
  });
  const error = translated(await asked.catch((thrown: unknown) => thrown));
  expect(error).toMatchObject({ code: 'unprocessable', message: expect.stringContaining('patterns') });
});

it('a pattern that does not compile is refused wherever a definition is kept or asked for, with its path', async () => {
  const definition = parseDefinition({ any: [{ did: 'A' }, { did: 'B', where: [{ property: 'plan', op: 'matches', value: '[z-a]' }] }] });
  const workspaceId = await testWorkspace(db);
  const now = new Date('2026-03-01T00:00:00Z');
  const refusal = { code: 'invalid', field: 'any[1].where[0].value' };
  await expect(saveSegment(db, workspaceId, { key: 'k', name: 'K', definition }, null, now)).rejects.toMatchObject(refusal);
  await expect(createDraft(db, workspaceId, { name: 'C', definition }, null, now)).rejects.toMatchObject(refusal);
  await expect(reach(db, workspaceId, definition, now, now)).rejects.toMatchObject(refusal);
});
