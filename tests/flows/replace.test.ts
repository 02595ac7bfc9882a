import { eq } from 'drizzle-orm';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { stopCampaign } from '@/db/campaign-states';
import { memberCount } from '@/db/ledger';
import { cancelRun, retryRun, undoLastRun } from '@/db/run-commands';
import { claimRun } from '@/db/run-queue';
import { audiences, campaigns, syncRuns } from '@/db/schema';
import type { CampaignDraft } from '@/lib/campaign/plan';
import { advanceRun, contextOf } from '@/lib/sync/advance-run';
import { sandboxAccounts } from '@/tests/support/sandbox';
import { digestOfEmail, emailOf, type Story, story } from '@/tests/support/story';

/** The whole list put in place of what is at Facebook: when it is done, and what happens when it is cut. */

let s: Story;
let activeId: string;
beforeAll(async () => {
  s = await story('UTC');
  const all = await s.sandbox.control.adSets();
  activeId = all.find((each) => each.accountId === sandboxAccounts.main.replace('act_', '') && each.status === 'ACTIVE')?.id ?? '';
});
afterAll(() => s.sandbox.stop());
afterEach(async () => {
  await s.sandbox.control.clearFaults();
  await s.sandbox.control.settings({ removalFloor: 0 });
  await s.db.orm.update(campaigns).set({ state: 'archived' });
});

const daily = (start: string) => ({ kind: 'every', every: { days: 1 }, time: '09:00', zone: 'UTC', start }) as const;
const who = (name: string) => ({ property: 'story', op: 'is', value: name }) as never;
const people = (name: string, n: number) => Array.from({ length: n }, (_, i) => `${name}-${i}`);
const digests = (userIds: string[]) => userIds.map((userId) => digestOfEmail(emailOf(userId))).sort();
const runsOf = (id: string) => s.db.orm.select().from(syncRuns).where(eq(syncRuns.campaignId, id)).orderBy(syncRuns.occurrenceAt);
const lastRun = async (id: string) => (await runsOf(id)).at(-1);
const audienceOf = async (name: string) => (await s.sandbox.control.audiences()).find((each) => each.name === name);
const parts = async () => (await s.sandbox.control.requests()).filter((request) => request.path.endsWith('/usersreplace'));
const ways = async () => [
  ...new Set((await s.sandbox.control.requests()).flatMap((r) => /\/(users|usersreplace)$/.exec(r.path)?.[1] ?? [])),
];

const move = (userIds: string[], to: string, at: string) =>
  s.send(
    userIds.map((userId) => ({ type: 'identify', userId, traits: { email: emailOf(userId), story: to } })),
    at,
  );

/** Its first run, by difference; the requests begin after it. */
async function campaign(name: string, day: string, n: number, plan: Partial<CampaignDraft> = {}): Promise<string> {
  await move(people(name, n), name, `${day}T07:00:00Z`);
  const made = { name, definition: who(name), audience: { new: { name } }, schedule: daily(day), identifiers: ['email'] } as const;
  const id = await s.campaign({ ...made, sendBy: 'replace', changeBrakePercent: null, ...plan } as never, `${day}T08:00:00Z`);
  expect(await s.tick(`${day}T09:00:00Z`)).toMatchObject({ finished: 1 });
  await s.sandbox.control.clearRequests();
  return id;
}

async function ledgerMembers(id: string): Promise<number> {
  const [audience] = await s.db.orm.select().from(audiences).where(eq(audiences.campaignId, id));
  const counted = await memberCount(s.db.orm, audience?.id ?? 0);
  expect(audience?.members).toBe(counted);
  return counted;
}

