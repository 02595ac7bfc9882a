import { eq } from 'drizzle-orm';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { pauseCampaign, resumeCampaign, runNow, stopCampaign } from '@/db/campaign-states';
import { campaignDetail, saveDraft, scheduleCampaign } from '@/db/campaigns';
import { saveConnection } from '@/db/connections';
import { retryRun } from '@/db/run-commands';
import { claimRun, LeaseLost, queueDueRun } from '@/db/run-queue';
import { runsOfCampaign } from '@/db/runs';
import { audienceMembers, audiences, campaigns, syncRuns } from '@/db/schema';
import { deleteSegment, saveSegment } from '@/db/segments';
import type { CampaignDraft } from '@/lib/campaign/plan';
import { parseEncryptionKeys } from '@/lib/crypto';
import { advanceRun, contextOf } from '@/lib/sync/advance-run';
import { sandboxAccounts, sandboxPeople } from '@/tests/support/sandbox';
import { digestOfEmail, emailOf, type Story, story } from '@/tests/support/story';

/** What people do to campaigns that run, are blocked, or have ended. */

let s: Story;
let adSetIds: string[];
beforeAll(async () => {
  s = await story('UTC');
  const all = await s.sandbox.control.adSets();
  adSetIds = all.filter((each) => each.accountId === sandboxAccounts.main.replace('act_', '') && each.status === 'ACTIVE').map((a) => a.id);
  expect(adSetIds.length).toBeGreaterThan(5);
});
afterAll(() => s.sandbox.stop());
afterEach(() => s.sandbox.control.clearFaults());

const daily = (start: string) => ({ kind: 'every', every: { days: 1 }, time: '09:00', zone: 'UTC', start }) as const;
const hourly = (start: string) => ({ ...daily(start), every: { hours: 1 } }) as const;
const who = (name: string) => ({ property: 'story', op: 'is', value: name }) as never;
const people = (name: string) => [0, 1, 2].map((i) => `${name}-${i}`);
const digests = (userIds: string[]) => userIds.map((userId) => digestOfEmail(emailOf(userId))).sort();
const identify = (userId: string, name: string) => ({ type: 'identify', userId, traits: { email: emailOf(userId), story: name } });

async function campaign(name: string, at: string, plan: Partial<CampaignDraft> = {}): Promise<string> {
  const calls = people(name).map((userId) => identify(userId, name));
  await s.send(calls, at);
  return s.campaign({ name, definition: who(name), audience: { new: { name } }, ...plan }, at);
}

async function edit(id: string, change: Partial<CampaignDraft>, at: string): Promise<void> {
  const { draft } = await campaignDetail(s.db, s.workspaceId, id);
  await saveDraft(s.db, s.workspaceId, id, { ...draft, ...change }, new Date(at));
  await scheduleCampaign(s.db, s.workspaceId, id, new Date(at), null);
}

const stateOf = async (id: string) => (await s.db.orm.select().from(campaigns).where(eq(campaigns.id, id)))[0];
const runsOf = (id: string) => s.db.orm.select().from(syncRuns).where(eq(syncRuns.campaignId, id)).orderBy(syncRuns.occurrenceAt);
const audienceId = async (name: string) => (await s.sandbox.control.audiences()).find((each) => each.name === name)?.id ?? '';

async function shownBy(adSetId: string | undefined, name: string): Promise<boolean> {
  const id = await audienceId(name);
  return ((await s.sandbox.control.adSet(adSetId ?? '')).targeting.custom_audiences ?? []).some((each) => each.id === id);
}

