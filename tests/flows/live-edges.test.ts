import { eq, inArray, sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { pauseCampaign, resumeCampaign, stopCampaign } from '@/db/campaign-states';
import { createDraft, scheduleCampaign } from '@/db/campaigns';
import { runsOfCampaign } from '@/db/runs';
import { audiences, campaigns, campaignVersions, liveTouched } from '@/db/schema';
import { saveSegment } from '@/db/segments';
import type { CampaignDraft } from '@/lib/campaign/plan';
import { flushLive } from '@/lib/live/pump';
import { settleLive } from '@/lib/live/settle';
import { testDatabase } from '@/tests/support/database';
import { sandboxAccounts } from '@/tests/support/sandbox';
import { digestOfEmail, emailOf, type Story, story } from '@/tests/support/story';

/** What a live campaign meets beside its plain days: other people's mistakes, merges, what comes late, and moments between two transactions. */

let s: Story;
/** Another workspace of the same database. */
let neighbour: Story;
beforeAll(async () => {
  const on = await testDatabase();
  neighbour = await story('UTC', on);
  s = await story('UTC', on);
  const people = ['ann', 'bob', 'cid', 'dee', 'eve'];
  const told = people.map((userId) => ({ type: 'identify', userId, traits: { email: emailOf(userId) } }));
  await s.send(told, '2026-05-01T08:00:00Z');
});
afterAll(() => Promise.all([s.sandbox.stop(), neighbour.sandbox.stop()]));

const schedule = { kind: 'live', zone: 'UTC' } as const;
const emails = (...names: string[]) => names.map((name) => digestOfEmail(emailOf(name))).sort();
const did = (event: string, ...names: string[]) => names.map((userId) => ({ type: 'track', userId, event }));
/** With a pattern that does not compile. */
const unclosed = (did: string) => ({ did, where: [{ property: 'url', op: 'matches' as const, value: '(' }] });

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

const stopped = (id: string, at: string) => stopCampaign(s.db, s.workspaceId, id, new Date(at), 'leave');

it('refuses a pattern that does not compile wherever a campaign asks for it, also in a draft of before that was checked', async () => {
  const now = new Date('2026-05-01T09:00:00Z');
  const paid = { didNot: 'Paid', where: unclosed('Paid').where };
  const plans: [Partial<CampaignDraft>, string][] = [
    [{ trigger: { on: [{ did: 'Seen' }, unclosed('Read')] } }, 'trigger.on[1].where[0].value'],
    [{ trigger: { sequence: [{ did: 'Cart' }, paid], gap: { hours: 1 } } }, 'trigger.sequence[1].where[0].value'],
    [{ trigger: { on: [{ did: 'Seen' }] }, exit: [unclosed('Bought')] }, 'exit[0].where[0].value'],
  ];
  for (const [plan, path] of plans) {
    const saving = createDraft(s.db, s.workspaceId, { name: 'Unclosed', schedule, ...plan }, null, now);
    await expect(saving).rejects.toMatchObject({ code: 'invalid', field: path });
  }
  const plan = { name: 'Old', schedule, adAccountId: sandboxAccounts.main, audience: { new: { name: 'Old' } } };
  const { id } = await createDraft(s.db, s.workspaceId, plan, null, now);
  const draft = { ...plan, trigger: { on: [unclosed('Read')] } };
  await s.db.orm.update(campaigns).set({ draft }).where(eq(campaigns.id, id));
  const scheduling = scheduleCampaign(s.db, s.workspaceId, id, now, null);
  await expect(scheduling).rejects.toMatchObject({ code: 'invalid', field: 'trigger.on[0].where[0].value' });
});

it('goes on for everybody else where something of one campaign, or of one workspace, cannot be settled', async () => {
  const at = '2026-05-02T09:00:00Z';
  const sequence = [{ did: 'Cart' }, { didNot: 'Paid' }] as [{ did: string }, { didNot: string }];
  const theirs = await neighbour.campaign({ schedule, trigger: { on: [{ did: 'Read' }] } }, at);
  await pauseCampaign(neighbour.db, neighbour.workspaceId, theirs, new Date(at));
  const broken = await live('Broken wait', { trigger: { sequence, gap: { minutes: 10 } } }, at);
  const whole = await live('Wait', { trigger: { sequence, gap: { minutes: 10 } } }, at);
  await becomes(theirs, { on: [unclosed('Read')] });
  await becomes(broken, { sequence: [sequence[0], { didNot: 'Paid', where: unclosed('').where }], gap: { minutes: 10 } });
  await neighbour.send([{ ...did('Read', 'zoe')[0], properties: { url: '/' } }], '2026-05-02T09:01:00Z');
  await s.send([...did('Cart', 'ann'), { ...did('Paid', 'bob')[0], properties: { url: '/' } }], '2026-05-02T09:01:00Z');
  await pumped('2026-05-02T09:01:01Z');
  await pumped('2026-05-02T09:12:00Z');
  expect(await s.held('Wait')).toEqual(emails('ann'));
  await s.tick('2026-05-02T09:13:00Z');
  await Promise.all([stopped(broken, at), stopped(whole, at)]);
  await stopCampaign(neighbour.db, neighbour.workspaceId, theirs, new Date(at), 'leave');
});

it('moves runs of a schedule where live campaigns cannot be looked at', async () => {
  const at = '2026-05-03T09:00:00Z';
  const id = await live('Listening', { trigger: { on: [{ did: 'Seen' }] } }, at);
  await s.db.orm.execute(sql`alter table live_stays rename to live_stays_elsewhere`);
  await s.campaign({ name: 'Scheduled', audience: { new: { name: 'Scheduled' } }, definition: { did: 'Cart' } }, at);
  await s.tick('2026-05-03T09:00:10Z');
  await s.db.orm.execute(sql`alter table live_stays_elsewhere rename to live_stays`);
  expect(await s.held('Scheduled')).toEqual(emails('ann'));
  await stopped(id, at);
});

/** As if it had been scheduled so before patterns were checked. */
async function becomes(campaignId: string, trigger: NonNullable<CampaignDraft['trigger']>): Promise<void> {
  await s.db.orm.update(campaignVersions).set({ trigger }).where(eq(campaignVersions.campaignId, campaignId));
}

it('ends a stay that a merge brings to who has left already, or whose exit a merge brings; however long ago', async () => {
  const id = await live('Merged', { trigger: { on: [{ did: 'Looked' }] }, exit: [{ did: 'Bought' }] }, '2026-05-04T09:00:00Z');
  const anonymous = (event: string, anonymousId: string) => ({ type: 'track', anonymousId, event });
  await s.send([anonymous('Looked', 'x1'), anonymous('Looked', 'x2'), ...did('Looked', 'cid', 'dee')], '2026-05-04T09:01:00Z');
  await pumped('2026-05-04T09:01:00Z');
  await s.send([...did('Bought', 'bob'), anonymous('Bought', 'x3')], '2026-05-04T09:05:00Z');
  await pumped('2026-05-04T09:05:00Z');
  expect(await s.held('Merged')).toEqual(emails('cid', 'dee'));
  // Three weeks later: who looked was bob, who had bought; who bought was cid. Nobody has bought as x2.
  const merge = (anonymousId: string, userId: string) => ({ type: 'track', anonymousId, userId, event: 'Unheard' });
  await s.send([merge('x1', 'bob'), merge('x2', 'ann'), merge('x3', 'cid')], '2026-05-25T09:06:00Z');
  await pumped('2026-05-25T09:06:00Z');
  expect(await s.held('Merged')).toEqual(emails('ann', 'dee'));
  await s.tick('2026-05-25T10:00:05Z');
  expect(await s.held('Merged')).toEqual(emails('ann', 'dee'));
  await stopped(id, '2026-05-25T11:00:00Z');
});

it('compares everybody as of now: whom it has decided since the hour struck stays in, or out', async () => {
  const definition = { all: [{ not: { did: 'Paid' } }, { did: 'Opened' }] };
  const id = await live('Late hour', { trigger: { on: [{ did: 'Called' }] }, definition }, '2026-06-01T09:00:00Z');
  await s.send([...did('Called', 'cid', 'dee', 'eve'), ...did('Opened', 'cid', 'dee')], '2026-06-01T09:10:00Z');
  await pumped('2026-06-01T09:10:00Z');
  expect(await s.held('Late hour')).toEqual(emails('cid', 'dee'));
  await pauseCampaign(s.db, s.workspaceId, id, new Date('2026-06-01T09:20:00Z'));
  await s.send([...did('Paid', 'cid'), ...did('Opened', 'eve')], '2026-06-01T13:10:00Z');
  await pumped('2026-06-01T13:10:00Z');
  // The run that lay open decides them; then the comparison of one o'clock is caught up.
  await resumeCampaign(s.db, s.workspaceId, id, new Date('2026-06-01T13:20:00Z'));
  await s.tick('2026-06-01T13:20:01Z');
  await pumped('2026-06-01T13:20:10Z');
  expect(await s.held('Late hour')).toEqual(emails('dee', 'eve'));
  const runs = await runsOfCampaign(s.db, s.workspaceId, id);
  expect(runs.map(({ state, toAdd, toRemove }) => ({ state, toAdd, toRemove }))).toEqual([
    { state: 'frozen', toAdd: 0, toRemove: 0 },
    { state: 'confirmed', toAdd: 3, toRemove: 1 },
  ]);
  await stopped(id, '2026-06-01T14:00:00Z');
});

it('decides a member anew by an event of the trigger’s own name where the narrowing tree asks for it, and only there', async () => {
  const page = (url: string, ...names: string[]) => did('Page', ...names).map((call) => ({ ...call, properties: { url } }));
  const on = (url: string) => ({ did: 'Page', where: [{ property: 'url', op: 'contains' as const, value: url }] });
  const trigger = { on: [on('/pricing')] };
  const segment = { key: 'twice', name: 'Twice', definition: { did: 'Page', count: { gte: 3 } } };
  await saveSegment(s.db, s.workspaceId, segment, null, new Date('2026-06-02T08:00:00Z'));
  const ids = [
    await live('Not at the till', { trigger, definition: { not: on('/checkout') } }, '2026-06-02T09:00:00Z'),
    await live('Three pages', { trigger, segment: 'twice' }, '2026-06-02T09:00:00Z'),
    await live('Any', { trigger, exit: [on('/bye')] }, '2026-06-02T09:00:00Z'),
  ];
  await s.send(page('/pricing', 'ann', 'bob'), '2026-06-02T09:01:00Z');
  await pumped('2026-06-02T09:01:00Z');
  expect([await s.held('Not at the till'), await s.held('Three pages')]).toEqual([emails('ann', 'bob'), []]);
  await s.send([...page('/checkout', 'ann'), ...page('/help', 'ann')], '2026-06-02T09:02:00Z');
  await settleLive(s.engine('2026-06-02T09:02:00Z'), new Date('2026-06-02T09:02:00Z'));
  const { campaignId, id } = audiences;
  const touched = s.db.orm.selectDistinct({ campaignId }).from(liveTouched).innerJoin(audiences, eq(id, liveTouched.audienceId));
  const [one = '', other = ''] = ids;
  expect((await touched.where(inArray(campaignId, ids))).map((row) => row.campaignId).sort()).toEqual([one, other].sort());
  await pumped('2026-06-02T09:02:05Z');
  expect([await s.held('Not at the till'), await s.held('Three pages')]).toEqual([emails('bob'), emails('ann')]);
  for (const id of ids) await stopped(id, '2026-06-02T10:00:00Z');
});

it('decides by what is being written: who does the exit while the trigger is flushed does not stay in', async () => {
  const id = await live('Twice touched', { trigger: { on: [{ did: 'Ran' }] }, exit: [{ did: 'Halted' }] }, '2026-06-03T09:00:00Z');
  await s.send(did('Ran', 'eve'), '2026-06-03T09:01:00Z');
  await settleLive(s.engine('2026-06-03T09:01:00Z'), new Date('2026-06-03T09:01:00Z'));
  await s.send(did('Halted', 'eve'), '2026-06-03T09:01:01Z');
  await s.db.orm.execute(sql`
    create function held_up() returns trigger language plpgsql as $$ begin perform pg_advisory_xact_lock(42); return null; end $$`);
  await s.db.orm.execute(sql`
    create constraint trigger held_up after delete on live_stays deferrable initially deferred for each row execute function held_up()`);
  const begun: Promise<unknown>[] = [];
  await s.db.sql.begin(async (tx) => {
    await tx`select pg_advisory_xact_lock(42)`;
    // Everything is written, and waits for its commit.
    begun.push(settleLive(s.engine('2026-06-03T09:01:02Z'), new Date('2026-06-03T09:01:02Z')));
    await blocked(1);
    const flushing = flushLive(s.engine('2026-06-03T09:01:03Z'));
    begun.push(flushing);
    await blocked(2, flushing);
  });
  await Promise.all(begun);
  await s.db.orm.execute(sql`drop function held_up cascade`);
  await pumped('2026-06-03T09:01:10Z');
  expect(await s.held('Twice touched')).toEqual([]);
  await stopped(id, '2026-06-03T10:00:00Z');
});

/** When so many statements wait for a lock, or `orUntil` has come true. */
async function blocked(many: number, orUntil?: Promise<unknown>): Promise<void> {
  let over = false;
  void orUntil?.then(() => {
    over = true;
  });
  const waiting = sql`select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
  while (!over && (await s.db.orm.execute(waiting)).length < many);
}

it('ends a stay by an exit however late it comes, or dated ahead; not by one of before', async () => {
  const bought = (userId: string, timestamp: string) => ({ type: 'track', userId, event: 'Bought', timestamp });
  const sequence = [{ did: 'Cart' }, { didNot: 'Bought' }] as [{ did: string }, { didNot: string }];
  const exit = [{ did: 'Bought' }];
  const ids = [
    await live('Lookers', { trigger: { on: [{ did: 'Looked' }] }, exit }, '2026-06-04T09:00:00Z'),
    await live('Carts', { trigger: { sequence, gap: { hours: 1 } }, exit }, '2026-06-04T09:00:00Z'),
  ];
  const everybody = ['ann', 'bob', 'cid', 'dee', 'eve'];
  await s.send([...did('Looked', ...everybody), ...did('Cart', ...everybody)], '2026-06-04T09:10:00Z');
  await pumped('2026-06-04T09:10:00Z');
  await s.tick('2026-06-04T10:10:00Z');
  expect([await s.held('Lookers'), await s.held('Carts')]).toEqual([emails(...everybody), emails(...everybody)]);
  // Had it been known in time, there had been no wait that ends.
  await s.send([bought('ann', '2026-06-04T09:50:00Z')], '2026-06-04T10:20:00Z');
  await pumped('2026-06-04T10:20:00Z');
  expect([await s.held('Lookers'), await s.held('Carts')]).toEqual([
    emails('bob', 'cid', 'dee', 'eve'),
    emails('bob', 'cid', 'dee', 'eve'),
  ]);
  const late = [bought('bob', '2026-06-04T09:50:00Z'), bought('cid', '2026-06-04T09:00:00Z'), bought('dee', '2026-06-14T18:10:00Z')];
  await s.send(late, '2026-06-14T18:00:00Z');
  await s.tick('2026-06-14T18:00:10Z');
  expect([await s.held('Lookers'), await s.held('Carts')]).toEqual([emails('cid', 'eve'), emails('cid', 'eve')]);
  for (const id of ids) await stopped(id, '2026-06-14T19:00:00Z');
});

it('admits nobody late, after an outage, who has done the exit since their day came', async () => {
  const trigger = { date: 'due', time: '09:00' } as never;
  const id = await live('Dated', { trigger, exit: [{ did: 'Paid' }] }, '2026-07-01T08:00:00Z');
  const due = ['ann', 'bob'].map((userId) => ({ type: 'identify', userId, traits: { due: '2026-07-02' } }));
  await s.send(due, '2026-07-01T10:00:00Z');
  await pumped('2026-07-01T10:00:01Z');
  await s.send(did('Paid', 'bob'), '2026-07-02T10:00:00Z');
  await s.tick('2026-07-02T12:00:00Z');
  await pumped('2026-07-02T12:00:10Z');
  expect(await s.held('Dated')).toEqual(emails('ann'));
  await stopped(id, '2026-07-02T13:00:00Z');
});
