import { eq } from 'drizzle-orm';
import { beforeAll, expect, it } from 'vitest';
import type { WorkspaceId } from '@/lib/auth';
import type { Definition } from '@/lib/segment/definition';
import { testDatabase, testWorkspace } from '@/tests/support/database';
import { createDraft } from './campaigns';
import { saveExclusions } from './exclusions';
import { campaigns } from './schema';
import { impactOf, refuseUnconfirmed } from './segment-changes';
import { overlapCounts } from './segment-overlap';
import { recordDueSizes, recordSize, segmentTrends } from './segment-sizes';
import { segmentUsage } from './segment-usage';
import { deleteSegment, saveSegment } from './segments';

const { db } = await testDatabase();
/** 23:00 of the 15th in the workspace's zone. */
const evening = new Date('2026-03-15T17:30:00Z');
const night = new Date('2026-03-15T18:45:00Z');
let workspaceId: WorkspaceId;

const save = (key: string, definition: Definition) =>
  saveSegment(db, workspaceId, { key, name: key.toUpperCase(), definition }, null, evening);
const always = () => true;
const sizesOf = async (key: string, now: Date) =>
  (await segmentTrends(db, workspaceId, now)).get(key)?.days.filter(({ qualify }) => qualify !== null);

beforeAll(async () => {
  workspaceId = await testWorkspace(db, { zone: 'Asia/Kolkata' });
  await db.sql`
    insert into profiles (workspace_id, profile_id, first_seen, last_seen, bucket, identifier_mask)
    select ${workspaceId}, n, ${evening.toISOString()}, ${evening.toISOString()}, n % 1000, n % 2 from generate_series(1, 100) n`;
  await save('half', { bucket: [1, 50] });
  await save('odd', { has: 'email' });
  await save('both', { all: [{ segment: 'half' }, { segment: 'odd' }] });
});

it('are recorded once a local day for each saved segment, those that wait longest first', async () => {
  expect(await recordDueSizes(db, () => evening, always)).toEqual({ recorded: 3, faults: [] });
  expect(await recordDueSizes(db, () => evening, always)).toEqual({ recorded: 0, faults: [] });
  await db.sql`update profiles set identifier_mask = 0 where profile_id <= 10`;
  let left = 2;
  expect(
    await recordDueSizes(
      db,
      () => night,
      () => left-- > 0,
    ),
  ).toEqual({ recorded: 2, faults: [] });
  expect(await recordDueSizes(db, () => night, always)).toEqual({ recorded: 1, faults: [] });
  expect(await sizesOf('odd', night)).toEqual([
    { day: '2026-03-15', qualify: 50 },
    { day: '2026-03-16', qualify: 45 },
  ]);
});

it('come with the newest one, and a month of days', async () => {
  const trend = (await segmentTrends(db, workspaceId, night)).get('both');
  expect(trend?.last).toEqual({ at: night, qualify: 20, reachable: 20 });
  expect(trend?.days).toHaveLength(30);
  expect([trend?.days[0]?.day, trend?.days.at(-1)?.day]).toEqual(['2026-02-15', '2026-03-16']);
});

it('are counted anew where somebody asks, in the place of the day’s', async () => {
  const later = new Date(night.getTime() + 60_000);
  await db.sql`update profiles set identifier_mask = 1 where profile_id <= 10`;
  expect(await recordSize(db, workspaceId, 'odd', later)).toEqual({ at: later, qualify: 55, reachable: 55 });
  expect(await sizesOf('odd', later)).toHaveLength(2);
  await expect(recordSize(db, workspaceId, 'nowhere', later)).rejects.toMatchObject({ code: 'unprocessable' });
});

it('that take too long are recorded as such, do not keep the others from it, and are not tried again that day', async () => {
  const nextDay = new Date(night.getTime() + 86_400_000);
  let asked = 0;
  const giveUp = () => (asked++ === 0 ? AbortSignal.abort(new Error('too long')) : AbortSignal.any([]));
  const answer = await recordDueSizes(db, () => nextDay, always, giveUp);
  expect(answer).toMatchObject({ recorded: 2, faults: [expect.objectContaining({ message: 'too long' })] });
  expect(await recordDueSizes(db, () => nextDay, always)).toEqual({ recorded: 0, faults: [] });
});

