import { eq } from 'drizzle-orm';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { runNow, stopCampaign } from '@/db/campaign-states';
import { campaignDetail, saveDraft } from '@/db/campaigns';
import { eraseProfile } from '@/db/erasures';
import { saveExclusions } from '@/db/exclusions';
import { profileOfUser } from '@/db/profiles';
import { listReceipts } from '@/db/removals';
import { cancelRun, retryRun, undoLastRun } from '@/db/run-commands';
import { campaigns, syncRuns } from '@/db/schema';
import { type CampaignDraft, campaignPlanSchema } from '@/lib/campaign/plan';
import { dryRun } from '@/lib/sync/dry-run';
import { sandboxAccounts } from '@/tests/support/sandbox';
import { digestOfEmail, emailOf, type Story, story } from '@/tests/support/story';

/** Who is in the ledger is at Facebook: also where people share identifiers and something was cut, put off, tried again or overtaken between a removal and an addition. */

let s: Story;
beforeAll(async () => {
  s = await story('UTC');
  await s.sandbox.control.settings({ matchRate: 1 });
  await saveExclusions(s.db, s.workspaceId, { excludeSegments: [], consentProperty: 'ads' }, new Date('2026-01-01T00:00:00Z'));
});
afterAll(() => s.sandbox.stop());
afterEach(async () => {
  await s.sandbox.control.clearFaults();
  await s.sandbox.control.settings({ removalFloor: 0 });
  await s.db.orm.update(campaigns).set({ state: 'archived' });
});

const daily = (start: string) => ({ kind: 'every', every: { days: 1 }, time: '09:00', zone: 'UTC', start }) as const;
const who = (name: string) => ({ property: 'story', op: 'is', value: name }) as never;
const identify = (userId: string, name: string, traits: Record<string, unknown> = {}) => ({
  type: 'identify',
  userId,
  traits: { email: emailOf(userId), story: name, ...traits },
});
/** One e-mail of several people. */
const family = (name: string) => ({ email: `${name}@example.com` });
const phone = (last: number) => `+9198765000${String(last).padStart(2, '0')}`;
const runsOf = (id: string) => s.db.orm.select().from(syncRuns).where(eq(syncRuns.campaignId, id)).orderBy(syncRuns.occurrenceAt);
const lastRun = async (id: string) => (await runsOf(id)).at(-1)?.id ?? 0;
const audienceId = async (name: string) => (await s.sandbox.control.audiences()).find((each) => each.name === name)?.id ?? '';
const digests = (...emails: string[]) => emails.map(digestOfEmail).sort();
const membersOf = async (id: string) => (await campaignDetail(s.db, s.workspaceId, id)).members;

const campaign = (name: string, at: string, plan: Partial<CampaignDraft> = {}) =>
  s.campaign(
    {
      name,
      definition: who(name),
      audience: { new: { name } },
      schedule: daily(at.slice(0, 10)),
      changeBrakePercent: null,
      identifiers: ['email', 'phone'],
      ...plan,
    },
    at,
  );

