import { and, eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lastFailedDelivery, saveAlertSettings } from '@/db/alert-settings';
import { alertsFor, readAlerts, unreadAlerts } from '@/db/alerts';
import { listConnections, saveConnection } from '@/db/connections';
import { alertDeliveries, connections, users } from '@/db/schema';
import { type DeliveryWorld, deliverAlerts } from '@/lib/alerts/deliver';
import { smtpMailer } from '@/lib/alerts/mailer';
import { watchAlerts } from '@/lib/alerts/watch';
import { parseEncryptionKeys } from '@/lib/crypto';
import { parseEnv } from '@/lib/env';
import { checkConnections } from '@/lib/facebook/check-connections';
import { testWorkspace } from '@/tests/support/database';
import { type Mailbox, openMailbox } from '@/tests/support/mailbox';
import { sandboxAccounts, sandboxPeople } from '@/tests/support/sandbox';
import { emailOf, type Story, story } from '@/tests/support/story';
import { openWebhook, type Webhook } from '@/tests/support/webhook';

/** What happens to campaigns is told: on the screen, by letter, to a chat. */

let s: Story;
let mailbox: Mailbox;
let webhook: Webhook;
let userId: string;
beforeAll(async () => {
  s = await story('UTC');
  mailbox = await openMailbox();
  webhook = await openWebhook();
  const [user] = await s.db.orm
    .insert(users)
    .values({ facebookId: '5', name: 'Ann', createdAt: new Date(), signedInAt: new Date() })
    .returning();
  userId = user?.id ?? '';
  const settings = { emails: ['ann@example.com', 'ops@example.com'], webhook: webhook.url, reachPercent: 20 };
  await saveAlertSettings(s.db, s.workspaceId, settings, keys(), new Date('2026-05-01T00:00:00Z'));
  await watchAlerts(s.db, new Date('2026-05-01T00:00:00Z'));
});
afterAll(async () => {
  await mailbox?.close();
  await webhook?.close();
  await s?.sandbox.stop();
});

const keys = () => parseEncryptionKeys(s.variables.ENCRYPTION_KEYS ?? '');

const world = (at: string, mail: DeliveryWorld['mail'] = smtpMailer(mailbox.url, 'Beckon <beckon@example.com>')): DeliveryWorld => ({
  db: s.db,
  keys: keys(),
  origin: 'https://beckon.example',
  mail,
  clock: () => new Date(at),
  log: () => {},
});
const deliver = (at: string, mail?: DeliveryWorld['mail']) => deliverAlerts(world(at, mail), () => true);
const watch = (at: string) => watchAlerts(s.db, new Date(at));
const told = async () => alertsFor(s.db, s.workspaceId, userId);
const standing = async () => (await told()).filter((alert) => alert.resolvedAt === null).map((alert) => alert.title);

const gold = { property: 'plan', op: 'is', value: 'gold' } as never;
const people = (names: string[], plan: string) =>
  names.map((name) => ({ type: 'identify', userId: name, traits: { email: emailOf(name), plan } }));
const daily = { kind: 'every' as const, every: { days: 1 }, time: '09:00', zone: 'UTC', start: '2026-05-02' };