it('lets go of an ad set that was taken out of the campaign, and leaves its other audiences alone', async () => {
  const [kept = '', dropped = '', before = ''] = adSetIds;
  const other = await campaign('other', '2026-06-01T08:00:00Z', { adSets: [{ id: dropped, as: 'include' }] });
  const schedule = daily('2026-06-01');
  const adSets = [kept, dropped].map((id) => ({ id, as: 'include' as const }));
  const id = await campaign('letgo', '2026-06-01T08:00:00Z', { schedule, adSets });
  await s.tick('2026-06-01T09:00:00Z');
  expect([await shownBy(kept, 'letgo'), await shownBy(dropped, 'letgo')]).toEqual([true, true]);
  await edit(
    id,
    {
      adSets: [
        { id: kept, as: 'include' },
        { id: before, as: 'exclude' },
      ],
    },
    '2026-06-01T12:00:00Z',
  );
  await s.tick('2026-06-02T09:00:00Z');
  expect([await shownBy(kept, 'letgo'), await shownBy(dropped, 'letgo'), await shownBy(dropped, 'other')]).toEqual([true, false, true]);
  const hidden = (await s.sandbox.control.adSet(before)).targeting.excluded_custom_audiences?.map((each) => each.id);
  expect(hidden).toContain(await audienceId('letgo'));
  expect((await stateOf(other))?.state).toBe('completed');
});

it('is blocked by a deleted ad set, points the others all the same, and goes on once the campaign is edited', async () => {
  const [, , , gone = '', fine = ''] = adSetIds;
  const adSets = [gone, fine].map((id) => ({ id, as: 'include' as const }));
  const id = await campaign('gone-set', '2026-06-03T08:00:00Z', { schedule: daily('2026-06-03'), adSets });
  await s.sandbox.control.deleteAdSet(gone);
  await s.tick('2026-06-03T09:00:00Z');
  expect(await stateOf(id)).toMatchObject({ state: 'blocked', blocker: { action: 'fix' } });
  expect(await shownBy(fine, 'gone-set')).toBe(true);
  await edit(id, { adSets: [{ id: fine, as: 'include' }] }, '2026-06-03T10:00:00Z');
  await s.tick('2026-06-03T10:05:00Z');
  expect(await stateOf(id)).toMatchObject({ state: 'awaiting_next', blocker: null });
  expect((await runsOf(id)).map((run) => run.state)).toEqual(['confirmed']);
});

it('stays paused when it is edited, and on resuming catches up with the latest that was missed, under the new version', async () => {
  const id = await campaign('paused-same', '2026-06-15T08:00:00Z', { schedule: daily('2026-06-15') });
  await s.tick('2026-06-15T09:00:00Z');
  await pauseCampaign(s.db, s.workspaceId, id, new Date('2026-06-15T12:00:00Z'));
  await s.send([identify('newcomer', 'elsewhere')], '2026-06-16T08:00:00Z');
  await edit(id, { definition: { any: [who('paused-same'), who('elsewhere')] } as never }, '2026-06-18T10:00:00Z');
  expect(await stateOf(id)).toMatchObject({ state: 'paused' });
  await s.tick('2026-06-18T10:00:30Z');
  expect((await runsOf(id)).map((run) => run.state)).toEqual(['confirmed']);
  await resumeCampaign(s.db, s.workspaceId, id, new Date('2026-06-18T11:00:00Z'));
  await s.tick('2026-06-18T11:00:00Z');
  expect((await runsOf(id)).map((run) => [run.occurrenceAt.toISOString().slice(8, 10), run.state, run.trigger])).toEqual([
    ['15', 'confirmed', 'schedule'],
    ['16', 'skipped', 'schedule'],
    ['17', 'skipped', 'schedule'],
    ['18', 'confirmed', 'catch_up'],
  ]);
  expect(await s.held('paused-same')).toContain(digestOfEmail(emailOf('newcomer')));
  expect(await stateOf(id)).toMatchObject({ state: 'awaiting_next', nextAt: new Date('2026-06-19T09:00:00Z') });
});

it('records what was missed while it was paused also where the edit gives it another schedule', async () => {
  const id = await campaign('paused-other', '2026-06-20T08:00:00Z', { schedule: daily('2026-06-20') });
  await s.tick('2026-06-20T09:00:00Z');
  await pauseCampaign(s.db, s.workspaceId, id, new Date('2026-06-20T12:00:00Z'));
  await edit(id, { schedule: { ...daily('2026-06-20'), time: '18:00' } }, '2026-06-22T10:00:00Z');
  expect(await stateOf(id)).toMatchObject({ state: 'paused', nextAt: new Date('2026-06-22T18:00:00Z') });
  await resumeCampaign(s.db, s.workspaceId, id, new Date('2026-06-22T11:00:00Z'));
  await s.tick('2026-06-22T11:00:00Z');
  expect((await runsOf(id)).map((run) => run.state)).toEqual(['confirmed', 'skipped', 'skipped']);
  await s.tick('2026-06-22T18:00:00Z');
  expect((await runsOf(id)).at(-1)).toMatchObject({ state: 'confirmed', trigger: 'schedule' });
});

