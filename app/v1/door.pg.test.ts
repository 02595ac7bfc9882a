import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { Analytics } from '@segment/analytics-node';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createWorkspace, type WorkspaceSecrets } from '@/db/workspaces';
import { testDatabase } from '@/tests/support/database';
import { Door } from './door';

const { db } = await testDatabase();
let workspace: WorkspaceSecrets;
let server: Server;
let origin: string;

beforeAll(async () => {
  workspace = await createWorkspace(db, { name: 'Shop', zone: 'Europe/Berlin', defaultCountry: 'DE' }, new Date());
  const door = new Door(db);
  server = createServer((incoming, outgoing) => {
    const request = new Request(`http://local${incoming.url}`, {
      method: 'POST',
      headers: incoming.headers as Record<string, string>,
      body: Readable.toWeb(incoming) as ReadableStream,
      duplex: 'half',
    } as RequestInit);
    void door.accept((incoming.url ?? '').split('/')[2] ?? '', request).then(async (response) => {
      outgoing.writeHead(response.status, Object.fromEntries(response.headers)).end(await response.text());
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(() => new Promise((resolve) => server.close(resolve)));

const basic = (key = workspace.writeKey) => ({ authorization: `Basic ${Buffer.from(`${key}:`).toString('base64')}` });

async function post(call: string, body: BodyInit | object, headers: Record<string, string> = basic()) {
  const raw = typeof body === 'string' || body instanceof Uint8Array;
  const response = await fetch(`${origin}/v1/${call}`, { method: 'POST', headers, body: raw ? (body as BodyInit) : JSON.stringify(body) });
  return { status: response.status, headers: response.headers, body: (await response.json()) as Record<string, unknown> };
}

const countOf = async (name: string) => {
  const [row] = await db.sql<{ n: number }[]>`select count(*)::int as n from events join event_names using (event_id) where name = ${name}`;
  return row?.n;
};

test('the unmodified client of Segment sends through it', async () => {
  const analytics = new Analytics({ writeKey: workspace.writeKey, host: origin, flushAt: 7, flushInterval: 200 });
  const errors: unknown[] = [];
  analytics.on('error', (error) => errors.push(error));
  analytics.identify({ userId: 'ada', traits: { email: 'ada@example.com', plan: 'gold' } });
  for (let i = 0; i < 25; i++) analytics.track({ userId: 'ada', event: 'Charged', properties: { amount: i } });
  analytics.page({ userId: 'ada', name: 'Home', properties: { url: 'https://shop.example/' } });
  analytics.alias({ previousId: 'visitor', userId: 'ada' });
  analytics.group({ userId: 'ada', groupId: 'g1', traits: { name: 'Acme' } });
  await analytics.closeAndFlush();
  expect(errors).toEqual([]);
  expect(await countOf('Charged')).toBe(25);
  expect(await countOf('Page Viewed')).toBe(1);
  const rows =
    await db.sql`select p.properties, p.identifier_mask from profiles p join profile_ids i using (workspace_id, profile_id) where i.value = 'visitor' and i.kind = 'user'`;
  expect(rows[0]).toEqual({ properties: { plan: 'gold', groupId: 'g1', group: { name: 'Acme' } }, identifier_mask: 1 });
});

test('answers 200 with success after commit, whichever way the key comes and with gzip', async () => {
  const event = { userId: 'u1', event: 'Opened' };
  expect(await post('track', event)).toMatchObject({ status: 200, body: { success: true } });
  expect(await post('track', { ...event, writeKey: workspace.writeKey }, {})).toMatchObject({ status: 200 });
  expect(await post('track', gzipSync(JSON.stringify(event)), { ...basic(), 'content-encoding': 'gzip' })).toMatchObject({ status: 200 });
  expect(await post('import', { batch: [{ type: 'track', ...event }] })).toMatchObject({ status: 200 });
  expect(await countOf('Opened')).toBe(4);
});

test('a wrong, missing or revoked key is refused', async () => {
  for (const headers of [{}, basic('wk_wrong'), basic(workspace.apiKey), { authorization: 'Basic' }]) {
    expect((await post('track', { userId: 'u1', event: 'Never' }, headers as Record<string, string>)).status).toBe(401);
  }
  expect(await countOf('Never')).toBe(0);
});

test.each([
  ['track', '{"userId":', ''],
  ['track', '[]', ''],
  ['track', 'null', ''],
  ['track', { userId: 'u1' }, 'event'],
  ['track', { event: 'E' }, 'userId'],
  ['track', { userId: { a: 1 }, event: 'E' }, 'userId'],
  ['track', { userId: 'u1', event: 'E', properties: [] }, 'properties'],
  ['track', { userId: 'u1', event: 'E', timestamp: '2026-02-30' }, 'timestamp'],
  ['track', { userId: 'u1', event: 'E', timestamp: '1066-01-01' }, 'timestamp'],
  ['group', { userId: 'u1' }, 'groupId'],
  ['alias', { userId: 'u1' }, 'previousId'],
  ['batch', { batch: 7 }, 'batch'],
  ['batch', { batch: [{ type: 'dance', userId: 'u1' }] }, 'batch[0].type'],
  ['track', `{"userId":"u1","event":"E","properties":{"a":${'['.repeat(5_000)}${']'.repeat(5_000)}}}`, 'properties'],
])('%s %j is answered 400 with the field', async (call, body, field) => {
  const answer = await post(call, body);
  expect(answer.status).toBe(400);
  expect(answer.body.error).toMatchObject({ code: 'invalid', field });
});

test('above the limits it answers 413 and stores nothing', async () => {
  const track = (size: number) => ({ type: 'track', userId: 'u1', event: 'Large', properties: { text: 'x'.repeat(size) } });
  expect((await post('track', track(33_000))).status).toBe(413);
  expect((await post('batch', { batch: [track(10), track(33_000)] })).status).toBe(413);
  expect((await post('batch', { batch: Array.from({ length: 40 }, () => track(15_000)) })).status).toBe(413);
  expect(
    (await post('batch', { batch: Array.from({ length: 2_501 }, () => ({ type: 'track', userId: 'u', event: 'Large' })) })).status,
  ).toBe(413);
  expect((await post('batch', gzipSync(' '.repeat(50_000_000)), { ...basic(), 'content-encoding': 'gzip' })).status).toBe(413);
  expect((await post('batch', 'not gzip', { ...basic(), 'content-encoding': 'gzip' })).status).toBe(400);
  expect(await countOf('Large')).toBe(0);
  expect((await post('nonsense', {})).status).toBe(404);
});

test('an item that cannot be read is named and its neighbours are stored', async () => {
  const answer = await post('batch', { batch: [{ type: 'track', userId: 'u1', event: 'Kept' }, { type: 'track', userId: 'u1' }, 7] });
  expect(answer).toMatchObject({
    status: 200,
    body: {
      success: true,
      rejected: [
        { index: 1, field: 'batch[1].event' },
        { index: 2, field: 'batch[2]' },
      ],
    },
  });
  expect(await countOf('Kept')).toBe(1);
});

test('hundreds of requests at once are stored exactly, each once', async () => {
  const answers = await Promise.all(
    Array.from({ length: 300 }, (_, i) =>
      post('batch', {
        batch: Array.from({ length: 10 }, (_, n) => ({
          type: 'track',
          userId: `u${(i + n) % 50}`,
          event: 'Crowd',
          messageId: `c${i % 200}-${n}`,
        })),
      }),
    ),
  );
  expect(new Set(answers.map((answer) => answer.status))).toEqual(new Set([200]));
  expect(await countOf('Crowd')).toBe(2_000);
});

test('time is corrected by the sender’s clock, and what comes from the future is set to its arrival', async () => {
  const sentAt = new Date(Date.now() - 3_600_000);
  await post('batch', {
    sentAt: sentAt.toISOString(),
    batch: [
      { type: 'track', userId: 'u1', event: 'Skewed', timestamp: new Date(sentAt.getTime() - 60_000).toISOString() },
      { type: 'track', userId: 'u1', event: 'Future', timestamp: new Date(sentAt.getTime() + 3_600_000).toISOString() },
    ],
  });
  const rows = await db.sql<
    { name: string; time: Date }[]
  >`select name, time from events join event_names using (event_id) where name in ('Skewed', 'Future') order by time`;
  expect(rows.map((row) => row.name)).toEqual(['Skewed', 'Future']);
  expect(Math.abs(Date.now() - 60_000 - (rows[0]?.time.getTime() ?? 0))).toBeLessThan(5_000);
  expect(Math.abs(Date.now() - (rows[1]?.time.getTime() ?? 0))).toBeLessThan(5_000);
});

test('a phone without country code gets the country its profile is known to have, else the workspace’s', async () => {
  await post('identify', { userId: 'tokyo', traits: { address: { country: 'Japan' } } });
  await post('identify', { userId: 'tokyo', traits: { phone: '090-1234-5678' } });
  await post('identify', { userId: 'home', traits: { phone: '0151 23456789' } });
  const rows = await db.sql<{ value: string; phone: string }[]>`
    select i.value, case d.phone when sha256('819012345678') then 'JP' when sha256('4915123456789') then 'DE' end as phone
    from profile_identifiers d join profile_ids i using (workspace_id, profile_id) where i.value in ('tokyo', 'home') order by i.value`;
  expect(rows.map((row) => [row.value, row.phone])).toEqual([
    ['home', 'DE'],
    ['tokyo', 'JP'],
  ]);
});
