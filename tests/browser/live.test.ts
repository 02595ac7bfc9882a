import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type App, startApp } from '@/tests/support/app';
import { describeInBrowser, launch, seriousFaults, signIn, watchedPage } from '@/tests/support/browser';
import { digestOfEmail, emailOf, type Story, story } from '@/tests/support/story';

const people = ['ann', 'bob', 'cid'];

let s: Story;
let app: App;
let context: BrowserContext;
let page: Page;
let faults: string[];

const button = (name: string) => page.getByRole('button', { name, exact: true });
const card = (name: RegExp) => page.getByRole('radio', { name });
const now = () => new Date().toISOString();
const did = (event: string, ...names: string[]) => names.map((userId) => ({ type: 'track', userId, event }));

/** @param nth of the events on the page. */
async function chooseEvent(nth: number, name: string): Promise<void> {
  await page
    .getByRole('combobox', { name: /^Event:/ })
    .nth(nth)
    .click();
  await page.getByRole('option', { name: new RegExp(`^${name}`) }).click();
}

async function goOn(step: string): Promise<void> {
  await page.getByText('Draft saved').waitFor();
  await button('Continue').click();
  await page.waitForURL(new RegExp(`/edit/${step}`));
}

describeInBrowser('a live campaign in a browser', () => {
  beforeAll(async () => {
    s = await story();
    await s.send(
      people.map((userId) => ({ type: 'identify', userId, traits: { email: emailOf(userId) } })),
      now(),
    );
    await s.send([...did('Cart', ...people), ...did('Paid', 'bob')], now());
    app = await startApp(s.variables);
    const browser = await launch();
    context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
    ({ page, faults } = await watchedPage(context, [new URL(app.origin).host, new URL(s.sandbox.url).host]));
    page.setDefaultTimeout(20_000);
    await signIn(page, app.origin);
  });

  afterAll(async () => {
    await context?.browser()?.close();
    await app?.stop();
    await s?.sandbox.stop();
  });

  test('is described by what happens and what does not, each fault beside its field, and loses nothing by a look at another kind', async () => {
    await page.goto(`${app.origin}/campaigns/new`);
    await page.getByLabel('Name').fill('Carts left behind');
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/edit\/who/);
    await card(/^Live: the moment/).click();
    await button('Continue').click();
    await page.getByText('Name an event.').waitFor();
    await card(/^They do not follow up/).click();
    await chooseEvent(0, 'Cart');
    await chooseEvent(1, 'Paid');
    // Who does it after all leaves.
    await page.getByText('Or until they do').waitFor();
    await card(/^A date comes round/).click();
    await page.getByRole('combobox', { name: 'Date' }).click();
    await page.getByRole('option', { name: 'Birthday' }).click();
    await page.getByText('have a birthday').first().waitFor();
    expect(await page.getByLabel('Each year').isDisabled()).toBe(true);
    expect(await seriousFaults(page)).toEqual([]);
    await card(/^They do not follow up/).click();
    await goOn('when');
    await page.getByText('Once an hour everybody is compared anew').waitFor();
    await page.getByRole('link', { name: /Back/ }).click();
    await page.waitForURL(/\/edit\/who/);
    await page.getByRole('combobox', { name: 'Event: Cart' }).waitFor();
    await page.getByLabel('Within: number').waitFor();
  });

  test('is scheduled, and has somebody in the audience moments after the event', async () => {
    await card(/^They do something/).click();
    await chooseEvent(0, 'Cart');
    await goOn('when');
    await goOn('where');
    await card(/Northwind – main/).click();
    await goOn('overview');
    await page.getByText('Users the moment they do “Cart”. They stay 30 days, or until they do “Paid”').first().waitFor();
    await button('Schedule').click();
    await page.waitForURL(/\/campaigns\/[0-9a-f-]{36}$/);
    await page.getByRole('cell', { name: 'Live', exact: true }).waitFor();
    expect(await seriousFaults(page)).toEqual([]);
    await s.send(did('Cart', 'ann', 'cid'), now());
    await expect.poll(() => s.held('Carts left behind')).toEqual([digestOfEmail(emailOf('ann')), digestOfEmail(emailOf('cid'))].sort());
    await s.send(did('Paid', 'cid'), now());
    await expect.poll(() => s.held('Carts left behind')).toEqual([digestOfEmail(emailOf('ann'))]);
    await page.getByRole('row', { name: /Live/ }).getByRole('link').click();
    await page.getByText('+2 −1').waitFor();
    expect(await page.getByText('It goes on at').count()).toBe(0);
    expect(await page.getByRole('button', { name: 'Cancel' }).count()).toBe(0);
    expect(await seriousFaults(page)).toEqual([]);
  });

  test('without a fault on any page', () => {
    expect(faults).toEqual([]);
  });
});
