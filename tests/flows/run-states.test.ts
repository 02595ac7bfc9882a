import { eq } from 'drizzle-orm';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { claimRun, LeaseLost, queueDueRun } from '@/db/run-queue';
import { type RunState, syncRuns } from '@/db/schema';
import { advanceRun, contextOf } from '@/lib/sync/advance-run';
import { openStates } from '@/lib/sync/run-state';
import { type SandboxFault, sandboxAccounts } from '@/tests/support/sandbox';
import { digestOfEmail, emailOf, type Story, story } from '@/tests/support/story';

/** Whatever state a run is in when its engine dies, another engine finishes it, once. */

let s: Story;
let adSetId: string;
beforeAll(async () => {
  s = await story();
  const all = await s.sandbox.control.adSets();
  adSetId = all.find((each) => each.accountId === sandboxAccounts.main.replace('act_', '') && each.status === 'ACTIVE')?.id ?? '';
  expect(adSetId).not.toBe('');
});
afterAll(() => s.sandbox.stop());
afterEach(() => s.sandbox.control.clearFaults());

const people = (name: string) => [0, 1, 2].map((i) => `${name.replaceAll(' ', '.')}-${i}`);
const runOf = async (campaignId: string) => (await s.db.orm.select().from(syncRuns).where(eq(syncRuns.campaignId, campaignId)))[0];

async function campaignOf(name: string, at: string): Promise<string> {
  await s.send(
    people(name).map((userId) => ({ type: 'identify', userId, traits: { email: emailOf(userId), story: name } })),
    at,
  );
  const definition = { property: 'story', op: 'is', value: name } as never;
  return s.campaign({ name, definition, audience: { new: { name } }, adSets: [{ id: adSetId, as: 'include' }] }, at);
}

async function expectDone(name: string, campaignId: string): Promise<void> {
  expect(await runOf(campaignId)).toMatchObject({ state: 'confirmed', added: 3, invalid: 0, leasedBy: null });
  const made = (await s.sandbox.control.audiences()).filter((each) => each.name === name);
  expect(made).toHaveLength(1);
  expect(await s.held(name)).toEqual(
    people(name)
      .map((userId) => digestOfEmail(emailOf(userId)))
      .sort(),
  );
  const shown = (await s.sandbox.control.adSet(adSetId)).targeting.custom_audiences?.map((each) => each.id);
  expect(shown?.filter((id) => id === made[0]?.id)).toHaveLength(1);
}

/** Takes steps until the run is in that state, and goes no further: the lease is left as a dead engine leaves it. */
async function leaveIn(state: RunState, campaignId: string, at: string): Promise<void> {
  await queueDueRun(s.db, campaignId, new Date(at));
  const engine = s.engine(at);
  let run = await claimRun(s.db, engine.lease, new Date(at));
  while (run && run.state !== state) run = await advanceRun(engine, await contextOf(engine, run, () => true));
  expect((await runOf(campaignId))?.state).toBe(state);
}

describe('a run whose engine has died', () => {
  it.each(openStates)('is left alone while its lease lasts, and then goes on from %s', async (state) => {
    const name = `left ${state}`;
    const id = await campaignOf(name, '2026-04-01T09:00:00Z');
    await leaveIn(state, id, '2026-04-01T09:00:00Z');
    expect(await s.tick('2026-04-01T09:00:30Z')).toMatchObject({ advanced: 0 });
    expect(await s.tick('2026-04-01T09:05:00Z')).toMatchObject({ finished: 1, failed: 0 });
    await expectDone(name, id);
  });
});

/** The call that has its effect at Facebook, but whose answer the engine does not live to see. */
const calls: [string, SandboxFault, () => Promise<boolean>][] = [
  [
    'making the audience',
    { kind: 'timeout-after', method: 'POST', route: '/customaudiences$', ms: 20_000 },
    async () => (await s.sandbox.control.audiences()).some((each) => each.name === 'killed making the audience'),
  ],
  [
    'adding the members',
    { kind: 'timeout-after', method: 'POST', route: '/users$', ms: 20_000 },
    async () => (await s.held('killed adding the members')).length > 0,
  ],
  [
    'pointing the ad set',
    { kind: 'timeout-after', method: 'POST', route: '/[0-9]+$', ms: 20_000 },
    async () => {
      const audience = (await s.sandbox.control.audiences()).find((each) => each.name === 'killed pointing the ad set');
      const shown = (await s.sandbox.control.adSet(adSetId)).targeting.custom_audiences ?? [];
      return shown.some((each) => each.id === audience?.id);
    },
  ],
];

describe('an engine killed with SIGKILL', () => {
  it.each(calls)('after %s took effect and before its answer: done once, by the next engine', async (call, fault, hasHappened) => {
    const name = `killed ${call}`;
    const id = await campaignOf(name, '2026-04-02T09:00:00Z');
    await s.sandbox.control.fault({ ...fault, times: 0 });
    const engine = s.tickProcess('2026-04-02T09:00:00Z');
    await expect.poll(hasHappened, { timeout: 30_000, interval: 50 }).toBe(true);
    await engine.kill();
    expect((await runOf(id))?.state).not.toBe('confirmed');
    await s.sandbox.control.clearFaults();
    expect(await s.tick('2026-04-02T09:10:00Z')).toMatchObject({ finished: 1, failed: 0 });
    await expectDone(name, id);
  });
});

it('an engine that slept past its lease while it looked for the audience makes no second one', async () => {
  const name = 'slept looking';
  const at = '2026-04-03T09:00:00Z';
  const id = await campaignOf(name, at);
  await queueDueRun(s.db, id, new Date(at));
  const sleeper = s.engine(at);
  const run = await claimRun(s.db, sleeper.lease, new Date(at));
  if (!run) throw new Error('the run was not claimed');
  // The answer says that there is none, and is heard when another engine has made it.
  const context = await contextOf(sleeper, run, () => true);
  const call = context.graph.call.bind(context.graph);
  context.graph.call = async <T>(...asked: Parameters<typeof call>): Promise<T> => {
    const answer = await call<T>(...asked);
    if (asked[0] === 'GET') expect(await s.tick('2026-04-03T09:10:00Z')).toMatchObject({ finished: 1 });
    return answer;
  };
  await expect(advanceRun(sleeper, context)).rejects.toThrow(LeaseLost);
  await expectDone(name, id);
});
