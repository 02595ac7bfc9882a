import { afterAll, beforeAll, expect, it } from 'vitest';
import { createKey } from '@/db/keys';
import { type App, startApp } from '@/tests/support/app';
import { digestOfEmail, emailOf, type Story, story } from '@/tests/support/story';

/** As on Vercel, where nothing runs between a request and the next beat of the cron. */

let s: Story;
let app: App;
beforeAll(async () => {
  s = await story('UTC');
  app = await startApp({ ...s.variables, CRON_SECRET: 'a-secret-for-the-cron', VERCEL: '1' });
});
afterAll(async () => {
  await app?.stop();
  await s?.sandbox.stop();
});

it('sends who qualifies once their event is answered, without a beat of the cron', async () => {
  const plan = {
    name: 'Live',
    trigger: { on: [{ did: 'Viewed' }] },
    schedule: { kind: 'live', zone: 'UTC' },
    audience: { new: { name: 'Live' } },
  } as const;
  await s.campaign(plan as never, new Date().toISOString());
  const beat = await fetch(`${app.origin}/api/cron`, { headers: { authorization: 'Bearer a-secret-for-the-cron' } });
  expect(beat.status).toBe(200);
  const secret = await createKey(s.db.orm, s.workspaceId, { kind: 'write', name: 'Test', role: 'marketer' }, new Date());
  const post = (call: string, body: object) =>
    fetch(`${app.origin}/v1/${call}`, {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from(`${secret}:`).toString('base64')}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  const people = ['ann', 'bob', 'cid'];
  for (const userId of people) await post('identify', { userId, traits: { email: emailOf(userId) } });
  await Promise.all(people.map((userId) => post('track', { userId, event: 'Viewed' })));
  const wanted = people.map((userId) => digestOfEmail(emailOf(userId))).sort();
  await expect.poll(() => s.held('Live'), { timeout: 20_000 }).toEqual(wanted);
});
