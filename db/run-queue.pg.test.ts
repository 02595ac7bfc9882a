import { asc, eq } from 'drizzle-orm';
import { beforeAll, describe, expect, it } from 'vitest';
import { parseEncryptionKeys } from '@/lib/crypto';
import type { Schedule } from '@/lib/schedule/schedule';
import { testDatabase, testWorkspace } from '@/tests/support/database';
import { runNow } from './campaign-states';
import { campaignDetail, createDraft, saveDraft, scheduleCampaign } from './campaigns';
import { saveConnection } from './connections';
import { queueDueRun } from './run-queue';
import { syncRuns } from './schema';

const { db } = await testDatabase();
const workspaceId = await testWorkspace(db, { zone: 'UTC' });

beforeAll(async () => {
  const connection = { kind: 'system' as const, facebookUserId: '1', name: 'Robot', token: 'token', scopes: [], expiresAt: null };
  const keys = parseEncryptionKeys(`test:${Buffer.alloc(32, 1).toString('base64')}`);
  await saveConnection(db, workspaceId, connection, { userId: null, keys }, new Date('2026-01-01T00:00:00Z'));
});

const every = (rule: Partial<Extract<Schedule, { kind: 'every' }>>): Schedule => ({
  kind: 'every',
  every: { days: 1 },
  time: '09:00',
  zone: 'UTC',
  start: '2026-12-01',
  ...rule,
});

async function scheduled(schedule: Schedule, at = '2026-11-30T00:00:00Z'): Promise<string> {
  const plan = { name: 'Campaign', schedule, adAccountId: 'act_1', audience: { new: { name: 'Audience' } } };
  const definition = { property: 'country', op: 'exists' } as never;
  const { id } = await createDraft(db, workspaceId, { ...plan, definition }, null, new Date(at));
  await scheduleCampaign(db, workspaceId, id, new Date(at), null);
  return id;
}

/** The wizard's edit of a campaign that runs, and Schedule pressed at once. */
async function edit(id: string, schedule: Schedule | null, at: string) {
  const { draft } = await campaignDetail(db, workspaceId, id);
  await saveDraft(db, workspaceId, id, { ...draft, name: 'Edited', ...(schedule ? { schedule } : {}) }, new Date(at));
  return scheduleCampaign(db, workspaceId, id, new Date(at), null);
}

const settle = (id: string, at: string) => queueDueRun(db, id, new Date(at));
const runsOf = async (id: string) =>
  (await db.orm.select().from(syncRuns).where(eq(syncRuns.campaignId, id)).orderBy(asc(syncRuns.occurrenceAt))).map(
    ({ occurrenceAt, state }) => `${occurrenceAt.toISOString().slice(0, 16)} ${state}`,
  );

describe('missed occurrences', () => {
  it('of more than a year of hours are recorded in a few calls, and only the newest is run', async () => {
    const id = await scheduled(every({ every: { hours: 1 } }));
    expect(await settle(id, '2028-02-01T00:10:00Z')).toEqual({ queued: 0, skipped: 10_000 });
    expect(await settle(id, '2028-02-01T00:10:00Z')).toEqual({ queued: 1, skipped: 239 });
    expect(await settle(id, '2028-02-01T00:10:00Z')).toEqual({ queued: 0, skipped: 0 });
    expect((await runsOf(id)).filter((run) => run.endsWith('queued'))).toEqual(['2028-02-01T00:00 queued']);
    expect(await campaignDetail(db, workspaceId, id)).toMatchObject({ occurrencesDone: 10_240, nextAt: new Date('2028-02-01T01:00:00Z') });
  });

  it('are settled once, whatever the clock does: set back, it makes nothing again', async () => {
    const id = await scheduled(every({}));
    await settle(id, '2026-12-02T09:01:00Z');
    for (const back of ['2026-12-02T08:59:00Z', '2026-12-01T09:00:00Z', '2026-12-02T09:00:30Z']) await settle(id, back);
    expect(await runsOf(id)).toEqual(['2026-12-01T09:00 skipped', '2026-12-02T09:00 queued']);
  });
});

