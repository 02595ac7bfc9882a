import { eq, sql } from 'drizzle-orm';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { runNow, stopCampaign } from '@/db/campaign-states';
import { campaignDetail, saveDraft, scheduleCampaign } from '@/db/campaigns';
import { saveExclusions } from '@/db/exclusions';
import { campaigns, syncRuns } from '@/db/schema';
import { deleteSegment, saveSegment } from '@/db/segments';
import type { CampaignDraft } from '@/lib/campaign/plan';
import { campaignPlanSchema } from '@/lib/campaign/plan';
import { dryRun } from '@/lib/sync/dry-run';
import { digestOfEmail, emailOf, type Story, story } from '@/tests/support/story';

/** What a campaign does to its audience besides mirroring a segment, and whom no campaign sends. */

let s: Story;
beforeAll(async () => {
  s = await story('UTC');
});
afterAll(() => s.sandbox.stop());
afterEach(async () => {
  await s.sandbox.control.clearFaults();
  await saveExclusions(s.db, s.workspaceId, { excludeSegments: [], consentProperty: null }, new Date('2026-01-01T00:00:00Z'));
});

const daily = (start: string) => ({ kind: 'every', every: { days: 1 }, time: '09:00', zone: 'UTC', start }) as const;
const who = (name: string) => ({ property: 'story', op: 'is', value: name }) as never;
const people = (name: string, n: number) => Array.from({ length: n }, (_, i) => `${name}-${i}`);
const digests = (userIds: string[]) => userIds.map((userId) => digestOfEmail(emailOf(userId))).sort();
const identify = (userId: string, name: string, traits: Record<string, unknown> = {}) => ({
  type: 'identify',
  userId,
  traits: { email: emailOf(userId), story: name, ...traits },
});
const runsOf = (id: string) => s.db.orm.select().from(syncRuns).where(eq(syncRuns.campaignId, id)).orderBy(syncRuns.occurrenceAt);
const audienceId = async (name: string) => (await s.sandbox.control.audiences()).find((each) => each.name === name)?.id ?? '';

async function campaign(name: string, at: string, n: number, plan: Partial<CampaignDraft> = {}): Promise<string> {
  await s.send(
    people(name, n).map((userId) => identify(userId, name)),
    at,
  );
  return s.campaign({ name, definition: who(name), audience: { new: { name } }, schedule: daily(at.slice(0, 10)), ...plan }, at);
}

const move = (userIds: string[], to: string, at: string) =>
  s.send(
    userIds.map((userId) => identify(userId, to)),
    at,
  );

async function edit(id: string, change: Partial<CampaignDraft>, at: string): Promise<void> {
  const { draft } = await campaignDetail(s.db, s.workspaceId, id);
  await saveDraft(s.db, s.workspaceId, id, { ...draft, ...change }, new Date(at));
  await scheduleCampaign(s.db, s.workspaceId, id, new Date(at), null);
}

it('adds only: nobody leaves, whoever comes is added', async () => {
  await campaign('adding', '2026-07-01T08:00:00Z', 3, { mode: 'add' });
  await s.tick('2026-07-01T09:00:00Z');
  await move(['adding-0'], 'elsewhere', '2026-07-01T20:00:00Z');
  await move(['adding-9'], 'adding', '2026-07-01T20:00:00Z');
  await s.tick('2026-07-02T09:00:00Z');
  expect(await s.held('adding')).toEqual(digests([...people('adding', 3), 'adding-9']));
});

