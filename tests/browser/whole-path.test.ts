import { randomBytes } from 'node:crypto';
import { Analytics } from '@segment/analytics-node';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createWorkspace } from '@/db/workspaces';
import { type App, startApp } from '@/tests/support/app';
import { describeInBrowser, launch, seriousFaults, watchedPage } from '@/tests/support/browser';
import { testDatabase } from '@/tests/support/database';
import { type Sandbox, startSandbox } from '@/tests/support/sandbox';
import { digestOfEmail, emailOf } from '@/tests/support/story';

/** The whole job in a real browser against the real app: what a marketer does on the first day. */
describeInBrowser('a marketer', () => {
  let app: App;
  let sandbox: Sandbox;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  let faults: string[];
  let apiKey: string;

  beforeAll(async () => {
    const { db, url } = await testDatabase();
    sandbox = await startSandbox();
    await sandbox.control.settings({ matchingMs: 0 });
    const made = await createWorkspace(db, { name: 'Browser shop', zone: 'Europe/Berlin', defaultCountry: 'DE' }, new Date());
    apiKey = made.apiKey;
    app = await startApp(environment(url, sandbox.url));
    await sendShop(app.origin, made.writeKey);
    browser = await launch();
    context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
    ({ page, faults } = await watchedPage(context, [new URL(app.origin).host, new URL(sandbox.url).host]));
    page.setDefaultTimeout(20_000);
  });
  afterAll(async () => {
    await browser?.close();
    await app?.stop();
    await sandbox?.stop();
  });

  const approve = async (person: RegExp) => {
    await page.getByText(person).first().click();
    await page.getByRole('button', { name: 'Continue' }).click();
  };

  it('signs in with Facebook and owns the installation', async () => {
    await page.goto(`${app.origin}/campaigns`);
    await page.waitForURL(/sign-in/);
    expect(await seriousFaults(page)).toEqual([]);
    await page.getByRole('button', { name: /Continue with Facebook/ }).click();
    await page.waitForURL(/dialog\/oauth/);
    await approve(/Maya/);
    await page.getByRole('heading', { name: 'Campaigns' }).waitFor();
    await page.getByText('Browser shop').waitFor();
  });

  it('describes a segment, sees its reach, and saves it', async () => {
    await page.goto(`${app.origin}/segments/new?from=cart-abandoners`);
    await page.getByText('Users who did “Added to Cart” at least once in the last 7 days').waitFor();
    await page.getByText(/8 who qualify/).waitFor();
    await page.getByRole('button', { name: 'Show 20' }).click();
    await page.getByRole('button', { name: /^cart3/ }).waitFor();
    expect(await seriousFaults(page)).toEqual([]);
    await page.getByRole('button', { name: 'Save segment' }).click();
    await page.getByRole('link', { name: 'Cart abandoners' }).waitFor();
  });

  it('walks the wizard, connects Facebook, schedules, and the audience is exactly the segment', async () => {
    await page.goto(`${app.origin}/campaigns/new`);
    await page.getByLabel(/name/i).first().fill('Win back carts');
    await page.keyboard.press('Enter');
    await page.waitForURL(/edit\/who/);
    await page.getByRole('radio', { name: /Cart abandoners/ }).click();
    await page.getByText(/8 who\s+qualify/).waitFor();
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.waitForURL(/edit\/when/);
    await page.getByRole('radio', { name: /Now, once/ }).click();
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.waitForURL(/edit\/where/);
    await page
      .getByRole('link', { name: /Connect/ })
      .first()
      .click();
    await page.waitForURL(/dialog\/oauth/);
    await approve(/Maya/);
    await page.waitForURL(/edit\/where/);
    await page.getByRole('radio', { name: /Northwind – main/ }).click();
    await page.getByRole('checkbox').nth(20).waitFor();
    const adSet = (await sandbox.control.adSets()).find((each) => each.status === 'ACTIVE' && /480100000000001$/.test(each.accountId));
    await page
      .getByRole('searchbox')
      .or(page.getByPlaceholder(/ad sets/i))
      .last()
      .fill(adSet?.name ?? '');
    await page
      .getByRole('checkbox', { name: adSet?.name ?? '' })
      .first()
      .click();
    await page.getByText('Draft saved').waitFor();
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.waitForURL(/edit\/overview/);
    await page.getByText('Would join').waitFor();
    expect(await seriousFaults(page)).toEqual([]);
    await page.getByRole('button', { name: /^Schedule/ }).click();
    await page.waitForURL(/campaigns\/[0-9a-f-]{36}$/);
    await expect.poll(() => heldEmails(sandbox), { timeout: 30_000 }).toEqual(expectedEmails(await members(app.origin, apiKey)));
    await expect.poll(() => usedBy(sandbox, adSet?.id ?? ''), { timeout: 20_000 }).toHaveLength(1);
  });

  it('finds nothing on any page that keeps somebody out, wide or narrow, light or dark', async () => {
    const campaign = page.url();
    const run = `${campaign}/runs/1`;
    const paths = [
      '/campaigns',
      '/segments',
      '/segments/cart-abandoners',
      '/events?event=Purchased',
      '/profiles',
      '/profiles/1',
      '/sources',
      '/settings',
      '/settings/connections',
      '/settings/keys',
    ];
    const addresses = [campaign, run, ...paths.map((path) => `${app.origin}${path}`)];
    for (const [width, colorScheme] of [
      [1440, 'light'],
      [390, 'dark'],
    ] as const) {
      await page.setViewportSize({ width, height: 900 });
      await page.emulateMedia({ colorScheme });
      for (const address of addresses) {
        await page.goto(address, { waitUntil: 'networkidle' });
        expect(await seriousFaults(page), `${address} at ${width}`).toEqual([]);
        expect(
          await page.evaluate(() => document.documentElement.scrollWidth - innerWidth),
          `${address} is wider than ${width}`,
        ).toBeLessThanOrEqual(0);
      }
    }
    expect(faults).toEqual([]);
  });

  it('turns a stranger away politely', async () => {
    const other = await browser.newContext();
    const stranger = await other.newPage();
    await stranger.goto(`${app.origin}/sign-in`);
    await stranger.getByRole('button', { name: /Continue with Facebook/ }).click();
    await stranger.waitForURL(/dialog\/oauth/);
    await stranger.getByText(/Tom/).first().click();
    await stranger.getByRole('button', { name: 'Continue' }).click();
    await stranger.getByText('You are not a member here yet').waitFor();
    await stranger.goto(`${app.origin}/segments`);
    await stranger.waitForURL(/sign-in/);
    await other.close();
  });
});

