import { chromium } from 'playwright-core';
const b = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox','--disable-gpu'] });
const context = await b.newContext({ viewport: { width: 1440, height: 900 }, storageState: '/tmp/closers-shots/state.json' });
const page = await context.newPage();
page.setDefaultTimeout(15000);
let n = 20;
const shot = async () => { await page.waitForTimeout(900); await page.screenshot({ path: `/tmp/closers-shots/${n++}.png`, clip: { x: 220, y: 60, width: 1180, height: 760 } }); };
await page.goto('http://localhost:3411/segments/new', { waitUntil: 'networkidle' });
await page.getByRole('button', { name: 'Add a condition' }).click();
await page.keyboard.type('added');
await page.keyboard.press('Enter');
await page.getByRole('button', { name: 'Filter' }).click();
await page.waitForTimeout(300);
await page.getByRole('option', { name: 'price' }).click();
await shot(); //20
await page.keyboard.type('50');
await shot(); //21
await page.getByRole('button', { name: 'Add a condition' }).click();
await page.keyboard.type('not purch');
await shot(); //22
await page.keyboard.press('Enter');
await page.getByRole('button', { name: 'Add a condition' }).click();
await page.keyboard.type('country');
await shot(); //23
await page.keyboard.press('Enter');
await shot(); //24
await page.keyboard.type('indi');
await shot(); //25
await page.keyboard.press('Enter');
await page.waitForTimeout(300);
await page.keyboard.type('braz');
await page.keyboard.press('Enter');
await shot(); //26
await page.keyboard.press('Escape');
await page.getByRole('button', { name: 'Add a condition' }).click();
await page.keyboard.type('reach');
await shot(); //27
await page.keyboard.press('Enter');
await shot(); //28
await b.close();