it('asks to connect again when the token dies, and goes on through the connection that is chosen instead', async () => {
  const keys = parseEncryptionKeys(s.variables.ENCRYPTION_KEYS ?? '');
  const token = await s.sandbox.control.token({ personId: sandboxPeople.maya, scopes: ['ads_management', 'ads_read'] });
  const maya = { kind: 'user' as const, facebookUserId: sandboxPeople.maya, name: 'Maya', token, scopes: [], expiresAt: null };
  const connectionId = await saveConnection(s.db, s.workspaceId, maya, { userId: null, keys }, new Date());
  const id = await campaign('token', '2026-06-04T08:00:00Z', { schedule: daily('2026-06-04'), connectionId });
  await s.sandbox.control.killTokens({ token, subcode: 460 });
  await s.tick('2026-06-04T09:00:00Z');
  expect(await stateOf(id)).toMatchObject({ state: 'blocked', blocker: { action: 'reconnect', link: '/settings' } });
  const again = { ...maya, token: await s.sandbox.control.token({ personId: sandboxPeople.maya, scopes: ['ads_management', 'ads_read'] }) };
  await saveConnection(s.db, s.workspaceId, again, { userId: null, keys }, new Date());
  // Whoever does not want to wait for the next look presses Run now: it looks at once.
  await runNow(s.db, s.workspaceId, id, new Date('2026-06-04T09:00:30Z'));
  await s.tick('2026-06-04T09:00:31Z');
  expect(await stateOf(id)).toMatchObject({ state: 'awaiting_next', blocker: null });
  expect(await s.held('token')).toEqual(digests(people('token')));
  expect((await runsOf(id)).map((run) => run.state)).toEqual(['collapsed', 'confirmed']);
});

it('sends nothing more once it is stopped, and the tick survives the refusal that comes in after', async () => {
  const id = await campaign('stopped', '2026-06-05T08:00:00Z');
  await s.sandbox.control.fault({ kind: 'timeout', method: 'POST', route: '/users$', ms: 600 });
  const ticking = s.tick('2026-06-05T08:00:00Z');
  await expect.poll(async () => (await runsOf(id))[0]?.state, { interval: 20 }).toBe('frozen');
  await stopCampaign(s.db, s.workspaceId, id, new Date('2026-06-05T08:00:01Z'));
  expect(await ticking).toMatchObject({ finished: 0, failed: 0 });
  expect((await runsOf(id)).map((run) => run.state)).toEqual(['cancelled']);
  expect(await s.held('stopped')).toEqual([]);
});

it('has an audience fed by one campaign at a time, whichever began', async () => {
  const first = await campaign('fed', '2026-06-06T08:00:00Z', { schedule: daily('2026-06-06') });
  await s.tick('2026-06-06T09:00:00Z');
  const existing = { existing: await audienceId('fed') };
  await expect(campaign('second', '2026-06-06T10:00:00Z', { audience: existing })).rejects.toThrow(/“fed” feeds this audience already/);
  await stopCampaign(s.db, s.workspaceId, first, new Date('2026-06-06T11:00:00Z'));
  const once = await campaign('once', '2026-06-06T12:00:00Z');
  await s.tick('2026-06-06T12:00:00Z');
  await campaign('taker', '2026-06-06T13:00:00Z', { audience: { existing: await audienceId('once') }, schedule: daily('2026-06-07') });
  await expect(runNow(s.db, s.workspaceId, once, new Date('2026-06-06T14:00:00Z'))).rejects.toThrow(/“taker” feeds this audience already/);
});