it('go with their segment', async () => {
  await save('gone', { has: 'phone' });
  await recordSize(db, workspaceId, 'gone', night);
  await deleteSegment(db, workspaceId, 'gone', night);
  const [row] = await db.sql`select count(*)::int as n from segment_sizes where segment_id not in (select id from segments)`;
  expect(row?.n).toBe(0);
});

it('overlap: two are counted as they are among several, whoever is in them', async () => {
  const nobody = { did: 'Never seen' };
  const everybody = { any: [{ has: 'email' }, { not: { has: 'email' } }] } as const;
  const some = [{ bucket: [1, 50] }, { bucket: [41, 60] }, { not: { bucket: [0, 990] } }, { has: 'email' }, everybody, nobody] as const;
  for (const a of some)
    for (const b of some)
      expect(await overlapCounts(db, workspaceId, [a, b] as Definition[], night)).toEqual(
        await overlapCounts(db, workspaceId, [a, b, nobody] as Definition[], night),
      );
});

it('overlap: one statement tells how many are in exactly which of them', async () => {
  const counts = await overlapCounts(db, workspaceId, [{ bucket: [1, 50] }, { bucket: [41, 60] }, { bucket: [46, 100] }], night);
  expect(counts).toEqual([
    { mask: 1, count: 40 },
    { mask: 3, count: 5 },
    { mask: 4, count: 40 },
    { mask: 6, count: 10 },
    { mask: 7, count: 5 },
  ]);
});

it('before a change and after it are told where campaigns under way follow the segment, also through another', async () => {
  const change = { key: 'half', definition: { bucket: [41, 70] } as Definition };
  await refuseUnconfirmed(db, workspaceId, change);
  const { id } = await createDraft(db, workspaceId, { name: 'Evening mail', segment: 'both' }, null, night);
  await refuseUnconfirmed(db, workspaceId, change);
  await db.orm.update(campaigns).set({ state: 'awaiting_next' });
  await expect(refuseUnconfirmed(db, workspaceId, change)).rejects.toMatchObject({
    code: 'conflict',
    field: 'confirmed',
    message: '“Evening mail” follows this segment. Confirm that it is to change.',
  });
  await refuseUnconfirmed(db, workspaceId, { key: 'half', definition: { bucket: [1, 50] } });
  expect(await impactOf(db, workspaceId, change, night)).toEqual({
    campaigns: [{ id, name: 'Evening mail', state: 'awaiting_next' }],
    segments: [{ key: 'both', name: 'BOTH' }],
    excludes: false,
    sizes: { before: 50, after: 30, join: 20, leave: 40 },
  });
});

it('a change of an excluded segment reaches every campaign under way', async () => {
  const change = { key: 'odd', definition: { has: 'phone' } as Definition };
  await createDraft(db, workspaceId, { name: 'A mere draft' }, null, night);
  await db.orm
    .update(campaigns)
    .set({ draft: { segment: 'half' } })
    .where(eq(campaigns.name, 'Evening mail'));
  await refuseUnconfirmed(db, workspaceId, change);
  await saveExclusions(db, workspaceId, { excludeSegments: ['both'], consentProperty: null }, night);
  await expect(refuseUnconfirmed(db, workspaceId, change)).rejects.toMatchObject({
    message: expect.stringContaining('“Evening mail” follows'),
  });
  expect((await segmentUsage(db.orm, workspaceId)).get('both')?.excludes).toBe(true);
});

it('a new segment never takes the place of another of the same name', async () => {
  const odd = { key: 'odd', name: 'Odd', definition: { has: 'phone' } as Definition, mustBeNew: true };
  await expect(saveSegment(db, workspaceId, odd, null, night)).rejects.toMatchObject({ code: 'conflict', field: 'name' });
});
