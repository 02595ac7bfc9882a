import { readFile } from 'node:fs/promises';
import type { BrowserContext, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { saveSegment } from '@/db/segments';
import { parseDefinition } from '@/lib/segment/definition';
import { type App, startApp } from '@/tests/support/app';
import { describeInBrowser, launch, seriousFaults, watchedPage } from '@/tests/support/browser';
import { emailOf, type Story, story } from '@/tests/support/story';

const definition = {
  all: [
    { did: 'Added to Cart', within: { last: { days: 7 } } },
    { didNot: 'Purchased', within: { last: { days: 7 } } },
  ],
};

let s: Story;
let app: App;
let context: BrowserContext;
let page: Page;
let faults: string[];

/** Tab until the control has the focus: what cannot be reached so is not there for a keyboard. */
async function tabTo(target: Locator): Promise<void> {
  await target.waitFor();
  for (let i = 0; i < 120; i++) {
    if (await target.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press('Tab');
  }
  throw new Error('Tab does not reach the control.');
}

async function press(target: Locator, key: string): Promise<void> {
  await tabTo(target);
  // As long as a finger does: the radio group moves the focus a moment after the key goes down.
  await page.keyboard.press(key, { delay: 60 });
}

const button = (name: string | RegExp) => page.getByRole('button', { name, exact: true });
const saved = () => page.getByText('Draft saved').waitFor();

async function goOn(step: string): Promise<void> {
  expect(await seriousFaults(page)).toEqual([]);
  await press(button('Continue'), 'Enter');
  await page.waitForURL(new RegExp(`/edit/${step}`));
}

describeInBrowser('the campaign wizard in a browser', () => {
  beforeAll(async () => {
    s = await story();
    const at = new Date(Date.now() - 3_600_000).toISOString();
    const people = Array.from({ length: 60 }, (_, i) => `u${i}`);
    await s.send(
      people.map((userId) => ({ type: 'identify', userId, traits: { email: emailOf(userId) } })),
      at,
    );
    await s.send(
      people.slice(0, 40).map((userId) => ({ type: 'track', userId, event: 'Added to Cart' })),
      at,
    );
    await s.send(
      people.slice(0, 15).map((userId) => ({ type: 'track', userId, event: 'Purchased', properties: { amount: 20 } })),
      at,
    );
    const segment = { key: 'carts', name: 'Carts left behind', definition: parseDefinition(definition) };
    await saveSegment(s.db, s.workspaceId, segment, null, new Date());
    app = await startApp(s.variables);
    const browser = await launch();
    context = await browser.newContext({ viewport: { width: 1440, height: 900 }, timezoneId: 'America/New_York' });
    ({ page, faults } = await watchedPage(context, [new URL(app.origin).host, new URL(s.sandbox.url).host]));
  });

  afterAll(async () => {
    await context?.browser()?.close();
    await app?.stop();
    await s?.sandbox.stop();
  });

  test('somebody signs in and is led into the wizard', async () => {
    await page.goto(`${app.origin}/sign-in`);
    await button('Continue with Facebook').click();
    await page.waitForURL(`${s.sandbox.url}/**`);
    await page.getByRole('button', { name: 'Continue', exact: true }).click();
    await page.waitForURL(/\/campaigns(#|$)/);
    await page.getByText('No campaign yet').waitFor();
    expect(await seriousFaults(page)).toEqual([]);
    await press(page.getByRole('link', { name: 'Make the first campaign' }), 'Enter');
    await page.waitForURL('**/campaigns/new');
    expect(await seriousFaults(page)).toEqual([]);
  });

  test('the whole wizard is walked by keyboard alone, and a reload loses nothing', async () => {
    await tabTo(page.getByLabel('Name'));
    await page.keyboard.type('Bring carts back');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/edit/who');
    await press(page.getByRole('radio', { name: /^Carts left behind/ }), 'Space');
    await page.getByText('25', { exact: true }).first().waitFor();
    await saved();
    await page.reload();
    await expect.poll(() => page.getByRole('radio', { name: /^Carts left behind/ }).isChecked()).toBe(true);
    await goOn('when');

    await press(page.getByRole('radio', { name: /^On a rhythm/ }), 'ArrowDown');
    await page.getByText('Once, as soon as it is scheduled.').waitFor();
    await saved();
    await goOn('where');

    await press(page.getByRole('link', { name: 'Connect another account' }), 'Enter');
    await page.waitForURL(`${s.sandbox.url}/**`);
    await page.getByRole('button', { name: 'Continue', exact: true }).click();
    await page.waitForURL(/\/edit\/where\?connect=connected/);
    await expect.poll(() => page.getByRole('radio', { name: /^Maya Rivera/ }).isChecked()).toBe(true);
    await press(page.getByRole('radio', { name: /^Northwind – main/ }), 'Space');
    await tabTo(page.getByLabel('Search ad sets'));
    await page.keyboard.type('Autumn sale');
    await page
      .getByRole('checkbox', { name: /^Spring/ })
      .first()
      .waitFor({ state: 'detached' });
    await press(page.getByRole('checkbox', { name: /^Autumn sale/ }).first(), 'Space');
    await page.getByText('1 ad set chosen').waitFor();
    await saved();
    await goOn('overview');

    await page.getByText('If it ran now: 1 request to Facebook').waitFor();
    await page.getByText('Size after the run').waitFor();
    await press(button(/^Would join/), 'Enter');
    await page.getByRole('link', { name: 'u20', exact: true }).waitFor();
    const search = page.getByLabel('Search: Would join');
    await search.fill(emailOf('u31'));
    await page.getByRole('link', { name: 'u20', exact: true }).waitFor({ state: 'detached' });
    await page.getByRole('link', { name: 'u31', exact: true }).waitFor();
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'Download' }).click()]);
    const lines = (await readFile(await download.path(), 'utf8')).trim().split('\r\n');
    expect([lines[0], lines.length - 1]).toEqual(['userId,anonymousId,outcome', 25]);
    expect(await seriousFaults(page)).toEqual([]);
    await press(button('Schedule'), 'Enter');
    await page.waitForURL(/\/campaigns\/[0-9a-f-]{36}$/);
  });

  test('the run is watched to its end, and the audience at Facebook is the segment', async () => {
    await page.getByText('Succeeded').waitFor({ timeout: 60_000 });
    expect(await seriousFaults(page)).toEqual([]);
    const expected = await s.expected(definition, new Date().toISOString());
    expect(expected).toHaveLength(25);
    expect(await s.held('Bring carts back')).toEqual(expected);
    const audience = (await s.sandbox.control.audiences()).find((one) => one.name === 'Bring carts back');
    const using = (await s.sandbox.control.adSets()).filter((one) => one.targeting.custom_audiences?.some(({ id }) => id === audience?.id));
    expect(using.map((one) => one.name.startsWith('Autumn sale'))).toEqual([true]);

    await page.getByRole('table').getByRole('link').first().click();
    await page.waitForURL('**/runs/*');
    await page.getByText('25 of 25 rows').waitFor();
    await expect.poll(() => page.getByRole('progressbar').getAttribute('aria-valuenow')).toBe('100');
    expect(await seriousFaults(page)).toEqual([]);
  });

  test('a date in the past is refused beside its field and not saved', async () => {
    await page.goto(`${app.origin}/campaigns/new?segment=carts`);
    await page.getByLabel('Name').fill('Too late');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/edit/who');
    await goOn('when');
    await page.getByRole('radio', { name: /^Later, once/ }).click();
    await page.getByLabel('Date and time').fill('2020-01-01T09:00');
    await page.getByText('This is in the past. Choose a later date and time.').waitFor();
    await page.getByText('Not saved yet: see the marked field').waitFor();
    await button('Continue').click();
    expect(page.url()).toContain('/edit/when');
  });

  test('the calendar of the when step tells each day by keyboard: runs, clocks that are moved, days a month does not have', async () => {
    await page.goto(`${app.origin}/campaigns/new?segment=carts`);
    await page.getByLabel('Name').fill('Far ahead');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/edit/who');
    await goOn('when');
    await page.getByRole('combobox', { name: 'Time zone' }).click();
    await page.keyboard.type('New York');
    await page.keyboard.press('Enter');
    await page.getByLabel('Starting on').fill('2035-03-01');
    await page.getByLabel('At', { exact: true }).fill('02:30');
    await page.getByText('March 2035', { exact: true }).waitFor();
    await tabTo(page.getByRole('button', { name: 'Thu 1 Mar 2035. Runs at 02:30', exact: true }));
    for (const key of ['ArrowDown', 'End']) await page.keyboard.press(key);
    const focused = () => page.evaluate(() => document.activeElement?.getAttribute('aria-label'));
    await expect.poll(() => focused()).toBe('Sun 11 Mar 2035. Clocks go forward 02:00 → 03:00: runs 03:00');
    await page.getByText('Clocks go forward 02:00 → 03:00: runs 03:00.').waitFor();
    expect(await seriousFaults(page)).toEqual([]);

    await button('1st of the month').click();
    await button('Day 31').click();
    await page.getByRole('radio', { name: /^Both/ }).click();
    await button('Last Friday').click();
    await tabTo(page.getByRole('button', { name: /^Sun 11 Mar 2035/ }));
    await page.keyboard.press('PageDown');
    await page.getByText('No 31st in April: skipped.').waitFor();
    await expect.poll(() => focused()).toBe('Wed 11 Apr 2035. Nothing runs');
    await page.getByRole('button', { name: 'Fri 27 Apr 2035. Runs at 09:00', exact: true }).waitFor();
    await button('Show UTC').click();
    await page.getByText('14:00 UTC').first().waitFor();
    await saved();
    await page.reload();
    await expect.poll(() => button('Last Friday').getAttribute('aria-pressed')).toBe('true');
    await expect.poll(() => button('Day 31').getAttribute('aria-pressed')).toBe('true');
    expect(await seriousFaults(page)).toEqual([]);
  });

  test('settings and sources are sound, and a key is shown once', async () => {
    for (const path of ['/campaigns', '/settings', '/settings/connections', '/settings/keys', '/sources']) {
      await page.goto(app.origin + path);
      expect(await seriousFaults(page)).toEqual([]);
    }
    await button('New write key').click();
    await page.getByLabel('Name').fill('Shop server');
    await button('Make the key').click();
    await expect.poll(() => page.getByLabel('write key', { exact: true }).inputValue()).toMatch(/^wk_/);
    expect(await seriousFaults(page)).toEqual([]);
    await button('I have copied it').click();
    await page.getByRole('cell', { name: 'Shop server', exact: true }).waitFor();
    expect(faults).toEqual([]);
  });
});