it('fills an existing audience and takes out only those whom Beckon put in', async () => {
  await campaign('base', '2026-06-08T08:00:00Z');
  await s.tick('2026-06-08T08:00:00Z');
  const existing = { existing: await audienceId('base') };
  const id = await campaign('guest', '2026-06-08T09:00:00Z', { audience: existing, schedule: daily('2026-06-08'), identifiers: ['email'] });
  await s.tick('2026-06-08T09:00:00Z');
  expect(await s.held('base')).toEqual(digests([...people('base'), ...people('guest')]));
  await s.send([identify('guest-1', 'elsewhere'), identify('base-1', 'elsewhere')], '2026-06-08T20:00:00Z');
  await s.tick('2026-06-09T09:00:00Z');
  expect(await s.held('base')).toEqual(digests([...people('base'), 'guest-0', 'guest-2']));
  expect((await runsOf(id)).map((run) => [run.added, run.removed])).toEqual([
    [3, 0],
    [0, 1],
  ]);
});

it('does not send an identifier that was unticked after the audience was made', async () => {
  const id = await campaign('unticked', '2026-06-10T08:00:00Z', { schedule: daily('2026-06-10'), identifiers: ['email', 'phone'] });
  await s.tick('2026-06-10T09:00:00Z');
  await expect(edit(id, { identifiers: ['email'] }, '2026-06-10T10:00:00Z')).rejects.toThrow(/keeps these for life/);
});

it('keeps a removal that Facebook refuses for size, says so, and makes it later', async () => {
  const id = await campaign('small', '2026-06-11T08:00:00Z', { schedule: daily('2026-06-11') });
  await s.tick('2026-06-11T09:00:00Z');
  await s.sandbox.control.settings({ removalFloor: 100 });
  await s.send([identify('small-1', 'elsewhere')], '2026-06-11T20:00:00Z');
  await s.tick('2026-06-12T09:00:00Z');
  expect((await runsOfCampaign(s.db, s.workspaceId, id)).map((run) => run.screenState)).toEqual(['partial', 'succeeded']);
  const left = await s.db.orm.select({ state: audienceMembers.state }).from(audienceMembers).where(eq(audienceMembers.state, 'removing'));
  expect(left).toHaveLength(1);
  await s.sandbox.control.settings({ removalFloor: 0 });
  await s.tick('2026-06-13T09:00:00Z');
  expect(await s.held('small')).toEqual(digests(['small-0', 'small-2']));
});

it('fails in words, and without trying again, when what it needs is not there any more', async () => {
  const now = new Date('2026-06-14T08:00:00Z');
  await saveSegment(s.db, s.workspaceId, { key: 'lost', name: 'Lost', definition: who('lost') }, null, now);
  const id = await campaign('lost', '2026-06-14T08:00:00Z', { definition: undefined, segment: 'lost' });
  await s.db.orm.update(campaigns).set({ state: 'archived' }).where(eq(campaigns.id, id));
  await deleteSegment(s.db, s.workspaceId, 'lost', now);
  await s.db.orm.update(campaigns).set({ state: 'scheduled' }).where(eq(campaigns.id, id));
  expect(await s.tick('2026-06-14T08:00:00Z')).toMatchObject({ failed: 1 });
  expect((await runsOf(id))[0]).toMatchObject({ state: 'failed', attempts: 0, errorMessage: 'There is no segment “lost”.' });
});

it('lets go of an ad set that was pointed by a run that came to nothing', async () => {
  const [kept = '', gone = '', other = ''] = adSetIds.slice(-3);
  const show = (...ids: string[]) => ids.map((id) => ({ id, as: 'include' as const }));
  const id = await campaign('let-go', '2026-12-01T08:00:00Z', { schedule: daily('2026-12-01'), adSets: show(kept, gone) });
  await s.sandbox.control.deleteAdSet(gone);
  await s.tick('2026-12-01T09:00:00Z');
  expect(await shownBy(kept, 'let-go')).toBe(true);
  await edit(id, { adSets: show(other) }, '2026-12-01T09:10:00Z');
  await s.tick('2026-12-01T09:20:00Z');
  await s.tick('2026-12-02T09:00:00Z');
  expect([await shownBy(kept, 'let-go'), await shownBy(other, 'let-go')]).toEqual([false, true]);
});