it('replaces by itself where an active ad set uses the audience, and its learning phase goes on', async () => {
  const id = await campaign('active', '2026-09-01', 5, { sendBy: 'automatic', adSets: [{ id: activeId, as: 'include' }] });
  await s.sandbox.control.changeAdSet(activeId, { learningResetAt: null });
  await move(['active-0', 'active-1'], 'elsewhere', '2026-09-01T20:00:00Z');
  await move(['active-9'], 'active', '2026-09-01T20:00:00Z');
  expect(await s.tick('2026-09-02T09:00:00Z')).toMatchObject({ finished: 1 });
  expect(await s.held('active')).toEqual(digests(['active-2', 'active-3', 'active-4', 'active-9']));
  expect(await ways()).toEqual(['usersreplace']);
  expect(await lastRun(id)).toMatchObject({ sendBy: 'replace', added: 1, removed: 2, received: 4, invalid: 0 });
  expect((await s.sandbox.control.adSet(activeId)).learningResetAt).toBeNull();
  expect(await ledgerMembers(id)).toBe(4);
});

it('sends nothing where nothing has changed, and the difference where no ad set would be disturbed', async () => {
  const quiet = await campaign('quiet', '2026-09-03', 3);
  expect(await s.tick('2026-09-04T09:00:00Z')).toMatchObject({ finished: 1 });
  expect(await ways()).toEqual([]);
  expect(await lastRun(quiet)).toMatchObject({ state: 'confirmed', sendBy: 'difference' });
  await s.db.orm.update(campaigns).set({ state: 'archived' });
  await campaign('undisturbed', '2026-09-05', 3, { sendBy: 'automatic' });
  await move(['undisturbed-0'], 'elsewhere', '2026-09-05T20:00:00Z');
  await s.tick('2026-09-06T09:00:00Z');
  expect(await ways()).toEqual(['users']);
});

it('makes by a replacement the removals that Facebook has refused', async () => {
  const id = await campaign('refused', '2026-09-07', 4, { sendBy: 'automatic' });
  await s.sandbox.control.settings({ removalFloor: 100 });
  await move(['refused-0'], 'elsewhere', '2026-09-07T20:00:00Z');
  await s.tick('2026-09-08T09:00:00Z');
  expect(await s.held('refused')).toHaveLength(4);
  await s.sandbox.control.clearRequests();
  await s.tick('2026-09-09T09:00:00Z');
  expect(await s.held('refused')).toEqual(digests(['refused-1', 'refused-2', 'refused-3']));
  expect(await ways()).toEqual(['usersreplace']);
  expect(await lastRun(id)).toMatchObject({ sendBy: 'replace', added: 0, removed: 1 });
});

it('empties by difference: Facebook takes no empty list', async () => {
  await campaign('to-empty', '2026-09-10', 3);
  await move(people('to-empty', 3), 'elsewhere', '2026-09-10T20:00:00Z');
  expect(await s.tick('2026-09-11T09:00:00Z')).toMatchObject({ finished: 1 });
  expect(await s.held('to-empty')).toEqual([]);
  expect(await ways()).toEqual(['users']);
});

it('sends the first part alone, the last one last, and one session’s worth of rows', async () => {
  await campaign('many', '2026-09-12', 35_000);
  await move(['many-0'], 'elsewhere', '2026-09-12T20:00:00Z');
  expect(await s.tick('2026-09-13T09:00:00Z')).toMatchObject({ finished: 1 });
  const sent = await parts();
  expect(sent.map((part) => part.rows)).toEqual([10_000, 10_000, 10_000, 4_999]);
  expect(sent[0]).toMatchObject({ batchSeq: 1, last: false });
  expect(sent.map((part) => part.last)).toEqual([false, false, false, true]);
  expect(new Set(sent.map((part) => part.sessionId)).size).toBe(1);
  expect((await audienceOf('many'))?.members).toBe(34_999);
});

it('never sends the first part twice in a session: after a lost answer the status says whether it arrived', async () => {
  const id = await campaign('lost', '2026-09-14', 15_000);
  await move(['lost-0'], 'elsewhere', '2026-09-14T20:00:00Z');
  await s.sandbox.control.fault({ kind: 'reset-after', method: 'POST', route: '/usersreplace$' });
  await s.tick('2026-09-15T09:00:00Z');
  expect(await s.tick('2026-09-15T09:20:00Z')).toMatchObject({ finished: 1 });
  const firsts = (await parts()).filter((part) => part.batchSeq === 1);
  expect(firsts).toHaveLength(1);
  expect((await audienceOf('lost'))?.members).toBe(14_999);
  expect(await lastRun(id)).toMatchObject({ added: 0, removed: 1 });
});