describe('a campaign', () => {
  it('whose reach falls by more than the share, and whose run fails, is told once: letter, chat and screen', async () => {
    await s.send(people(['a', 'b', 'c', 'd', 'e'], 'gold'), '2026-05-01T08:00:00Z');
    const plan = { name: 'Gold', definition: gold, schedule: daily, audience: { new: { name: 'Gold' } } };
    await s.campaign(plan, '2026-05-01T09:00:00Z');
    await s.tick('2026-05-02T09:00:10Z');
    await s.send(people(['a'], 'lead'), '2026-05-02T12:00:00Z');
    await s.tick('2026-05-03T09:00:10Z');
    expect(await watch('2026-05-03T09:00:20Z')).toBe(0);
    await s.send(people(['b'], 'lead'), '2026-05-03T12:00:00Z');
    await s.tick('2026-05-04T09:00:10Z');
    expect(await watch('2026-05-04T09:00:20Z')).toBe(1);
    expect(await watch('2026-05-04T09:01:20Z')).toBe(0);

    await s.send(people(['c'], 'lead'), '2026-05-04T12:00:00Z');
    await s.sandbox.control.fault({ kind: 'error', code: 194, route: '/users$', times: 0 });
    await s.tick('2026-05-05T09:00:10Z');
    await s.sandbox.control.clearFaults();
    await watch('2026-05-05T09:00:20Z');
    const titles = await standing();
    expect(titles).toContain('Reach of “Gold” fell by 25 %');
    expect(titles).toContain('A run of “Gold” failed');

    expect(await deliver('2026-05-05T09:00:30Z')).toBe(3 * titles.length);
    expect(await deliver('2026-05-05T09:00:40Z')).toBe(0);
    const letter = mailbox.letters.find((one) => one.subject === '[Beckon] A run of “Gold” failed' && one.to[0] === 'ops@example.com');
    expect(letter?.from).toBe('Beckon <beckon@example.com>');
    expect(letter?.text).toContain('https://beckon.example/campaigns/');
    expect(new Set(mailbox.letters.map((one) => one.messageId)).size).toBe(mailbox.letters.length);
    expect(webhook.bodies.map((body) => body.text.split(':')[0])).toEqual(titles.toReversed());
  });

  it('that waits for terms is told of once an ad account, and no more once they are accepted', async () => {
    const token = await s.sandbox.control.token({ personId: sandboxPeople.maya });
    const connectionId = await connectionOf(sandboxPeople.maya, token, null, '2026-05-06T08:00:00Z');
    const plan = { definition: gold, connectionId, adAccountId: sandboxAccounts.newMarket };
    for (const name of ['One', 'Two']) await s.campaign({ ...plan, name, audience: { new: { name } } }, '2026-05-06T09:00:00Z');
    await s.tick('2026-05-06T09:00:10Z');
    await watch('2026-05-06T09:00:20Z');
    expect(await standing()).toContain('2 campaigns are blocked');
    await watch('2026-05-06T09:02:00Z');
    expect((await standing()).filter((title) => title.includes('blocked'))).toHaveLength(1);
    await s.sandbox.control.setTerms({ accepted: true });
    await s.tick('2026-05-06T12:00:10Z');
    await watch('2026-05-06T12:00:20Z');
    expect((await standing()).filter((title) => title.includes('blocked'))).toEqual([]);
    await deliver('2026-05-06T12:00:30Z');
  });
});

async function connectionOf(personId: string, token: string, expiresAt: Date | null, at: string): Promise<string> {
  const facts = { kind: 'user' as const, facebookUserId: personId, name: 'Maya Rivera', scopes: ['ads_management'] };
  return saveConnection(s.db, s.workspaceId, { ...facts, token, expiresAt }, { userId: null, keys: keys() }, new Date(at));
}

describe('a connection', () => {
  it('whose token ends is told of at 14, 7 and 1 days, one alert standing at a time, and none once it is renewed', async () => {
    const expiresAt = new Date('2026-06-20T12:00:00Z');
    await connectionOf(sandboxPeople.maya, 'token', expiresAt, '2026-05-10T00:00:00Z');
    const seen: string[][] = [];
    for (const at of ['2026-06-06T11:00Z', '2026-06-06T12:00Z', '2026-06-13T13:00Z', '2026-06-19T13:00Z']) {
      await watch(at);
      seen.push((await standing()).filter((title) => title.includes('ends')));
    }
    expect(seen).toEqual([
      [],
      ['The connection of Maya Rivera ends in 14 days'],
      ['The connection of Maya Rivera ends in 7 days'],
      ['The connection of Maya Rivera ends within a day'],
    ]);
    await connectionOf(sandboxPeople.maya, 'token', new Date('2026-08-20T12:00:00Z'), '2026-06-19T14:00:00Z');
    await watch('2026-06-19T14:00:10Z');
    expect((await standing()).filter((title) => title.includes('ends'))).toEqual([]);
    await deliver('2026-06-19T14:00:20Z');
  });

  it('is looked at daily: expiry is brought up to date, and a token that died early is told of before a run needs it', async () => {
    const now = new Date();
    const token = await s.sandbox.control.token({ personId: sandboxPeople.tom, lifetimeMs: 40 * 86_400_000 });
    const id = await connectionOf(sandboxPeople.tom, token, null, new Date(now.getTime() - 25 * 3_600_000).toISOString());
    await s.db.orm.update(connections).set({ checkedAt: now }).where(sql`${connections.id} <> ${id}`);
    const world = { db: s.db, ...parseEnv(s.variables) };
    expect(await checkConnections(world, now)).toBe(1);
    expect(await checkConnections(world, now)).toBe(0);
    const mine = async () => (await listConnections(s.db, s.workspaceId)).find((one) => one.id === id);
    expect((await mine())?.expiresAt?.getTime()).toBeGreaterThan(now.getTime() + 39 * 86_400_000);

    await s.sandbox.control.killTokens({ token, subcode: 460 });
    const tomorrow = new Date(now.getTime() + 25 * 3_600_000);
    await s.db.orm.update(connections).set({ checkedAt: tomorrow }).where(sql`${connections.id} <> ${id}`);
    await checkConnections(world, tomorrow);
    const broken = await mine();
    expect(broken?.brokenReason).toMatch(/password/i);
    expect(broken?.scopes).toContain('ads_management');
    await watch(tomorrow.toISOString());
    expect(await standing()).toContain('The connection of Maya Rivera needs to be made again');
    await deliver(tomorrow.toISOString());
  });

  it('is asked again within hours where Facebook cannot say', async () => {
    const now = new Date(Date.now() + 60 * 3_600_000);
    await s.db.orm.update(connections).set({ checkedAt: now });
    const [one] = await listConnections(s.db, s.workspaceId);
    await s.db.orm
      .update(connections)
      .set({ checkedAt: null, updatedAt: new Date(0) })
      .where(eq(connections.id, one?.id ?? ''));
    const world = { db: s.db, ...parseEnv(s.variables) };
    await s.sandbox.control.fault({ kind: 'html502', route: 'debug_token', times: 0 });
    expect(await checkConnections(world, now)).toBe(0);
    await s.sandbox.control.clearFaults();
    expect(await checkConnections(world, new Date(now.getTime() + 30 * 60_000))).toBe(0);
    expect(await checkConnections(world, new Date(now.getTime() + 61 * 60_000))).toBe(1);
  });
});

