import { readFile } from 'node:fs/promises';
import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { memberIds, saveSegment, segmentByKey } from '@/db/segments';
import type { Definition } from '@/lib/segment/definition';
import { type App, startApp } from '@/tests/support/app';
import { describeInBrowser, launch, seriousFaults, signIn, watchedPage } from '@/tests/support/browser';
import { emailOf, type Story, story } from '@/tests/support/story';

let s: Story;
let app: App;
let context: BrowserContext;
let page: Page;
let faults: string[];

const button = (name: string | RegExp) => page.getByRole('button', { name, exact: true });
const row = (name: string) => page.getByRole('row').filter({ has: page.getByRole('link', { name, exact: true }) });
const open = (path: string) => page.goto(`${app.origin}${path}`, { waitUntil: 'networkidle' });
const file = (name: string, text: string) => ({ name, mimeType: 'text/csv', buffer: Buffer.from(text) });

async function membersOf(key: string): Promise<string[]> {
  const found: string[] = [];
  for await (const member of memberIds(s.db, s.workspaceId, { segment: key }, new Date()))
    if ('userId' in member) found.push(member.userId);
  return found.sort();
}

/** What a figure of a result says, by its label. */
const figure = (label: string) =>
  page
    .locator('dl > div')
    .filter({ has: page.getByText(label, { exact: true }) })
    .locator('dd')
    .first();

const bought: Definition = { did: 'Purchased' };