it('begins anew in a new session where the first part did not arrive', async () => {
  await campaign('cut', '2026-09-16', 3);
  await move(['cut-0'], 'elsewhere', '2026-09-16T20:00:00Z');
  await s.sandbox.control.fault({ kind: 'reset-before', method: 'POST', route: '/usersreplace$' });
  await s.tick('2026-09-17T09:00:00Z');
  expect(await s.held('cut')).toHaveLength(3);
  await s.tick('2026-09-17T09:20:00Z');
  expect(await s.held('cut')).toEqual(digests(['cut-1', 'cut-2']));
});

it('goes on in the same session when the engine is killed in the middle', async () => {
  await campaign('killed', '2026-09-18', 21_000);
  await move(['killed-0'], 'elsewhere', '2026-09-18T20:00:00Z');
  await s.sandbox.control.fault({ kind: 'timeout-after', method: 'POST', route: '/usersreplace$', nth: 2, times: 0, ms: 20_000 });
  const engine = s.tickProcess('2026-09-19T09:00:00Z');
  await expect.poll(async () => (await parts()).length, { timeout: 60_000, interval: 100 }).toBeGreaterThan(1);
  await engine.kill();
  await s.sandbox.control.clearFaults();
  expect((await audienceOf('killed'))?.members).toBe(21_000);
  expect(await s.tick('2026-09-19T09:30:00Z')).toMatchObject({ finished: 1 });
  expect((await audienceOf('killed'))?.members).toBe(20_999);
  const sent = await parts();
  expect(new Set(sent.map((part) => part.sessionId)).size).toBe(1);
  expect(sent.filter((part) => part.batchSeq === 1)).toHaveLength(1);
});

it('adds what has not arrived within ninety minutes, for Facebook has put the rest in place', async () => {
  const id = await campaign('late', '2026-09-20', 21_000);
  await move(['late-0'], 'elsewhere', '2026-09-20T20:00:00Z');
  await s.sandbox.control.fault({ kind: 'error', method: 'POST', route: '/usersreplace$', nth: 3, times: 0, status: 500, code: 2 });
  await s.tick('2026-09-21T09:00:00Z');
  expect((await audienceOf('late'))?.replacing).toBe(true);
  await s.sandbox.control.clock({ advanceMs: 91 * 60_000 });
  await s.sandbox.control.clearFaults();
  expect(await s.tick('2026-09-21T10:31:00Z')).toMatchObject({ finished: 1 });
  expect((await audienceOf('late'))?.members).toBe(20_999);
  expect(await ways()).toEqual(['usersreplace', 'users']);
  expect(await lastRun(id)).toMatchObject({ state: 'confirmed', removed: 1 });
  expect(await ledgerMembers(id)).toBe(20_999);
});

it('waits while another list is being put in place, and decides by difference where Facebook could not do it', async () => {
  const id = await campaign('broken', '2026-09-22', 15_000);
  await move(['broken-0'], 'elsewhere', '2026-09-22T20:00:00Z');
  const audience = await audienceOf('broken');
  await s.sandbox.control.changeAudience(audience?.id ?? '', { forcedStatus: 414 });
  await s.tick('2026-09-23T09:00:00Z');
  expect(await parts()).toEqual([]);
  expect(await lastRun(id)).toMatchObject({ state: 'frozen', errorCode: '2650/1870145' });
  await s.sandbox.control.changeAudience(audience?.id ?? '', { forcedStatus: null });
  await s.sandbox.control.fault({
    kind: 'error',
    method: 'POST',
    route: '/usersreplace$',
    nth: 2,
    status: 400,
    code: 2650,
    subcode: 1870148,
  });
  await s.tick('2026-09-23T09:10:00Z');
  await s.sandbox.control.changeAudience(audience?.id ?? '', { failReplace: true });
  await s.tick('2026-09-23T10:20:00Z');
  await s.tick('2026-09-23T12:00:00Z');
  expect((await audienceOf('broken'))?.members).toBe(14_999);
  expect(await ways()).toEqual(['usersreplace', 'users']);
  expect(await lastRun(id)).toMatchObject({ state: 'confirmed', sendBy: 'difference' });
});