it('removes only: takes out of another’s audience whoever qualifies, and puts nobody in', async () => {
  await campaign('theirs', '2026-07-03T08:00:00Z', 4, { schedule: { kind: 'now' } });
  await s.tick('2026-07-03T08:00:00Z');
  const audience = { existing: await audienceId('theirs') };
  await s.send(
    [identify('theirs-1', 'theirs', { bought: true }), identify('stranger', 'strangers', { bought: true })],
    '2026-07-03T08:30:00Z',
  );
  const bought = { property: 'bought', op: 'is', value: true } as never;
  const plan = {
    name: 'taking',
    definition: bought,
    audience,
    mode: 'remove',
    schedule: daily('2026-07-03'),
    identifiers: ['email'],
  } as const;
  const id = await s.campaign(plan as never, '2026-07-03T08:40:00Z');
  await s.tick('2026-07-03T09:00:00Z');
  expect(await s.held('theirs')).toEqual(digests(['theirs-0', 'theirs-2', 'theirs-3']));
  await s.send([identify('theirs-2', 'theirs', { bought: true })], '2026-07-03T20:00:00Z');
  await s.sandbox.control.clearRequests();
  await s.tick('2026-07-04T09:00:00Z');
  expect(await s.held('theirs')).toEqual(digests(['theirs-0', 'theirs-3']));
  const uploads = (await s.sandbox.control.requests()).filter((request) => request.path.endsWith('/users'));
  expect(uploads.map((request) => [request.method, request.rows])).toEqual([['DELETE', 1]]);
  expect((await runsOf(id)).map((run) => [run.state, run.added, run.removed])).toEqual([
    ['confirmed', 0, 2],
    ['confirmed', 0, 1],
  ]);
  expect((await campaignDetail(s.db, s.workspaceId, id)).members).toBe(0);
});

it('feeds an audience after another campaign did: only when that one is done, and whoever it takes out later is sent again', async () => {
  await campaign('base', '2026-07-21T08:00:00Z', 2, { schedule: { kind: 'now' } });
  await s.tick('2026-07-21T08:00:00Z');
  const existing = { audience: { existing: await audienceId('base') }, schedule: { kind: 'now' } as const, changeBrakePercent: null };
  await s.send([identify('t1', 'first', { also: true }), identify('t2', 'first')], '2026-07-21T08:10:00Z');
  const first = await s.campaign({ name: 'first', definition: who('first'), ...existing } as never, '2026-07-21T08:20:00Z');
  await s.tick('2026-07-21T08:20:00Z');
  const also = { property: 'also', op: 'is', value: true } as never;
  const second = await s.campaign({ name: 'second', definition: also, ...existing } as never, '2026-07-21T08:30:00Z');
  await s.tick('2026-07-21T08:30:00Z');
  await s.send([identify('t1', 'elsewhere', { also: true })], '2026-07-21T08:40:00Z');
  await runNow(s.db, s.workspaceId, first, new Date('2026-07-21T09:00:00Z'));
  await s.tick('2026-07-21T09:00:01Z');
  expect(await s.held('base')).toEqual(digests(['base-0', 'base-1', 't2']));
  await runNow(s.db, s.workspaceId, second, new Date('2026-07-21T10:00:00Z'));
  await s.tick('2026-07-21T10:00:01Z');
  expect(await s.held('base')).toEqual(digests(['base-0', 'base-1', 't1', 't2']));
  await s.db.orm.update(campaigns).set({ state: 'failed' }).where(eq(campaigns.id, first));
  await stopCampaign(s.db, s.workspaceId, first, new Date('2026-07-21T11:00:00Z'), 'remove');
  await expect(s.campaign({ name: 'third', definition: also, ...existing } as never, '2026-07-21T11:00:05Z')).rejects.toThrow(
    /A run of the campaign “first” is still changing this audience/,
  );
  await s.tick('2026-07-21T11:00:10Z');
  await s.campaign({ name: 'third', definition: also, ...existing } as never, '2026-07-21T11:10:00Z');
});

it('lets members go after their stay, and takes them in again once they have left the segment and come back', async () => {
  await campaign('staying', '2026-07-05T08:00:00Z', 2, { stayDays: 2, changeBrakePercent: null });
  await s.tick('2026-07-05T09:00:00Z');
  await move(['staying-5'], 'staying', '2026-07-06T20:00:00Z');
  await s.tick('2026-07-07T09:00:05Z');
  expect(await s.held('staying')).toEqual(digests(['staying-5']));
  await s.tick('2026-07-08T09:00:00Z');
  expect(await s.held('staying')).toEqual(digests(['staying-5']));
  await move(['staying-0'], 'elsewhere', '2026-07-08T10:00:00Z');
  await s.tick('2026-07-09T09:00:10Z');
  await move(['staying-0'], 'staying', '2026-07-09T20:00:00Z');
  await s.tick('2026-07-10T09:00:00Z');
  expect(await s.held('staying')).toEqual(digests(['staying-0']));
});

