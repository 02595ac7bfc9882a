import { setTimeout as delay } from 'node:timers/promises';
import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { saveConnection } from '@/db/connections';
import { watchAlerts } from '@/lib/alerts/watch';
import { parseEncryptionKeys } from '@/lib/crypto';
import { type App, startApp } from '@/tests/support/app';
import { describeInBrowser, launch, seriousFaults, signIn, watchedPage } from '@/tests/support/browser';
import { type Mailbox, openMailbox } from '@/tests/support/mailbox';
import { sandboxPeople } from '@/tests/support/sandbox';
import { type Story, story } from '@/tests/support/story';
import { openWebhook, type Webhook } from '@/tests/support/webhook';

let s: Story;
let app: App;
let mailbox: Mailbox;
let webhook: Webhook;
let context: BrowserContext;
let page: Page;
let faults: string[];

const button = (name: string | RegExp) => page.getByRole('button', { name });
const arrived = async (has: () => boolean) => {
  for (let i = 0; i < 100 && !has(); i++) await delay(100);
  expect(has()).toBe(true);
};

describeInBrowser('alerts in a browser', () => {
  beforeAll(async () => {
    s = await story();
    mailbox = await openMailbox();
    webhook = await openWebhook();
    app = await startApp({ ...s.variables, SMTP_URL: mailbox.url, SMTP_FROM: 'Beckon <beckon@example.com>' });
    const browser = await launch();
    context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
    ({ page, faults } = await watchedPage(context, [new URL(app.origin).host, new URL(s.sandbox.url).host]));
    await signIn(page, app.origin);
  });

  afterAll(async () => {
    await context?.browser()?.close();
    await app?.stop();
    await mailbox?.close();
    await webhook?.close();
    await s?.sandbox.stop();
  });

  test('an owner says who is told, and a test reaches the mailbox and the chat', async () => {
    await page.goto(`${app.origin}/settings/alerts`);
    expect(await seriousFaults(page)).toEqual([]);
    await page.getByLabel('E-mail addresses').fill('ann@example.com, wrong');
    await button('Save').click();
    await page.getByText('“wrong” is not an e-mail address.').waitFor();
    await page.getByLabel('E-mail addresses').fill('ann@example.com\nops@example.com');
    await page.getByLabel('Webhook').fill(webhook.url);
    await button('Save').click();
    await page.getByText(new URL(webhook.url).host).waitFor();
    await button('Send a test').click();
    await page.getByText('A test is on its way.').waitFor();
    await arrived(() => mailbox.letters.length === 2 && webhook.bodies.length === 1);
    expect(mailbox.letters.map(({ to, subject }) => `${to[0]}: ${subject}`).sort()).toEqual([
      'ann@example.com: [Beckon] This is a test',
      'ops@example.com: [Beckon] This is a test',
    ]);
    await page.reload();
    await expect.poll(() => page.getByLabel('E-mail addresses').inputValue()).toBe('ann@example.com\nops@example.com');
    expect(await page.content()).not.toContain('/services/T000');
    webhook.answerWith(404);
    await button('Send a test').click();
    await page.getByText('The webhook: The webhook answered 404.').waitFor();
    webhook.answerWith(200);
    expect(await seriousFaults(page)).toEqual([]);
  });

  test('somebody removes the app at Facebook: the bell counts it, leads to the connection, and is quiet once it was read', async () => {
    await connect();
    await s.sandbox.control.callback({ kind: 'deauthorize', personId: sandboxPeople.tom, url: `${app.origin}/api/facebook/deauthorize` });
    await watchAlerts(s.db, new Date());
    await page.goto(`${app.origin}/campaigns`);
    await button('Alerts 1 unread').click();
    await page.getByRole('heading', { name: 'Alerts' }).waitFor();
    expect(await seriousFaults(page)).toEqual([]);
    await page.setViewportSize({ width: 390, height: 844 });
    expect(await seriousFaults(page)).toEqual([]);
    await page.setViewportSize({ width: 1440, height: 900 });
    await page.getByRole('link', { name: /Unread: The connection of Tom Okafor needs to be made again/ }).click();
    await page.waitForURL('**/settings/connections');
    await button(/^Alerts$/).waitFor();
    await page.reload();
    await button(/^Alerts$/).click();
    await page.getByText('Tom Okafor removed this app at Facebook.').first().waitFor();
  });

  test('it is marked as mended once they have connected again', async () => {
    await connect();
    await watchAlerts(s.db, new Date());
    await page.goto(`${app.origin}/settings/keys`);
    await button(/^Alerts$/).click();
    await page.getByText('mended since').waitFor();
    expect(faults).toEqual([]);
  });
});

async function connect(): Promise<void> {
  const token = await s.sandbox.control.token({ personId: sandboxPeople.tom });
  const facts = { kind: 'user' as const, facebookUserId: sandboxPeople.tom, name: 'Tom Okafor', scopes: ['ads_management'] };
  const by = { userId: null, keys: parseEncryptionKeys(s.variables.ENCRYPTION_KEYS ?? '') };
  await saveConnection(s.db, s.workspaceId, { ...facts, token, expiresAt: null }, by, new Date());
}
