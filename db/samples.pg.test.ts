import { readFile } from 'node:fs/promises';
import path from 'node:path';
import fc from 'fast-check';
import { beforeEach, expect, test } from 'vitest';
import { isSampled, sampleBuckets } from '@/lib/identity/bucket';
import { parseBody, translate } from '@/lib/intake/segment-spec';
import { testDatabase, testWorkspace } from '@/tests/support/database';
import { type IntakeWorkspace, storeRecords } from './events';
import { copySamples } from './samples';

const { db } = await testDatabase();
const noon = new Date('2026-03-10T06:30:00.000Z');
let workspace: IntakeWorkspace;

beforeEach(async () => {
  workspace = { id: await testWorkspace(db), zone: 'Asia/Kolkata', defaultCountry: 'IN' };
});

async function send(batch: object[]): Promise<void> {
  const { records } = translate('batch', parseBody(JSON.stringify({ batch })), 0, { defaultCountry: 'IN', receivedAt: noon });
  await storeRecords(db, workspace, records, noon);
}

/** The next new profile is one of the sample: few are, by themselves. */
async function sampleNext(): Promise<void> {
  const [row] = await db.sql<{ last: string }[]>`select last_value::text as last from profile_id_sequence`;
  let next = Number(row?.last) + 1;
  while (!isSampled(String(next))) next++;
  await db.sql`select setval('profile_id_sequence', ${next}, false)`;
}

/** What differs between a sample and the rows it should hold, by table. */
async function differences(): Promise<Record<string, number>> {
  const found: Record<string, number> = {};
  for (const table of ['profiles', 'events', 'profile_events']) {
    const rows = await db.sql.unsafe(`
      with wanted as (
        select t.* from ${table} t join profiles p using (workspace_id, profile_id) where p.bucket < ${sampleBuckets}
      )
      (select * from wanted except all select * from ${table}_sample) union all (select * from ${table}_sample except all select * from wanted)`);
    found[table] = rows.length;
  }
  return found;
}

const none = { profiles: 0, events: 0, profile_events: 0 };

const sampledCount = async () => {
  const [row] = await db.sql<{ n: number }[]>`select count(*)::int as n from profiles_sample where workspace_id = ${workspace.id}`;
  return row?.n ?? 0;
};

test('whatever comes in, each sample is the full table of the profiles in the first buckets', async () => {
  const call = fc.record({
    kind: fc.constantFrom('track', 'both', 'anonymous', 'alias', 'identify', 'forget'),
    user: fc.integer({ min: 0, max: 5 }),
    anonymous: fc.integer({ min: 0, max: 5 }),
    cut: fc.boolean(),
  });
  let merges = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(call, { minLength: 5, maxLength: 30 }), async (calls) => {
      workspace = { ...workspace, id: await testWorkspace(db) };
      let batch: object[] = [];
      for (const [i, { kind, user, anonymous, cut }] of calls.entries()) {
        const event = { type: 'track', event: `E${i % 3}`, messageId: `m${i}`, properties: { amount: i / 3, category: `c${i}` } };
        const base = { timestamp: new Date(noon.getTime() - 40 * 86_400_000 + ((i * 7919) % 50) * 86_400_000).toISOString() };
        const ids = { userId: `u${user}`, anonymousId: `a${anonymous}` };
        if (kind === 'track') batch.push({ ...event, ...base, userId: ids.userId });
        if (kind === 'both') batch.push({ ...event, ...base, ...ids });
        if (kind === 'anonymous') batch.push({ ...event, ...base, anonymousId: ids.anonymousId });
        if (kind === 'alias') batch.push({ type: 'alias', userId: ids.userId, previousId: `u${anonymous}` });
        if (kind === 'identify')
          batch.push({ type: 'identify', ...base, ...ids, traits: { n: i, email: `u${user}@example.com`, address: { country: 'IN' } } });
        if (kind === 'forget') batch.push({ type: 'identify', ...base, ...ids, traits: { email: null, address: { country: null } } });
        if (!cut) continue;
        await sampleNext();
        await send(batch);
        batch = [];
      }
      await send(batch);
      expect(await differences()).toEqual(none);
      merges += calls.filter(({ kind }) => kind === 'both' || kind === 'alias').length;
    }),
    { numRuns: 40 },
  );
  expect(merges).toBeGreaterThan(0);
  const [{ n } = { n: 0 }] = await db.sql<{ n: number }[]>`select count(*)::int as n from profiles_sample`;
  expect(n).toBeGreaterThan(20);
}, 120_000);

test('a profile that is merged away leaves the sample, and one that stays takes over what it had', async () => {
  await sampleNext();
  await send([{ type: 'track', anonymousId: 'a1', event: 'Bought', properties: { amount: 5 } }]);
  await send([{ type: 'track', userId: 'u1', event: 'Bought', properties: { amount: 7 } }]);
  expect(await sampledCount()).toBe(1);
  await send([{ type: 'identify', userId: 'u1', anonymousId: 'a1' }]);
  expect(await sampledCount()).toBe(0);
  await sampleNext();
  await send([{ type: 'track', userId: 'u2', event: 'Bought' }]);
  await send([{ type: 'alias', userId: 'u2', previousId: 'u1' }]);
  expect(await sampledCount()).toBe(1);
  const [row] = await db.sql`select count, sum from profile_events_sample where workspace_id = ${workspace.id}`;
  expect(row).toEqual({ count: 3, sum: 12 });
  expect(await differences()).toEqual(none);
});

test('profiles that are taken out of the full tables can be taken out of the samples', async () => {
  await sampleNext();
  await send([{ type: 'track', userId: 'u1', event: 'Bought' }]);
  const [profile] = await db.sql<{ id: string }[]>`select profile_id::text as id from profiles where workspace_id = ${workspace.id}`;
  await db.sql.begin(async (tx) => {
    for (const table of ['events', 'profile_events', 'profiles']) await tx`delete from ${tx(table)} where workspace_id = ${workspace.id}`;
    await copySamples(tx, workspace.id, [profile?.id ?? '']);
  });
  expect(await sampledCount()).toBe(0);
  expect(await differences()).toEqual(none);
});

test('the migration copies what was stored before it, by the same share', async () => {
  const file = path.join(import.meta.dirname, 'migrations', '0001_keep_samples.sql');
  const statements = (await readFile(file, 'utf8')).split('--> statement-breakpoint').filter((text) => /insert into/i.test(text));
  expect(statements.length).toBe(3);
  await sampleNext();
  await send([{ type: 'track', userId: 'u1', event: 'Bought', properties: { amount: 5 } }]);
  await db.sql`truncate profiles_sample, events_sample, profile_events_sample`;
  for (const statement of statements) await db.sql.unsafe(statement);
  expect(await sampledCount()).toBe(1);
  expect(await differences()).toEqual(none);
});