it('sends a cap’s worth and no control, as the rehearsal has said', async () => {
  const id = await campaign('drawn', '2026-07-11T08:00:00Z', 60, { cap: 20, controlPercent: 30 });
  const plan = campaignPlanSchema.parse((await campaignDetail(s.db, s.workspaceId, id)).draft);
  const rehearsed = await dryRun(s.db, s.workspaceId, plan, new Date('2026-07-11T08:30:00Z'), id);
  await s.tick('2026-07-11T09:00:00Z');
  const first = await s.held('drawn');
  const [run] = await runsOf(id);
  expect(run).toMatchObject({ qualified: 60, toAdd: 20, overCap: rehearsed.overCap, control: rehearsed.control, unreachable: 0 });
  expect(rehearsed).toMatchObject({ join: 20, leave: 0, stay: 0, overCap: 40 - rehearsed.control });
  expect(rehearsed.control).toBeGreaterThan(5);
  await s.tick('2026-07-12T09:00:00Z');
  expect(await s.held('drawn')).toEqual(first);
  const [stays] = await s.db.orm.execute<{ n: number }>(sql`select count(*)::int as n from audience_stays where control and until is null`);
  expect(stays?.n).toBe(rehearsed.control);
});

it('never sends members of an excluded segment, and takes them out', async () => {
  await saveSegment(
    s.db,
    s.workspaceId,
    { key: 'staff', name: 'Staff', definition: { property: 'staff', op: 'is', value: true } },
    null,
    new Date(),
  );
  const id = await campaign('excluding', '2026-07-13T08:00:00Z', 3);
  await s.tick('2026-07-13T09:00:00Z');
  await saveExclusions(s.db, s.workspaceId, { excludeSegments: ['staff'], consentProperty: null }, new Date('2026-07-13T10:00:00Z'));
  await s.send([identify('excluding-1', 'excluding', { staff: true })], '2026-07-13T20:00:00Z');
  await s.tick('2026-07-14T09:00:00Z');
  expect(await s.held('excluding')).toEqual(digests(['excluding-0', 'excluding-2']));
  expect((await runsOf(id)).at(-1)).toMatchObject({ qualified: 3, excluded: 1 });
  await expect(deleteSegment(s.db, s.workspaceId, 'staff', new Date())).rejects.toThrow(/excluded from every campaign/);
});

it('takes whoever withdraws consent out of every audience at once, also of a campaign that is paused, over or stopped', async () => {
  await saveExclusions(s.db, s.workspaceId, { excludeSegments: [], consentProperty: 'ads' }, new Date('2026-07-15T07:00:00Z'));
  const over = await campaign('over', '2026-07-15T08:00:00Z', 3, { schedule: { kind: 'now' } });
  const stopped = await campaign('stopped', '2026-07-15T08:00:00Z', 3, { mode: 'add' });
  await s.tick('2026-07-15T08:00:00Z');
  await s.tick('2026-07-15T09:00:00Z');
  await stopCampaign(s.db, s.workspaceId, stopped, new Date('2026-07-15T09:30:00Z'));
  await s.send([identify('over-1', 'over', { ads: 'No' }), identify('stopped-2', 'stopped', { ads: false })], '2026-07-15T10:00:00Z');
  expect(await s.tick('2026-07-15T10:01:00Z')).toMatchObject({ queued: 2, finished: 2 });
  expect(await s.held('over')).toEqual(digests(['over-0', 'over-2']));
  expect(await s.held('stopped')).toEqual(digests(['stopped-0', 'stopped-1']));
  expect((await campaignDetail(s.db, s.workspaceId, over)).state).toBe('completed');
  expect((await campaignDetail(s.db, s.workspaceId, stopped)).state).toBe('stopped');
  expect((await runsOf(over)).map((run) => run.purpose)).toEqual(['sync', 'withdraw']);
  expect(await s.tick('2026-07-15T10:05:00Z')).toMatchObject({ queued: 0 });
  // Nobody with consent withdrawn is sent anew.
  const later = await s.campaign({ name: 'later', definition: who('over'), audience: { new: { name: 'later' } } }, '2026-07-15T11:00:00Z');
  await s.tick('2026-07-15T11:00:00Z');
  expect(await s.held('later')).toEqual(digests(['over-0', 'over-2']));
  expect((await runsOf(later))[0]).toMatchObject({ excluded: 1 });
});

