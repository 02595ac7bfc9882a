import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { reach } from '@/db/reach';
import { memberIds } from '@/db/segments';
import { workspaceById } from '@/db/workspaces';
import { type Definition, parseDefinition } from '@/lib/segment/definition';
import { seed } from '@/scripts/demo-shop';
import { postByDatabase } from '@/scripts/intake-post';
import { cdnowCsv, cdnowIsThere, readPurchases } from '@/tests/support/cdnow';
import { npmRun } from '@/tests/support/npm-run';
import { type Story, story } from '@/tests/support/story';

/** Ten segments over each shop: what the sandbox holds after a run is what POST /members says of the run's instant. */

const week = { last: { days: 7 } };
const month = { last: { days: 30 } };

const demo: unknown[] = [
  {
    all: [
      { did: 'Added to Cart', within: week },
      { didNot: 'Purchased', within: week },
    ],
  },
  { did: 'Purchased', count: { gte: 3 } },
  { all: [{ did: 'Purchased' }, { didNot: 'Purchased', within: { last: { days: 60 } } }] },
  { did: 'Purchased', where: [{ property: 'amount', op: 'gt', value: 100 }], within: month },
  {
    all: [
      { property: '$country', op: 'isOneOf', value: ['DE', 'FR'] },
      { did: 'Searched', within: month },
    ],
  },
  {
    any: [
      { did: 'Added to Wishlist', within: week },
      { did: 'Support Contacted', within: month },
    ],
  },
  { not: { did: 'App Opened', within: month } },
  { all: [{ has: 'email' }, { property: 'plan', op: 'isNot', value: 'free' }] },
  { did: 'Product Viewed', count: { between: [5, 10] }, within: { ago: { from: { days: 60 }, to: { days: 30 } } } },
  {
    all: [
      { any: [{ did: ['Checkout Started', 'Payment Failed'], within: week }, { did: 'Refunded' }] },
      { didNot: 'Purchased', within: 'today' },
      { has: 'reachable' },
    ],
  },
];

const cdnow: unknown[] = [
  { did: 'Purchased', count: { gte: 5 } },
  { did: 'Purchased', count: { eq: 1 } },
  { did: 'Purchased', within: { between: ['1998-01-01', '1998-03-31'] } },
  { didNot: 'Purchased', within: { last: { months: 12 } } },
  { did: 'Purchased', where: [{ property: 'amount', op: 'gte', value: 200 }] },
  { did: 'Purchased', where: [{ property: 'cds', op: 'gte', value: 5 }], count: { gte: 2 } },
  {
    all: [
      { did: 'Purchased', within: { before: '1997-02-01' } },
      { did: 'Purchased', within: { after: '1998-05-31' } },
    ],
  },
  {
    any: [
      { did: 'Purchased', within: { on: '1997-01-01' } },
      { did: 'Purchased', where: [{ property: 'amount', op: 'eq', value: 0 }] },
    ],
  },
  { did: 'Purchased', count: { between: [10, 20] } },
  { all: [{ did: 'Purchased', within: { last: { weeks: 26 } } }, { not: { did: 'Purchased', within: { last: { weeks: 4 } } } }] },
];

/** Digests of the members' e-mails and phones, by looking each member up; sorted, each once. */
async function wanted(s: Story, definition: Definition, at: Date): Promise<Record<'EMAIL' | 'PHONE', string[]>> {
  const userIds: string[] = [];
  const anonymousIds: string[] = [];
  for await (const member of memberIds(s.db, s.workspaceId, definition, at)) {
    if ('userId' in member) userIds.push(member.userId);
    else anonymousIds.push(member.anonymousId);
  }
  const rows = await s.db.orm.execute<{ email: string | null; phone: string | null }>(sql`
    select distinct encode(d.email, 'hex') as email, encode(d.phone, 'hex') as phone
    from profile_identifiers d join profile_ids i on i.workspace_id = d.workspace_id and i.profile_id = d.profile_id
    where d.workspace_id = ${s.workspaceId} and (
      (i.kind = 'user' and i.value in (select jsonb_array_elements_text(${JSON.stringify(userIds)}::jsonb)))
      or (i.kind = 'anonymous' and i.value in (select jsonb_array_elements_text(${JSON.stringify(anonymousIds)}::jsonb))))`);
  const values = (key: 'email' | 'phone') => [...new Set(rows.flatMap((row) => row[key] ?? []))].sort();
  return { EMAIL: values('email'), PHONE: values('phone') };
}

async function held(s: Story, name: string): Promise<Record<'EMAIL' | 'PHONE', string[]>> {
  const audience = (await s.sandbox.control.audiences()).find((each) => each.name === name);
  const values = async (key: string) =>
    [...new Set(await s.sandbox.control.memberValues(audience?.id ?? '', key))].filter((value) => value !== '').sort();
  return { EMAIL: await values('EMAIL'), PHONE: await values('PHONE') };
}

async function runsEqual(s: Story, definition: unknown, at: string, name: string): Promise<number> {
  const parsed = parseDefinition(definition);
  await s.campaign({ name, definition: parsed, audience: { new: { name } } }, at);
  expect(await s.tick(at)).toMatchObject({ finished: 1, failed: 0 });
  const expected = await wanted(s, parsed, new Date(at));
  expect(await held(s, name)).toEqual(expected);
  const { qualify } = await reach(s.db, s.workspaceId, parsed, new Date(at), new Date(at));
  expect(qualify).toBeGreaterThan(0);
  return expected.EMAIL.length;
}

describe('over the demo shop', () => {
  const at = '2026-11-20T12:00:00Z';
  let s: Story;
  beforeAll(async () => {
    s = await story('Europe/Berlin');
    const workspace = await workspaceById(s.db, s.workspaceId);
    await seed(postByDatabase(s.db, workspace), { now: new Date(at), profiles: 2000, events: 40_000 } as Parameters<typeof seed>[1]);
  });
  afterAll(() => s.sandbox.stop());

  it.each(demo.map((definition, i) => [i + 1, definition] as const))('audience %i equals its segment', async (i, definition) => {
    expect(await runsEqual(s, definition, at, `Demo ${i}`)).toBeGreaterThan(0);
  });
});

describe.skipIf(!cdnowIsThere)('over the CDNOW purchases', () => {
  let s: Story;
  let folder: string;
  beforeAll(async () => {
    s = await story('America/New_York');
    folder = await mkdtemp(path.join(tmpdir(), 'beckon-cdnow-'));
    const files = cdnowCsv(await readPurchases());
    for (const kind of ['users', 'events'] as const) {
      const file = path.join(folder, `${kind}.csv`);
      await writeFile(file, files[kind]);
      const { code, output } = await npmRun('import', [kind, file, '--workspace', String(s.workspaceId)], s.variables);
      expect(code, output).toBe(0);
    }
  });
  afterAll(async () => {
    await s.sandbox.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it.each(cdnow.map((definition, i) => [i + 1, definition] as const))('audience %i equals its segment', async (i, definition) => {
    expect(await runsEqual(s, definition, '1998-07-01T12:00:00Z', `CDNOW ${i}`)).toBeGreaterThan(0);
  });
});