describe('whoever was to be added again after a removal that was taken', () => {
  it('is, by the next run, where the addition failed', async () => {
    await s.send([identify('c0', 'c'), identify('c1', 'c')], '2026-07-01T08:00:00Z');
    await campaign('c', '2026-07-01T08:00:00Z');
    await s.tick('2026-07-01T09:00:00Z');
    await s.send([identify('c0', 'c', { email: 'fresh@example.com' })], '2026-07-01T20:00:00Z');
    await s.sandbox.control.fault({ kind: 'error', method: 'POST', route: '/users$', times: 1, status: 400, code: 194 });
    await s.tick('2026-07-02T09:00:00Z');
    await s.tick('2026-07-03T09:00:00Z');
    expect(await s.held('c')).toEqual(digests('fresh@example.com', emailOf('c1')));
  });

  it('is, by the next run, where it was cancelled', async () => {
    const shared = [identify('s0', 's', family('s')), identify('s1', 's', { ...family('s'), phone: phone(1) }), identify('s2', 's')];
    await s.send(shared, '2026-07-05T08:00:00Z');
    const id = await campaign('s', '2026-07-05T08:00:00Z');
    await s.tick('2026-07-05T09:00:00Z');
    await s.send([identify('s0', 'elsewhere', family('s'))], '2026-07-05T20:00:00Z');
    await s.sandbox.control.fault({ kind: 'error', method: 'POST', route: '/users$', times: 0, status: 500, code: 2 });
    await s.tick('2026-07-06T09:00:00Z');
    await s.sandbox.control.clearFaults();
    await cancelRun(s.db, s.workspaceId, await lastRun(id), new Date('2026-07-06T09:05:00Z'));
    await s.tick('2026-07-07T09:00:00Z');
    expect(await s.held('s')).toEqual(digests('s@example.com', emailOf('s2')));
  });

  it('is, where the removal was put off and is tried again: a sharer, and one whose row has changed', async () => {
    await s.send(
      [
        identify('r0', 'r', family('r')),
        identify('r1', 'r', { ...family('r'), phone: phone(2) }),
        identify('r2', 'r', { phone: phone(3) }),
      ],
      '2026-07-09T08:00:00Z',
    );
    const id = await campaign('r', '2026-07-09T08:00:00Z');
    await s.tick('2026-07-09T09:00:00Z');
    await s.send([identify('r0', 'elsewhere', family('r'))], '2026-07-09T20:00:00Z');
    await s.send([identify('r2', 'r', { email: 'r-new@example.com', phone: phone(3) })], '2026-07-09T20:00:00Z');
    await s.sandbox.control.settings({ removalFloor: 100 });
    await s.tick('2026-07-10T09:00:00Z');
    await s.sandbox.control.settings({ removalFloor: 0 });
    await retryRun(s.db, s.workspaceId, await lastRun(id), new Date('2026-07-10T10:00:00Z'));
    await s.tick('2026-07-10T10:00:01Z');
    expect(await s.held('r')).toEqual(digests('r@example.com', 'r-new@example.com'));
    expect(await membersOf(id)).toBe(2);
  });

  it('is, where a withdrawal overtook the run that removes', async () => {
    await s.send(
      [
        identify('w0', 'w', family('w')),
        identify('w1', 'w', { ...family('w'), phone: phone(4) }),
        identify('w2', 'w', { ...family('w'), phone: phone(5) }),
        identify('w3', 'w'),
      ],
      '2026-07-11T08:00:00Z',
    );
    const id = await campaign('w', '2026-07-11T08:00:00Z');
    await s.tick('2026-07-11T09:00:00Z');
    await s.send([identify('w0', 'elsewhere', family('w'))], '2026-07-11T20:00:00Z');
    const flagged = { status: 400, code: 2650, subcode: 1713230 };
    await s.sandbox.control.fault({ kind: 'error', method: 'DELETE', route: '/users$', times: 0, ...flagged });
    await s.tick('2026-07-12T09:00:00Z');
    await s.sandbox.control.clearFaults();
    await s.send([identify('w1', 'w', { ...family('w'), ads: 'No' })], '2026-07-12T09:00:30Z');
    await s.tick('2026-07-12T09:01:00Z');
    await s.tick('2026-07-12T09:10:00Z');
    expect(await s.held('w')).toEqual(digests('w@example.com', emailOf('w3')));
    expect(await membersOf(id)).toBe(2);
  });

  it('is found by the row that was sent, where nobody renews it any more', async () => {
    await s.send([identify('x0', 'x', family('x')), identify('x1', 'x', { ...family('x'), phone: phone(6) })], '2026-07-15T08:00:00Z');
    const id = await campaign('x', '2026-07-15T08:00:00Z', { mode: 'add' });
    await s.tick('2026-07-15T09:00:00Z');
    await s.send([identify('x1', 'elsewhere', { email: 'x1-new@example.com' })], '2026-07-15T10:00:00Z');
    await s.send([identify('x0', 'x', { ...family('x'), ads: 'no' })], '2026-07-15T11:00:00Z');
    await s.tick('2026-07-15T11:00:01Z');
    expect(await s.held('x')).toEqual(digests('x@example.com'));
    expect(await membersOf(id)).toBe(1);
  });
});

it('forgets nobody because the ad account is hidden for a while: an erasure waits, and whoever left leaves', async () => {
  await s.send(
    ['z0', 'z1', 'z2'].map((userId) => identify(userId, 'z')),
    '2026-07-17T08:00:00Z',
  );
  const id = await campaign('z', '2026-07-17T08:00:00Z');
  await s.tick('2026-07-17T09:00:00Z');
  const { roles } = (await s.sandbox.control.changeAccount(sandboxAccounts.main, {})) as { roles: Record<string, string[]> };
  await s.sandbox.control.changeAccount(sandboxAccounts.main, { roles: {} });
  await eraseProfile(s.db, s.workspaceId, await profileOfUser(s.db, s.workspaceId, 'z0'), null, new Date('2026-07-17T10:00:00Z'));
  await s.send([identify('z1', 'gone')], '2026-07-17T10:00:00Z');
  await s.tick('2026-07-17T10:00:01Z');
  expect((await listReceipts(s.db, s.workspaceId))[0]).toMatchObject({ finishedAt: null, removals: [{ outcome: null }] });
  const blocker = { action: 'fix', message: expect.stringMatching(/ad account of the audience cannot be seen/) };
  expect(await campaignDetail(s.db, s.workspaceId, id)).toMatchObject({ state: 'blocked', blocker });
  await s.sandbox.control.changeAccount(sandboxAccounts.main, { roles });
  await s.tick('2026-07-17T10:10:00Z');
  expect((await listReceipts(s.db, s.workspaceId))[0]).toMatchObject({ finishedAt: expect.any(Date), removals: [{ outcome: 'removed' }] });
  await s.tick('2026-07-18T09:00:00Z');
  expect(await s.held('z')).toEqual(digests(emailOf('z2')));
});

