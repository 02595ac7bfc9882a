import { eq } from 'drizzle-orm';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { blockCampaigns, retryBlocked } from '@/db/blocked-campaigns';
import { pauseCampaign, resumeCampaign, runNow, stopCampaign } from '@/db/campaign-states';
import { campaignDetail, saveDraft, scheduleCampaign } from '@/db/campaigns';
import { cancelRun, releaseHeldRun, retryRun, undoLastRun } from '@/db/run-commands';
import { claimRun, queueDueRun } from '@/db/run-queue';
import { runsOfCampaign } from '@/db/runs';
import { campaigns, syncRuns } from '@/db/schema';
import type { CampaignDraft } from '@/lib/campaign/plan';
import { advanceRun, contextOf } from '@/lib/sync/advance-run';
import { sandboxAccounts } from '@/tests/support/sandbox';
import { digestOfEmail, emailOf, type Story, story } from '@/tests/support/story';

/** What people do with single runs, what the change brake does, and what is done when a campaign is over. */

let s: Story;
let adSetIds: string[];
beforeAll(async () => {
  s = await story('UTC');
  const all = await s.sandbox.control.adSets();
  adSetIds = all.filter((each) => each.accountId === sandboxAccounts.main.replace('act_', '') && each.status === 'ACTIVE').map((a) => a.id);
});
afterAll(() => s.sandbox.stop());
afterEach(async () => {
  await s.sandbox.control.clearFaults();
  await s.sandbox.control.settings({ removalFloor: 0 });
  // Their schedules go on: not in the next story.
  await s.db.orm.update(campaigns).set({ state: 'archived' });
});

const daily = (start: string, end?: { after: number }) =>
  ({ kind: 'every', every: { days: 1 }, time: '09:00', zone: 'UTC', start, ...(end ? { end } : {}) }) as const;
const who = (name: string) => ({ property: 'story', op: 'is', value: name }) as never;
const people = (name: string, n: number) => Array.from({ length: n }, (_, i) => `${name}-${i}`);
const digests = (userIds: string[]) => userIds.map((userId) => digestOfEmail(emailOf(userId))).sort();
const identify = (userId: string, name: string) => ({ type: 'identify', userId, traits: { email: emailOf(userId), story: name } });
const stateOf = async (id: string) => (await s.db.orm.select().from(campaigns).where(eq(campaigns.id, id)))[0];
const runsOf = (id: string) => s.db.orm.select().from(syncRuns).where(eq(syncRuns.campaignId, id)).orderBy(syncRuns.occurrenceAt);
const lastRun = async (id: string) => (await runsOf(id)).at(-1)?.id ?? 0;

const move = (userIds: string[], to: string, at: string) =>
  s.send(
    userIds.map((userId) => identify(userId, to)),
    at,
  );

async function campaign(name: string, at: string, n: number, plan: Partial<CampaignDraft> = {}): Promise<string> {
  await move(people(name, n), name, at);
  return s.campaign({ name, definition: who(name), audience: { new: { name } }, schedule: daily(at.slice(0, 10)), ...plan }, at);
}

async function shown(name: string, adSetId = ''): Promise<boolean> {
  const id = (await s.sandbox.control.audiences()).find((each) => each.name === name)?.id;
  return ((await s.sandbox.control.adSet(adSetId)).targeting.custom_audiences ?? []).some((each) => each.id === id);
}

