import { and, eq, sql } from 'drizzle-orm';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { runNow } from '@/db/campaign-states';
import { retryRun } from '@/db/run-commands';
import { type Reject, rejectsOfRun } from '@/db/runs';
import { syncBatches, syncRuns } from '@/db/schema';
import { tick } from '@/lib/sync/tick';
import { digestOfEmail, emailOf, type Story, story } from '@/tests/support/story';

/** One row that Facebook cannot live with does not stop the others, and trouble that passes is not taken for one. */

let s: Story;
beforeAll(async () => {
  s = await story('UTC');
  await s.sandbox.control.settings({ limitScale: 1_000_000 });
});
afterAll(() => s.sandbox.stop());
afterEach(() => s.sandbox.control.clearFaults());

const people = (name: string, n: number) => Array.from({ length: n }, (_, i) => `${name}${i}`);
const digest = (userId: string) => digestOfEmail(emailOf(userId));
const digests = (userIds: string[]) => userIds.map(digest).sort();
const crowd = (userIds: string[], tier: string) =>
  userIds.map((userId) => ({ type: 'identify', userId, traits: { email: emailOf(userId), tier } }));

/** The clock stands still: how fast the machine is decides nothing. */
const tickAt = (at: string, inFlight = 2) => tick({ ...s.engine(at), clock: () => new Date(at), inFlight }, 60_000);
const minutesOn = (at: string, minutes: number) => new Date(Date.parse(at) + minutes * 60_000).toISOString();
const runsOf = (campaignId: string) =>
  s.db.orm.select().from(syncRuns).where(eq(syncRuns.campaignId, campaignId)).orderBy(syncRuns.occurrenceAt);
const lastRun = async (campaignId: string) => {
  const run = (await runsOf(campaignId)).at(-1);
  if (!run) throw new Error('there is no run');
  return run;
};
const batchesOf = (runId: number) => s.db.orm.select().from(syncBatches).where(eq(syncBatches.runId, runId)).orderBy(syncBatches.seq);
const sent = async () => (await s.sandbox.control.requests()).filter((one) => one.path.endsWith('/users'));

async function rejectsOf(campaignId: string): Promise<Reject[]> {
  const found: Reject[] = [];
  for await (const one of rejectsOfRun(s.db, s.workspaceId, (await lastRun(campaignId)).id)) found.push(one);
  return found;
}

async function campaignOf(name: string, members: number, at: string): Promise<{ id: string; members: string[] }> {
  const names = people(name, members);
  await s.send(crowd(names, name), at);
  const definition = { property: 'tier', op: 'is', value: name } as never;
  await s.sandbox.control.clearRequests();
  return { id: await s.campaign({ name, definition, audience: { new: { name } } }, at), members: names };
}

/** Ticks every two minutes until the last run has ended. */
async function driveOn(id: string, from: string, most = 40): Promise<typeof syncRuns.$inferSelect> {
  for (let i = 0; i < most; i++) {
    await tickAt(minutesOn(from, 2 * i));
    const run = await lastRun(id);
    if (run.finishedAt) return run;
  }
  throw new Error('the run did not end');
}

