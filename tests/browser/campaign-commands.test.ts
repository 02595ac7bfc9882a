import { readFile } from 'node:fs/promises';
import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type App, startApp } from '@/tests/support/app';
import { describeInBrowser, launch, seriousFaults, signIn, watchedPage } from '@/tests/support/browser';
import { emailOf, type Story, story } from '@/tests/support/story';

const definition = { all: [{ did: 'Joined' }, { didNot: 'Left' }] };
const people = Array.from({ length: 12 }, (_, i) => `u${i}`);

let s: Story;
let app: App;
let context: BrowserContext;
let page: Page;
let faults: string[];
let campaign: string;

const button = (name: string) => page.getByRole('button', { name, exact: true });
const state = (label: string) => page.getByRole('heading', { level: 1 }).getByText(label, { exact: true }).waitFor();
const all = (names: string[], event: string) => names.map((userId) => ({ type: 'track', userId, event }));
const ago = (hours: number) => new Date(Date.now() - hours * 3_600_000).toISOString();

async function runEnds(label: string): Promise<void> {
  await page.waitForURL(/\/runs\/\d+$/);
  await page.getByRole('heading', { level: 1 }).getByText(label, { exact: true }).waitFor({ timeout: 60_000 });
}

describeInBrowser("a campaign's commands in a browser", () => {
  beforeAll(async () => {
    s = await story();
    await s.send(
      people.map((userId) => ({ type: 'identify', userId, traits: { email: emailOf(userId) } })),
      ago(3),
    );
    await s.send(all(people, 'Joined'), ago(3));
    const id = await s.campaign(
      {
        name: 'Members',
        definition,
        schedule: { kind: 'every', every: { days: 1 }, time: '09:00', zone: 'Asia/Kolkata', start: '2090-01-01' },
      },
      new Date().toISOString(),
    );
    app = await startApp(s.variables);
    campaign = `${app.origin}/campaigns/${id}`;
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

  test('pause and resume, on its page and from the list', async () => {
    await page.goto(campaign);
    await button('Pause').click();
    await state('Paused');
    await button('Resume').click();
    await state('Scheduled');
    await page.goto(`${app.origin}/campaigns`);
    const choose = async (item: string) => {
      await button('Actions for Members').click();
      await page.getByRole('menuitem', { name: item, exact: true }).click();
    };
    await choose('Pause');
    await page
      .getByRole('row', { name: /Members/ })
      .getByText('Paused')
      .waitFor();
    await choose('Resume');
    await page
      .getByRole('row', { name: /Members/ })
      .getByText('Scheduled')
      .waitFor();
  });

  test('run now leads to the run, which ends with the segment in the audience', async () => {
    await page.goto(campaign);
    await button('Run now').click();
    await runEnds('Succeeded');
    await page.getByText('12 of 12 rows').waitFor();
    expect(await s.held()).toEqual(await s.expected(definition, new Date().toISOString()));
  });

  test('a run that would empty the audience is held until somebody lets it go on', async () => {
    await s.send(all(people, 'Left'), ago(0));
    await page.goto(campaign);
    await button('Run now').click();
    await runEnds('Held');
    expect(await seriousFaults(page)).toEqual([]);
    await button('Let it go on').click();
    await runEnds('Succeeded');
    expect(await s.held()).toEqual([]);
  });

  test('an edit says that the audience is there already', async () => {
    await page.goto(`${campaign}/edit/overview`);
    await page.getByText('The Custom Audience “Audience” that this campaign has made.').waitFor();
    await page.getByText('Next runs Sun 1 Jan 2090, 09:00: updates the audience.').waitFor();
  });

  test('the report tells of a goal as far as it can be told, and goes into a file', async () => {
    await page.goto(campaign);
    await page.getByRole('link', { name: 'Report' }).click();
    await page.getByText('Members by identifiers sent').waitFor();
    await page.getByRole('combobox', { name: /^Goal/ }).click();
    await page.keyboard.type('Left');
    await page.keyboard.press('Enter');
    await page.waitForURL(/goal=Left&days=7/);
    await page.getByText('Without a control group').waitFor();
    await page.getByLabel('Within').selectOption('30');
    await page.waitForURL(/days=30/);
    await page.getByRole('cell', { name: 'In the audience' }).waitFor();
    expect(await seriousFaults(page)).toEqual([]);
    const file = page.waitForEvent('download');
    await page.getByRole('link', { name: 'Download as CSV' }).click();
    const text = await readFile(await (await file).path(), 'utf8');
    expect(text).toMatch(/^figure,value\r\nmembers with one identifier,0\r\n/);
    expect(text).toContain('goal,Left\r\ndays,30\r\n');
  });

  test('undo takes the last run back and pauses the campaign', async () => {
    await page.goto(campaign);
    await button('Undo last run').click();
    await runEnds('Succeeded');
    expect(await s.held()).toHaveLength(12);
    await page.goto(campaign);
    await state('Paused');
  });

  test('clone makes a draft with the same plan', async () => {
    await button('Clone').click();
    await page.waitForURL(/\/edit/);
    expect(page.url()).not.toContain(campaign);
    await page.getByText('Members (copy)').first().waitFor();
  });

  test('stop asks what becomes of the members; archive puts it away', async () => {
    await page.goto(campaign);
    await button('Stop…').click();
    await page.getByRole('radio', { name: /^Take them out/ }).click();
    expect(await seriousFaults(page)).toEqual([]);
    await button('Stop for good').click();
    await state('Stopped');
    await expect.poll(() => s.held(), { timeout: 60_000 }).toEqual([]);
    await button('Archive').click();
    await state('Archived');
    expect(faults).toEqual([]);
  });
});