describeInBrowser('saved segments and lists in a browser', () => {
  beforeAll(async () => {
    s = await story();
    const at = new Date(Date.now() - 3_600_000).toISOString();
    const people = Array.from({ length: 30 }, (_, i) => `u${i}`);
    await s.send(
      people.map((userId) => ({ type: 'identify', userId, traits: { email: emailOf(userId) } })),
      at,
    );
    await s.send(
      people.map((userId) => ({ type: 'track', userId, event: 'Added to Cart' })),
      at,
    );
    await s.send(
      people.slice(0, 12).map((userId) => ({ type: 'track', userId, event: 'Purchased' })),
      at,
    );
    const save = (key: string, name: string, definition: Definition) =>
      saveSegment(s.db, s.workspaceId, { key, name, definition }, null, new Date());
    await save('carts', 'Carts', { did: 'Added to Cart' });
    await save('buyers', 'Buyers', bought);
    await save('only-carts', 'Only carts', { all: [{ segment: 'carts' }, { not: { segment: 'buyers' } }] });
    const every = { kind: 'every', every: { days: 1 }, time: '09:00', zone: 'Asia/Kolkata', start: '2099-01-01' } as const;
    await s.campaign(
      { name: 'Thank you', segment: 'buyers', schedule: every, audience: { new: { name: 'Thanks' } } },
      new Date().toISOString(),
    );
    await s.campaign(
      { name: 'Win back', segment: 'only-carts', schedule: every, audience: { new: { name: 'Back' } } },
      new Date().toISOString(),
    );
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

  test('a file becomes a list: its column guessed, what is wrong shown before, counted after, and given back with reasons', async () => {
    await open('/segments/lists/new');
    const mails = ['u1', 'u2', 'u2', 'later'].map((id, i) => `${i},${i === 2 ? ' U2@Example.com' : emailOf(id)}`);
    await page.getByLabel('CSV file').setInputFiles(file('spring_buyers.csv', `no,E-Mail\n${mails.join('\n')}\n9,"nobody, at all"\n`));
    await page.getByText('Not a valid email.').waitFor();
    await expect.poll(() => page.getByLabel('Name', { exact: true }).inputValue()).toBe('spring buyers');
    await expect.poll(() => page.getByLabel('It holds').inputValue()).toBe('email');
    await page.getByLabel('Column', { exact: true }).selectOption({ label: 'no' });
    await page.getByText('Not a valid email.').waitFor({ state: 'detached' });
    await page.getByLabel('Column', { exact: true }).selectOption({ label: 'E-Mail' });
    await page.getByText('Not a valid email.').waitFor();
    await page.getByLabel('Name', { exact: true }).fill('Spring buyers');
    await button('Make the list').click();
    await page.getByRole('status').getByText('3 emails').waitFor();
    for (const [label, value] of [
      ['Rows read', '5'],
      ['Known users', '2'],
      ['Not known yet', '1'],
      ['Twice in the file', '1'],
      ['Rejected', '1'],
    ] as const)
      expect([label, await figure(label).innerText()]).toEqual([label, value]);
    const [download] = await Promise.all([page.waitForEvent('download'), button('1 rejected row with reasons (CSV)').click()]);
    expect(await readFile(await download.path(), 'utf8')).toBe('line,reason,row\r\n6,Not a valid email.,"9,""nobody, at all"""\r\n');
    expect(await membersOf('spring-buyers')).toEqual(['u1', 'u2']);
    await page.getByRole('link', { name: 'Open the list' }).click();
    await page.getByText('Replace it with another file').waitFor();
    await expect.poll(() => figure('Users in it today').innerText()).toBe('2');
  });

  test('the list is replaced by another file, whole or not at all, and renamed in its place', async () => {
    await open('/segments/spring-buyers');
    await page.getByLabel('CSV file').setInputFiles(file('empty.csv', 'userId\n" "\n'));
    await page.getByText('Empty.', { exact: true }).waitFor();
    await button('Replace the list').click();
    await page.getByText('None of the 1 rows could be used (line 2: Empty.). Nothing was changed.').waitFor();
    expect(await membersOf('spring-buyers')).toEqual(['u1', 'u2']);
    await page.getByLabel('CSV file').setInputFiles(file('ids.csv', 'u3\nu4\nu20\n'));
    await page.getByLabel('The first row is a header').click();
    await page.getByRole('cell', { name: 'u3', exact: true }).waitFor();
    await button('Replace the list').click();
    await page.getByRole('status').getByText('The list is replaced: 3 user ids.').waitFor();
    expect(await membersOf('spring-buyers')).toEqual(['u20', 'u3', 'u4']);
    await button('Rename').click();
    await page.getByLabel('Name of the list').fill('Spring');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Spring' }).waitFor();
    await page.getByLabel('CSV file').or(button('Replace it again')).first().waitFor();
  });

  test('the list of segments counts by itself what was never counted, and says who uses what', async () => {
    await open('/segments');
    await row('Only carts').getByText('18', { exact: true }).waitFor();
    await row('Buyers').getByText('12', { exact: true }).waitFor();
    await row('Only carts').getByText('Users who are in the segment “Carts” and are not in the segment “Buyers”').waitFor();
    expect(await row('Buyers').getByRole('listitem').allInnerTexts()).toEqual(['Thank you', 'Only carts']);
    await row('Spring').getByText('List', { exact: true }).waitFor();
    await page.getByLabel('Search segments').fill('purchased');
    await row('Carts').waitFor({ state: 'detached' });
    await row('Buyers').waitFor();
    await page.getByLabel('Search segments').fill('nothing of the kind');
    await page.getByText('No segment fits').waitFor();
    await page.getByLabel('Search segments').fill('');
    await page.getByLabel('Order').selectOption('name');
    await page.waitForURL(/sort=name/);
    await expect
      .poll(() => page.locator('tbody th, tbody td:first-child a').allInnerTexts())
      .toEqual(['Buyers', 'Carts', 'Only carts', 'Spring']);
  });

  test('a segment in use is not deleted, and it says by what; another is', async () => {
    await open('/segments');
    await button('Actions for Buyers').click();
    await page.getByRole('menuitem', { name: 'Delete…' }).click();
    const dialog = page.getByRole('dialog', { name: '“Buyers” is in use' });
    expect(await dialog.getByRole('link').allInnerTexts()).toEqual(['Thank you', 'Only carts']);
    await expect.poll(() => dialog.getByRole('button', { name: 'Delete' }).count()).toBe(0);
    expect(await seriousFaults(page)).toEqual([]);
    await dialog.getByRole('button', { name: 'Close' }).first().click();
    await button('Actions for Spring').click();
    await page.getByRole('menuitem', { name: 'Delete…' }).click();
    await button('Delete').click();
    await page.getByText('“Spring” is deleted.').waitFor();
    await row('Spring').waitFor({ state: 'detached' });
  });

  test('the pre-flight of a campaign under way is asked for on its page', async () => {
    await open('/campaigns');
    await page.getByRole('link', { name: 'Thank you', exact: true }).click();
    await button('Check now').click();
    await page.getByText('Size after the run').waitFor();
    await page.getByText(/^\d+ of 500 audiences are used/).waitFor();
    expect(await seriousFaults(page)).toEqual([]);
  });

  test.each([
    ['segments', 'Search segments', 'Order', 'sort', 'name'],
    ['campaigns', 'Search campaigns', 'State', 'state', 'scheduled'],
  ])('what is chosen before the search of the %s has come stays chosen', async (path, search, select, name, value) => {
    await open(`/${path}`);
    await page.getByLabel(search).fill('ba');
    await page.getByLabel(select, { exact: true }).selectOption(value);
    await expect.poll(() => Object.fromEntries(new URL(page.url()).searchParams)).toEqual({ q: 'ba', [name]: value });
  });

  test('a change that campaigns under way follow is asked about first, with what it does to the size', async () => {
    await open('/segments/buyers');
    await button('Actions for the whole definition').click();
    await page.getByRole('menuitem', { name: /^Paste JSON/ }).click();
    await page.getByLabel('JSON', { exact: true }).fill(JSON.stringify({ all: [bought, { property: 'plan', op: 'exists' }] }));
    await button('Use this definition').click();
    await button('Save segment').click();
    const dialog = page.getByRole('dialog', { name: 'Change “Buyers” for campaigns under way?' });
    await dialog.getByText('0 users would join, 12 would leave, as of today.').waitFor();
    expect(await dialog.getByRole('link').allInnerTexts()).toEqual(['Thank you', 'Win back', 'Only carts']);
    expect(await seriousFaults(page)).toEqual([]);
    await button('Go on editing').click();
    await button('Save segment').waitFor();
    expect((await segmentByKey(s.db, s.workspaceId, 'buyers')).definition).toEqual(bought);
    await button('Save segment').click();
    await button('Save the change').click();
    await page.waitForURL(/\/segments(\?|$)/);
    expect((await segmentByKey(s.db, s.workspaceId, 'buyers')).definition).toEqual({ all: [bought, { property: 'plan', op: 'exists' }] });
    await saveSegment(s.db, s.workspaceId, { key: 'buyers', name: 'Buyers', definition: bought }, null, new Date());
  });

  test('a new segment does not take the place of one of the same name', async () => {
    await open('/segments/new?from=cart-abandoners');
    await page.getByLabel('Name', { exact: true }).fill('Buyers');
    await button('Save segment').click();
    await page.getByText('There is a segment of this name already.').waitFor();
    expect((await segmentByKey(s.db, s.workspaceId, 'buyers')).definition).toEqual(bought);
  });

  test('segments are compared: every two in a matrix, any two as circles with their numbers', async () => {
    await open('/segments');
    await button('Actions for Carts').click();
    await page.getByRole('menuitem', { name: 'Compare with others' }).click();
    await page.getByRole('checkbox', { name: 'Buyers', exact: true }).click();
    await page.getByRole('checkbox', { name: 'Only carts' }).click();
    await button('Compare').click();
    await button('Carts and Buyers: 12 40 %').waitFor();
    await page.getByRole('img', { name: 'Only in “Carts”: 18. In both: 12. Only in “Buyers”: 0' }).waitFor();
    await button('Buyers and Only carts: 0 0 %').click();
    await page.getByRole('img', { name: 'Only in “Buyers”: 12. In both: 0. Only in “Only carts”: 18' }).waitFor();
  });

  test('every page is usable by everybody, no wider than a phone, light and dark', async () => {
    for (const [width, colorScheme] of [
      [1440, 'light'],
      [390, 'dark'],
    ] as const) {
      await page.setViewportSize({ width, height: 900 });
      await page.emulateMedia({ colorScheme });
      for (const path of ['/segments', '/segments/lists/new', '/segments/overlap?s=carts&s=buyers&s=only-carts']) {
        await open(path);
        if (path.includes('lists')) {
          await page
            .getByLabel('CSV file')
            .setInputFiles(file('a.csv', 'email,a long name of another column,x\nada@example.com,1,2\nno,3,4\n'));
          await page.getByText('Not a valid email.').waitFor();
        }
        expect(await seriousFaults(page), `${path} at ${width}`).toEqual([]);
        const excess = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        expect(excess, `${path} is wider than ${width}`).toBeLessThanOrEqual(0);
      }
    }
    // A file that cannot be used is refused with a status the browser writes down.
    expect(faults.filter((fault) => !fault.includes('422'))).toEqual([]);
  });
});