describe('a row', () => {
  it('that Facebook refuses is found by halving and reported; the others go out, and it does when Facebook takes it', async () => {
    const { id, members } = await campaignOf('refused', 40, '2026-05-01T08:00:00Z');
    await s.sandbox.control.fault({ kind: 'error', code: 100, status: 400, route: '/users$', contains: digest('refused17'), times: 0 });
    await tickAt('2026-05-01T08:00:00Z');
    expect(await lastRun(id)).toMatchObject({ state: 'confirmed', added: 39, received: 40, invalid: 1 });
    expect(await rejectsOf(id)).toEqual([
      expect.objectContaining({ userId: 'refused17', field: null, reason: expect.stringMatching(/also alone/) }),
    ]);
    expect(await s.held('refused')).toEqual(digests(members.filter((name) => name !== 'refused17')));
    // Forty, halved until one is left: two requests a level at most.
    expect((await sent()).length).toBeLessThanOrEqual(13);
    await s.sandbox.control.clearFaults();
    await runNow(s.db, s.workspaceId, id, new Date('2026-05-02T08:00:00Z'));
    await tickAt('2026-05-02T08:00:01Z');
    expect(await lastRun(id)).toMatchObject({ state: 'confirmed', invalid: 0 });
    expect(await s.held('refused')).toEqual(digests(members));
  });

  it('that Facebook fails at, again and again, while it takes others, is reported as well', async () => {
    const { id, members } = await campaignOf('breaking', 12, '2026-05-03T08:00:00Z');
    await s.sandbox.control.fault({ kind: 'html500', route: '/users$', contains: digest('breaking5'), times: 0 });
    expect(await driveOn(id, '2026-05-03T08:00:00Z')).toMatchObject({ state: 'confirmed', added: 11, invalid: 1 });
    expect(await rejectsOf(id)).toEqual([expect.objectContaining({ userId: 'breaking5', reason: expect.stringMatching(/takes others/) })]);
    expect(await s.held('breaking')).toEqual(digests(members.filter((name) => name !== 'breaking5')));
  });

  it('whose removal Facebook fails at is put off, and does not hold up the additions', async () => {
    const { id, members } = await campaignOf('stuck', 4, '2026-05-05T08:00:00Z');
    await tickAt('2026-05-05T08:00:00Z');
    await s.send([...crowd(['stuck0'], 'gone'), ...crowd(['stuck8', 'stuck9'], 'stuck')], '2026-05-05T12:00:00Z');
    await s.sandbox.control.fault({ kind: 'html500', method: 'DELETE', route: '/users$', times: 0 });
    await runNow(s.db, s.workspaceId, id, new Date('2026-05-06T08:00:00Z'));
    expect(await driveOn(id, '2026-05-06T08:00:00Z')).toMatchObject({ state: 'confirmed', added: 2, removed: 0 });
    expect(await s.held('stuck')).toEqual(digests([...members, 'stuck8', 'stuck9']));
    await s.sandbox.control.clearFaults();
    await runNow(s.db, s.workspaceId, id, new Date('2026-05-07T08:00:00Z'));
    await tickAt('2026-05-07T08:00:01Z');
    expect(await s.held('stuck')).toEqual(digests([...members.slice(1), 'stuck8', 'stuck9']));
  });

  it('that cannot be read is told by its column', async () => {
    const { id, members } = await campaignOf('unread', 3, '2026-05-08T08:00:00Z');
    await s.db.orm.execute(sql`
      update profile_identifiers set email = sha256('')
      where profile_id = (select profile_id from profile_ids where workspace_id = ${s.workspaceId} and value = 'unread1')`);
    await tickAt('2026-05-08T08:00:00Z');
    expect(await lastRun(id)).toMatchObject({ state: 'confirmed', added: 2, invalid: 1 });
    expect(await rejectsOf(id)).toEqual([
      expect.objectContaining({ userId: 'unread1', field: 'EMAIL', reason: expect.stringMatching(/EMAIL/) }),
    ]);
    expect(await s.held('unread')).toEqual(digests(members.filter((name) => name !== 'unread1')));
  });

  it('is not looked for without end where Facebook refuses every row', async () => {
    const { id } = await campaignOf('all', 2_000, '2026-05-09T08:00:00Z');
    await s.sandbox.control.fault({ kind: 'error', code: 100, status: 400, route: '/users$', times: 0 });
    await tickAt('2026-05-09T08:00:00Z');
    expect(await lastRun(id)).toMatchObject({ state: 'failed', errorCode: '100', added: 0 });
    expect((await sent()).length).toBeLessThan(150);
  });
});

describe('trouble that passes', () => {
  it('makes a batch smaller where it meets it three times: a request may be too slow for its size', async () => {
    const { id, members } = await campaignOf('slow', 8, '2026-05-11T08:00:00Z');
    await s.sandbox.control.fault({ kind: 'timeout', method: 'POST', route: '/users$', ms: 20, times: 3 });
    expect(await driveOn(id, '2026-05-11T08:00:00Z')).toMatchObject({ state: 'confirmed', added: 8, invalid: 0 });
    expect((await batchesOf((await lastRun(id)).id)).map((batch) => batch.rows)).toEqual([4, 4]);
    expect(await s.held('slow')).toEqual(digests(members));
  });

  it('does not fail a run in which other requests go through between', async () => {
    // Halved until its first row is alone: ten batches are left, of which one is answered a tick.
    const { id, members } = await campaignOf('flaky', 2_000, '2026-05-12T08:00:00Z');
    const first = { contains: digest('flaky0'), times: 0 };
    await s.sandbox.control.fault({ kind: 'error', code: 1, subcode: 99, status: 500, method: 'POST', route: '/users$', ...first });
    await s.sandbox.control.fault({ kind: 'reset-before', method: 'POST', route: '/users$', nth: 13, times: 1 });
    let at = '2026-05-12T08:00:00Z';
    for (let i = 0; i < 9; i++) {
      await tickAt(at, 1);
      expect(await lastRun(id)).toMatchObject({ state: 'frozen', attempts: 1 });
      await s.sandbox.control.clearFaults();
      await s.sandbox.control.fault({ kind: 'reset-before', method: 'POST', route: '/users$', nth: 2, times: 1 });
      at = minutesOn(at, 2);
    }
    await s.sandbox.control.clearFaults();
    expect(await driveOn(id, at)).toMatchObject({ state: 'confirmed', added: 1_999, invalid: 1 });
    expect(await s.held('flaky')).toEqual(digests(members.slice(1)));
  });

  it('does not fail a run that has long waited for a limit: waiting is no failure', async () => {
    const { id, members } = await campaignOf('waited', 2, '2026-05-14T08:00:00Z');
    await s.sandbox.control.fault({
      kind: 'error',
      code: 80_003,
      subcode: 2446079,
      status: 400,
      method: 'POST',
      route: '/users$',
      times: 9,
    });
    await s.sandbox.control.fault({ kind: 'reset-before', method: 'POST', route: '/users$', nth: 10, times: 3 });
    let at = '2026-05-14T08:00:00Z';
    for (let i = 0; i < 9; i++) {
      await tickAt(at);
      at = minutesOn(at, 61);
    }
    expect(await lastRun(id)).toMatchObject({ state: 'frozen', errorCode: '80003/2446079' });
    expect(await driveOn(id, at)).toMatchObject({ state: 'confirmed', added: 2, invalid: 0 });
    expect(await s.held('waited')).toEqual(digests(members));
    expect((await sent()).filter((one) => one.status !== 200)).toHaveLength(12);
  });

  it('finds its audience in an account whose lists are too heavy to be read at once', async () => {
    await s.sandbox.control.settings({ heavyPage: 30 });
    const { id } = await campaignOf('heavy', 2, '2026-05-20T08:00:00Z');
    await tickAt('2026-05-20T08:00:00Z');
    await s.sandbox.control.settings({ heavyPage: 500 });
    expect(await lastRun(id)).toMatchObject({ state: 'confirmed', added: 2 });
  });
});