it('runs once where Run now is pressed before the heartbeat has seen what is due', async () => {
  const id = await campaign('due', '2026-12-03T08:00:00Z', { schedule: daily('2026-12-03') });
  await runNow(s.db, s.workspaceId, id, new Date('2026-12-03T09:05:00Z'));
  await s.tick('2026-12-03T09:05:01Z');
  expect((await runsOf(id)).map(({ state }) => state)).toEqual(['collapsed', 'confirmed']);
});

it('cures by an edit what blocks its last run, though no occurrence is ahead of it', async () => {
  const [, , , , , gone = '', fine = ''] = adSetIds;
  const schedule = { kind: 'at' as const, at: '2026-11-01T09:00', zone: 'UTC' };
  const id = await campaign('past', '2026-11-01T08:00:00Z', { schedule, adSets: [{ id: gone, as: 'include' }] });
  await s.sandbox.control.changeAdSet(gone, { status: 'DELETED' });
  await s.tick('2026-11-01T09:00:00Z');
  expect((await stateOf(id))?.state).toBe('blocked');
  await edit(id, { adSets: [{ id: fine, as: 'include' }] }, '2026-11-01T10:00:00Z');
  expect(await stateOf(id)).toMatchObject({ state: 'running', nextAt: null });
  expect(await s.tick('2026-11-01T10:00:01Z')).toMatchObject({ finished: 1 });
  expect(await shownBy(fine, 'past')).toBe(true);
  expect(await stateOf(id)).toMatchObject({ state: 'completed', blocker: null });
});

it('makes the first run in the ad account that was chosen while it waited, and mixes up no audience of the other', async () => {
  await s.sandbox.control.setTerms({ accepted: true, accountId: sandboxAccounts.newMarket.replace('act_', '') });
  const id = await campaign('account', '2026-11-02T08:00:00Z', { schedule: daily('2026-11-02') });
  await queueDueRun(s.db, id, new Date('2026-11-02T09:00:00Z'));
  const engine = s.engine('2026-11-02T09:00:00Z');
  const run = await claimRun(s.db, engine.lease, engine.clock());
  if (!run) throw new Error('the run is there to be claimed');
  const context = await contextOf(engine, run, () => true);
  // While the engine makes the audience in the account that was meant before.
  await edit(id, { adAccountId: sandboxAccounts.newMarket }, '2026-11-02T09:00:10Z');
  await expect(advanceRun(engine, context)).rejects.toThrow(LeaseLost);
  expect(await s.tick('2026-11-02T09:05:00Z')).toMatchObject({ finished: 1 });
  const filled = (await s.sandbox.control.audiences()).filter((each) => each.name === 'account' && each.members > 0);
  expect(filled.map((each) => each.accountId)).toEqual([sandboxAccounts.newMarket]);
});

it('compares a held last run anew by what an edit has described, and sends that', async () => {
  const schedule = { kind: 'dates' as const, zone: 'UTC', dates: ['2026-11-03T09:00', '2026-11-04T09:00'] };
  const id = await campaign('anew', '2026-11-03T08:00:00Z', { schedule });
  await s.tick('2026-11-03T09:00:00Z');
  await s.send(
    people('anew').map((userId) => identify(userId, 'moved')),
    '2026-11-03T20:00:00Z',
  );
  await s.tick('2026-11-04T09:00:00Z');
  expect((await runsOf(id)).at(-1)?.state).toBe('held');
  await edit(id, { definition: who('moved') }, '2026-11-04T10:00:00Z');
  expect(await stateOf(id)).toMatchObject({ state: 'running', nextAt: null, blocker: null });
  expect(await s.tick('2026-11-04T10:00:01Z')).toMatchObject({ held: 0, finished: 1 });
  expect(await s.held('anew')).toHaveLength(3);
});