it('leaves the members of a campaign that is stopped so while it empties at its end, or that is given another end', async () => {
  const limit = { kind: 'error', method: 'DELETE', route: '/users$', times: 1, status: 400, code: 80003 } as const;
  await s.send([identify('e0', 'e'), identify('e1', 'e'), identify('g0', 'g')], '2026-07-19T08:00:00Z');
  const ends = { schedule: { kind: 'now' }, atEnd: 'empty' } as const;
  await s.sandbox.control.fault({ ...limit, times: 0 });
  const stopped = await campaign('e', '2026-07-19T08:00:00Z', ends);
  await s.tick('2026-07-19T08:00:00Z');
  await stopCampaign(s.db, s.workspaceId, stopped, new Date('2026-07-19T08:00:30Z'), 'leave');
  await s.sandbox.control.clearFaults();
  await s.tick('2026-07-19T10:30:00Z');
  expect(await s.held('e')).toHaveLength(2);
  expect((await runsOf(stopped)).map((run) => [run.purpose, run.state])).toEqual([
    ['sync', 'confirmed'],
    ['empty', 'cancelled'],
  ]);
});

it('is not failed by an errand that failed, and does not keep its audience from the next campaign', async () => {
  await s.send([identify('f9', 'ff'), identify('f0', 'f'), identify('f1', 'f')], '2026-07-21T08:00:00Z');
  const now = { kind: 'now' } as const;
  await campaign('made', '2026-07-21T08:00:00Z', { definition: who('ff'), schedule: now });
  await s.tick('2026-07-21T08:00:01Z');
  await s.db.orm.update(campaigns).set({ state: 'archived' });
  const audience = { existing: await audienceId('made') };
  const over = await campaign('f', '2026-07-21T09:00:00Z', { audience, schedule: now });
  await s.tick('2026-07-21T09:00:01Z');
  const next = await campaign('next', '2026-07-21T10:00:00Z', { definition: who('ff'), audience, schedule: daily('2026-07-22') });
  await s.send([identify('f0', 'f', { ads: 'no' })], '2026-07-21T11:00:00Z');
  await s.sandbox.control.fault({ kind: 'error', method: 'DELETE', route: '/users$', times: 1, status: 400, code: 194 });
  await s.tick('2026-07-21T11:00:01Z');
  expect((await runsOf(over)).at(-1)).toMatchObject({ purpose: 'withdraw', state: 'failed' });
  expect((await campaignDetail(s.db, s.workspaceId, over)).state).toBe('completed');
  await runNow(s.db, s.workspaceId, next, new Date('2026-07-21T11:30:00Z'));
});

it('is rehearsed, before the first run, with the identifiers that are chosen now', async () => {
  await s.send([identify('d0', 'd', { phone: phone(7) }), identify('d1', 'd')], '2026-07-23T08:00:00Z');
  const id = await campaign('d', '2026-07-23T08:00:00Z', { schedule: daily('2026-07-24') });
  const { draft } = await campaignDetail(s.db, s.workspaceId, id);
  await saveDraft(s.db, s.workspaceId, id, { ...draft, identifiers: ['phone'] }, new Date('2026-07-23T09:00:00Z'));
  const plan = campaignPlanSchema.parse((await campaignDetail(s.db, s.workspaceId, id)).draft);
  expect(await dryRun(s.db, s.workspaceId, plan, new Date('2026-07-23T09:00:00Z'), id)).toMatchObject({ join: 1, unreachable: 1 });
});

