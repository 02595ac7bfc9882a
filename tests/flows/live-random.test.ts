import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { CampaignDraft } from '@/lib/campaign/plan';
import { flushLive } from '@/lib/live/pump';
import { settleLive } from '@/lib/live/settle';
import { integer, type Random, seededRandom } from '@/scripts/demo-people';
import { digestOfEmail, emailOf, type Story, story } from '@/tests/support/story';

/**
 * Random lives under four live campaigns, sent late, twice and in any order, with the engine killed and its answers lost on the way. In the
 * end each audience holds who belongs in it by a plain reading of the events.
 */

const seed = Number(process.env.LIVE_SEED ?? Math.floor(Math.random() * 1e9));
const minuteMs = 60_000;
const start = Date.parse('2026-07-01T09:00:00Z');
const minutes = 240;
const names = ['View', 'Cart', 'Pay', 'Bye'] as const;
const people = Array.from({ length: 40 }, (_, i) => `p${i}`);
const schedule = { kind: 'live', zone: 'UTC' } as const;

type Happened = { userId: string; event: (typeof names)[number]; time: number; big: boolean; arrives: number };

const campaigns: Record<string, Partial<CampaignDraft>> = {
  Viewers: { trigger: { on: [{ did: 'View', where: [{ property: 'big', op: 'is', value: true }] }] }, exit: [{ did: 'Bye' }] },
  Carts: { trigger: { sequence: [{ did: 'Cart' }, { didNot: 'Pay' }], gap: { minutes: 30 } }, exit: [{ did: 'Pay' }] },
  Waiting: { trigger: { sequence: [{ did: 'Cart' }, { didNot: 'Pay' }], gap: { minutes: 30 } } },
  Narrow: { trigger: { on: [{ did: 'View' }, { did: 'Cart' }] }, definition: { did: 'Pay' } },
};

/** An hour without anything new at the end, so that every wait is over. What is waited for comes in time: it decides by arriving. Exits are never too late. */
function lives(random: Random): Happened[] {
  return Array.from({ length: 400 }, () => {
    const event = names[integer(random, 0, names.length - 1)] ?? 'View';
    const time = start + integer(random, 1, (minutes - 60) * 60) * 1000;
    const late = random() < 0.2 && event !== 'Pay' ? integer(random, 1, event === 'Bye' ? 200 : 20) * minuteMs : 0;
    const arrives = Math.min(time + late, start + minutes * minuteMs);
    return { userId: people[integer(random, 0, people.length - 1)] ?? 'p0', event, time, big: random() < 0.5, arrives };
  }).sort((a, b) => a.arrives - b.arrives);
}

/** Who belongs where, from the events alone. */
function belonging(all: readonly Happened[], name: string): string[] {
  const of = (userId: string, event: string) => all.filter((each) => each.userId === userId && each.event === event);
  const after = (list: readonly Happened[], time: number) => list.some((each) => each.time >= time);
  const belongs = (userId: string): boolean => {
    if (name === 'Viewers') return of(userId, 'View').some(({ big, time }) => big && !after(of(userId, 'Bye'), time));
    if (name === 'Narrow') return of(userId, 'Pay').length > 0 && of(userId, 'View').length + of(userId, 'Cart').length > 0;
    const pays = of(userId, 'Pay');
    if (name === 'Carts') return of(userId, 'Cart').some(({ time }) => !after(pays, time));
    return of(userId, 'Cart').some(({ time }) => !pays.some((pay) => pay.time > time && pay.time <= time + 30 * minuteMs));
  };
  return people
    .filter(belongs)
    .map((userId) => digestOfEmail(emailOf(userId)))
    .sort();
}

let s: Story;
beforeAll(async () => {
  s = await story('UTC');
  await s.send(
    people.map((userId) => ({ type: 'identify', userId, traits: { email: emailOf(userId) } })),
    '2026-07-01T08:00:00Z',
  );
});
afterAll(() => s.sandbox.stop());

const faults = ['reset-before', 'reset-after', 'html502', 'truncated', 'empty'] as const;
const iso = (ms: number) => new Date(ms).toISOString();

async function trouble(random: Random): Promise<void> {
  if (random() < 0.4)
    await s.sandbox.control.fault({ kind: faults[integer(random, 0, faults.length - 1)] ?? 'empty', route: '/users$', times: 1 });
}

/** The engine as a process of its own, killed at some moment of its work, or left to end it. */
async function killed(random: Random, at: string): Promise<void> {
  const process = s.tickProcess(at);
  const afterMs = integer(random, 300, 2_500);
  const timer = setTimeout(() => void process.kill(), afterMs);
  await process.ended;
  clearTimeout(timer);
}

it(`ends with who belongs in each audience (LIVE_SEED=${seed})`, async () => {
  const random = seededRandom(seed);
  for (const [name, plan] of Object.entries(campaigns))
    await s.campaign({ name, schedule, audience: { new: { name } }, ...plan }, iso(start));
  await s.tick(iso(start));
  const all = lives(random);
  for (let minute = 10; minute <= minutes; minute += 10) {
    const now = start + minute * minuteMs;
    const due = all.filter(({ arrives }) => arrives <= now && arrives > now - 10 * minuteMs);
    const calls = due.map(({ userId, event, time, big }, i) => ({
      type: 'track',
      userId,
      event,
      timestamp: iso(time),
      properties: { big },
      messageId: `${minute}-${i}`,
    }));
    await s.send(calls, iso(now));
    if (random() < 0.3) await s.send(calls, iso(now));
    await trouble(random);
    if (minute % 60 === 0) await killed(random, iso(now + 2_000));
    await settleLive(s.engine(iso(now)), new Date(now + 3_000));
    await flushLive(s.engine(iso(now + 5_000)));
  }
  await s.sandbox.control.clearFaults();
  // Long enough for every wait and every try.
  for (const later of [20, 40, 61, 122]) await s.tick(iso(start + (minutes + later) * minuteMs));
  for (const name of Object.keys(campaigns)) expect([name, await s.held(name)]).toEqual([name, belonging(all, name)]);
  const [left] = await s.db.orm.execute<{ n: number }>(sql`
    select ((select count(*) from live_arrivals) + (select count(*) from live_touched) + (select count(*) from live_wakes))::int as n`);
  expect(left?.n).toBe(0);
});
