import type { BrowserContext, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { segmentByKey } from '@/db/segments';
import { type App, startApp } from '@/tests/support/app';
import { describeInBrowser, launch, seriousFaults, signIn, watchedPage } from '@/tests/support/browser';
import { emailOf, type Story, story } from '@/tests/support/story';

let s: Story;
let app: App;
let context: BrowserContext;
let page: Page;
let faults: string[];

const button = (name: string | RegExp, within: Page | Locator = page) => within.getByRole('button', { name, exact: true });
const sentence = () => page.locator('[data-sentence]').innerText();
const card = (name: string) => page.getByRole('group', { name, exact: true });
const grip = (name: string) => card(name).getByRole('button', { name: /^Move / });
const addCondition = () => button('Add a condition').last();

async function tabTo(target: Locator, key = 'Tab'): Promise<void> {
  await target.waitFor();
  for (let i = 0; i < 120; i++) {
    if (await target.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press(key);
  }
  throw new Error(`${key} does not reach the control.`);
}

/** The definition as the builder writes it. */
async function definition(): Promise<unknown> {
  const copied = () => page.evaluate(() => navigator.clipboard.readText());
  await page.evaluate(() => navigator.clipboard.writeText(''));
  await button('Actions for the whole definition').click();
  await page.getByRole('menuitem', { name: /^Copy as JSON/ }).click();
  await expect.poll(copied).not.toBe('');
  return JSON.parse(await copied());
}

async function use(json: unknown): Promise<void> {
  await button('Actions for the whole definition').click();
  await page.getByRole('menuitem', { name: /^Paste JSON/ }).click();
  await page.getByLabel('JSON', { exact: true }).fill(JSON.stringify(json));
  await button('Use this definition').click();
}

const lost = {
  all: [
    { did: 'Added to Cart', where: [{ property: 'amount', op: 'gt', value: 50 }], within: { last: { days: 7 } } },
    { didNot: 'Purchased', within: { last: { days: 7 } } },
    { property: '$country', op: 'isOneOf', value: ['IN', 'BR'] },
    { has: 'reachable' },
  ],
};

/** All that the language has, in shapes that come from elsewhere. */
const everything = {
  all: [
    {
      did: ['Added to Cart', 'Seen'],
      where: [{ property: 'deep.key', op: 'is', value: '' }],
      within: { last: { days: 14 } },
      count: { between: [2, 5] },
      hours: [22, 6],
      weekdays: ['sat', 'sun'],
    },
    { did: 'Purchased', within: 'thisMonth', aggregate: { fn: 'sum', property: 'amount', gte: 100 } },
    { did: 'Purchased', within: { ago: { from: { days: 60 }, to: { days: 30 } } }, count: { lt: 3 }, includeZero: true },
    { did: 'Purchased', occurrence: 'last', within: { between: ['2026-01-01', '2026-10-31'] } },
    {
      sequence: [{ did: 'Added to Cart' }, { didNot: 'Purchased', where: [{ property: 'amount', op: 'gt', value: 10 }] }],
      gap: { hours: 24 },
      within: { exactly: { weeks: 2 } },
    },
    {
      any: [
        { not: { property: 'plan', op: 'contains', value: 'Pro', ignoreCase: true } },
        { not: { all: [{ not: { has: 'email' } }, { not: { segment: 'lost-at-the-cart' } }] } },
        { property: 'since', op: 'dateBefore', value: '2026-03-09T12:00Z' },
      ],
    },
    { bucket: [250, 499] },
    { property: 'tags', op: 'containsNone', value: ['vip', 'staff'] },
    { property: 'birthday', op: 'anniversaryIn', value: { days: 0 } },
  ],
};

describeInBrowser('the segment builder in a browser', () => {
  beforeAll(async () => {
    s = await story();
    const at = new Date(Date.now() - 3_600_000).toISOString();
    const people = Array.from({ length: 30 }, (_, i) => `u${i}`);
    await s.send(
      people.map((userId, i) => ({
        type: 'identify',
        userId,
        traits: { email: emailOf(userId), plan: i % 2 ? 'Pro' : 'Free', address: { country: ['IN', 'BR', 'DE'][i % 3] } },
      })),
      at,
    );
    await s.send(
      people.map((userId, i) => ({ type: 'track', userId, event: 'Added to Cart', properties: { amount: 10 * i } })),
      at,
    );
    await s.send(
      people.slice(0, 15).map((userId) => ({ type: 'track', userId, event: 'Purchased', properties: { amount: 20 } })),
      at,
    );
    app = await startApp(s.variables);
    const browser = await launch();
    context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
    await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: app.origin });
    ({ page, faults } = await watchedPage(context, [new URL(app.origin).host, new URL(s.sandbox.url).host]));
    page.setDefaultTimeout(20_000);
    await signIn(page, app.origin);
  });

  afterAll(async () => {
    await context?.browser()?.close();
    await app?.stop();
    await s?.sandbox.stop();
  });

  beforeEach(async () => {
    await page.goto(`${app.origin}/segments/new`, { waitUntil: 'networkidle' });
  });

  test('who was lost at the cart is described in some twenty clicks and words, saved, and opened again unchanged', async () => {
    let acts = 0;
    const click = async (target: Locator) => {
      acts++;
      await target.click();
    };
    const type = async (text: string, key?: string) => {
      acts++;
      await page.keyboard.type(text);
      if (key) await page.keyboard.press(key);
    };
    await click(addCondition());
    await type('added', 'Enter');
    await click(button('Filter'));
    await type('amount', 'Enter');
    await page.getByLabel('Number', { exact: true }).and(page.locator(':focus')).waitFor();
    await type('50');
    await click(addCondition());
    await type('not purch', 'Enter');
    await click(addCondition());
    await type('country', 'Enter');
    await type('India', 'Enter');
    await type('Brazil', 'Enter');
    await type('', 'Escape');
    await click(addCondition());
    await type('reach', 'Enter');
    await click(page.getByLabel('Name', { exact: true }));
    await type('Lost at the cart');
    await expect
      .poll(() => sentence())
      .toBe(
        'Users who did “Added to Cart” with amount over 50 at least once in the last 7 days and did not do “Purchased” in the last 7 days and are in India or Brazil and can be reached on Facebook',
      );
    expect(await definition()).toEqual(lost);
    await click(button('Save segment'));
    expect(acts).toBeLessThanOrEqual(18);
    await page.getByRole('link', { name: 'Lost at the cart' }).click();
    await card('did Added to Cart').waitFor();
    expect(await definition()).toEqual(lost);
    await button('Save segment').click();
    await page.getByText('“Lost at the cart” is saved.').first().waitFor();
    expect((await segmentByKey(s.db, s.workspaceId, 'lost-at-the-cart')).definition).toEqual(lost);
  });

  test('while a condition is being made the number of what was complete before stays', async () => {
    await addCondition().click();
    await page.keyboard.type('added');
    await page.keyboard.press('Enter');
    await page.getByText('Exact', { exact: true }).waitFor();
    await button('Filter').click();
    await page.getByText('Finish the description, and it is counted anew.').waitFor();
    expect(await page.getByText(/can be reached of/).count()).toBe(1);
  });

  test('conditions are moved, grouped, taken out and removed by keyboard alone, and each step can be undone', async () => {
    await use(lost);
    await tabTo(grip('Country'));
    await page.keyboard.press('Alt+ArrowUp');
    await page.getByText('Moved “Country”: number 2 of 4, after “did Added to Cart” with “and” between.').waitFor();
    await grip('Country').and(page.locator(':focus')).waitFor();
    await tabTo(button('Actions for Country'));
    await page.keyboard.press('Enter');
    await page.getByRole('menuitem').and(page.locator(':focus')).waitFor();
    await page.keyboard.type('move into a new');
    await page.getByRole('menuitem', { name: 'Move into a new group' }).and(page.locator(':focus')).waitFor();
    await page.keyboard.press('Enter');
    await page.getByText('in the group “any of these”').waitFor();
    await tabTo(grip('did not do Purchased'));
    await page.keyboard.press('Alt+ArrowRight');
    await expect.poll(() => sentence()).toContain('and (are in India or Brazil or did not do “Purchased” in the last 7 days) and can');
    await page.keyboard.press('Alt+ArrowLeft');
    await page.keyboard.press('Delete');
    await page.getByText('Removed: did not do Purchased.').waitFor();
    await grip('reachable on Facebook').and(page.locator(':focus')).waitFor();
    await expect.poll(() => sentence()).not.toContain('Purchased');

    const steps = 5;
    for (let i = 0; i < steps; i++) await page.keyboard.press('Control+z');
    expect(await definition()).toEqual(lost);
    await tabTo(button('Redo'), 'Shift+Tab');
    for (let i = 0; i < steps; i++) await page.keyboard.press('Control+Shift+z');
    await expect.poll(() => sentence()).not.toContain('Purchased');
    await button('Undo').click();
    await expect.poll(() => sentence()).toContain('Purchased');
  });

  test('a number that is typed is one step of undo', async () => {
    await use(lost);
    await page.getByLabel('Number', { exact: true }).fill('');
    await page.keyboard.type('1250');
    await expect.poll(() => sentence()).toContain('amount over 1,250 at');
    await page.keyboard.press('Control+z');
    await expect.poll(() => sentence()).toContain('amount over 50 at');
  });

  test('a condition dropped on another makes a group, and one dropped between two goes there', async () => {
    await use(lost);
    const drag = async (from: Locator, to: Locator, share: number) => {
      const [a, b] = [await from.boundingBox(), await to.boundingBox()];
      if (!a || !b) throw new Error('not on the page');
      await page.mouse.move(a.x + a.width / 2, a.y + a.height / 2);
      await page.mouse.down();
      await page.mouse.move(b.x + 120, b.y + b.height * share, { steps: 8 });
      await page.mouse.up();
    };
    await drag(grip('reachable on Facebook'), card('Country'), 0.5);
    await expect.poll(() => sentence()).toContain('(are in India or Brazil or can be reached on Facebook)');
    await drag(grip('did not do Purchased'), card('did Added to Cart'), 0.1);
    await expect.poll(() => sentence()).toMatch(/^Users who did not do “Purchased”/);
    await page.keyboard.press('Control+z');
    await page.keyboard.press('Control+z');
    expect(await definition()).toEqual(lost);

    await grip('Country').hover();
    await page.mouse.down();
    await card('did Added to Cart').hover({ position: { x: 200, y: 5 } });
    await expect.poll(() => card('Country').getAttribute('data-dragged')).toBe('');
    await page.keyboard.press('Escape');
    await page.mouse.up();
    await expect.poll(() => card('Country').getAttribute('data-dragged')).toBeNull();
    expect(await definition()).toEqual(lost);
  });

  test('what is wrong stands beside its field once it was left, and nothing is saved', async () => {
    await page.getByLabel('Name', { exact: true }).fill('Unfinished');
    await addCondition().click();
    await page.keyboard.press('Enter');
    await page.getByPlaceholder('Type to search…').waitFor();
    await expect.poll(() => page.getByRole('alert').filter({ hasText: 'event' }).count()).toBe(0);
    await page.keyboard.press('Escape');
    await page.getByRole('combobox', { name: 'Event: nothing chosen' }).and(page.locator(':focus')).waitFor();
    await page.keyboard.press('Tab');
    await card('did an event').getByText('Name an event.').waitFor();
    await page.getByLabel('How it is measured').selectOption('sum');
    await expect.poll(() => page.getByText('Name a property.').count()).toBe(0);
    await button('Save segment').click();
    await page.getByText('Name a property.').waitFor();
    await page.getByRole('combobox', { name: 'Event: nothing chosen' }).and(page.locator(':focus')).waitFor();
    expect(await seriousFaults(page)).toEqual([]);
    await expect(segmentByKey(s.db, s.workspaceId, 'unfinished')).rejects.toThrow('no segment');
  });

  test('a pattern that the database refuses is told beside it', async () => {
    await use({ property: 'plan', op: 'matches', value: '(' });
    await page.getByLabel('Name', { exact: true }).fill('Pattern');
    await button('Save segment').click();
    await card('plan').getByRole('alert').waitFor();
    await page.getByLabel('Pattern').fill('^P');
    await card('plan').getByRole('alert').waitFor({ state: 'detached' });
  });

  test('JSON is pasted with its faults told, by dialog and by the clipboard', async () => {
    await button('Actions for the whole definition').click();
    await page.getByRole('menuitem', { name: /^Paste JSON/ }).click();
    const text = page.getByLabel('JSON', { exact: true });
    await text.fill('{"all": [\n oops ]}');
    await page.getByText('This is not JSON').waitFor();
    await text.fill(JSON.stringify({ all: [{ did: 'A' }, { did: 'B', where: [{ property: 'x', op: 'resembles', value: 1 }] }] }));
    await page.getByText('all[1].where[0].op', { exact: true }).waitFor();
    await expect.poll(() => button('Use this definition').isDisabled()).toBe(true);
    expect(await seriousFaults(page)).toEqual([]);
    await button('Cancel').click();

    await page.evaluate((json) => navigator.clipboard.writeText(json), JSON.stringify(lost));
    await page.locator('h1').click();
    await page.keyboard.press('Control+v');
    await card('Country').waitFor();
    await page.evaluate(() => navigator.clipboard.writeText(''));
    await grip('Country').focus();
    await page.keyboard.press('Control+c');
    await page.getByText('The definition is copied as JSON.').first().waitFor();
    expect(JSON.parse(await page.evaluate(() => navigator.clipboard.readText()))).toEqual(lost);
  });

  test('a list that is pasted is taken line by line, and folds where it is long', async () => {
    await use({ property: 'plan', op: 'isOneOf', value: ['Pro'] });
    await page.evaluate(() => navigator.clipboard.writeText(Array.from({ length: 200 }, (_, i) => `plan ${i}`).join('\n')));
    await page.getByRole('combobox', { name: 'Values: 1 chosen, choose others' }).click();
    await page.getByPlaceholder('Type to search…').press('Control+v');
    await button('and 171 more').click();
    await button('Remove plan 199').waitFor();
    expect(await definition()).toMatchObject({ op: 'isOneOf', value: { length: 201 } });
  });

  test('every shape of the language opens, reads well in both themes, wide and narrow, and is written back as it came', async () => {
    await use(everything);
    await card('birthday').waitFor();
    await page.getByText('Show the whole sentence').click();
    for (const [width, colorScheme] of [
      [1440, 'light'],
      [390, 'dark'],
      [1440, 'dark'],
      [390, 'light'],
    ] as const) {
      await page.setViewportSize({ width, height: 900 });
      await page.emulateMedia({ colorScheme });
      expect(await seriousFaults(page), `${width} ${colorScheme}`).toEqual([]);
      await expect.poll(() => page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
    }
    await page.setViewportSize({ width: 1440, height: 900 });
    expect(await definition()).toEqual(everything);
  });

  test('all of it can be built by hand: totals, first times, sequences, hours, segments, shares, opposites', async () => {
    await addCondition().click();
    await page.keyboard.type('did purchased');
    await page.keyboard.press('Enter');
    const bought = card('did Purchased');
    await bought.getByLabel('How it is measured').selectOption('sum');
    await bought.getByRole('combobox', { name: /^Measured property/ }).click();
    await page.keyboard.type('amount');
    await page.keyboard.press('Enter');
    await bought.getByLabel('Amount: comparison').selectOption('lte');
    await bought.getByLabel('Amount', { exact: true }).fill('200');
    await bought.getByLabel('Include users who never did it').click();
    await button('Time of day', bought).click();
    await button('Saturday', bought).click();
    await bought.getByLabel('Time window').selectOption('last');
    await bought.getByLabel('Length: number').fill('3');
    await bought.getByLabel('Length: unit').selectOption('weeks');

    await addCondition().click();
    await page.keyboard.type('one thing');
    await page.keyboard.press('Enter');
    await page.keyboard.type('added');
    await page.keyboard.press('Enter');
    const sequence = card('did Added to Cart, then not an event');
    await sequence.getByRole('combobox', { name: 'Next event: nothing chosen' }).click();
    await page.keyboard.type('purchased');
    await page.keyboard.press('Enter');
    await page.getByLabel('Within: number').fill('30');
    await page.getByLabel('Within: unit').selectOption('minutes');

    await addCondition().click();
    await page.keyboard.type('segment lost');
    await page.keyboard.press('Enter');
    await page.getByLabel('In or not in').selectOption('not');
    await addCondition().click();
    await page.keyboard.type('random');
    await page.keyboard.press('Enter');
    await page.getByLabel('To number').fill('499');
    await page.getByText('50 %', { exact: true }).waitFor();
    await addCondition().click();
    await page.keyboard.type('did added');
    await page.keyboard.press('Enter');
    const first = card('did Added to Cart');
    await first.getByLabel('How it is measured').selectOption('first');
    await button('Actions for did Added to Cart').click();
    await page.getByRole('menuitem', { name: 'Turn into its opposite' }).click();
    expect(await definition()).toEqual({
      all: [
        {
          did: 'Purchased',
          within: { last: { weeks: 3 } },
          hours: [9, 17],
          weekdays: ['sat'],
          aggregate: { fn: 'sum', property: 'amount', lte: 200 },
          includeZero: true,
        },
        { sequence: [{ did: 'Added to Cart' }, { didNot: 'Purchased' }], gap: { minutes: 30 }, within: { last: { days: 7 } } },
        { not: { segment: 'lost-at-the-cart' } },
        { bucket: [0, 499] },
        { not: { did: 'Added to Cart', occurrence: 'first', within: { last: { days: 7 } } } },
      ],
    });
  });

  test('a template is a beginning, in the wizard too, and a draft that is wrong is held back', async () => {
    await button(/^Cart abandoners/).click();
    await expect.poll(() => page.getByLabel('Name', { exact: true }).inputValue()).toBe('Cart abandoners');
    await page.goto(`${app.origin}/campaigns/new`);
    await page.getByLabel('Name').fill('By hand');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/edit/who');
    await page.getByRole('radio', { name: /^Describe one here/ }).click();
    await button(/^Cart abandoners/).click();
    await page.getByText('Draft saved').waitFor();
    await page.getByRole('combobox', { name: 'Event: Added to Cart' }).waitFor();
    await page.getByLabel('How it is measured').first().selectOption('count');
    await page.getByLabel('Times', { exact: true }).fill('');
    await page.getByText('Not saved yet: see the marked field').waitFor();
    await button(/^Continue/).click();
    await page.getByText('Type a number.').waitFor();
    expect(page.url()).toContain('/edit/who');
    await page.getByLabel('Times', { exact: true }).fill('3');
    await page.getByText('Draft saved').waitFor();
    await page.reload();
    await expect.poll(sentence).toContain('at least 3 times');
    expect(faults).toEqual([]);
  });
});
