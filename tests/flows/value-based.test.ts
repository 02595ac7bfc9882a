import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { campaignDetail, saveDraft, scheduleCampaign } from '@/db/campaigns';
import { reportOf } from '@/db/reports';
import { campaigns } from '@/db/schema';
import { type CampaignDraft, campaignPlanSchema } from '@/lib/campaign/plan';
import { parseEnv } from '@/lib/env';
import { preflight } from '@/lib/sync/preflight';
import { sandboxAccounts } from '@/tests/support/sandbox';
import { digestOfEmail, emailOf, type Story, story } from '@/tests/support/story';

let s: Story;
beforeAll(async () => {
  s = await story('UTC');
  await s.send(
    ['ann', 'bob', 'cid', 'dee'].map((userId, i) => ({ type: 'identify', userId, traits: { email: emailOf(userId), worth: i * 10.5 } })),
    '2026-05-01T08:00:00Z',
  );
  await s.send([{ type: 'identify', userId: 'dee', traits: { worth: 'much' } }], '2026-05-01T08:01:00Z');
  await s.send([bought('ann', 19.99), bought('ann', 5), bought('bob', -3), bought('cid', 1000.005)], '2026-05-01T08:30:00Z');
});
afterAll(() => s.sandbox.stop());

const bought = (userId: string, amount: number) => ({ type: 'track', userId, event: 'Bought', properties: { amount } });
const daily = { kind: 'every', every: { days: 1 }, time: '09:00', zone: 'UTC', start: '2026-05-01' } as const;
const everybody = { has: 'email' } as const;

/** What each is worth at the sandbox. */
async function values(name: string): Promise<Record<string, number>> {
  const audience = (await s.sandbox.control.audiences()).find((each) => each.name === name && !each.deleted);
  const names = new Map(['ann', 'bob', 'cid', 'dee'].map((each) => [digestOfEmail(emailOf(each)), each]));
  const found: Record<string, number> = {};
  for await (const row of s.sandbox.control.members(audience?.id ?? ''))
    found[names.get(row.EMAIL ?? '') ?? '?'] = Number(row.LOOKALIKE_VALUE);
  return found;
}

const campaign = (name: string, plan: Partial<CampaignDraft>) =>
  s.campaign({ name, definition: everybody, schedule: daily, audience: { new: { name } }, ...plan }, '2026-05-01T08:50:00Z');

it('sends what each is worth by a property, and the next day only whose worth has changed', async () => {
  const id = await campaign('By property', { valueFrom: { property: 'worth' } });
  await s.tick('2026-05-01T09:00:01Z');
  expect(await values('By property')).toEqual({ ann: 0, bob: 10.5, cid: 21, dee: 0 });
  await s.send([{ type: 'identify', userId: 'ann', traits: { worth: 99.999 } }], '2026-05-01T12:00:00Z');
  await s.sandbox.control.clearRequests();
  await s.tick('2026-05-02T09:00:01Z');
  expect(await values('By property')).toEqual({ ann: 100, bob: 10.5, cid: 21, dee: 0 });
  const sent = (await s.sandbox.control.requests()).filter(({ path }) => path.endsWith('/users')).map(({ method, rows }) => [method, rows]);
  // The row as it was is taken out first.
  expect(sent.filter(([, rows]) => rows === 1)).toEqual([
    ['DELETE', 1],
    ['POST', 1],
  ]);
  // A value is no identifier, and a row that was taken out to be added anew is sent to be read once.
  const { quality } = await reportOf(s.db, s.workspaceId, id, null, new Date('2026-05-02T10:00:00Z'));
  expect(quality).toMatchObject({ one: 4, two: 0, more: 0, received: 5, invalid: 0 });
  await s.tick('2026-05-03T09:00:01Z');
  expect(await values('By property')).toEqual({ ann: 100, bob: 10.5, cid: 21, dee: 0 });
});

