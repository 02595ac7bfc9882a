import { inArray } from 'drizzle-orm';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { claimRun, queueDueRun } from '@/db/run-queue';
import { campaigns } from '@/db/schema';
import { noCounts, workOn } from '@/lib/sync/tick';
import { digestOfEmail, emailOf, type Story, story } from '@/tests/support/story';

/** Facebook's limits are kept before they are met, by one budget an ad account for all campaigns and engines. */

let s: Story;
beforeAll(async () => {
  s = await story('UTC');
});
afterAll(() => s.sandbox.stop());
afterEach(() => s.sandbox.control.clearFaults());

const who = (name: string) => ({ property: 'story', op: 'is', value: name }) as never;
const throttled = [17, 613, 80003, 80004];

async function campaign(name: string, at: string): Promise<string> {
  await s.send([{ type: 'identify', userId: name, traits: { email: emailOf(name), story: name } }], at);
  return s.campaign({ name, definition: who(name), audience: { new: { name } } }, at);
}

async function tick(at: string): Promise<void> {
  await s.sandbox.control.clock({ now: at });
  await s.tick(at);
}

const states = async (ids: string[]) =>
  (await s.db.orm.select({ state: campaigns.state }).from(campaigns).where(inArray(campaigns.id, ids))).map((row) => row.state);

it('brings a dozen campaigns through the limited tier without one refusal', async () => {
  const start = Date.parse('2026-11-01T09:00:00Z');
  await s.sandbox.control.settings({ tier: 'limited' });
  await s.sandbox.control.clock({ now: new Date(start).toISOString() });
  await s.sandbox.control.resetUsage();
  const ids: string[] = [];
  for (let i = 0; i < 12; i++) ids.push(await campaign(`limited-${i}`, new Date(start).toISOString()));
  for (let minute = 0; minute < 60 && (await states(ids)).some((state) => state !== 'completed'); minute++)
    await tick(new Date(start + minute * 60_000).toISOString());
  expect(new Set(await states(ids))).toEqual(new Set(['completed']));
  const requests = await s.sandbox.control.requests();
  expect(requests.filter((request) => throttled.includes(request.code ?? 0))).toEqual([]);
  expect(await s.held('limited-7')).toEqual([digestOfEmail(emailOf('limited-7'))]);
  await s.sandbox.control.settings({ tier: 'full' });
});

it('leaves an account alone that has said it is nearly used up, in every campaign, until it says otherwise', async () => {
  const header = { type: 'custom_audience', call_count: 96, total_cputime: 3, total_time: 7, estimated_time_to_regain_access: 12 };
  const headers = { 'x-business-use-case-usage': JSON.stringify({ '480100000000001': [header] }) };
  await s.sandbox.control.fault({ kind: 'usage', method: 'POST', route: '/customaudiences$', headers });
  const one = await campaign('one', '2026-11-02T09:00:00Z');
  await tick('2026-11-02T09:00:00Z');
  const two = await campaign('two', '2026-11-02T09:01:00Z');
  await s.sandbox.control.clearRequests();
  await tick('2026-11-02T09:05:00Z');
  await tick('2026-11-02T09:10:00Z');
  expect(await s.sandbox.control.requests()).toEqual([]);
  await tick('2026-11-02T09:13:00Z');
  await tick('2026-11-02T09:14:00Z');
  expect(await states([one, two])).toEqual(['completed', 'completed']);
});

it('leaves an account alone in every campaign when one of them is refused, also where the answer does not name a time', async () => {
  const ids: string[] = [];
  for (const name of ['blocked-1', 'blocked-2', 'blocked-3']) ids.push(await campaign(name, '2026-11-03T09:00:00Z'));
  await s.sandbox.control.clearRequests();
  await s.sandbox.control.fault({ kind: 'error', code: 368, status: 400, times: 0, route: '.' });
  const world = s.engine('2026-11-03T09:00:00Z');
  for (const id of ids) await queueDueRun(s.db, id, world.clock());
  for (let run = await claimRun(s.db, world.lease, world.clock()); run; run = await claimRun(s.db, world.lease, world.clock()))
    await workOn(world, run, noCounts(), () => true);
  expect((await s.sandbox.control.requests()).filter((request) => request.code === 368)).toHaveLength(1);
  await s.sandbox.control.clearFaults();
  await s.sandbox.control.clearRequests();
  await tick('2026-11-03T10:30:00Z');
  expect(await s.sandbox.control.requests()).toEqual([]);
  await tick('2026-11-03T11:01:00Z');
  expect(new Set(await states(ids))).toEqual(new Set(['completed']));
});

it('makes a run that has waited for a limit, however late: nothing would ever be made of an account that is always at its limit', async () => {
  const schedule = { kind: 'every' as const, every: { hours: 1 }, time: '09:00', zone: 'UTC', start: '2026-11-04' };
  await s.send([{ type: 'identify', userId: 'hourly', traits: { email: emailOf('hourly'), story: 'hourly' } }], '2026-11-04T08:00:00Z');
  await s.campaign({ name: 'hourly', definition: who('hourly'), audience: { new: { name: 'hourly' } }, schedule }, '2026-11-04T08:30:00Z');
  await s.sandbox.control.fault({ kind: 'error', code: 80003, status: 400, times: 0, route: '.' });
  await tick('2026-11-04T09:00:00Z');
  await s.sandbox.control.clearFaults();
  await tick('2026-11-04T09:45:00Z');
  expect(await s.held('hourly')).toEqual([digestOfEmail(emailOf('hourly'))]);
});