it('fails when nothing has gone through at the eighth try, and a retry by hand ends it', async () => {
  const { id, members } = await campaignOf('down', 5, '2026-05-21T08:00:00Z');
  await s.sandbox.control.fault({ kind: 'html502', route: '/users$', times: 0 });
  expect(await driveOn(id, '2026-05-21T08:00:00Z')).toMatchObject({ state: 'failed', added: 0, invalid: 0 });
  expect(
    await s.db.orm
      .select()
      .from(syncBatches)
      .where(and(eq(syncBatches.runId, (await lastRun(id)).id), eq(syncBatches.state, 'sent'))),
  ).toEqual([]);
  await s.sandbox.control.clearFaults();
  await retryRun(s.db, s.workspaceId, (await lastRun(id)).id, new Date('2026-05-21T12:00:00Z'));
  expect(await driveOn(id, '2026-05-21T12:00:01Z')).toMatchObject({ state: 'confirmed', added: 5 });
  expect(await s.held('down')).toEqual(digests(members));
});

it('of a request that Facebook understands no more is none: the run fails before all are taken for one', async () => {
  const { id } = await campaignOf('misread', 400, '2026-06-20T08:00:00Z');
  const misread = { kind: 'error', code: 100, status: 400, route: '/users$' } as const;
  await s.sandbox.control.fault({ ...misread, times: 1 });
  await s.sandbox.control.fault({ ...misread, nth: 3, times: 0 });
  await tickAt('2026-06-20T08:00:00Z', 1);
  expect(await lastRun(id)).toMatchObject({ state: 'failed', added: 200 });
  expect((await sent()).length).toBeLessThan(150);
});

it('is not suspected because Facebook asked to wait: limits are no tries', async () => {
  const at = '2026-06-21T08:00:00Z';
  const { id } = await campaignOf('unhurried', 2, at);
  await tickAt(at);
  await s.send(crowd(['unhurried0'], 'elsewhere'), at);
  await s.send(crowd(['unhurried9'], 'unhurried'), at);
  await s.sandbox.control.fault({ kind: 'error', code: 80003, status: 400, method: 'DELETE', route: '/users$', times: 4 });
  await s.sandbox.control.fault({ kind: 'error', code: 2, status: 500, method: 'DELETE', route: '/users$', nth: 5, times: 1 });
  await runNow(s.db, s.workspaceId, id, new Date(minutesOn(at, 5)));
  expect(await driveOn(id, minutesOn(at, 5))).toMatchObject({ state: 'confirmed', added: 1, removed: 1 });
  expect((await batchesOf((await lastRun(id)).id)).map((batch) => batch.state)).toEqual(['sent', 'sent']);
});

it('is one of many that Facebook refuses: the others go out all the same', async () => {
  const { id } = await campaignOf('speckled', 1_200, '2026-06-22T08:00:00Z');
  for (let i = 0; i < 1_200; i += 30)
    await s.sandbox.control.fault({ kind: 'error', code: 100, status: 400, route: '/users$', contains: digest(`speckled${i}`), times: 0 });
  await tickAt('2026-06-22T08:00:00Z');
  expect(await lastRun(id)).toMatchObject({ state: 'confirmed', added: 1_160, invalid: 40 });
});
