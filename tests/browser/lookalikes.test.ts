import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDraft } from '@/db/campaigns';
import { type App, startApp } from '@/tests/support/app';
import { describeInBrowser, launch, seriousFaults, signIn, watchedPage } from '@/tests/support/browser';
import { emailOf, type Story, story } from '@/tests/support/story';

const people = Array.from({ length: 130 }, (_, i) => `u${i}`);

let s: Story;
let app: App;
let context: BrowserContext;
let page: Page;
let faults: string[];
let draft: string;

const button = (name: string) => page.getByRole('button', { name, exact: true });

describeInBrowser('values and lookalikes in a browser', () => {
  beforeAll(async () => {
    s = await story();
    await s.send(
      people.map((userId, i) => ({ type: 'identify', userId, traits: { email: emailOf(userId), worth: i } })),
      new Date().toISOString(),
    );
    const plan = { name: 'Worthy', definition: { has: 'email' as const }, schedule: { kind: 'now' as const } };
    ({ id: draft } = await createDraft(s.db, s.workspaceId, plan, null, new Date()));
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

  test('a value is chosen, says what it lacks, and is sent with each member', async () => {
    await page.goto(`${app.origin}/campaigns/${draft}/edit/where`);
    await page.getByRole('radio', { name: /Northwind – main/ }).click();
    await page.getByText('Limits, sending and the end').click();
    await page.getByLabel('Value of a member').selectOption('property');
    await button('Continue').click();
    await page.getByText('Choose a property.').waitFor();
    await page.getByRole('combobox', { name: /^Number/ }).click();
    await page.getByRole('option', { name: 'worth' }).click();
    expect(await seriousFaults(page)).toEqual([]);
    await page.getByText('Draft saved').waitFor();
    await button('Continue').click();
    await page.waitForURL(/\/edit\/overview/);
    await page.getByText(/each sent with their worth as the value/i).waitFor();
    await button('Schedule').click();
    await page.waitForURL(/\/campaigns\/[0-9a-f-]{36}$/);
    await expect.poll(async () => (await s.held('Worthy')).length).toBe(130);
    const [audience] = await s.sandbox.control.audiences();
    const values: number[] = [];
    for await (const row of s.sandbox.control.members(audience?.id ?? '')) values.push(Number(row.LOOKALIKE_VALUE));
    expect(values.sort((a, b) => a - b)).toEqual(people.map((_, i) => i));
  });

  test('a lookalike is made of it, and deleted', async () => {
    const lookalikes = async () => (await s.sandbox.control.audiences()).filter((each) => each.lookalike && !each.deleted);
    await page.getByLabel('Share of the country').selectOption('3');
    await button('Make a lookalike').click();
    await expect.poll(async () => (await lookalikes()).map(({ lookalike }) => lookalike?.ratio)).toEqual([0.03]);
    await page.getByText('Being filled').waitFor();
    expect(await seriousFaults(page)).toEqual([]);
    await page.getByRole('button', { name: /^Delete the lookalike of 3 %/ }).click();
    await button('Delete it').click();
    await expect.poll(lookalikes).toEqual([]);
    await page.getByText('Being filled').waitFor({ state: 'detached' });
  });

  test('without a fault on any page', () => {
    expect(faults).toEqual([]);
  });
});