it('takes out the old row of who has stopped to qualify in an add-only audience', async () => {
  await s.send([identify('b0', 'b'), identify('b1', 'b')], '2026-07-25T08:00:00Z');
  await campaign('b', '2026-07-25T08:00:00Z', { mode: 'add' });
  await s.tick('2026-07-25T09:00:00Z');
  await s.send([identify('b0', 'b', { email: 'b0-new@example.com' })], '2026-07-25T20:00:00Z');
  await s.sandbox.control.settings({ removalFloor: 100 });
  await s.tick('2026-07-26T09:00:00Z');
  await s.sandbox.control.settings({ removalFloor: 0 });
  await s.send([identify('b0', 'elsewhere', { email: 'b0-new@example.com' })], '2026-07-26T20:00:00Z');
  await s.tick('2026-07-27T09:00:00Z');
  expect(await s.held('b')).toEqual(digests('b0-new@example.com', emailOf('b1')));
});

it('adds again who shares only the old row of somebody who is added again', async () => {
  await s.send(
    [
      identify('y0', 'y', { phone: phone(8) }),
      identify('y1', 'y', { ...family('y'), phone: phone(8) }),
      identify('y2', 'y', { ...family('y'), phone: phone(9) }),
    ],
    '2026-07-28T08:00:00Z',
  );
  await campaign('y', '2026-07-28T08:00:00Z');
  await s.tick('2026-07-28T09:00:00Z');
  await s.send([identify('y1', 'y', { email: 'y1-new@example.com' })], '2026-07-28T20:00:00Z');
  await s.sandbox.control.settings({ removalFloor: 100 });
  await s.tick('2026-07-29T09:00:00Z');
  await s.sandbox.control.settings({ removalFloor: 0 });
  await s.send([identify('y0', 'y', { ads: 'no' })], '2026-07-29T10:00:00Z');
  await s.tick('2026-07-29T10:00:01Z');
  expect(await s.held('y')).toEqual(digests('y1-new@example.com', 'y@example.com'));
});

it('takes out whom a list of nobody would have replaced', async () => {
  await s.send([identify('n0', 'n'), identify('n1', 'n')], '2026-07-30T08:00:00Z');
  await campaign('n', '2026-07-30T08:00:00Z', { sendBy: 'replace' });
  await s.tick('2026-07-30T09:00:00Z');
  await s.send([identify('n0', 'elsewhere'), identify('n1', 'elsewhere'), identify('n2', 'n')], '2026-07-30T20:00:00Z');
  await s.sandbox.control.fault({ kind: 'error', route: '/usersreplace$', times: 1, status: 500, code: 2 });
  await s.tick('2026-07-31T09:00:00Z');
  await eraseProfile(s.db, s.workspaceId, await profileOfUser(s.db, s.workspaceId, 'n2'), null, new Date('2026-07-31T09:00:30Z'));
  await s.tick('2026-07-31T10:00:00Z');
  expect(await s.held('n')).toEqual([]);
});

