import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { exclusionsOf } from '@/db/exclusions';
import { saveSegment } from '@/db/segments';
import { workspaceById } from '@/db/workspaces';
import { parseDefinition } from '@/lib/segment/definition';
import { type App, startApp } from '@/tests/support/app';
import { describeInBrowser, launch, seriousFaults, signIn, watchedPage } from '@/tests/support/browser';
import { systemUserToken } from '@/tests/support/sandbox';
import { emailOf, type Story, story } from '@/tests/support/story';

let s: Story;
let app: App;
let context: BrowserContext;
let page: Page;
let faults: string[];

const button = (name: string | RegExp) => page.getByRole('button', { name, exact: true });
const open = (path: string) => page.goto(`${app.origin}${path}`, { waitUntil: 'networkidle' });

describeInBrowser('settings in a browser', () => {
  beforeAll(async () => {
    s = await story();
    const at = new Date(Date.now() - 3_600_000).toISOString();
    await s.send([{ type: 'identify', userId: 'u1', traits: { email: emailOf('u1'), marketing: 'yes' } }], at);
    const staff = { key: 'staff', name: 'Staff', definition: parseDefinition({ property: 'marketing', op: 'is', value: 'staff' }) };
    await saveSegment(s.db, s.workspaceId, staff, null, new Date());
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

  test('the workspace is renamed and moved to another zone', async () => {
    await open('/settings');
    await page.getByLabel('Name', { exact: true }).fill('');
    await button('Save').click();
    await page.getByRole('alert').first().waitFor();
    await page.getByLabel('Name', { exact: true }).fill('Northern shop');
    await page.getByRole('combobox', { name: 'Time zone' }).click();
    await page.keyboard.type('Oslo');
    await page.keyboard.press('Enter');
    await page.getByLabel('Default country').selectOption('NO');
    await button('Save').click();
    await page.getByText('Saved.').waitFor();
    expect(await workspaceById(s.db, s.workspaceId)).toMatchObject({ name: 'Northern shop', zone: 'Europe/Oslo', defaultCountry: 'NO' });
  });

  test('whom no campaign ever sends is chosen, and let go again', async () => {
    await open('/settings/exclusions');
    await page.getByRole('combobox', { name: /^Segments/ }).click();
    await page.keyboard.type('Staff');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Escape');
    await page.getByRole('combobox', { name: /^Consent property/ }).click();
    await page.keyboard.type('marketing');
    await page.keyboard.press('Enter');
    await button('Save').click();
    await page.getByText('Saved.').waitFor();
    expect(await exclusionsOf(s.db, s.workspaceId)).toMatchObject({ excludeSegments: ['staff'], consentProperty: 'marketing' });
    expect(await seriousFaults(page)).toEqual([]);
    await open('/settings/exclusions');
    await button('Use none').click();
    await button('Save').click();
    await page.getByText('Saved.').waitFor();
    expect(await exclusionsOf(s.db, s.workspaceId)).toMatchObject({ excludeSegments: ['staff'], consentProperty: null });
  });

  test('an API key opens the API until it is revoked', async () => {
    await open('/settings/keys');
    await button('New API key').click();
    await page.getByLabel('Name').fill('Warehouse');
    await button('Make the key').click();
    const field = page.getByLabel('API key', { exact: true });
    await expect.poll(() => field.inputValue()).toMatch(/^ak_/);
    const authorization = `Bearer ${await field.inputValue()}`;
    const status = async () => (await fetch(`${app.origin}/api/v1/segments`, { headers: { authorization } })).status;
    expect(await status()).toBe(200);
    await button('I have copied it').click();
    await button('Revoke Warehouse').click();
    await page.getByRole('dialog').getByRole('button', { name: 'Revoke', exact: true }).click();
    await page.getByText('“Warehouse” is revoked.').waitFor();
    expect(await status()).toBe(401);
  });

  test('a system user is connected by its token, and a wrong one is refused beside its field', async () => {
    await open('/settings/connections');
    await button('Paste a system-user token').click();
    const token = page.getByRole('dialog').getByRole('textbox').first();
    await token.fill('EAAwrong');
    await page
      .getByRole('dialog')
      .getByRole('button', { name: /^Connect/ })
      .click();
    await page.getByRole('alert').first().waitFor();
    expect(await seriousFaults(page)).toEqual([]);
    await token.fill(systemUserToken);
    await page
      .getByRole('dialog')
      .getByRole('button', { name: /^Connect/ })
      .click();
    await page.getByText('System user', { exact: true }).first().waitFor();
    expect(await page.content()).not.toContain(systemUserToken);
  });

  test('a user is erased from their page, and the receipt tells that it is finished', async () => {
    await open('/settings/removals');
    await page.getByText('Nobody yet.').waitFor();
    expect(await seriousFaults(page)).toEqual([]);
    await open('/profiles?id=u1');
    await page.getByRole('link', { name: 'u1', exact: true }).click();
    await button('Erase…').click();
    expect(await seriousFaults(page)).toEqual([]);
    await button('Erase for good').click();
    await page.waitForURL(/\/settings\/removals\/[0-9a-f-]{36}$/);
    await page.getByText('Finished', { exact: true }).first().waitFor();
    await page.getByText('the profile and 0 events').waitFor();
    expect(await seriousFaults(page)).toEqual([]);
    await page.getByRole('link', { name: 'Removals' }).last().click();
    await page.getByRole('cell', { name: 'Erasure', exact: true }).waitFor();
    expect(await seriousFaults(page)).toEqual([]);
    await open('/profiles?id=u1');
    await expect.poll(() => page.getByRole('link', { name: 'u1', exact: true }).count()).toBe(0);
    expect(faults).toEqual([]);
  });
});