it('starts nothing later than a run may be when what blocked it is cured', async () => {
  const weekly = {
    kind: 'every' as const,
    every: { weeks: 1 },
    weekdays: ['mon' as const],
    time: '09:00',
    zone: 'UTC',
    start: '2026-11-09',
  };
  const id = await campaign('weekly', '2026-11-09T08:00:00Z', { schedule: weekly as never });
  await s.sandbox.control.fault({ kind: 'error', status: 401, code: 190, route: '.', times: 0 });
  await s.tick('2026-11-09T09:00:00Z');
  expect((await stateOf(id))?.state).toBe('blocked');
  await s.sandbox.control.clearFaults();
  await s.tick('2026-11-14T09:00:00Z');
  expect((await runsOf(id)).map((run) => run.state)).toEqual(['skipped']);
  expect(await stateOf(id)).toMatchObject({ state: 'awaiting_next', blocker: null });
});

it('and the end of a run at the same moment wait for each other in no ring', async () => {
  const id = await campaign('ring', '2026-11-20T08:00:00Z', { schedule: daily('2026-11-20') });
  await s.tick('2026-11-20T09:00:00Z');
  await s.send([identify('ring-9', 'ring')], '2026-11-20T20:00:00Z');
  await queueDueRun(s.db, id, new Date('2026-11-21T09:00:00Z'));
  const [run] = (await runsOf(id)).slice(-1);
  const [audience] = await s.db.orm.select().from(audiences).where(eq(audiences.campaignId, id));
  if (!run || !audience) throw new Error('the run is there');
  let editing: Promise<void> | null = null;
  // As the engine ends a run: the run, its audience, its campaign, while a person presses Schedule.
  await s.db.orm.transaction(async (tx) => {
    await tx.update(syncRuns).set({ attempts: 1 }).where(eq(syncRuns.id, run.id));
    editing = edit(id, { name: 'Ring' }, '2026-11-21T09:00:05Z');
    const waiting = async () =>
      (await s.db.sql`select from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`).length;
    await expect.poll(waiting, { interval: 20 }).toBeGreaterThan(0);
    await tx.update(audiences).set({ members: 3 }).where(eq(audiences.id, audience.id));
    await tx.update(campaigns).set({ blocker: null }).where(eq(campaigns.id, id));
  });
  await editing;
  expect((await stateOf(id))?.name).toBe('Ring');
});

it('stays blocked until it is cured, told once, however late; and the last occurrence is made up for', async () => {
  await s.send([identify('single-0', 'single')], '2026-11-25T08:00:00Z');
  const once = { name: 'single', definition: who('single'), audience: { new: { name: 'single' } } };
  const id = await s.campaign({ ...once, schedule: { kind: 'at', at: '2026-11-25T09:00', zone: 'UTC' } }, '2026-11-25T08:30:00Z');
  await s.sandbox.control.fault({ kind: 'error', status: 403, code: 272, route: '.', times: 0 });
  for (const at of ['2026-11-25T09:00:00Z', '2026-11-25T20:00:00Z', '2026-11-27T09:00:00Z']) {
    await s.tick(at);
    expect(await stateOf(id)).toMatchObject({ state: 'blocked', blocker: { action: 'fix' } });
  }
  await s.sandbox.control.clearFaults();
  await s.tick('2026-11-27T09:10:00Z');
  expect(await s.held('single')).toHaveLength(1);
  expect(await stateOf(id)).toMatchObject({ state: 'completed', blocker: null });
});

it('makes a run that a person tries again, however late, though another fault keeps it a moment more', async () => {
  await s.send([identify('again-0', 'again')], '2026-12-01T08:00:00Z');
  const again = { name: 'again', definition: who('again'), audience: { new: { name: 'again' } } };
  const id = await s.campaign({ ...again, schedule: daily('2026-12-01') }, '2026-12-01T08:30:00Z');
  await s.sandbox.control.fault({ kind: 'error', status: 400, code: 2500, route: 'customaudiences$', times: 1 });
  await s.tick('2026-12-01T09:00:00Z');
  expect((await runsOf(id))[0]?.state).toBe('failed');
  await retryRun(s.db, s.workspaceId, (await runsOf(id))[0]?.id ?? 0, new Date('2026-12-02T07:00:00Z'));
  await s.sandbox.control.fault({ kind: 'error', status: 500, code: 2, route: 'customaudiences$', times: 1 });
  await s.tick('2026-12-02T07:00:01Z');
  await s.tick('2026-12-02T07:10:00Z');
  expect((await runsOf(id))[0]).toMatchObject({ state: 'confirmed', added: 1 });
});