describe('the change brake', () => {
  it('holds a run that would empty the audience, sends nothing, and goes on when it is released', async () => {
    const id = await campaign('emptied', '2026-08-01T08:00:00Z', 3);
    await s.tick('2026-08-01T09:00:00Z');
    await move(people('emptied', 3), 'elsewhere', '2026-08-01T20:00:00Z');
    expect(await s.tick('2026-08-02T09:00:00Z')).toMatchObject({ held: 1, finished: 0 });
    expect(await s.held('emptied')).toHaveLength(3);
    expect(await stateOf(id)).toMatchObject({ state: 'blocked', blocker: { action: 'release' } });
    const [run] = await runsOfCampaign(s.db, s.workspaceId, id);
    expect(run).toMatchObject({ screenState: 'held', toRemove: 3, holdReason: 'It would empty the audience, from 3 to 0 members.' });
    expect(await s.tick('2026-08-02T10:00:00Z')).toMatchObject({ advanced: 0 });
    await releaseHeldRun(s.db, s.workspaceId, run?.id ?? 0, new Date('2026-08-02T11:00:00Z'));
    expect(await s.tick('2026-08-02T11:00:01Z')).toMatchObject({ held: 0, finished: 1 });
    expect(await s.held('emptied')).toEqual([]);
    expect(await stateOf(id)).toMatchObject({ state: 'awaiting_next', blocker: null });
  });

  it('holds what shrinks or grows an audience of a thousand by more than the share, and nothing smaller', async () => {
    const id = await campaign('thousand', '2026-08-03T08:00:00Z', 1000, { changeBrakePercent: 10 });
    expect(await s.tick('2026-08-03T09:00:00Z')).toMatchObject({ held: 0, finished: 1 });
    await move(people('thousand', 100), 'elsewhere', '2026-08-03T20:00:00Z');
    expect(await s.tick('2026-08-04T09:00:00Z')).toMatchObject({ held: 0, finished: 1 });
    await move(people('thousand', 300), 'thousand', '2026-08-04T20:00:00Z');
    expect(await s.tick('2026-08-05T09:00:00Z')).toMatchObject({ held: 0, finished: 1 });
    await move(people('more', 101), 'thousand', '2026-08-05T20:00:00Z');
    expect(await s.tick('2026-08-06T09:00:00Z')).toMatchObject({ held: 1 });
    expect((await runsOf(id)).at(-1)?.holdReason).toBe('It would grow the audience by more than 10 %, from 1,000 to 1,101 members.');
    await cancelRun(s.db, s.workspaceId, await lastRun(id), new Date('2026-08-06T10:00:00Z'));
    expect(await stateOf(id)).toMatchObject({ state: 'awaiting_next', blocker: null });
    expect(await s.held('thousand')).toHaveLength(1000);
  });

  it('holds on while the connection is made anew, the campaign is paused or edited, and is not forgotten by any of these', async () => {
    const id = await campaign('held-on', '2026-09-01T08:00:00Z', 2);
    await s.tick('2026-09-01T09:00:00Z');
    await move(people('held-on', 2), 'elsewhere', '2026-09-01T20:00:00Z');
    await s.tick('2026-09-02T09:00:00Z');
    const held = { state: 'blocked', blocker: { action: 'release' } };
    const connectionId = (await campaignDetail(s.db, s.workspaceId, id)).version?.connectionId ?? '';
    await s.db.orm.transaction(async (tx) => {
      await blockCampaigns(tx, connectionId, { action: 'reconnect', message: 'Gone.', link: '/settings' });
      await retryBlocked(tx, connectionId);
    });
    expect(await stateOf(id)).toMatchObject(held);
    const { draft } = await campaignDetail(s.db, s.workspaceId, id);
    await saveDraft(s.db, s.workspaceId, id, { ...draft, changeBrakePercent: 30 }, new Date('2026-09-02T10:00:00Z'));
    await scheduleCampaign(s.db, s.workspaceId, id, new Date('2026-09-02T10:00:00Z'), null);
    expect(await stateOf(id)).toMatchObject(held);
    await expect(undoLastRun(s.db, s.workspaceId, id, new Date('2026-09-02T10:30:00Z'))).rejects.toThrow(/A run is held/);
    await pauseCampaign(s.db, s.workspaceId, id, new Date('2026-09-02T11:00:00Z'));
    await releaseHeldRun(s.db, s.workspaceId, await lastRun(id), new Date('2026-09-02T12:00:00Z'));
    expect(await stateOf(id)).toMatchObject({ state: 'paused', blocker: null });
    await resumeCampaign(s.db, s.workspaceId, id, new Date('2026-09-02T13:00:00Z'));
    expect(await s.tick('2026-09-02T13:00:01Z')).toMatchObject({ finished: 1 });
    expect(await s.held('held-on')).toEqual([]);
  });

  it('holds the newest occurrence only', async () => {
    const id = await campaign('twice', '2026-08-07T08:00:00Z', 2);
    await s.tick('2026-08-07T09:00:00Z');
    await move(people('twice', 2), 'elsewhere', '2026-08-07T20:00:00Z');
    await s.tick('2026-08-08T09:00:00Z');
    await s.tick('2026-08-09T09:00:00Z');
    expect((await runsOf(id)).map((run) => run.state)).toEqual(['confirmed', 'collapsed', 'held']);
    await move(['twice-0'], 'twice', '2026-08-09T20:00:00Z');
    await s.tick('2026-08-10T09:00:00Z');
    expect((await runsOf(id)).map((run) => run.state)).toEqual(['confirmed', 'collapsed', 'collapsed', 'confirmed']);
    expect(await stateOf(id)).toMatchObject({ state: 'awaiting_next', blocker: null });
  });
});

