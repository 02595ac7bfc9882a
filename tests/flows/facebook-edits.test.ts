import { eq } from 'drizzle-orm';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { stopCampaign } from '@/db/campaign-states';
import { campaignDetail } from '@/db/campaigns';
import { saveExclusions } from '@/db/exclusions';
import { remakeAudience } from '@/db/remake-audience';
import { campaigns, syncRuns } from '@/db/schema';
import type { CampaignDraft } from '@/lib/campaign/plan';
import { sandboxAccounts } from '@/tests/support/sandbox';
import { digestOfEmail, emailOf, type Story, story } from '@/tests/support/story';

/** What people do at Facebook to the ad sets and audiences of campaigns, and several campaigns at the same ad set. */

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
  await s.db.orm.update(campaigns).set({ state: 'archived' });
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
const stateOf = async (id: string) => (await s.db.orm.select().from(campaigns).where(eq(campaigns.id, id)))[0];
const runsOf = (id: string) => s.db.orm.select().from(syncRuns).where(eq(syncRuns.campaignId, id)).orderBy(syncRuns.occurrenceAt);
const audienceOf = async (name: string) => (await s.sandbox.control.audiences()).find((each) => each.name === name && !each.deleted);
const targetingOf = async (adSetId = '') => (await s.sandbox.control.adSet(adSetId)).targeting;

async function campaign(name: string, at: string, n: number, plan: Partial<CampaignDraft> = {}): Promise<string> {
  await s.send(
    people(name, n).map((userId) => identify(userId, name)),
    at,
  );
  return s.campaign({ name, definition: who(name), audience: { new: { name } }, schedule: daily(at.slice(0, 10)), ...plan }, at);
}

async function shows(adSetId: string | undefined, name: string): Promise<boolean> {
  const id = (await audienceOf(name))?.id;
  return ((await targetingOf(adSetId)).custom_audiences ?? []).some((each) => each.id === id);
}

describe('an ad set', () => {
  it('that somebody has edited gets our audience back, keeps what they added, and it is told', async () => {
    const [adSetId = ''] = adSetIds;
    await campaign('theirs', '2026-10-01T08:00:00Z', 1, { schedule: { kind: 'now' } });
    const id = await campaign('edited', '2026-10-01T08:00:00Z', 2, { adSets: [{ id: adSetId, name: 'Spring', as: 'include' }] });
    await s.tick('2026-10-01T09:00:00Z');
    expect((await runsOf(id)).at(-1)?.mended).toEqual([]);
    const theirs = { id: (await audienceOf('theirs'))?.id ?? '' };
    const edited = { ...(await targetingOf(adSetId)), age_min: 30, custom_audiences: [theirs] };
    await s.sandbox.control.changeAdSet(adSetId, { targeting: edited });
    await s.tick('2026-10-02T09:00:00Z');
    expect([await shows(adSetId, 'edited'), await shows(adSetId, 'theirs')]).toEqual([true, true]);
    expect((await targetingOf(adSetId)).age_min).toBe(30);
    expect((await runsOf(id)).at(-1)?.mended).toEqual(['Spring']);
    await s.tick('2026-10-03T09:00:00Z');
    expect((await runsOf(id)).at(-1)?.mended).toEqual([]);
  });

  it('whose settings Facebook does not take blocks a live campaign, named, and is asked about no more often than one that is deleted', async () => {
    const adSetId = adSetIds[2] ?? '';
    const id = await s.campaign(
      {
        name: 'payor',
        schedule: { kind: 'live', zone: 'UTC' },
        trigger: { on: [{ did: 'Looked' }] } as never,
        audience: { new: { name: 'payor' } },
        adSets: [{ id: adSetId, name: 'Winter', as: 'include' }],
      },
      '2026-10-20T08:00:00Z',
    );
    await s.sandbox.control.clearRequests();
    await s.sandbox.control.fault({
      kind: 'error',
      method: 'POST',
      route: `/${adSetId}$`,
      status: 400,
      code: 100,
      subcode: 3858079,
      times: 0,
    });
    await s.tick('2026-10-20T08:00:00Z');
    expect((await s.sandbox.control.requests()).filter(({ method, path }) => method === 'POST' && path.endsWith(adSetId))).toHaveLength(1);
    expect(await stateOf(id)).toMatchObject({ state: 'blocked', blocker: { action: 'fix', message: expect.stringContaining('“Winter”') } });
    await s.sandbox.control.clearFaults();
    await s.tick('2026-10-20T08:04:00Z');
    expect(await shows(adSetId, 'payor')).toBe(true);
    expect((await stateOf(id))?.state).toBe('running');
  });

  it('that several campaigns point at the same moment has the audiences of all of them', async () => {
    const adSetId = adSetIds[1] ?? '';
    const names = ['first', 'second', 'third', 'fourth'];
    for (const name of names) await campaign(name, '2026-10-04T08:00:00Z', 1, { adSets: [{ id: adSetId, as: 'include' }] });
    expect(await s.tick('2026-10-04T09:00:00Z')).toMatchObject({ finished: 4 });
    expect(await Promise.all(names.map((name) => shows(adSetId, name)))).toEqual([true, true, true, true]);
  });

  it('that was deleted is named in what blocks the campaign, with the way to choose another, even where it still answers', async () => {
    const adSetId = adSetIds[2] ?? '';
    const id = await campaign('gone-set', '2026-10-05T08:00:00Z', 1, { adSets: [{ id: adSetId, name: 'Autumn', as: 'include' }] });
    await s.tick('2026-10-05T09:00:00Z');
    await s.sandbox.control.changeAdSet(adSetId, { status: 'DELETED' });
    await s.tick('2026-10-06T09:00:00Z');
    expect(await stateOf(id)).toMatchObject({
      state: 'blocked',
      blocker: { action: 'fix', message: 'Ad set “Autumn”: The ad set was deleted.', link: `/campaigns/${id}/edit/where` },
    });
  });
});