it('that failed leaves its members members: nothing is held for growth, and an undo takes out only who joined', async () => {
  const id = await campaign('failed', '2026-10-01', 10_001, { changeBrakePercent: 50 });
  await move(['failed-new'], 'failed', '2026-10-01T20:00:00Z');
  const notFullyUpdated = { status: 400, code: 2650, subcode: 1870148 };
  await s.sandbox.control.fault({ kind: 'error', method: 'POST', route: '/usersreplace$', nth: 2, ...notFullyUpdated });
  await s.tick('2026-10-02T09:00:00Z');
  await s.sandbox.control.changeAudience((await audienceOf('failed'))?.id ?? '', { failReplace: true });
  await s.tick('2026-10-02T11:00:00Z');
  expect(await lastRun(id)).toMatchObject({ state: 'confirmed', sendBy: 'difference', holdReason: null });
  expect(await ledgerMembers(id)).toBe(10_002);
  await undoLastRun(s.db, s.workspaceId, id, new Date('2026-10-02T12:00:00Z'));
  await s.tick('2026-10-02T12:00:01Z');
  expect((await audienceOf('failed'))?.members).toBe(10_001);
});

it('takes nobody out where it was given up for the difference, cancelled and tried again', async () => {
  const id = await campaign('given-up', '2026-09-26', 5);
  await move(['given-up-0'], 'elsewhere', '2026-09-26T20:00:00Z');
  const audience = await audienceOf('given-up');
  await s.sandbox.control.changeAudience(audience?.id ?? '', { forcedStatus: 414 });
  await s.tick('2026-09-27T09:00:00Z');
  await s.sandbox.control.changeAudience(audience?.id ?? '', { forcedStatus: 411 });
  const world = s.engine('2026-09-27T09:30:00Z');
  const claimed = await claimRun(world.db, world.lease, world.clock());
  if (!claimed) throw new Error('the run is there to be claimed');
  expect(await advanceRun(world, await contextOf(world, claimed, () => true))).toMatchObject({ state: 'audience_ready' });
  await cancelRun(s.db, s.workspaceId, claimed.id, new Date('2026-09-27T09:31:00Z'));
  await retryRun(s.db, s.workspaceId, claimed.id, new Date('2026-09-27T09:32:00Z'));
  await s.sandbox.control.changeAudience(audience?.id ?? '', { forcedStatus: null });
  await s.tick('2026-09-27T09:40:00Z');
  expect(await s.held('given-up')).toEqual(digests(['given-up-1', 'given-up-2', 'given-up-3', 'given-up-4']));
  expect(await ledgerMembers(id)).toBe(4);
});

it('is finished even if the campaign is stopped meanwhile: half a list would be left at Facebook', async () => {
  const id = await campaign('stopped', '2026-09-24', 15_000);
  await move(['stopped-0'], 'elsewhere', '2026-09-24T20:00:00Z');
  await s.sandbox.control.fault({ kind: 'error', method: 'POST', route: '/usersreplace$', nth: 2, times: 1, status: 500, code: 2 });
  await s.tick('2026-09-25T09:00:00Z');
  await expect(cancelRun(s.db, s.workspaceId, (await lastRun(id))?.id ?? 0, new Date())).rejects.toThrow(/half of it must not be left/);
  await stopCampaign(s.db, s.workspaceId, id, new Date('2026-09-25T09:05:00Z'));
  expect(await s.tick('2026-09-25T09:20:00Z')).toMatchObject({ finished: 1 });
  expect((await audienceOf('stopped'))?.members).toBe(14_999);
  expect((await s.db.orm.select().from(campaigns).where(eq(campaigns.id, id)))[0]?.state).toBe('stopped');
});