describe('a run', () => {
  it('that is cancelled sends no more, and retried sends what is left', async () => {
    const id = await campaign('cancelled', '2026-08-11T08:00:00Z', 3, { schedule: { kind: 'now' } });
    await s.sandbox.control.fault({ kind: 'error', method: 'POST', route: '/users$', times: 0, status: 500, code: 2 });
    await s.tick('2026-08-11T08:00:00Z');
    await cancelRun(s.db, s.workspaceId, await lastRun(id), new Date('2026-08-11T08:05:00Z'));
    await s.sandbox.control.clearFaults();
    expect(await s.tick('2026-08-11T09:00:00Z')).toMatchObject({ advanced: 0 });
    expect((await runsOf(id)).map((run) => run.state)).toEqual(['cancelled']);
    await retryRun(s.db, s.workspaceId, await lastRun(id), new Date('2026-08-11T09:05:00Z'));
    expect(await s.tick('2026-08-11T09:05:01Z')).toMatchObject({ finished: 1 });
    expect(await s.held('cancelled')).toEqual(digests(people('cancelled', 3)));
    expect((await runsOf(id)).map((run) => [run.state, run.added])).toEqual([['confirmed', 3]]);
    await expect(retryRun(s.db, s.workspaceId, await lastRun(id), new Date())).rejects.toThrow(/nothing left to send/);
  });

  it('that failed goes on where it was, unless a later one has decided anew', async () => {
    const id = await campaign('failing', '2026-08-12T08:00:00Z', 3);
    await s.sandbox.control.fault({ kind: 'error', method: 'POST', route: '/users$', times: 1, status: 400, code: 194 });
    expect(await s.tick('2026-08-12T09:00:00Z')).toMatchObject({ failed: 1 });
    const failed = await lastRun(id);
    expect((await runsOf(id))[0]).toMatchObject({ state: 'failed', errorCode: '194' });
    await retryRun(s.db, s.workspaceId, failed, new Date('2026-08-12T10:00:00Z'));
    expect(await s.tick('2026-08-12T10:00:01Z')).toMatchObject({ finished: 1 });
    expect((await runsOf(id))[0]).toMatchObject({ state: 'confirmed', added: 3, errorCode: null });
    await s.sandbox.control.fault({ kind: 'error', method: 'POST', route: '/users$', times: 1, status: 400, code: 194 });
    await move(['failing-9'], 'failing', '2026-08-12T20:00:00Z');
    await s.tick('2026-08-13T09:00:00Z');
    const second = await lastRun(id);
    await runNow(s.db, s.workspaceId, id, new Date('2026-08-13T10:00:00Z'));
    await s.tick('2026-08-13T10:00:01Z');
    await expect(retryRun(s.db, s.workspaceId, second, new Date())).rejects.toThrow(/A later run has decided anew/);
  });

  it('that put removals off is partial, and retried makes them', async () => {
    const id = await campaign('put-off', '2026-08-14T08:00:00Z', 3);
    await s.tick('2026-08-14T09:00:00Z');
    await s.sandbox.control.settings({ removalFloor: 100 });
    await move(['put-off-1'], 'elsewhere', '2026-08-14T20:00:00Z');
    await s.tick('2026-08-15T09:00:00Z');
    await s.sandbox.control.settings({ removalFloor: 0 });
    const [run] = await runsOfCampaign(s.db, s.workspaceId, id);
    expect(run?.screenState).toBe('partial');
    await retryRun(s.db, s.workspaceId, run?.id ?? 0, new Date('2026-08-15T10:00:00Z'));
    await s.tick('2026-08-15T10:00:01Z');
    expect((await runsOfCampaign(s.db, s.workspaceId, id))[0]).toMatchObject({ screenState: 'succeeded', removed: 1 });
    expect(await s.held('put-off')).toEqual(digests(['put-off-0', 'put-off-2']));
  });

  it('undone is taken back to the last person, and the campaign is paused so that it is not done again', async () => {
    const id = await campaign('undone', '2026-08-16T08:00:00Z', 4);
    await s.tick('2026-08-16T09:00:00Z');
    await move(['undone-0', 'undone-1'], 'elsewhere', '2026-08-16T20:00:00Z');
    await move(['undone-7'], 'undone', '2026-08-16T20:00:00Z');
    await s.tick('2026-08-17T09:00:00Z');
    expect(await s.held('undone')).toEqual(digests(['undone-2', 'undone-3', 'undone-7']));
    const { runId } = await undoLastRun(s.db, s.workspaceId, id, new Date('2026-08-17T10:00:00Z'));
    expect(await s.tick('2026-08-17T10:00:01Z')).toMatchObject({ finished: 1 });
    expect(await s.held('undone')).toEqual(digests(people('undone', 4)));
    expect((await runsOf(id)).at(-1)).toMatchObject({ id: runId, purpose: 'undo', added: 2, removed: 1 });
    expect((await stateOf(id))?.state).toBe('paused');
    expect(await s.tick('2026-08-18T09:00:00Z')).toMatchObject({ queued: 0 });
    await expect(undoLastRun(s.db, s.workspaceId, id, new Date())).rejects.toThrow(/undone already/);
    await resumeCampaign(s.db, s.workspaceId, id, new Date('2026-08-18T10:00:00Z'));
    await s.tick('2026-08-19T09:00:00Z');
    expect(await s.held('undone')).toEqual(digests(['undone-2', 'undone-3', 'undone-7']));
  });
});