describe('an audience that was deleted at Facebook', () => {
  it('blocks its campaign until a person has it made anew; then everybody is sent again', async () => {
    const [adSetId = ''] = adSetIds;
    const id = await campaign('deleted', '2026-10-07T08:00:00Z', 3, { adSets: [{ id: adSetId, as: 'include' }] });
    await s.tick('2026-10-07T09:00:00Z');
    await s.sandbox.control.deleteAudience((await audienceOf('deleted'))?.id ?? '');
    await s.tick('2026-10-08T09:00:00Z');
    expect(await stateOf(id)).toMatchObject({ state: 'blocked', blocker: { action: 'remake' } });
    await remakeAudience(s.db, s.workspaceId, id, new Date('2026-10-08T10:00:00Z'));
    expect(await s.tick('2026-10-08T10:00:01Z')).toMatchObject({ finished: 1 });
    expect(await s.held('deleted')).toEqual(digests(people('deleted', 3)));
    expect(await shows(adSetId, 'deleted')).toBe(true);
    expect((await runsOf(id)).at(-1)).toMatchObject({ mended: [], added: 3, toAdd: 3 });
    expect(await stateOf(id)).toMatchObject({ state: 'awaiting_next', blocker: null });
    expect((await campaignDetail(s.db, s.workspaceId, id)).members).toBe(3);
    await expect(remakeAudience(s.db, s.workspaceId, id, new Date())).rejects.toThrow(/not known to be gone/);
  });

  it('is counted once and pointed at again where it had taken some before it was deleted', async () => {
    const adSetId = adSetIds[3] ?? '';
    const plan = { adSets: [{ id: adSetId, as: 'include' as const }], schedule: { kind: 'now' as const } };
    const id = await campaign('halfway', '2026-10-08T11:00:00Z', 10_001, plan);
    const gone = { status: 400, code: 100, subcode: 1487366 };
    await s.sandbox.control.fault({ kind: 'error', method: 'POST', route: '/users$', nth: 2, times: 0, ...gone });
    await s.tick('2026-10-08T11:00:00Z');
    // As a live run has that lay open before.
    await s.db.orm.update(syncRuns).set({ mended: [] }).where(eq(syncRuns.campaignId, id));
    await s.sandbox.control.deleteAudience((await audienceOf('halfway'))?.id ?? '');
    await s.sandbox.control.clearFaults();
    await remakeAudience(s.db, s.workspaceId, id, new Date('2026-10-08T12:00:00Z'));
    expect(await s.tick('2026-10-08T12:00:01Z')).toMatchObject({ finished: 1 });
    expect((await runsOf(id)).at(-1)).toMatchObject({ state: 'confirmed', added: 10_001, received: 10_001, mended: [] });
    expect(await shows(adSetId, 'halfway')).toBe(true);
  });

  it('is noticed in the middle of sending, too', async () => {
    const id = await campaign('midway', '2026-10-09T08:00:00Z', 3, { schedule: { kind: 'now' } });
    await s.sandbox.control.fault({ kind: 'error', method: 'POST', route: '/users$', times: 0, status: 400, code: 100, subcode: 1487366 });
    await s.tick('2026-10-09T08:00:00Z');
    expect(await stateOf(id)).toMatchObject({ state: 'blocked', blocker: { action: 'remake' } });
  });

  it('is nothing that a withdrawn consent has to be carried out in', async () => {
    await saveExclusions(s.db, s.workspaceId, { excludeSegments: [], consentProperty: 'ads' }, new Date('2026-10-10T07:00:00Z'));
    const id = await campaign('withdrawn', '2026-10-10T08:00:00Z', 2);
    await s.tick('2026-10-10T09:00:00Z');
    await stopCampaign(s.db, s.workspaceId, id, new Date('2026-10-10T09:30:00Z'));
    await s.sandbox.control.deleteAudience((await audienceOf('withdrawn'))?.id ?? '');
    await s.send([identify('withdrawn-0', 'withdrawn', { ads: false })], '2026-10-10T10:00:00Z');
    expect(await s.tick('2026-10-10T10:01:00Z')).toMatchObject({ queued: 1, finished: 1 });
    expect((await runsOf(id)).at(-1)).toMatchObject({ purpose: 'withdraw', state: 'confirmed' });
    expect((await campaignDetail(s.db, s.workspaceId, id)).members).toBe(0);
  });
});