it('leaves alone what a person has asked for or has to look at, where the next occurrence is too late itself', async () => {
  const id = await scheduled(every({ every: { hours: 1 }, start: '2026-12-01' }), '2026-11-30T23:30:00Z');
  await runNow(db, workspaceId, id, new Date('2026-11-30T23:50:00Z'));
  const [run] = await db.orm.select().from(syncRuns).where(eq(syncRuns.campaignId, id));
  expect(await settle(id, '2026-12-01T09:40:00Z')).toMatchObject({ queued: 0 });
  expect(
    (
      await db.orm
        .select()
        .from(syncRuns)
        .where(eq(syncRuns.id, run?.id ?? 0))
    )[0],
  ).toMatchObject({ trigger: 'manual', state: 'queued' });
});

describe('an edit of a campaign that runs', () => {
  it('loses no occurrence that has come and was not made into a run yet', async () => {
    const id = await scheduled(every({}));
    const { nextAt } = await edit(id, every({ time: '18:00' }), '2026-12-01T09:00:20Z');
    expect(nextAt).toEqual(new Date('2026-12-01T18:00:00Z'));
    await settle(id, '2026-12-01T18:00:20Z');
    expect(await runsOf(id)).toEqual(['2026-12-01T09:00 collapsed', '2026-12-01T18:00 queued']);
  });

  it('repeats none, at the very instant or after the clock was set back', async () => {
    const id = await scheduled(every({}));
    await settle(id, '2026-12-01T09:00:00Z');
    await edit(id, null, '2026-12-01T09:00:00Z');
    await settle(id, '2026-12-01T09:00:10Z');
    await edit(id, every({ every: { days: 2 } }), '2026-12-01T08:00:00Z');
    await settle(id, '2026-12-01T09:00:20Z');
    expect(await runsOf(id)).toEqual(['2026-12-01T09:00 queued']);
    expect((await campaignDetail(db, workspaceId, id)).nextAt).toEqual(new Date('2026-12-03T09:00:00Z'));
  });

  it('goes on counting to its n times where the schedule stays as it is, and counts anew where it does not', async () => {
    const id = await scheduled(every({ end: { after: 4 } }));
    await settle(id, '2026-12-02T09:00:20Z');
    await edit(id, null, '2026-12-02T12:00:00Z');
    expect((await campaignDetail(db, workspaceId, id)).occurrencesDone).toBe(2);
    await settle(id, '2026-12-04T09:00:20Z');
    expect(await campaignDetail(db, workspaceId, id)).toMatchObject({ occurrencesDone: 4, nextAt: null });
    // While the fourth waits it is still one of them.
    await edit(id, null, '2026-12-05T12:00:00Z');
    expect(await campaignDetail(db, workspaceId, id)).toMatchObject({ occurrencesDone: 4, nextAt: null });
    await db.orm.update(syncRuns).set({ state: 'confirmed' }).where(eq(syncRuns.campaignId, id));
    await edit(id, every({ end: { after: 4 } }), '2026-12-10T12:00:00Z');
    expect((await campaignDetail(db, workspaceId, id)).nextAt).toEqual(new Date('2026-12-11T09:00:00Z'));
  });

  it('keeps the dates of a list that are over, and refuses new ones in the past', async () => {
    const dates = ['2026-12-01T09:00', '2026-12-05T09:00'];
    const id = await scheduled({ kind: 'dates', zone: 'UTC', dates });
    await settle(id, '2026-12-01T09:00:20Z');
    expect(await edit(id, null, '2026-12-02T00:00:00Z')).toMatchObject({ nextAt: new Date('2026-12-05T09:00:00Z') });
    const late = { kind: 'dates' as const, zone: 'UTC', dates: [...dates, '2026-12-01T18:00'] };
    await expect(edit(id, late, '2026-12-02T00:00:00Z')).rejects.toMatchObject({ code: 'invalid', field: 'schedule.dates.2' });
  });
});

it('refuses to schedule what never comes, or a live campaign, with the path of the fault', async () => {
  const never = every({ every: { months: 12 }, monthDays: [31], start: '2027-02-01' });
  await expect(scheduled(never)).rejects.toMatchObject({ code: 'invalid', field: 'schedule.monthDays' });
  await expect(scheduled({ kind: 'live', zone: 'UTC' })).rejects.toMatchObject({ code: 'invalid', field: 'trigger' });
});