it('takes whoever withdraws consent out while a fault keeps the campaign’s own run waiting', async () => {
  await saveExclusions(s.db, s.workspaceId, { excludeSegments: [], consentProperty: 'ads' }, new Date('2026-07-19T07:00:00Z'));
  const id = await campaign('blocked', '2026-07-19T08:00:00Z', 3);
  await s.tick('2026-07-19T09:00:00Z');
  await move(['blocked-9'], 'blocked', '2026-07-19T20:00:00Z');
  const flagged = { status: 400, code: 2650, subcode: 1713230 };
  await s.sandbox.control.fault({ kind: 'error', method: 'POST', route: '/users$', times: 0, ...flagged });
  await s.tick('2026-07-20T09:00:00Z');
  expect(await campaignDetail(s.db, s.workspaceId, id)).toMatchObject({ state: 'blocked' });
  await s.send([identify('blocked-1', 'blocked', { ads: 'No' })], '2026-07-20T09:01:00Z');
  await s.tick('2026-07-20T09:02:00Z');
  expect(await s.held('blocked')).toEqual(digests(['blocked-0', 'blocked-2']));
  // It has cured nothing of what blocks the other.
  expect(await campaignDetail(s.db, s.workspaceId, id)).toMatchObject({ state: 'blocked', blocker: { action: 'fix' } });
  await s.sandbox.control.clearFaults();
  await s.tick('2026-07-20T10:00:00Z');
  expect(await s.held('blocked')).toEqual(digests(['blocked-0', 'blocked-2', 'blocked-9']));
  expect(await campaignDetail(s.db, s.workspaceId, id)).toMatchObject({ state: 'awaiting_next', blocker: null });
});

it('takes out those who had withdrawn before the property was named', async () => {
  await campaign('named', '2026-07-16T08:00:00Z', 2, { schedule: { kind: 'now' } });
  await s.send([identify('named-0', 'named', { newsletter: 'unsubscribed' })], '2026-07-16T08:00:00Z');
  await s.tick('2026-07-16T08:00:00Z');
  expect(await s.held('named')).toHaveLength(2);
  await saveExclusions(s.db, s.workspaceId, { excludeSegments: [], consentProperty: 'newsletter' }, new Date('2026-07-16T09:00:00Z'));
  await s.tick('2026-07-16T09:01:00Z');
  expect(await s.held('named')).toEqual(digests(['named-1']));
});

it('sends with limited data use in a column of its own, removes so too, and cannot change it later', async () => {
  const id = await campaign('limited', '2026-07-17T08:00:00Z', 2, { limitedDataUse: true, identifiers: ['email'] });
  await s.tick('2026-07-17T09:00:00Z');
  const rows: Record<string, unknown>[] = [];
  for await (const row of s.sandbox.control.members(await audienceId('limited'))) rows.push(row);
  expect(rows.map((row) => row.DATA_PROCESSING_OPTIONS)).toEqual([['LDU'], ['LDU']]);
  await move(['limited-0'], 'elsewhere', '2026-07-17T20:00:00Z');
  await s.tick('2026-07-18T09:00:00Z');
  expect(await s.held('limited')).toEqual(digests(['limited-1']));
  await expect(edit(id, { limitedDataUse: false }, '2026-07-18T10:00:00Z')).rejects.toThrow(/with limited data use, and stays so for life/);
});

it('refuses a plan that contradicts itself, naming the field', () => {
  const plan = {
    name: 'x',
    definition: who('x'),
    schedule: { kind: 'now' },
    adAccountId: 'act_1',
    audience: { new: { name: 'x' } },
  };
  const fault = (change: object) => campaignPlanSchema.safeParse({ ...plan, ...change }).error?.issues.map((issue) => issue.path.join('.'));
  expect(fault({})).toBeUndefined();
  expect(fault({ mode: 'remove' })).toEqual(['audience']);
  expect(fault({ mode: 'remove', audience: { existing: '1' }, cap: 5, atEnd: 'empty' })).toEqual(['cap', 'atEnd']);
  expect(fault({ sendBy: 'replace', audience: { existing: '1' } })).toEqual(['sendBy']);
  expect(fault({ sendBy: 'replace', mode: 'add' })).toEqual(['sendBy']);
  expect(fault({ stayDays: 181 })).toEqual(['stayDays']);
});
