import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { rawGraph, type Sandbox, sandboxAccounts, startSandbox, systemUserToken } from '@/tests/support/sandbox';

let sandbox: Sandbox;
let audience: string;
const digest = (text: string): string => createHash('sha256').update(text).digest('hex');
const { main } = sandboxAccounts;

beforeAll(async () => {
  sandbox = await startSandbox();
  const call = (method: string, path: string, body?: unknown) => rawGraph(sandbox.url, systemUserToken, method, path, body);
  audience = String(
    (await call('POST', `/${main}/customaudiences`, { name: '<b>Buyers & "friends"</b>', customer_file_source: 'USER_PROVIDED_ONLY' })).body
      .id,
  );
  await call('POST', `/${audience}/users`, {
    payload: { schema: ['EMAIL'], data: Array.from({ length: 40 }, (_, i) => [digest(`p${i}@example.com`)]) },
  });
  const adSet = (await sandbox.control.adSets()).find((item) => item.status === 'ACTIVE')?.id ?? '';
  await call('POST', `/${adSet}`, { targeting: { geo_locations: { countries: ['US'] }, excluded_custom_audiences: [audience] } });
});
afterAll(() => sandbox.stop());

async function read(path: string, init?: RequestInit): Promise<string> {
  const response = await fetch(`${sandbox.url}${path}`, init);
  expect(response.status).toBe(200);
  expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
  return response.text();
}

const press = (fields: Record<string, string>, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(`${sandbox.url}/ads-manager/do`, {
    method: 'POST',
    body: new URLSearchParams({ back: '/ads-manager/switches', ...fields }),
    headers,
    redirect: 'manual',
  });

test.each(['/ads-manager', '/ads-manager/audiences', '/ads-manager/ad-sets', '/ads-manager/switches', '/ads-manager/requests'])(
  '%s is a whole page that fetches nothing from elsewhere',
  async (path) => {
    const html = await read(path);
    expect(html).toMatch(/^<!doctype html>/);
    expect(html).not.toMatch(/(src|href|url\()="?https?:/);
    expect(html).not.toContain('<b>Buyers');
  },
);

test('the audience page shows the count, short digests, and who uses it', async () => {
  const html = await read(`/ads-manager/audiences/${audience}`);
  expect(html).toContain('&lt;b&gt;Buyers &amp; &quot;friends&quot;&lt;/b&gt;');
  expect(html).toContain('<b>40</b>');
  expect(html).toContain('below 1,000');
  expect(html).toContain('Hide from');
  expect(html).toContain(digest('p0@example.com').slice(0, 8));
  expect(html).not.toContain(digest('p0@example.com'));
});

test('answers whether an e-mail is in, however it is typed, and only in the body', async () => {
  const ask = (email: string) => read(`/ads-manager/audiences/${audience}`, { method: 'POST', body: new URLSearchParams({ email }) });
  expect(await ask('  P7@Example.COM ')).toContain('Yes:');
  expect(await ask('p70@example.com')).toContain('No:');
  expect(await ask('<script>')).not.toContain('<script>');
});

test('switches work, come back, and take no form of another site', async () => {
  const pressed = await press({ action: 'terms-off', id: main.slice(4) });
  expect(pressed.status).toBe(303);
  expect(pressed.headers.get('location')).toBe('/ads-manager/switches');
  expect(await read('/ads-manager')).toContain('terms not accepted');
  await press({ action: 'terms-on', id: main.slice(4) });
  expect((await press({ action: 'reset', back: 'https://evil.example/' }, { origin: 'https://evil.example' })).status).toBe(403);
  expect((await press({ action: 'advance', ms: '0', back: 'https://evil.example/' })).headers.get('location')).toBe('/ads-manager');
  expect((await press({ action: 'nonsense' })).status).toBe(404);
  await press({ action: 'preset-fault', preset: '2' });
  expect(await sandbox.control.faults()).toMatchObject([{ kind: 'reset-after' }]);
  await press({ action: 'clear-faults' });
  expect(await sandbox.control.faults()).toEqual([]);
});

test('a deleted audience has no page any more', async () => {
  await press({ action: 'delete-audience', id: audience, back: '/ads-manager/audiences' });
  expect((await fetch(`${sandbox.url}/ads-manager/audiences/${audience}`)).status).toBe(404);
  expect(await read('/ads-manager/audiences')).toContain('Deleted');
  expect(await read('/ads-manager/ad-sets')).toContain('deleted');
});

test('the terms page names the business and accepts for it', async () => {
  const html = await read('/ads/manage/customaudiences/tos/?act=480100000000002');
  expect(html).toContain('Harbor &amp; Co');
  expect(html).toContain('Accept');
});

test('the terms of value-based audiences are another page, accepted per ad account', async () => {
  const here = '/customaudiences/value_based/tos?act=480100000000002';
  expect(await read(here)).toContain('value-terms-on');
  await press({ action: 'value-terms-on', id: '480100000000002', back: here });
  expect(await read(here)).toContain('Accepted for Harbor &amp; Co');
});
