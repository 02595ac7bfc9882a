import { randomBytes } from 'node:crypto';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Database } from '@/db/client';
import { storeRecords } from '@/db/events';
import { saveSegment } from '@/db/segments';
import { createWorkspace, workspaceById } from '@/db/workspaces';
import { translate } from '@/lib/intake/segment-spec';
import { parseDefinition } from '@/lib/segment/definition';
import { type App, startApp } from '@/tests/support/app';
import { describeInBrowser, launch, seriousFaults, watchedPage } from '@/tests/support/browser';
import { testDatabase } from '@/tests/support/database';
import { type Sandbox, startSandbox } from '@/tests/support/sandbox';
import { emailOf } from '@/tests/support/story';

/** How many, who, why, and as of when: what a marketer asks beside a description, in Chromium against the real app. */
describeInBrowser('beside a description of users', () => {
  let app: App;
  let sandbox: Sandbox;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  let faults: string[];
  let db: Database;

  beforeAll(async () => {
    const database = await testDatabase();
    db = database.db;
    sandbox = await startSandbox();
    const made = await createWorkspace(db, { name: 'Why shop', zone: 'Europe/Berlin', defaultCountry: 'DE' }, new Date());
    await store(db, made.workspaceId);
    await storeMany(db, made.workspaceId);
    app = await startApp({
      DATABASE_URL: database.url,
      NEXTAUTH_SECRET: randomBytes(32).toString('hex'),
      ENCRYPTION_KEYS: `test:${randomBytes(32).toString('base64')}`,
      CRON_SECRET: randomBytes(16).toString('hex'),
      BECKON_SANDBOX_URL: sandbox.url,
      FACEBOOK_APP_ID: 'sandbox-app',
      FACEBOOK_APP_SECRET: 'sandbox-app-secret',
      FACEBOOK_GRAPH_URL: sandbox.url,
      FACEBOOK_DIALOG_URL: sandbox.url,
    });
    browser = await launch();
    context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
    ({ page, faults } = await watchedPage(context, [new URL(app.origin).host, new URL(sandbox.url).host]));
    page.setDefaultTimeout(20_000);
    await page.goto(`${app.origin}/segments`);
    await page.getByRole('button', { name: /Continue with Facebook/ }).click();
    await page.waitForURL(/dialog\/oauth/);
    await page.getByText(/Maya/).first().click();
    await page.getByRole('button', { name: 'Continue' }).click();
    await page
      .getByRole('heading', { name: 'Segments' })
      .or(page.getByRole('heading', { name: 'Campaigns' }))
      .waitFor();
  });
  afterAll(async () => {
    await browser?.close();
    await app?.stop();
    await sandbox?.stop();
  });

  const reach = () => page.getByRole('complementary', { name: 'Reach' });
  const dialog = () => page.getByRole('dialog');
  const exact = (words: RegExp) => Promise.all([reach().getByText(words).waitFor(), reach().getByText('Exact', { exact: true }).waitFor()]);
  const asOf = () => page.getByRole('combobox', { name: 'As of' });

  it('the number comes with how many remain after each condition', async () => {
    await page.goto(`${app.origin}/segments/new?from=cart-abandoners`);
    await exact(/8 who qualify/);
    const steps = reach().getByRole('region', { name: 'Condition by condition' }).getByRole('listitem');
    await expect
      .poll(() => steps.allInnerTexts())
      .toEqual([
        expect.stringMatching(/did “Added to Cart”.*\s12$/s),
        expect.stringMatching(/did not do “Purchased”.*\s8$/s),
        expect.stringMatching(/can be reached on Facebook\s8$/),
      ]);
    expect(await seriousFaults(page)).toEqual([]);
  });

  it('a member is asked why', async () => {
    await page.getByRole('button', { name: 'Show 20' }).click();
    await page.getByRole('button', { name: /^cart3/ }).click();
    await dialog().getByText('In', { exact: true }).waitFor();
    await dialog()
      .getByText(/Leaves on .* 00:00 \(Europe\/Berlin\), unless something happens before then\.$/)
      .waitFor();
    await dialog().getByText('Once in the last 7 days.', { exact: true }).waitFor();
    await dialog().getByText('product “Boots” · amount 13').waitFor();
    await dialog().getByText('By email.').waitFor();
    expect(await seriousFaults(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await dialog().waitFor({ state: 'hidden' });
    await expect.poll(() => page.getByText('Holds for cart3', { exact: true }).count()).toBe(3);
    await page.getByRole('button', { name: 'Take the ticks away' }).click();
    await page.getByText('Holds for cart3', { exact: true }).first().waitFor({ state: 'hidden' });
  });

  it('somebody else is found by an email, which stands in no address, and told why not', async () => {
    const addresses: string[] = [];
    page.on('request', (request) => addresses.push(request.url()));
    await page.getByRole('textbox', { name: 'User to look at' }).fill(emailOf('cart9').toUpperCase());
    await page.keyboard.press('Enter');
    await dialog().getByRole('heading', { name: 'cart9' }).waitFor();
    await dialog().getByText('Not in', { exact: true }).waitFor();
    await dialog().getByText('Does not hold:').first().waitFor({ state: 'attached' });
    expect(addresses.some((address) => /example/i.test(address))).toBe(false);
    await page.keyboard.press('Escape');
    await page.getByRole('textbox', { name: 'User to look at' }).fill('nobody@example.com');
    await page.getByRole('button', { name: 'Look', exact: true }).click();
    await page.getByText(/Nobody has this id/).waitFor();
  });

  it('all of it is seen as of a moment in the past', async () => {
    await asOf().selectOption('past');
    await page.getByText(/^As of .* \(Europe\/Berlin\)$/).waitFor();
    await reach().getByText('Nobody').waitFor();
    await page.getByRole('textbox', { name: 'User to look at' }).fill('cart3');
    await page.keyboard.press('Enter');
    await dialog()
      .getByText(/^Not in as of /)
      .waitFor();
    await dialog().getByText('Not once in the last 7 days.').first().waitFor();
    await page.keyboard.press('Escape');
    expect(await seriousFaults(page)).toEqual([]);
    await page.getByRole('button', { name: 'Back to now' }).click();
    await exact(/8 who qualify/);
  });

  it('what nobody waits for any more is cancelled in Postgres', async () => {
    type Running = { since: string };
    const running = () => db.sql<Running[]>`
      select query_start::text as since from pg_stat_activity
      where datname = current_database() and state = 'active' and wait_event_type = 'Lock' and query like '%identifier_mask%' order by 1`;
    const held = await db.sql.reserve();
    await held`begin`;
    try {
      await held`lock table profiles in access exclusive mode`;
      await asOf().selectOption('past');
      await expect.poll(async () => (await running()).length, { timeout: 20_000 }).toBe(1);
      const [first] = await running();
      await asOf().selectOption('now');
      await expect
        .poll(async () => (await running()).map(({ since }) => since > (first?.since ?? '')), { timeout: 20_000 })
        .toEqual([true]);
      await page.getByRole('link', { name: 'Segments' }).first().click();
      await expect.poll(async () => (await running()).length, { timeout: 20_000 }).toBe(0);
    } finally {
      await held`rollback`;
      held.release();
    }
  });

  it('an estimate with its margin stands there at once, and the exact number takes its place', async () => {
    await page.goto(`${app.origin}/segments/french`);
    await exact(/of 40,000 who qualify/);
    const held = await db.sql.reserve();
    await held`begin`;
    try {
      await held`lock table profiles in access exclusive mode`;
      await asOf().selectOption('past');
      await reach().getByText('Estimate', { exact: true }).waitFor();
      await reach()
        .getByText(/of ≈\s[\d,]+ ±\s[\d,]+ who qualify \(100\s%\)/)
        .waitFor();
    } finally {
      await held`rollback`;
      held.release();
    }
    await exact(/of 40,000 who qualify/);
  });

  it('a number that cannot be had says so, and is asked for again', async () => {
    await page.route('**/ask/reach', (route) => route.abort());
    await page.goto(`${app.origin}/segments/new?from=cart-abandoners`);
    await reach().getByText('Beckon could not be reached.').waitFor();
    await page.unroute('**/ask/reach');
    await reach().getByRole('button', { name: 'Count again' }).click();
    await exact(/8 who qualify/);
    faults.splice(0, faults.length, ...faults.filter((fault) => !/ERR_FAILED/.test(fault)));
  });

  it('a profile tells which saved segments it is in, and why', async () => {
    await page.getByRole('button', { name: 'Save segment' }).click();
    await page.getByRole('link', { name: 'Cart abandoners' }).first().waitFor();
    const [row] = await db.sql<{ id: string }[]>`select profile_id::text as id from profile_ids where value = 'cart3'`;
    for (const [width, colorScheme] of [
      [1440, 'light'],
      [390, 'dark'],
    ] as const) {
      await page.setViewportSize({ width, height: 900 });
      await page.emulateMedia({ colorScheme });
      await page.goto(`${app.origin}/profiles/${row?.id}`);
      await page.getByRole('button', { name: 'Why: Cart abandoners' }).click();
      await page.getByText('Once in the last 7 days.', { exact: true }).waitFor();
      expect(await seriousFaults(page), `at ${width}`).toEqual([]);
      await expect.poll(() => page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
    }
  });

  it('the same stands in the wizard, for a saved segment that is followed, as narrow as a phone', async () => {
    await page.goto(`${app.origin}/campaigns/new`);
    await page.getByLabel(/name/i).first().fill('Win back carts');
    await page.keyboard.press('Enter');
    await page.waitForURL(/edit\/who/);
    await page.getByRole('radio', { name: /Cart abandoners/ }).click();
    await exact(/8 who qualify/);
    await page.getByRole('button', { name: 'Show 20' }).click();
    await page.getByRole('button', { name: /^cart3/ }).click();
    await dialog().getByText('Once in the last 7 days.', { exact: true }).waitFor();
    expect(await seriousFaults(page)).toEqual([]);
    await expect.poll(() => page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
    expect(faults).toEqual([]);
  });
});

/** As many others as an estimate is made for, a third of them French, reachable by email and without any event. */
async function storeMany(db: Database, workspaceId: Parameters<typeof workspaceById>[1]): Promise<void> {
  await db.sql`insert into profiles (workspace_id, profile_id, first_seen, last_seen, bucket, country, identifier_mask)
    select ${workspaceId}, nextval('profile_id_sequence'), '2026-01-01', '2026-01-01', n % 1000, case when n % 3 = 0 then 'FR' else 'PL' end, 1
    from generate_series(1, 120000) n`;
  await db.sql`insert into profiles_sample select * from profiles where workspace_id = ${workspaceId} and bucket < 16 on conflict do nothing`;
  await db.sql`analyze profiles, profiles_sample`;
  const definition = parseDefinition({ property: '$country', op: 'is', value: 'FR' });
  await saveSegment(db, workspaceId, { key: 'french', name: 'French', definition }, null, new Date());
}

/** Twelve who added to cart an hour ago, four of whom bought. */
async function store(db: Database, workspaceId: Parameters<typeof workspaceById>[1]): Promise<void> {
  const now = new Date();
  const timestamp = new Date(now.getTime() - 3_600_000).toISOString();
  const batch = Array.from({ length: 12 }, (_, i) => {
    const userId = `cart${i}`;
    const did = (event: string) => ({ type: 'track', userId, event, timestamp, properties: { amount: 10 + i, product: 'Boots' } });
    return [
      { type: 'identify', userId, timestamp, traits: { email: emailOf(userId) } },
      did('Added to Cart'),
      ...(i >= 8 ? [did('Purchased')] : []),
    ];
  }).flat();
  const calls = batch.map((call, i) => ({ ...call, messageId: `why-${i}` }));
  const { records } = translate('batch', { batch: calls } as Parameters<typeof translate>[1], 0, { defaultCountry: 'DE', receivedAt: now });
  await storeRecords(db, await workspaceById(db, workspaceId), records, now);
}