describe('a delivery', () => {
  let fresh = 0;
  /** An alert of its own: a connection that is broken. */
  async function raise(at: string): Promise<void> {
    const id = await connectionOf(`9${++fresh}`, 'token', null, at);
    await s.db.orm.update(connections).set({ brokenReason: 'It was withdrawn' }).where(eq(connections.id, id));
    await watch(at);
  }

  it('that a chat refuses is tried again later and arrives once', async () => {
    webhook.answerWith(500);
    const before = webhook.bodies.length;
    await raise('2026-07-01T09:00:00Z');
    expect(await deliver('2026-07-01T09:00:10Z')).toBe(2);
    webhook.answerWith(200);
    expect(await deliver('2026-07-01T09:00:30Z')).toBe(0);
    expect(await deliver('2026-07-01T09:01:11Z')).toBe(1);
    expect(await deliver('2026-07-01T19:01:11Z')).toBe(0);
    expect(webhook.bodies).toHaveLength(before + 1);
  });

  it('that a mail server goes on refusing is given up after hours, and the settings say so without a secret', async () => {
    mailbox.refuse(550);
    await raise('2026-07-02T09:00:00Z');
    for (const at of ['09:00:10', '09:01:20', '09:06:30', '09:21:40', '10:21:50', '14:22:00']) await deliver(`2026-07-02T${at}Z`);
    mailbox.refuse(null);
    const failed = await s.db.orm
      .select({ attempts: alertDeliveries.attempts, fault: alertDeliveries.fault })
      .from(alertDeliveries)
      .where(and(eq(alertDeliveries.state, 'failed'), eq(alertDeliveries.channel, 'email')));
    expect(failed).toEqual(Array(2).fill({ attempts: 6, fault: 'The mail server answered 550.' }));
    expect(await lastFailedDelivery(s.db, s.workspaceId)).toMatchObject({ channel: 'email', fault: 'The mail server answered 550.' });
  });

  it('by letter fails at once, in words, where no mail server is set up', async () => {
    await raise('2026-07-03T09:00:00Z');
    expect(await deliver('2026-07-03T09:00:10Z', null)).toBe(1);
    expect((await lastFailedDelivery(s.db, s.workspaceId))?.fault).toBe('E-mail is not set up: SMTP_URL is missing.');
  });
});

it('counts as unread what still stands and this user has not read, in this workspace alone', async () => {
  const all = await told();
  const open = all.filter((alert) => alert.resolvedAt === null);
  expect(await unreadAlerts(s.db, s.workspaceId, userId)).toBe(open.length);
  const other = await testWorkspace(s.db, { name: 'Other' });
  await readAlerts(
    s.db,
    other,
    userId,
    open.map((alert) => alert.id),
  );
  expect(await unreadAlerts(s.db, s.workspaceId, userId)).toBe(open.length);
  for (let i = 0; i < 2; i++) await readAlerts(s.db, s.workspaceId, userId, [open[0]?.id ?? 0]);
  expect(await unreadAlerts(s.db, s.workspaceId, userId)).toBe(open.length - 1);
  expect((await told()).find((alert) => alert.id === open[0]?.id)?.read).toBe(true);
  expect(await alertsFor(s.db, other, userId)).toEqual([]);
});