it('is neither undone nor tried again in an audience that another campaign has taken over since', async () => {
  const id = await campaign('taken-over', '2026-09-03T08:00:00Z', 3, { schedule: { kind: 'now' } });
  await s.tick('2026-09-03T08:00:00Z');
  const existing = (await s.sandbox.control.audiences()).find((each) => each.name === 'taken-over')?.id ?? '';
  const at = '2026-09-03T09:00:00Z';
  await s.campaign(
    { name: 'successor', definition: who('taken-over'), audience: { existing }, mode: 'add', schedule: daily('2026-09-04') },
    at,
  );
  await expect(undoLastRun(s.db, s.workspaceId, id, new Date(at))).rejects.toThrow(/“successor” feeds this audience already/);
  await s.db.orm.update(syncRuns).set({ state: 'failed' }).where(eq(syncRuns.campaignId, id));
  await expect(retryRun(s.db, s.workspaceId, await lastRun(id), new Date(at))).rejects.toThrow(/“successor” feeds this audience already/);
});

describe('a campaign', () => {
  it('that is paused in the middle sends nobody twice when it is resumed', async () => {
    const id = await campaign('paused', '2026-08-20T08:00:00Z', 3, { schedule: { kind: 'now' } });
    await s.sandbox.control.fault({ kind: 'slow', method: 'POST', route: '/users$', ms: 400 });
    const ticking = s.tick('2026-08-20T08:00:00Z');
    const inFlight = async () =>
      (await s.db.sql`select 1 from sync_batches where run_id = ${await lastRun(id)} and started_at is not null`).length;
    await expect.poll(inFlight, { interval: 20 }).toBe(1);
    await pauseCampaign(s.db, s.workspaceId, id, new Date('2026-08-20T08:00:01Z'));
    await ticking;
    await s.sandbox.control.clearRequests();
    expect((await runsOf(id))[0]?.state).not.toBe('confirmed');
    await resumeCampaign(s.db, s.workspaceId, id, new Date('2026-08-20T09:00:00Z'));
    expect(await s.tick('2026-08-20T09:00:01Z')).toMatchObject({ finished: 1 });
    expect((await s.sandbox.control.requests()).filter((request) => request.path.endsWith('/users'))).toEqual([]);
    expect(await s.held('paused')).toEqual(digests(people('paused', 3)));
  });

  it('that is stopped leaves its members, or takes out whom it has put in', async () => {
    const left = await campaign('left', '2026-08-21T08:00:00Z', 2);
    const taken = await campaign('taken', '2026-08-21T08:00:00Z', 2);
    await s.tick('2026-08-21T09:00:00Z');
    await stopCampaign(s.db, s.workspaceId, left, new Date('2026-08-21T10:00:00Z'));
    await stopCampaign(s.db, s.workspaceId, taken, new Date('2026-08-21T10:00:00Z'), 'remove');
    expect(await s.tick('2026-08-21T10:00:01Z')).toMatchObject({ finished: 1 });
    expect(await s.held('left')).toHaveLength(2);
    expect(await s.held('taken')).toEqual([]);
    expect((await stateOf(taken))?.state).toBe('stopped');
    expect((await runsOf(taken)).at(-1)).toMatchObject({ purpose: 'empty', state: 'confirmed', removed: 2 });
  });

  it('that is stopped takes out as many as Facebook lets go, says how many are left, and asks for them again when told to', async () => {
    const id = await campaign('floored', '2026-08-24T08:00:00Z', 50);
    await s.tick('2026-08-24T09:00:00Z');
    await s.sandbox.control.settings({ removalFloor: 20, matchRate: 1 });
    await stopCampaign(s.db, s.workspaceId, id, new Date('2026-08-24T10:00:00Z'), 'remove');
    await s.sandbox.control.clearRequests();
    expect(await s.tick('2026-08-24T10:00:01Z')).toMatchObject({ finished: 1 });
    expect(await s.held('floored')).toHaveLength(20);
    const asked = (await s.sandbox.control.requests()).filter((request) => request.path.endsWith('/users'));
    expect(asked.length).toBeLessThan(20);
    const [run] = await runsOfCampaign(s.db, s.workspaceId, id);
    expect(run).toMatchObject({ purpose: 'empty', screenState: 'partial', removed: 30, deferred: 20 });
    await s.sandbox.control.settings({ removalFloor: 0 });
    await retryRun(s.db, s.workspaceId, run?.id ?? 0, new Date('2026-08-24T11:00:00Z'));
    await s.tick('2026-08-24T11:00:01Z');
    expect(await s.held('floored')).toEqual([]);
    expect((await runsOfCampaign(s.db, s.workspaceId, id))[0]).toMatchObject({ screenState: 'succeeded', removed: 50, toRemove: 50 });
    expect(await stateOf(id)).toMatchObject({ state: 'stopped' });
  });

  it('that is stopped waits with taking out until the request in flight has its answer', async () => {
    const id = await campaign('in-flight', '2026-08-25T08:00:00Z', 3);
    const now = new Date('2026-08-25T09:00:00Z');
    await queueDueRun(s.db, id, now);
    const engine = s.engine('2026-08-25T09:00:00Z');
    let run = await claimRun(s.db, engine.lease, now);
    while (run && run.state !== 'frozen') run = await advanceRun(engine, await contextOf(engine, run, () => true));
    await stopCampaign(s.db, s.workspaceId, id, new Date('2026-08-25T09:00:05Z'), 'remove');
    expect(await s.tick('2026-08-25T09:00:10Z')).toMatchObject({ advanced: 0 });
    expect(await s.tick('2026-08-25T09:02:10Z')).toMatchObject({ finished: 1 });
  });

  it('whose run is cancelled may run again as soon as the engine has heard of it', async () => {
    const id = await campaign('heard', '2026-08-26T08:00:00Z', 3);
    await s.sandbox.control.fault({ kind: 'slow', method: 'POST', route: '/users$', ms: 400 });
    const ticking = s.tick('2026-08-26T09:00:00Z');
    const inFlight = async () =>
      (await s.db.sql`select 1 from sync_batches where run_id = ${await lastRun(id)} and started_at is not null`).length;
    await expect.poll(inFlight, { interval: 20 }).toBe(1);
    await cancelRun(s.db, s.workspaceId, await lastRun(id), new Date('2026-08-26T09:00:01Z'));
    await runNow(s.db, s.workspaceId, id, new Date('2026-08-26T09:00:02Z'));
    await ticking;
    await s.tick('2026-08-26T09:00:03Z');
    expect((await runsOf(id)).map((run) => run.state)).toEqual(['cancelled', 'confirmed']);
    expect(await s.held('heard')).toEqual(digests(people('heard', 3)));
  });

  it('that is resumed starts nothing that is later than a run may be', async () => {
    const id = await campaign('late', '2026-08-27T08:00:00Z', 3);
    await queueDueRun(s.db, id, new Date('2026-08-27T09:00:00Z'));
    await pauseCampaign(s.db, s.workspaceId, id, new Date('2026-08-27T09:00:01Z'));
    await resumeCampaign(s.db, s.workspaceId, id, new Date('2026-08-28T22:00:00Z'));
    expect(await s.tick('2026-08-28T22:00:01Z')).toMatchObject({ queued: 0, skipped: 1, advanced: 0 });
    expect((await runsOf(id)).map((run) => run.state)).toEqual(['skipped', 'skipped']);
    expect((await stateOf(id))?.state).toBe('awaiting_next');
  });

  it.each(['paused', 'withdraw'])('does at its end what was chosen, also where the last to end is %s', async (last) => {
    const name = `end-${last}`;
    const id = await campaign(name, '2026-08-29T08:00:00Z', 3, { schedule: daily('2026-08-29', { after: 1 }), atEnd: 'empty' });
    await queueDueRun(s.db, id, new Date('2026-08-29T09:00:00Z'));
    const engine = s.engine('2026-08-29T09:00:00Z');
    let run = await claimRun(s.db, engine.lease, new Date('2026-08-29T09:00:00Z'));
    while (run && run.state !== 'sent') run = await advanceRun(engine, await contextOf(engine, run, () => true));
    if (!run) throw new Error('the run is there to be claimed');
    if (last === 'paused') await pauseCampaign(s.db, s.workspaceId, id, new Date('2026-08-29T09:00:05Z'));
    else
      await s.db.sql`
        insert into sync_runs (workspace_id, campaign_id, version_id, audience_id, occurrence_at, trigger, purpose, state, created_at)
        values (${s.workspaceId}, ${id}, ${run.versionId}, ${run.audienceId}, '2026-08-29T09:00:04Z', 'schedule', 'withdraw', 'queued', now())`;
    await advanceRun(engine, await contextOf(engine, run, () => true));
    if (last === 'paused') await resumeCampaign(s.db, s.workspaceId, id, new Date('2026-08-29T10:00:00Z'));
    await s.tick('2026-08-29T10:00:01Z');
    expect(await s.held(name)).toEqual([]);
    expect(await stateOf(id)).toMatchObject({ state: 'completed' });
    expect((await runsOf(id)).filter((each) => each.purpose === 'empty')).toHaveLength(1);
  });

  it('that is over keeps its audience, empties it, or lets the ad sets go, as was chosen', async () => {
    const once = daily('2026-08-22', { after: 1 });
    const ends = (['keep', 'empty', 'detach'] as const).map((atEnd, i) => {
      const adSets = [{ id: adSetIds[i] ?? '', as: 'include' as const }];
      return campaign(`end-${atEnd}`, '2026-08-22T08:00:00Z', 2, { schedule: once, atEnd, adSets });
    });
    const [, empty = '', detach = ''] = await Promise.all(ends);
    await s.tick('2026-08-22T09:00:00Z');
    const shows = ['end-keep', 'end-empty', 'end-detach'].map((name, i) => shown(name, adSetIds[i]));
    expect(await Promise.all(shows)).toEqual([true, true, false]);
    expect([await s.held('end-keep'), await s.held('end-empty'), await s.held('end-detach')].map((held) => held.length)).toEqual([2, 0, 2]);
    for (const id of [empty, detach]) expect(await stateOf(id)).toMatchObject({ state: 'completed', blocker: null });
    expect((await runsOf(detach)).map((run) => [run.purpose, run.state])).toEqual([
      ['sync', 'confirmed'],
      ['detach', 'confirmed'],
    ]);
    expect(await s.tick('2026-08-22T12:00:00Z')).toMatchObject({ queued: 0, advanced: 0 });
  });
});