it('that is left without its session is over where the campaign was stopped: emptying does not wait for it', async () => {
  const id = await campaign('let-go', '2026-10-03', 10_002);
  await move(['let-go-0'], 'elsewhere', '2026-10-03T20:00:00Z');
  await s.sandbox.control.fault({ kind: 'error', method: 'POST', route: '/usersreplace$', nth: 2, times: 1, status: 500, code: 2 });
  await s.tick('2026-10-04T09:00:00Z');
  await stopCampaign(s.db, s.workspaceId, id, new Date('2026-10-04T09:05:00Z'), 'remove');
  const notFullyUpdated = { status: 400, code: 2650, subcode: 1870148 };
  await s.sandbox.control.fault({ kind: 'error', method: 'POST', route: '/usersreplace$', ...notFullyUpdated });
  await s.tick('2026-10-04T09:20:00Z');
  expect((await runsOf(id)).map((run) => [run.purpose, run.state])).toContainEqual(['sync', 'cancelled']);
  await s.sandbox.control.changeAudience((await audienceOf('let-go'))?.id ?? '', { failReplace: true });
  expect(await s.tick('2026-10-04T12:00:00Z')).toMatchObject({ finished: 1 });
  expect((await audienceOf('let-go'))?.members).toBe(0);
});

it('adds what had no time left also for a campaign that was stopped: who is not added now would be in the audience no more', async () => {
  const id = await campaign('out-of-time', '2026-10-05', 21_000);
  await move(['out-of-time-0'], 'elsewhere', '2026-10-05T20:00:00Z');
  await s.sandbox.control.fault({ kind: 'error', method: 'POST', route: '/usersreplace$', nth: 3, times: 0, status: 500, code: 2 });
  await s.tick('2026-10-06T09:00:00Z');
  await stopCampaign(s.db, s.workspaceId, id, new Date('2026-10-06T09:05:00Z'));
  await s.sandbox.control.clock({ advanceMs: 91 * 60_000 });
  await s.sandbox.control.clearFaults();
  expect(await s.tick('2026-10-06T10:31:00Z')).toMatchObject({ finished: 1 });
  expect((await audienceOf('out-of-time'))?.members).toBe(20_999);
});

it('reports the unreadable rows of a replacement, and leaves out nobody else', async () => {
  const id = await campaign('unreadable', '2026-09-26', 3);
  await move(['unreadable-7'], 'unreadable', '2026-09-26T20:00:00Z');
  // Facebook knows the digest of nothing; intake would never store it.
  const empty = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
  await s.db.sql`
    update profile_identifiers set email = decode(${empty}, 'hex'), fingerprint = 1
    where profile_id = (select profile_id from profile_ids where value = 'unreadable-7')`;
  await s.tick('2026-09-27T09:00:00Z');
  expect(await s.held('unreadable')).toEqual(digests(people('unreadable', 3)));
  expect(await lastRun(id)).toMatchObject({ state: 'confirmed', sendBy: 'replace', added: 0, invalid: 1 });
  expect(await s.db.sql`select reason from rejects where run_id = ${(await lastRun(id))?.id ?? 0}`).toHaveLength(1);
});

it('replaces nothing where every part is refused down to a single row, and forgets nobody who was to leave', async () => {
  await campaign('all-refused', '2026-09-28', 3);
  await move(['all-refused-0'], 'elsewhere', '2026-09-28T20:00:00Z');
  await s.sandbox.control.fault({ kind: 'error', method: 'POST', route: '/usersreplace$', times: 0, status: 500, code: 1, subcode: 99 });
  await s.tick('2026-09-29T09:00:00Z');
  expect(await ways()).toEqual(['usersreplace', 'users']);
  expect(await s.held('all-refused')).toEqual(digests(['all-refused-1', 'all-refused-2']));
});