function environment(databaseUrl: string, sandboxUrl: string): Record<string, string> {
  return {
    DATABASE_URL: databaseUrl,
    NEXTAUTH_SECRET: randomBytes(32).toString('hex'),
    ENCRYPTION_KEYS: `test:${randomBytes(32).toString('base64')}`,
    CRON_SECRET: randomBytes(16).toString('hex'),
    BECKON_SANDBOX_URL: sandboxUrl,
    FACEBOOK_APP_ID: 'sandbox-app',
    FACEBOOK_APP_SECRET: 'sandbox-app-secret',
    FACEBOOK_GRAPH_URL: sandboxUrl,
    FACEBOOK_DIALOG_URL: sandboxUrl,
  };
}

/** Twelve who added to cart, four of whom bought: sent by the unmodified client through the real door. */
async function sendShop(host: string, writeKey: string): Promise<void> {
  const analytics = new Analytics({ writeKey, host, flushAt: 20 });
  for (let i = 0; i < 12; i++) {
    const userId = `cart${i}`;
    analytics.identify({ userId, traits: { email: emailOf(userId), plan: i % 2 ? 'pro' : 'free' } });
    analytics.track({ userId, event: 'Added to Cart', properties: { amount: 10 + i, product: 'Boots' } });
    if (i >= 8) analytics.track({ userId, event: 'Purchased', properties: { amount: 10 + i } });
  }
  await analytics.closeAndFlush();
}

async function members(origin: string, apiKey: string): Promise<string[]> {
  const headers = { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' };
  const response = await fetch(`${origin}/api/v1/members`, {
    method: 'POST',
    headers,
    body: JSON.stringify({ segment: 'cart-abandoners' }),
  });
  const lines = (await response.text()).trim().split('\n');
  return lines.map((line) => (JSON.parse(line) as { userId: string }).userId);
}

const expectedEmails = (userIds: string[]) => userIds.map((userId) => digestOfEmail(emailOf(userId))).sort();

async function heldEmails(sandbox: Sandbox): Promise<string[]> {
  const [audience] = await sandbox.control.audiences().then((all) => all.filter((each) => each.description.includes('beckon:')));
  return audience ? sandbox.control.memberValues(audience.id, 'EMAIL') : [];
}

async function usedBy(sandbox: Sandbox, adSetId: string): Promise<unknown[]> {
  const { targeting } = await sandbox.control.adSet(adSetId);
  const [audience] = await sandbox.control.audiences().then((all) => all.filter((each) => each.description.includes('beckon:')));
  return [...(targeting.custom_audiences ?? []), ...(targeting.excluded_custom_audiences ?? [])].filter((each) => each.id === audience?.id);
}
