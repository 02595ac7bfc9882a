import { eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pauseCampaign, resumeCampaign, stopCampaign } from '@/db/campaign-states';
import { campaignDetail, saveDraft, scheduleCampaign } from '@/db/campaigns';
import { saveExclusions } from '@/db/exclusions';
import { sweepLive } from '@/db/live-settle';
import { cancelRun } from '@/db/run-commands';
import { runsOfCampaign } from '@/db/runs';
import { audienceStays, audiences, campaigns, liveArrivals, liveStays, liveTouched, liveWakes } from '@/db/schema';
import { saveSegment } from '@/db/segments';
import type { CampaignDraft } from '@/lib/campaign/plan';
import { flushLive } from '@/lib/live/pump';
import { settleLive } from '@/lib/live/settle';
import { sandboxAccounts } from '@/tests/support/sandbox';
import { digestOfEmail, emailOf, type Story, story } from '@/tests/support/story';

let s: Story;
beforeAll(async () => {
  s = await story('UTC');
});
afterAll(() => s.sandbox.stop());

const schedule = { kind: 'live', zone: 'UTC' } as const;
const emails = (...names: string[]) => names.map((name) => digestOfEmail(emailOf(name))).sort();
const people = ['ann', 'bob', 'cid', 'dee', 'eve', 'fay', 'gus', 'hal'];
const did = (event: string, ...names: string[]) => names.map((userId) => ({ type: 'track', userId, event }));

/** What the running process does within two seconds: settles, waits for others to gather, flushes. */
async function pumped(at: string): Promise<void> {
  const later = new Date(Date.parse(at) + 1_000).toISOString();
  await settleLive(s.engine(at), new Date(at));
  await flushLive(s.engine(later));
}

/** Begins at `at`, with its first run open. @param name of the campaign and of its audience. */
async function live(name: string, plan: Partial<CampaignDraft>, at: string): Promise<string> {
  const id = await s.campaign({ name, schedule, audience: { new: { name } }, ...plan }, at);
  await s.tick(at);
  return id;
}