describe('what is tried again and decides on a few only', () => {
  it('takes out by an undo whose removals were put off, and puts in whose additions failed', async () => {
    await s.send([identify('v0', 'v'), identify('v1', 'v'), identify('v3', 'v')], '2026-08-01T08:00:00Z');
    const id = await campaign('v', '2026-08-01T08:00:00Z');
    await s.tick('2026-08-01T09:00:00Z');
    await s.send([identify('v1', 'gone'), identify('v2', 'v')], '2026-08-01T20:00:00Z');
    await s.tick('2026-08-02T09:00:00Z');
    await s.sandbox.control.settings({ removalFloor: 100 });
    await undoLastRun(s.db, s.workspaceId, id, new Date('2026-08-02T10:00:00Z'));
    await s.sandbox.control.fault({ kind: 'error', method: 'POST', route: '/users$', times: 1, status: 400, code: 194 });
    await s.tick('2026-08-02T10:00:01Z');
    await s.sandbox.control.settings({ removalFloor: 0 });
    await retryRun(s.db, s.workspaceId, await lastRun(id), new Date('2026-08-02T11:00:00Z'));
    await s.tick('2026-08-02T11:00:01Z');
    expect(await s.held('v')).toEqual(digests(emailOf('v0'), emailOf('v1'), emailOf('v3')));
    expect((await runsOf(id)).at(-1)).toMatchObject({ purpose: 'undo', state: 'confirmed', added: 1, removed: 1 });
    expect(await membersOf(id)).toBe(3);
  });

  it('adds again, by a withdrawal, who shares an identifier with one who was taken out before', async () => {
    const others = [3, 4, 5, 6].map((n) => identify(`yw${n}`, 'yw'));
    const two = [identify('yw0', 'yw', family('yw')), identify('yw1', 'yw', { ...family('yw'), phone: phone(10) }), identify('yw2', 'yw')];
    await s.send([...two, ...others], '2026-08-05T08:00:00Z');
    const id = await campaign('yw', '2026-08-05T08:00:00Z', { schedule: { kind: 'now' } });
    await s.tick('2026-08-05T08:00:00Z');
    await s.send([identify('yw0', 'yw', { ...family('yw'), ads: 'no' }), identify('yw2', 'yw', { ads: 'no' })], '2026-08-05T10:00:00Z');
    await s.sandbox.control.settings({ removalFloor: 5 });
    await s.sandbox.control.fault({ kind: 'error', method: 'POST', route: '/users$', times: 1, status: 400, code: 194 });
    await s.tick('2026-08-05T10:00:01Z');
    await s.sandbox.control.settings({ removalFloor: 0 });
    await retryRun(s.db, s.workspaceId, await lastRun(id), new Date('2026-08-05T11:00:00Z'));
    await s.tick('2026-08-05T11:00:01Z');
    expect(await s.held('yw')).toEqual(digests('yw@example.com', ...[3, 4, 5, 6].map((n) => emailOf(`yw${n}`))));
    expect(await membersOf(id)).toBe(5);
  });

  it('is called off by a stop that leaves the members, where it was to empty at the end', async () => {
    await s.send([identify('h0', 'h'), identify('h1', 'h')], '2026-08-07T08:00:00Z');
    await s.sandbox.control.fault({ kind: 'error', method: 'DELETE', route: '/users$', times: 1, status: 400, code: 194 });
    const id = await campaign('h', '2026-08-07T08:00:00Z', { schedule: { kind: 'now' }, atEnd: 'empty' });
    await s.tick('2026-08-07T08:00:00Z');
    expect((await campaignDetail(s.db, s.workspaceId, id)).state).toBe('failed');
    await retryRun(s.db, s.workspaceId, await lastRun(id), new Date('2026-08-07T09:00:00Z'));
    await stopCampaign(s.db, s.workspaceId, id, new Date('2026-08-07T09:00:01Z'), 'leave');
    await s.tick('2026-08-07T09:00:02Z');
    expect(await s.held('h')).toHaveLength(2);
  });
});

it('sends again whom another campaign on the same audience has dropped by sending its whole list', async () => {
  await s.send([identify('k0', 'k'), identify('k1', 'k'), identify('m0', 'm'), identify('m1', 'm')], '2026-08-10T08:00:00Z');
  const now = { kind: 'now' } as const;
  const whole = await campaign('k', '2026-08-10T08:00:00Z', { schedule: now, sendBy: 'replace' });
  await s.tick('2026-08-10T08:00:00Z');
  const existing = { existing: await audienceId('k') };
  const beside = await campaign('m', '2026-08-10T09:00:00Z', { schedule: now, audience: existing });
  await s.tick('2026-08-10T09:00:00Z');
  await s.send([identify('k2', 'k')], '2026-08-10T10:00:00Z');
  await runNow(s.db, s.workspaceId, whole, new Date('2026-08-10T11:00:00Z'));
  await s.tick('2026-08-10T11:00:01Z');
  expect(await s.held('k')).toHaveLength(3);
  await runNow(s.db, s.workspaceId, beside, new Date('2026-08-10T12:00:00Z'));
  await s.tick('2026-08-10T12:00:01Z');
  expect(await s.held('k')).toHaveLength(5);
});

it('counts an unreadable row of a run that is tried again once', async () => {
  await s.send([identify('nr0', 'nr'), identify('nr1', 'nr'), identify('nr2', 'nr')], '2026-08-12T08:00:00Z');
  const id = await campaign('nr', '2026-08-12T08:00:00Z');
  await s.tick('2026-08-12T09:00:00Z');
  await s.send([identify('nr0', 'elsewhere'), identify('nr3', 'nr')], '2026-08-12T20:00:00Z');
  // Facebook knows the digest of nothing; intake would never store it.
  const empty = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
  await s.db.sql`
    update profile_identifiers set email = decode(${empty}, 'hex'), fingerprint = 1
    where profile_id = (select profile_id from profile_ids where value = 'nr3')`;
  await s.sandbox.control.settings({ removalFloor: 100 });
  await s.tick('2026-08-13T09:00:00Z');
  await s.sandbox.control.settings({ removalFloor: 0 });
  await retryRun(s.db, s.workspaceId, await lastRun(id), new Date('2026-08-13T10:00:00Z'));
  await s.tick('2026-08-13T10:00:01Z');
  expect((await runsOf(id)).at(-1)).toMatchObject({ state: 'confirmed', invalid: 1, removed: 1 });
  expect(await s.db.sql`select 1 from rejects where run_id = ${await lastRun(id)}`).toHaveLength(1);
});
