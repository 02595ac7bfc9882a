import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { describe } from 'vitest';

const places = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

const chromiumPath = process.env.CHROMIUM_PATH ?? places.find((place) => existsSync(place));

if (!chromiumPath) {
  const message = 'BROWSER TESTS ARE SKIPPED: no Chromium found. Install one (Debian: apt-get install chromium), or set CHROMIUM_PATH.';
  if (process.env.BECKON_REQUIRE_CHROMIUM) throw new Error(message);
  process.stderr.write(`\n${'!'.repeat(100)}\n${message}\n${'!'.repeat(100)}\n\n`);
}

/** Stories in a browser: skipped where there is none. */
export const describeInBrowser = (name: string, stories: () => void) => describe.skipIf(!chromiumPath)(name, stories);

/** Closed networks make Chromium's own calls fail, many at a time: none of them is wanted here. */
const args = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export const launch = (): Promise<Browser> => chromium.launch({ executablePath: chromiumPath, args });

/** A page that fails the test on script errors, console errors and requests to other hosts than these. */
export async function watchedPage(context: BrowserContext, hosts: string[]): Promise<{ page: Page; faults: string[] }> {
  const page = await context.newPage();
  const faults: string[] = [];
  page.on('pageerror', (error) => faults.push(`script error: ${error.message}`));
  page.on('console', (message) => {
    if (message.type() === 'error') faults.push(`console: ${message.text()}`);
  });
  page.on('request', (request) => {
    const { host, protocol } = new URL(request.url());
    if (protocol.startsWith('http') && !hosts.includes(host)) faults.push(`request to ${host}`);
  });
  return { page, faults };
}

/** Through the sandbox's dialog, to the campaigns. */
export async function signIn(page: Page, origin: string): Promise<void> {
  await page.goto(`${origin}/sign-in`);
  await page.getByRole('button', { name: 'Continue with Facebook', exact: true }).click();
  await page.waitForURL(/dialog\/oauth/);
  await page.getByRole('button', { name: 'Continue', exact: true }).click();
  await page.waitForURL(/\/campaigns(#|$)/);
}

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

type AxeResult = { violations: { id: string; impact: string; nodes: { html: string }[] }[] };

/** In the page: a colour on its way to another has a contrast that nobody reads. What never ends, such as a spinner, is not waited for. */
async function settled(): Promise<void> {
  const ends = (animation: Animation) => Number.isFinite(animation.effect?.getComputedTiming().endTime);
  for (let running = document.getAnimations().filter(ends); running.length > 0; running = document.getAnimations().filter(ends))
    await Promise.allSettled(running.map((animation) => animation.finished));
}

/** Faults of accessibility that axe calls serious or critical, in words. */
export async function seriousFaults(page: Page): Promise<string[]> {
  await page.evaluate(settled);
  await page.evaluate(axeSource);
  const { violations } = await page.evaluate(() => (globalThis as unknown as { axe: { run(): Promise<AxeResult> } }).axe.run());
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${new URL(page.url()).pathname}: ${id}: ${nodes[0]?.html.slice(0, 160)}`);
}