it('of a last run that is being sent compares it anew by what is described now', async () => {
  await s.send([identify('before-0', 'before'), identify('after-0', 'after')], '2026-12-03T08:00:00Z');
  const described = { name: 'described', definition: who('before'), audience: { new: { name: 'described' } } };
  const id = await s.campaign({ ...described, schedule: { kind: 'at', at: '2026-12-03T09:00', zone: 'UTC' } }, '2026-12-03T08:30:00Z');
  await s.sandbox.control.fault({ kind: 'reset-after', method: 'POST', route: '/users$', times: 1 });
  await s.tick('2026-12-03T09:00:00Z');
  expect((await runsOf(id))[0]?.state).toBe('frozen');
  await edit(id, { definition: who('after') }, '2026-12-03T09:05:00Z');
  await s.tick('2026-12-03T09:10:00Z');
  expect(await s.held('described')).toEqual(digests(['after-0']));
  expect(await stateOf(id)).toMatchObject({ state: 'completed' });
});

it('is queued at the same moment as a person presses a button, and neither waits for the other in a ring', async () => {
  const id = await s.campaign(
    { name: 'ring-beat', definition: who('none'), audience: { new: { name: 'ring-beat' } }, schedule: hourly('2026-12-05') },
    '2026-12-05T08:30:00Z',
  );
  await queueDueRun(s.db, id, new Date('2026-12-05T09:00:00Z'));
  const [audience] = await s.db.orm.select().from(audiences).where(eq(audiences.campaignId, id));
  const waiting = async () =>
    (await s.db.sql`select from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`).length;
  let pressed: Promise<unknown> = Promise.resolve();
  let beaten: Promise<unknown> = Promise.resolve();
  // An engine's answer holds the audience for a moment.
  await s.db.orm.transaction(async (tx) => {
    await tx
      .update(audiences)
      .set({ members: 0 })
      .where(eq(audiences.id, audience?.id ?? 0));
    pressed = stopCampaign(s.db, s.workspaceId, id, new Date('2026-12-05T10:00:00Z'));
    await expect.poll(waiting, { interval: 20 }).toBe(1);
    beaten = queueDueRun(s.db, id, new Date('2026-12-05T10:00:00Z'));
    await expect.poll(waiting, { interval: 20 }).toBe(2);
  });
  await Promise.all([pressed, beaten]);
  expect((await stateOf(id))?.state).toBe('stopped');
});

it('cures a last run that was sent as a whole list, too', async () => {
  const [, , , , , , gone = ''] = adSetIds;
  await s.send(
    people('whole').map((userId) => identify(userId, 'whole')),
    '2026-12-10T08:00:00Z',
  );
  const whole = {
    name: 'whole',
    definition: who('whole'),
    audience: { new: { name: 'whole' } },
    sendBy: 'replace',
    identifiers: ['email'],
  } as const;
  const schedule = { kind: 'dates' as const, zone: 'UTC', dates: ['2026-12-10T09:00', '2026-12-11T09:00'] };
  const adSets = [{ id: gone, as: 'include' as const }];
  const id = await s.campaign({ ...whole, schedule, adSets } as never, '2026-12-10T08:30:00Z');
  await s.tick('2026-12-10T09:00:00Z');
  await s.send([identify('whole-9', 'whole')], '2026-12-10T20:00:00Z');
  await s.sandbox.control.changeAdSet(gone, { status: 'DELETED' });
  await s.tick('2026-12-11T09:00:00Z');
  expect((await runsOf(id)).at(-1)).toMatchObject({ state: 'sent', sendBy: 'replace' });
  await edit(id, { adSets: [] }, '2026-12-11T10:00:00Z');
  await s.tick('2026-12-11T10:00:01Z');
  expect(await stateOf(id)).toMatchObject({ state: 'completed', blocker: null });
  expect(await s.held('whole')).toHaveLength(4);
});
