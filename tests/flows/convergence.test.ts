import { randomInt } from 'node:crypto';
import { and, eq, inArray, sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runNow } from '@/db/campaign-states';
import { campaigns, syncRuns } from '@/db/schema';
import { segmentSql } from '@/db/segments';
import { parseDefinition } from '@/lib/segment/definition';
import { openStates } from '@/lib/sync/run-state';
import { randomOf } from '@/tests/support/random';
import type { SandboxFault } from '@/tests/support/sandbox';
import { type Story, story } from '@/tests/support/story';

/**
 * Weeks in the life of an audience while everything goes wrong: people come, go, change and share identifiers, and the calls to
 * Facebook are cut, refused and lost. Whenever it has quietened down, the audience holds exactly the segment's rows.
 */

const seed = Number(process.env.BECKON_SEED ?? randomInt(1, 2 ** 31));

let random = randomOf(seed);
const chance = (share: number) => random() < share;
const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;

let s: Story;
beforeAll(async () => {
  s = await story('UTC');
  await s.sandbox.control.settings({ limitScale: 1000 });
});
afterAll(() => s.sandbox.stop());

const definition = parseDefinition({ property: 'tier', op: 'is', value: 'in' });
const people = Array.from({ length: 60 }, (_, i) => `p${i}`);
/** Few enough that many people share one. */
const emails = Array.from({ length: 25 }, (_, i) => `family${i}@example.com`);
const phones = Array.from({ length: 15 }, (_, i) => `+9198765432${String(i).padStart(2, '0')}`);

function change(userId: string): Record<string, unknown> {
  const email = chance(0.5) ? { email: chance(0.6) ? pick(emails) : `${userId}.${Math.floor(random() * 3)}@example.com` } : {};
  const phone = chance(0.3) ? { phone: pick(phones) } : {};
  return { type: 'identify', userId, traits: { tier: chance(0.5) ? 'in' : 'out', ...email, ...phone } };
}

const kinds: SandboxFault[] = [
  { kind: 'reset-before' },
  { kind: 'reset-after' },
  { kind: 'timeout', ms: 30 },
  { kind: 'timeout-after', ms: 30 },
  { kind: 'truncated' },
  { kind: 'html502' },
  { kind: 'empty' },
  { kind: 'null-body' },
  { kind: 'error', status: 500, code: 2, transient: true },
  { kind: 'error', status: 500, code: 1, subcode: 99 },
  { kind: 'error', status: 400, code: 80003, subcode: 2446079 },
  { kind: 'error', status: 400, code: 190, subcode: 463 },
  { kind: 'error', status: 403, code: 200, subcode: 1870090 },
  { kind: 'error', status: 403, code: 200, subcode: 1870047 },
];

async function trouble(): Promise<void> {
  for (let i = Math.floor(random() * 3); i >= 0; i--) {
    const method = pick(['POST', 'DELETE', undefined] as const);
    await s.sandbox.control.fault({
      ...pick(kinds),
      method,
      route: '/users(replace)?$',
      nth: 1 + Math.floor(random() * 3),
      times: pick([0, 1, 2]),
    });
  }
}

const dayMs = 86_400_000;
/** One after the other: neither clock goes back. */
const starts = { difference: Date.parse('2026-05-01T06:00:00Z'), replace: Date.parse('2026-07-01T06:00:00Z') };

/** The sandbox goes by the same clock: a replacement has ninety minutes on both sides. */
async function tick(atMs: number): Promise<void> {
  await s.sandbox.control.clock({ now: new Date(atMs).toISOString() });
  await s.tick(new Date(atMs).toISOString());
}

async function quieten(id: string, from: number): Promise<void> {
  await s.sandbox.control.clearFaults();
  await runNow(s.db, s.workspaceId, id, new Date(from));
  // What waits is waited for: at most an hour for a limit that names no time.
  for (let i = 0; i < 12; i++) {
    await tick(from + i * 20 * 60_000);
    const open = and(eq(syncRuns.campaignId, id), inArray(syncRuns.state, [...openStates]));
    if ((await s.db.orm.select().from(syncRuns).where(open)).length === 0) return;
  }
  throw new Error('a run did not end');
}

async function wantedRows(at: Date): Promise<string[]> {
  const segment = await segmentSql(s.db, s.workspaceId, definition, at);
  const rows = await s.db.orm.execute<{ email: string; phone: string }>(sql`
    select distinct coalesce(encode(i.email, 'hex'), '') as email, coalesce(encode(i.phone, 'hex'), '') as phone
    from (${segment}) m join profile_identifiers i on i.workspace_id = ${s.workspaceId} and i.profile_id = m.profile_id
    where i.email is not null or i.phone is not null`);
  return rows.map(({ email, phone }) => `${email} ${phone}`).sort();
}

async function heldRows(name: string): Promise<string[]> {
  const audience = (await s.sandbox.control.audiences()).find((each) => each.name === name);
  const rows: string[] = [];
  for await (const row of s.sandbox.control.members(audience?.id ?? '')) rows.push(`${row.EMAIL ?? ''} ${row.PHONE ?? ''}`);
  return rows.sort();
}

const ways = ['difference', 'replace'] as const;

it.each(ways)(
  `ends equal to the segment after every kind of trouble, sent by %s (seed ${seed})`,
  async (sendBy) => {
    random = randomOf(seed);
    const start = starts[sendBy];
    await s.send(people.map(change), new Date(start).toISOString());
    const schedule = {
      kind: 'every',
      every: { days: 1 },
      time: '08:00',
      zone: 'UTC',
      start: new Date(start).toISOString().slice(0, 10),
    } as const;
    const plan = {
      definition,
      schedule,
      audience: { new: { name: sendBy } },
      identifiers: ['email', 'phone'],
      sendBy,
      changeBrakePercent: null,
    };
    const id = await s.campaign(plan as never, new Date(start).toISOString());
    for (let day = 0; day < 40; day++) {
      const midnight = start + day * dayMs;
      await s.send(people.filter(() => chance(0.2)).map(change), new Date(midnight).toISOString());
      if (chance(0.8)) await trouble();
      await tick(midnight + 2 * 3_600_000 + 5000);
      await s.send(people.filter(() => chance(0.05)).map(change), new Date(midnight + 3 * 3_600_000).toISOString());
      if (chance(0.5)) await tick(midnight + 3.5 * 3_600_000);
      if (chance(0.6)) continue;
      const calm = midnight + 4 * 3_600_000;
      await quieten(id, calm);
      expect(await heldRows(sendBy), `day ${day}`).toEqual(await wantedRows(new Date(calm)));
    }
    await s.db.orm.update(campaigns).set({ state: 'archived' }).where(eq(campaigns.id, id));
  },
  300_000,
);