describe('a live campaign', () => {
  beforeAll(async () => {
    await s.send(
      people.map((userId) => ({ type: 'identify', userId, traits: { email: emailOf(userId), plan: 'free' } })),
      '2026-05-01T08:00:00Z',
    );
    // What is listened to may be known or not when a campaign begins.
    await s.send(did('Viewed', 'ann'), '2026-05-01T08:00:00Z');
  });

  it('takes in who does the event from its start on, at once, and lets go who does an exit event', async () => {
    const exit = [{ did: 'Bought' }];
    const id = await live('By event', { trigger: { on: [{ did: 'Viewed' }] }, exit }, '2026-05-01T09:00:00Z');
    expect(await s.held('By event')).toEqual([]);
    await s.send(did('Viewed', 'bob', 'cid'), '2026-05-01T09:00:10Z');
    await pumped('2026-05-01T09:00:10Z');
    expect(await s.held('By event')).toEqual(emails('bob', 'cid'));
    await s.send([...did('Bought', 'bob'), ...did('Viewed', 'dee')], '2026-05-01T09:01:00Z');
    await pumped('2026-05-01T09:01:00Z');
    expect(await s.held('By event')).toEqual(emails('cid', 'dee'));
    const [run, ...others] = await runsOfCampaign(s.db, s.workspaceId, id);
    expect(others).toEqual([]);
    expect(run).toMatchObject({ state: 'frozen', live: true, added: 3, removed: 1, toAdd: 3, toRemove: 1 });
    const cancelling = cancelRun(s.db, s.workspaceId, run?.id ?? 0, new Date('2026-05-01T09:01:30Z'));
    await expect(cancelling).rejects.toThrow('Pause the campaign to stop that.');
  });

  it('counts an exit that arrived before what it ends, and not one that happened before', async () => {
    await s.send(did('Bought', 'eve', 'fay'), '2026-05-01T09:02:00Z');
    await s.send([{ ...did('Viewed', 'eve')[0], timestamp: '2026-05-01T09:01:30Z' }], '2026-05-01T09:02:10Z');
    await s.send(did('Viewed', 'fay'), '2026-05-01T09:02:20Z');
    await pumped('2026-05-01T09:02:20Z');
    expect(await s.held('By event')).toEqual(emails('cid', 'dee', 'fay'));
  });

  it('is not started by what comes two hours late, or is dated ahead', async () => {
    await s.send([{ ...did('Viewed', 'gus')[0], timestamp: '2026-05-01T09:00:30Z' }], '2026-05-01T11:00:40Z');
    await s.send([{ ...did('Viewed', 'hal')[0], timestamp: '2026-05-01T11:04:00Z' }], '2026-05-01T11:01:00Z');
    await pumped('2026-05-01T11:01:00Z');
    expect(await s.held('By event')).toEqual(emails('cid', 'dee', 'fay'));
  });

  it('lets go whose stay is over, and counts it from the last time', async () => {
    const trigger = { on: [{ did: 'Rang', where: [{ property: 'tone', op: 'is' as const, value: 'low' }] }] };
    await live('By stay', { trigger, stayDays: 1 }, '2026-05-02T09:00:00Z');
    const rang = (tone: string, ...names: string[]) => did('Rang', ...names).map((call) => ({ ...call, properties: { tone } }));
    await s.send([...rang('low', 'ann', 'bob'), ...rang('high', 'cid')], '2026-05-02T09:00:10Z');
    await pumped('2026-05-02T09:00:10Z');
    expect(await s.held('By stay')).toEqual(emails('ann', 'bob'));
    await s.send(rang('low', 'bob'), '2026-05-02T20:00:00Z');
    await s.tick('2026-05-02T20:00:00Z');
    await s.tick('2026-05-03T09:00:00Z');
    expect(await s.held('By stay')).toEqual(emails('ann', 'bob'));
    await pumped('2026-05-03T09:00:10Z');
    expect(await s.held('By stay')).toEqual(emails('bob'));
    await s.tick('2026-05-03T20:00:00Z');
    expect(await s.held('By stay')).toEqual([]);
  });

  it('holds those only whom the narrowing tree selects: within seconds of an event or a property, within the hour of mere time', async () => {
    const definition = {
      all: [
        { property: 'plan', op: 'is' as const, value: 'free' },
        { did: 'Opened', within: { last: { hours: 1 } } },
      ],
    };
    await live('Narrowed', { trigger: { on: [{ did: 'Called' }] }, definition }, '2026-05-04T09:00:00Z');
    await s.send([...did('Opened', 'ann', 'bob'), ...did('Called', 'ann', 'bob', 'cid')], '2026-05-04T09:10:00Z');
    await pumped('2026-05-04T09:10:00Z');
    expect(await s.held('Narrowed')).toEqual(emails('ann', 'bob'));
    await s.send(did('Opened', 'cid'), '2026-05-04T09:20:00Z');
    await s.send([{ type: 'identify', userId: 'ann', traits: { plan: 'paid' } }], '2026-05-04T09:20:00Z');
    await pumped('2026-05-04T09:20:00Z');
    expect(await s.held('Narrowed')).toEqual(emails('bob', 'cid'));
    await s.tick('2026-05-04T11:00:05Z');
    expect(await s.held('Narrowed')).toEqual([]);
  });

  it('listens to what a saved segment asks for that narrows it, also once that is edited', async () => {
    const segment = (did: string) => ({ key: 'keen', name: 'Keen', definition: { not: { did } } });
    await saveSegment(s.db, s.workspaceId, segment('Slept'), null, new Date('2026-05-04T19:00:00Z'));
    const id = await live('Keen', { trigger: { on: [{ did: 'Called' }] }, segment: 'keen' }, '2026-05-04T20:00:00Z');
    await s.send(did('Called', 'ann', 'bob'), '2026-05-04T20:01:00Z');
    await pumped('2026-05-04T20:01:00Z');
    await s.send(did('Slept', 'ann'), '2026-05-04T20:02:00Z');
    await pumped('2026-05-04T20:02:00Z');
    expect(await s.held('Keen')).toEqual(emails('bob'));
    await saveSegment(s.db, s.workspaceId, segment('Yawned'), null, new Date('2026-05-04T20:03:00Z'));
    await s.send(did('Yawned', 'bob'), '2026-05-04T20:04:00Z');
    await pumped('2026-05-04T20:04:00Z');
    expect(await s.held('Keen')).toEqual([]);
    await stopCampaign(s.db, s.workspaceId, id, new Date('2026-05-04T20:05:00Z'), 'leave');
  });

  it('takes in who did the first and not the second in time, however often, late, or over a merge', async () => {
    const trigger = { sequence: [{ did: 'Cart' }, { didNot: 'Paid' }] as [{ did: string }, { didNot: string }], gap: { hours: 1 } };
    await live('Inaction', { trigger, exit: [{ did: 'Paid' }] }, '2026-05-05T09:00:00Z');
    await s.send(did('Cart', 'ann', 'bob', 'cid'), '2026-05-05T09:10:00Z');
    await s.send([{ type: 'track', anonymousId: 'someone', event: 'Cart' }], '2026-05-05T09:10:00Z');
    await pumped('2026-05-05T09:10:00Z');
    await s.send([...did('Paid', 'bob'), ...did('Cart', 'cid')], '2026-05-05T09:30:00Z');
    await s.send([{ type: 'identify', anonymousId: 'someone', userId: 'dee', traits: { plan: 'free' } }], '2026-05-05T09:40:00Z');
    await pumped('2026-05-05T10:09:59Z');
    expect(await s.held('Inaction')).toEqual([]);
    // As after a restart: nothing but what is stored tells whose time is up.
    await s.tick('2026-05-05T10:10:00Z');
    expect(await s.held('Inaction')).toEqual(emails('ann', 'cid', 'dee'));
    await s.send(did('Paid', 'cid'), '2026-05-05T10:20:00Z');
    await pumped('2026-05-05T10:20:00Z');
    await s.tick('2026-05-05T10:30:00Z');
    expect(await s.held('Inaction')).toEqual(emails('ann', 'dee'));
    expect(await s.db.orm.select().from(liveWakes)).toEqual([]);
  });

  it('takes in whose date has come, days before it, each year, and also who tells it on the day', async () => {
    const traits = (userId: string, joinedOn: string) => ({ type: 'identify', userId, traits: { joinedOn } });
    await s.send([traits('ann', '1990-05-10'), traits('bob', '1985-05-11'), traits('cid', '2026-05-10')], '2026-05-06T08:00:00Z');
    const trigger = { date: 'joinedOn', before: { days: 3 }, yearly: true, time: '09:00' };
    await live('By date', { trigger, stayDays: 7 }, '2026-05-06T10:00:00Z');
    await pumped('2026-05-07T08:59:00Z');
    expect(await s.held('By date')).toEqual([]);
    await s.tick('2026-05-07T09:00:00Z');
    expect(await s.held('By date')).toEqual(emails('ann', 'cid'));
    await s.send([traits('dee', '2001-05-10'), traits('eve', '2001-05-12')], '2026-05-07T15:00:00Z');
    await pumped('2026-05-07T15:00:00Z');
    expect(await s.held('By date')).toEqual(emails('ann', 'cid', 'dee'));
    await s.tick('2026-05-08T09:00:00Z');
    expect(await s.held('By date')).toEqual(emails('ann', 'bob', 'cid', 'dee'));
  });

  it('takes in whose birthday it is, of which it knows digests alone; a leap day’s on the 28th in other years', async () => {
    const born = (userId: string, day: string) => ({ type: 'identify', userId, traits: { birthday: day } });
    await s.send([born('ann', '1990-02-28'), born('bob', '1988-02-29'), born('cid', '1990-03-01')], '2026-02-20T08:00:00Z');
    const trigger = { date: '$birthday', yearly: true, after: { days: 1 }, time: '10:00' };
    await live('Birthday', { trigger, stayDays: 1 }, '2026-02-28T12:00:00Z');
    await pumped('2026-03-01T09:59:00Z');
    expect(await s.held('Birthday')).toEqual([]);
    await s.tick('2026-03-01T10:00:00Z');
    expect(await s.held('Birthday')).toEqual(emails('ann', 'bob'));
    await s.send([born('dee', '2000-02-28')], '2026-03-01T11:00:00Z');
    await pumped('2026-03-01T11:00:00Z');
    expect(await s.held('Birthday')).toEqual(emails('ann', 'bob', 'dee'));
    await s.tick('2026-03-02T10:00:00Z');
    expect(await s.held('Birthday')).toEqual(emails('cid'));
  });

  it('knows when it is resumed what happened while it was paused, and sends nothing before', async () => {
    const id = await live('Paused', { trigger: { on: [{ did: 'Waved' }] } }, '2026-05-10T09:00:00Z');
    await pauseCampaign(s.db, s.workspaceId, id, new Date('2026-05-10T09:01:00Z'));
    await s.send(did('Waved', 'ann', 'bob'), '2026-05-10T09:05:00Z');
    await pumped('2026-05-10T09:05:00Z');
    await s.tick('2026-05-10T12:00:00Z');
    expect(await s.held('Paused')).toEqual([]);
    await resumeCampaign(s.db, s.workspaceId, id, new Date('2026-05-10T13:30:00Z'));
    await s.tick('2026-05-10T13:30:01Z');
    expect(await s.held('Paused')).toEqual(emails('ann', 'bob'));
    expect((await runsOfCampaign(s.db, s.workspaceId, id)).map(({ state }) => state).sort()).toEqual(['confirmed', 'frozen']);
    await stopCampaign(s.db, s.workspaceId, id, new Date('2026-05-10T13:31:00Z'), 'remove');
    await s.tick('2026-05-10T13:31:10Z');
    expect(await s.held('Paused')).toEqual([]);
  });

  it('takes out at once who withdraws consent, and listens on', async () => {
    await saveExclusions(s.db, s.workspaceId, { excludeSegments: [], consentProperty: 'ads' }, new Date('2026-05-11T08:00:00Z'));
    const id = await live('Consent', { trigger: { on: [{ did: 'Nodded' }] } }, '2026-05-11T09:00:00Z');
    await s.send(did('Nodded', 'ann', 'bob'), '2026-05-11T09:01:00Z');
    await pumped('2026-05-11T09:01:00Z');
    await s.send([{ type: 'identify', userId: 'ann', traits: { ads: false } }], '2026-05-11T09:02:00Z');
    await s.tick('2026-05-11T09:02:10Z');
    expect(await s.held('Consent')).toEqual(emails('bob'));
    await s.send(did('Nodded', 'cid', 'ann'), '2026-05-11T09:03:00Z');
    await pumped('2026-05-11T09:03:00Z');
    expect(await s.held('Consent')).toEqual(emails('bob', 'cid'));
    const runs = await runsOfCampaign(s.db, s.workspaceId, id);
    expect(runs.map(({ purpose }) => purpose).sort()).toEqual(['sync', 'sync', 'withdraw']);
  });

  it('points its ad sets before anybody is in, and other ones as soon as it is edited; nobody has to come anew', async () => {
    const main = sandboxAccounts.main.replace('act_', '');
    const adSets = (await s.sandbox.control.adSets()).filter((each) => each.accountId === main && each.status === 'ACTIVE');
    const [one = '', other = ''] = adSets.map((each) => each.id);
    const id = await live('Shown', { trigger: { on: [{ did: 'Knocked' }] }, adSets: [{ id: one, as: 'include' }] }, '2026-05-09T09:00:00Z');
    const audience = (await s.sandbox.control.audiences()).find((each) => each.name === 'Shown');
    const shows = async (adSetId: string) =>
      ((await s.sandbox.control.adSet(adSetId)).targeting.custom_audiences ?? []).filter((each) => each.id === audience?.id).length;
    expect([await shows(one), await shows(other)]).toEqual([1, 0]);
    const [size] = await s.db.orm.select().from(audiences).where(eq(audiences.campaignId, id));
    expect(size?.checkedAt).not.toBeNull();
    await s.send(did('Knocked', 'gus'), '2026-05-09T09:10:00Z');
    await pumped('2026-05-09T09:10:00Z');
    const { draft } = await campaignDetail(s.db, s.workspaceId, id);
    const edited = { ...draft, adSets: [{ id: other, as: 'include' as const }] };
    await saveDraft(s.db, s.workspaceId, id, edited, new Date('2026-05-09T09:20:00Z'));
    await scheduleCampaign(s.db, s.workspaceId, id, new Date('2026-05-09T09:20:00Z'), null);
    await s.tick('2026-05-09T09:20:01Z');
    expect([await shows(one), await shows(other)]).toEqual([0, 1]);
    await s.send(did('Knocked', 'hal'), '2026-05-09T09:21:00Z');
    await pumped('2026-05-09T09:21:00Z');
    expect(await s.held('Shown')).toEqual(emails('gus', 'hal'));
    await stopCampaign(s.db, s.workspaceId, id, new Date('2026-05-09T09:30:00Z'), 'leave');
  });

  it('ends with its last day', async () => {
    const until = { ...schedule, end: { date: '2026-05-12' } };
    const plan = { trigger: { on: [{ did: 'Sang' }] }, schedule: until, atEnd: 'empty' as const };
    const id = await live('Ending', plan, '2026-05-12T22:10:00Z');
    await s.send(did('Sang', 'bob', 'cid'), '2026-05-12T22:11:00Z');
    await pumped('2026-05-12T22:11:00Z');
    expect(await s.held('Ending')).toEqual(emails('bob', 'cid'));
    await s.tick('2026-05-12T23:59:00Z');
    expect(await s.held('Ending')).toEqual(emails('bob', 'cid'));
    await s.send(did('Sang', 'dee'), '2026-05-13T00:00:05Z');
    await s.tick('2026-05-13T00:00:10Z');
    expect(await s.held('Ending')).toEqual([]);
    const [campaign] = await s.db.orm.execute<{ state: string }>(sql`select state from campaigns where id = ${id}::uuid`);
    expect(campaign?.state).toBe('completed');
  });

  it('keeps a control group out, and remembers it for lift', async () => {
    const crowd = Array.from({ length: 200 }, (_, i) => `crowd-${i}`);
    await s.send(
      crowd.map((userId) => ({ type: 'identify', userId, traits: { email: emailOf(userId) } })),
      '2026-05-14T08:00:00Z',
    );
    const exit = [{ did: 'Sold' }];
    await live('Control', { trigger: { on: [{ did: 'Hummed' }] }, exit, controlPercent: 25 }, '2026-05-14T09:00:00Z');
    await s.send(did('Hummed', ...crowd), '2026-05-14T09:01:00Z');
    await pumped('2026-05-14T09:01:00Z');
    const held = await s.held('Control');
    expect(held.length).toBeGreaterThan(120);
    expect(held.length).toBeLessThan(180);
    await s.tick('2026-05-14T10:00:10Z');
    expect(await s.held('Control')).toEqual(held);
    const controls = () => s.db.orm.select().from(audienceStays).where(eq(audienceStays.control, true));
    expect((await controls()).length + held.length).toBe(200);
    // From the same moment on as the others: a purchase an hour later, or one that ends the stay, counts for both.
    const drawnAt = (await controls()).map(({ since }) => since.toISOString().slice(0, 16));
    expect(new Set(drawnAt)).toEqual(new Set(['2026-05-14T09:01']));
    await s.send(did('Sold', ...crowd), '2026-05-14T10:05:00Z');
    await pumped('2026-05-14T10:05:00Z');
    expect(await s.held('Control')).toEqual([]);
    expect((await controls()).map(({ until }) => until?.toISOString().slice(0, 16))).toEqual(drawnAt.map(() => '2026-05-14T10:05'));
  });

  it('is live no longer once it is edited to follow a schedule', async () => {
    const id = await live('Turned', { trigger: { on: [{ did: 'Drummed' }] } }, '2026-05-15T09:00:00Z');
    await s.send(did('Drummed', 'gus'), '2026-05-15T09:01:00Z');
    await pumped('2026-05-15T09:01:00Z');
    expect(await s.held('Turned')).toEqual(emails('gus'));
    const { draft } = await campaignDetail(s.db, s.workspaceId, id);
    const definition = { did: 'Strummed' };
    const daily = { kind: 'every', every: { days: 1 }, time: '12:00', zone: 'UTC', start: '2026-05-15' } as const;
    await saveDraft(
      s.db,
      s.workspaceId,
      id,
      { ...draft, trigger: undefined, definition, schedule: daily, atEnd: 'keep' },
      new Date('2026-05-15T09:10:00Z'),
    );
    await scheduleCampaign(s.db, s.workspaceId, id, new Date('2026-05-15T09:10:00Z'), null);
    await s.send([...did('Strummed', 'hal'), ...did('Drummed', 'bob')], '2026-05-15T09:11:00Z');
    await pumped('2026-05-15T09:11:00Z');
    expect(await s.held('Turned')).toEqual(emails('gus'));
    await s.tick('2026-05-15T12:00:10Z');
    expect(await s.held('Turned')).toEqual(emails('hal'));
    expect((await runsOfCampaign(s.db, s.workspaceId, id)).map((run) => [run.live, run.state])).toEqual([
      [false, 'confirmed'],
      [true, 'confirmed'],
    ]);
  });

  it('leaves nothing behind: neither what is not settled, nor whom a campaign held that is over', async () => {
    expect(await s.db.orm.select().from(liveArrivals)).toEqual([]);
    expect(await s.db.orm.select().from(liveTouched)).toEqual([]);
    await sweepLive(s.db);
    const held = await s.db.orm
      .selectDistinct({ name: campaigns.name })
      .from(liveStays)
      .innerJoin(audiences, eq(audiences.id, liveStays.audienceId))
      .innerJoin(campaigns, eq(campaigns.id, audiences.campaignId))
      .orderBy(campaigns.name);
    expect(held.map(({ name }) => name)).toEqual(['By date', 'By event', 'Consent', 'Inaction', 'Narrowed']);
  });
});