it('adds up what they did within so many days, never below nothing', async () => {
  await campaign('By sum', { valueFrom: { did: 'Bought', sum: 'amount', days: 30 } });
  await campaign('By count', { valueFrom: { did: 'Bought', days: 30 } });
  await s.tick('2026-05-04T09:00:01Z');
  expect(await values('By sum')).toEqual({ ann: 24.99, bob: 0, cid: 1000.01, dee: 0 });
  expect(await values('By count')).toEqual({ ann: 2, bob: 1, cid: 1, dee: 0 });
  await s.tick('2026-06-15T09:00:01Z');
  expect(await values('By sum')).toEqual({ ann: 0, bob: 0, cid: 0, dee: 0 });
});

it('takes out with the value as it was sent', async () => {
  const id = await campaign('Leaving', { definition: { property: 'worth', op: 'gt', value: 5 }, valueFrom: { property: 'worth' } });
  await s.tick('2026-06-16T09:00:01Z');
  expect(await values('Leaving')).toEqual({ ann: 100, bob: 10.5, cid: 21 });
  await s.send([{ type: 'identify', userId: 'bob', traits: { worth: 1 } }], '2026-06-16T12:00:00Z');
  await s.tick('2026-06-17T09:00:01Z');
  expect(await values('Leaving')).toEqual({ ann: 100, cid: 21 });
  // Its audience has values for life.
  const { draft } = await campaignDetail(s.db, s.workspaceId, id);
  await saveDraft(s.db, s.workspaceId, id, { ...draft, valueFrom: null }, new Date('2026-06-17T10:00:00Z'));
  await expect(scheduleCampaign(s.db, s.workspaceId, id, new Date('2026-06-17T10:01:00Z'), null)).rejects.toMatchObject({
    field: 'valueFrom',
  });
});

it('waits with the link where the terms of value-based audiences are not accepted, and goes on by itself once they are', async () => {
  const terms = (accepted: boolean) => s.sandbox.control.setTerms({ kind: 'value', accepted, accountId: sandboxAccounts.main });
  await terms(false);
  const now = (name: string, plan: Partial<CampaignDraft> = {}) =>
    s.campaign({ name, definition: everybody, audience: { new: { name } }, ...plan }, '2026-06-18T09:00:00Z');
  const plain = await now('Plain');
  const id = await now('Terms', { valueFrom: { property: 'worth' } });
  await s.tick('2026-06-18T09:00:01Z');
  const stateOf = async (campaignId: string) => (await s.db.orm.select().from(campaigns).where(eq(campaigns.id, campaignId)))[0];
  expect(await stateOf(plain)).toMatchObject({ state: 'completed' });
  const link = expect.stringMatching(/customaudiences.value_based.tos.act=480100000000001$/);
  expect(await stateOf(id)).toMatchObject({ state: 'blocked', blocker: { action: 'accept_terms', link } });
  const { draft } = await campaignDetail(s.db, s.workspaceId, id);
  const checked = async () => {
    const plan = campaignPlanSchema.parse(draft);
    const checks = await preflight({ db: s.db, ...parseEnv(s.variables) }, s.workspaceId, plan, null, new Date());
    return checks.find((check) => check.id === 'terms');
  };
  expect(await checked()).toMatchObject({ state: 'bad', link });
  await terms(true);
  expect(await checked()).toMatchObject({ state: 'ok' });
  await s.tick('2026-06-18T11:00:00Z');
  expect(await stateOf(id)).toMatchObject({ state: 'completed', blocker: null });
  expect(Object.keys(await values('Terms'))).toHaveLength(4);
});

it.each([
  [{ audience: { existing: '12' } }, 'valueFrom'],
  [{ schedule: { kind: 'live', zone: 'UTC' }, definition: undefined, trigger: { on: [{ did: 'Bought' }] } }, 'valueFrom'],
] as const)('is refused where no value can be meant: %j', async (plan, field) => {
  await expect(campaign('Refused', { ...(plan as Partial<CampaignDraft>), valueFrom: { property: 'worth' } })).rejects.toMatchObject({
    field,
  });
});
