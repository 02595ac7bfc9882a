import { randomInt } from 'node:crypto';
import { eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { pauseCampaign, resumeCampaign, runNow } from '@/db/campaign-states';
import { campaignDetail, saveDraft, scheduleCampaign } from '@/db/campaigns';
import { eraseProfile } from '@/db/erasures';
import { saveExclusions } from '@/db/exclusions';
import { profileOfUser } from '@/db/profiles';
import { cancelRun, releaseHeldRun, retryRun, undoLastRun } from '@/db/run-commands';
import { audiences, campaigns, syncRuns } from '@/db/schema';
import type { CampaignDraft } from '@/lib/campaign/plan';
import { AppError } from '@/lib/errors';
import { randomOf } from '@/tests/support/random';
import { type SandboxFault, sandboxAccounts } from '@/tests/support/sandbox';
import { type Story, story } from '@/tests/support/story';

/**
 * A small crowd that shares e-mails and phones, and whatever may befall its campaign between a removal and an addition: refusals, lost
 * answers, removals put off, and all that a person may command. Once all is cleared and two more occurrences have run, Facebook holds
 * who is meant, by the identifiers they have then, and the ledger says the same.
 *
 * BECKON_LIVES plays so many lives (12), from the seed BECKON_SEED on (drawn); a failure names the seed of its life and all its steps.
 */

const lives = Number(process.env.BECKON_LIVES ?? 12);
const firstSeed = Number(process.env.BECKON_SEED ?? randomInt(1, 2 ** 31));
const seeds = Array.from({ length: lives }, (_, i) => firstSeed + i);

let random = randomOf(0);
const chance = (share: number) => random() < share;
const below = (n: number) => Math.floor(random() * n);
const pick = <T>(list: readonly T[]): T => list[below(list.length)] as T;

const minuteMs = 60_000;
const dayMs = 86_400_000;
/** Where the last life ended: no clock goes back. */
let nextStart = Date.parse('2026-05-01T06:00:00Z');

let s: Story;
let adSets: string[];
beforeAll(async () => {
  s = await story('UTC');
  await s.sandbox.control.settings({ matchRate: 1, limitScale: 1000 });
  await saveExclusions(s.db, s.workspaceId, { excludeSegments: [], consentProperty: 'ads' }, new Date(nextStart));
  const main = sandboxAccounts.main.replace('act_', '');
  adSets = (await s.sandbox.control.adSets()).filter((each) => each.accountId === main && each.status === 'ACTIVE').map(({ id }) => id);
});
afterAll(() => s.sandbox.stop());

type Life = {
  name: string;
  id: string;
  people: string[];
  emails: string[];
  phones: string[];
  plan: Partial<CampaignDraft>;
  tier: string;
  consent: boolean;
  at: number;
  told: string[];
};

const tiers = ['gold', 'silver'];
const whoIs = (name: string, tier: string) =>
  ({
    all: [
      { property: 'story', op: 'is', value: name },
      { property: 'tier', op: 'is', value: tier },
    ],
  }) as never;

function drawnPlan(): Partial<CampaignDraft> {
  const mode = chance(0.25) ? 'add' : 'mirror';
  const sendBy = mode === 'add' ? 'difference' : pick(['difference', 'difference', 'replace', 'automatic'] as const);
  return {
    mode,
    sendBy,
    adSets: sendBy === 'automatic' ? [{ id: pick(adSets), as: 'include' }] : [],
    cap: chance(0.15) ? 3 + below(6) : null,
    stayDays: chance(0.15) ? 1 + below(4) : null,
    controlPercent: chance(0.15) ? 30 : null,
    changeBrakePercent: chance(0.3) ? 50 : null,
  };
}

function drawnLife(seed: number): Life {
  const name = `life${seed}`;
  const plan = drawnPlan();
  const size = 8 + below(13);
  const shared = 2 + below(size / 3);
  return {
    name,
    id: '',
    people: Array.from({ length: size }, (_, i) => `${name}-${i}`),
    emails: Array.from({ length: shared }, (_, i) => `${name}.family${i}@example.com`),
    phones: Array.from({ length: shared }, (_, i) => `+9198${String(seed % 1_000_000).padStart(6, '0')}${String(i).padStart(2, '0')}`),
    plan,
    tier: 'gold',
    consent: chance(0.6),
    at: nextStart,
    told: [JSON.stringify(plan)],
  };
}

const arrival = (life: Life, userId: string) => {
  const email = chance(0.85) ? { email: chance(0.6) ? pick(life.emails) : `${userId}.0@example.com` } : {};
  const phone = chance(0.5) ? { phone: pick(life.phones) } : {};
  return { type: 'identify', userId, traits: { story: life.name, tier: chance(0.8) ? 'gold' : 'silver', ...email, ...phone } };
};

function change(life: Life, userId: string): Record<string, unknown> {
  const email = chance(0.6) ? { email: chance(0.7) ? pick(life.emails) : `${userId}.${below(3)}@example.com` } : {};
  const phone = chance(0.4) ? { phone: pick(life.phones) } : {};
  const tier = chance(0.4) ? { tier: chance(0.6) ? 'gold' : 'silver' } : {};
  return { type: 'identify', userId, traits: { story: life.name, ...tier, ...email, ...phone } };
}

const now = (life: Life) => new Date(life.at);
const send = (life: Life, calls: Record<string, unknown>[]) => s.send(calls, now(life).toISOString());

/** The sandbox goes by the same clock. */
async function tick(life: Life): Promise<void> {
  await s.sandbox.control.clock({ now: now(life).toISOString() });
  await s.tick(now(life).toISOString());
}

async function occurrence(life: Life): Promise<void> {
  life.at = (Math.floor((life.at - 9 * 60 * minuteMs) / dayMs) + 1) * dayMs + 9 * 60 * minuteMs + 5000;
  await tick(life);
}

const missed = { code: 194 };
const trouble = { status: 500, code: 2, transient: true };
const limit = { code: 80003 };
const flagged = { code: 2650, subcode: 1713230 };
const tooMuch = { code: 100 };
const errors = [missed, missed, missed, trouble, trouble, limit, flagged, tooMuch];

async function fault(life: Life, planned: SandboxFault): Promise<void> {
  life.told.push(JSON.stringify(planned));
  await s.sandbox.control.fault(planned);
}

async function refusal(life: Life): Promise<void> {
  const method = pick(['POST', 'DELETE', undefined] as const);
  const where = { method, route: '/users(replace)?$', nth: 1 + below(2), times: pick([1, 1, 2, 3, 0]) };
  await fault(life, { kind: 'error', status: 400, ...pick(errors), ...where });
}

async function lostAnswer(life: Life): Promise<void> {
  const method = pick(['POST', 'DELETE', undefined] as const);
  await fault(life, { kind: pick(['reset-after', 'truncated']), method, route: '/users(replace)?$', times: pick([1, 2, 8]) });
}

async function brokenReplacement(life: Life): Promise<void> {
  const audience = (await s.sandbox.control.audiences()).find((each) => each.name === life.name);
  if (audience && chance(0.4)) {
    life.told.push('it fails');
    await s.sandbox.control.changeAudience(audience.id, { failReplace: true });
    return;
  }
  const subcode = pick([1870148, 1870147]);
  await fault(life, {
    kind: 'error',
    status: 400,
    code: 2650,
    subcode,
    route: '/usersreplace$',
    nth: 1 + below(2),
    times: pick([1, 2, 0]),
  });
}

async function floor(life: Life, removalFloor = chance(0.6) ? 2 + below(15) : 0): Promise<void> {
  life.told.push(`floor ${removalFloor}`);
  await s.sandbox.control.settings({ removalFloor });
}

const clear = () => s.sandbox.control.clearFaults();

async function runIn(life: Life, states: readonly string[] | null): Promise<number | null> {
  const runs = await s.db.orm.select().from(syncRuns).where(eq(syncRuns.campaignId, life.id)).orderBy(syncRuns.occurrenceAt, syncRuns.id);
  const may = runs.filter(({ state }) => states === null || states.includes(state));
  return may.at(-1)?.id ?? null;
}

const onRun = (act: typeof cancelRun, states: readonly string[] | null) => async (life: Life) => {
  const run = await runIn(life, states);
  if (run === null) throw new AppError('conflict', 'no such run');
  await act(s.db, s.workspaceId, run, now(life));
};

const open = ['queued', 'audience_ready', 'frozen', 'sent', 'held'];
const cancel = onRun(cancelRun, open);
const retry = onRun(retryRun, ['failed', 'cancelled', 'confirmed']);
const release = onRun(releaseHeldRun, ['held']);

const onCampaign =
  (act: (db: Story['db'], workspaceId: Story['workspaceId'], id: string, at: Date) => Promise<unknown>) => async (life: Life) => {
    await act(s.db, s.workspaceId, life.id, now(life));
  };

async function edit(life: Life): Promise<void> {
  const tier = pick(tiers);
  const mode = chance(0.8) ? life.plan.mode : pick(['mirror', 'add'] as const);
  const sendBy = mode === 'add' ? 'difference' : pick(['difference', 'replace'] as const);
  const { draft } = await campaignDetail(s.db, s.workspaceId, life.id);
  await saveDraft(s.db, s.workspaceId, life.id, { ...draft, definition: whoIs(life.name, tier), mode, sendBy }, now(life));
  await scheduleCampaign(s.db, s.workspaceId, life.id, now(life), null);
  life.tier = tier;
  life.plan = { ...life.plan, mode, sendBy };
  life.told.push(`${tier} ${mode} ${sendBy}`);
}

async function people(life: Life): Promise<void> {
  const calls = life.people.filter(() => chance(0.12)).map((userId) => change(life, userId));
  await tell(life, calls);
}

async function tell(life: Life, calls: Record<string, unknown>[]): Promise<void> {
  life.told.push(JSON.stringify(calls.map(({ userId, traits }) => [userId, traits])));
  await send(life, calls);
}

async function merge(life: Life): Promise<void> {
  const [userId, previousId] = [pick(life.people), pick(life.people)];
  if (userId === previousId) return;
  life.told.push(`${previousId} is ${userId}`);
  await send(life, [{ type: 'alias', userId, previousId }]);
}

async function consent(life: Life): Promise<void> {
  const calls = life.people
    .filter(() => chance(0.15))
    .map((userId) => ({ type: 'identify', userId, traits: { ads: pick(['no', 'yes']) } }));
  if (life.consent) await tell(life, calls);
}

async function erase(life: Life): Promise<void> {
  const userId = pick(life.people);
  life.told.push(userId);
  await eraseProfile(s.db, s.workspaceId, await profileOfUser(s.db, s.workspaceId, userId), null, now(life));
}

/** Somebody leaves, or is known by something else. */
function departure(life: Life): Record<string, unknown> {
  const userId = pick(life.people);
  if (chance(0.4)) return change(life, userId);
  const left = life.consent && chance(0.3) ? { ads: 'no' } : { tier: 'silver' };
  return { type: 'identify', userId, traits: { story: life.name, ...left } };
}

async function obstacle(life: Life): Promise<void> {
  if (chance(0.4)) return floor(life, 4 + below(17));
  if (life.plan.sendBy !== 'difference' && chance(0.4)) return brokenReplacement(life);
  const method = pick(['POST', 'POST', 'DELETE'] as const);
  await fault(life, { kind: 'error', status: 400, ...pick(errors), method, route: '/users(replace)?$', times: pick([1, 0]) });
}

const lift = async (life: Life) => {
  await s.sandbox.control.clearFaults();
  await floor(life, 0);
};

const aftermath = ['nothing', 'cancel', 'retry', 'consent', 'erase', 'people', 'run now', 'undo'];

/** Few leave or change; of the removals and additions that follow, something is refused, and then something else comes. */
async function cut(life: Life): Promise<void> {
  await lift(life);
  await tell(
    life,
    Array.from({ length: 1 + below(3) }, () => departure(life)),
  );
  await obstacle(life);
  await occurrence(life);
  if (chance(0.6)) await lift(life);
  const then = pick(aftermath);
  life.told.push(`then ${then}`);
  life.at += minuteMs;
  await steps[then]?.[1](life).catch(ignoreRefusal);
  life.at += 4 * minuteMs;
  if (chance(0.7)) await tick(life);
}

/** While a request is under way. */
async function meanwhile(life: Life): Promise<void> {
  await s.sandbox.control.fault({ kind: 'slow', ms: 60, route: '/users(replace)?$', nth: 1 + below(2) });
  const what = pick([cancel, onCampaign(pauseCampaign), consent, people, erase]);
  const ticked = occurrence(life);
  await new Promise((done) => setTimeout(done, 50 + below(60)));
  await what(life).catch(ignoreRefusal);
  await ticked;
}

/** A step, and how often it is drawn. */
const steps: Record<string, [weight: number, (life: Life) => Promise<unknown>]> = {
  occurrence: [7, occurrence],
  tick: [3, tick],
  people: [6, people],
  merge: [1, merge],
  consent: [2, consent],
  erase: [1, erase],
  refusal: [3, refusal],
  cut: [8, cut],
  'lost answer': [1, lostAnswer],
  'broken replacement': [1, brokenReplacement],
  floor: [2, (life) => floor(life)],
  clear: [2, clear],
  cancel: [2, cancel],
  retry: [2, retry],
  release: [1, release],
  pause: [1, onCampaign(pauseCampaign)],
  resume: [2, onCampaign(resumeCampaign)],
  'run now': [2, onCampaign(runNow)],
  undo: [1, onCampaign(undoLastRun)],
  edit: [2, edit],
  meanwhile: [1, meanwhile],
};
const drawn = Object.entries(steps).flatMap(([name, [weight]]) => Array<string>(weight).fill(name));

function ignoreRefusal(error: unknown): void {
  if (!(error instanceof AppError)) throw error;
}

async function step(life: Life): Promise<void> {
  const name = pick(drawn);
  life.at += (1 + below(40)) * minuteMs;
  life.told.push(`\n${now(life).toISOString().slice(0, 16)} ${name}`);
  await steps[name]?.[1](life).catch((error) => {
    ignoreRefusal(error);
    life.told.push('(refused)');
  });
}

/** Nothing stands in the way any more, and two more occurrences run. */
async function quieten(life: Life): Promise<void> {
  await clear();
  await s.sandbox.control.settings({ removalFloor: 0 });
  await onCampaign(resumeCampaign)(life).catch(ignoreRefusal);
  for (let day = 0; day < 2; day++) {
    await occurrence(life);
    for (let hour = 0; hour < 4; hour++) {
      if (await settled(life)) break;
      await release(life).catch(ignoreRefusal);
      life.at += 70 * minuteMs;
      await tick(life);
    }
  }
}

const settled = async (life: Life) => (await runIn(life, open)) === null;

type Person = { profileId: string; row: string; refused: boolean; meant: boolean };

async function everybody(life: Life): Promise<Person[]> {
  const rows = await s.db.orm.execute<{ id: string; properties: Record<string, unknown>; row: string }>(sql`
    select p.profile_id::text as id, p.properties, coalesce(encode(i.email, 'hex'), '') || ' ' || coalesce(encode(i.phone, 'hex'), '') as row
    from profiles p left join profile_identifiers i on i.workspace_id = p.workspace_id and i.profile_id = p.profile_id
    where p.workspace_id = ${s.workspaceId} and p.properties ->> 'story' = ${life.name}`);
  return rows.map(({ id, properties, row }) => {
    const refused = properties.ads === 'no';
    return { profileId: id, row, refused, meant: !refused && properties.tier === life.tier && row !== ' ' };
  });
}

type Entry = { profileId: string; state: string; row: string; person: string };

/** Person: under which profile they are known today. */
const ledgerOf = (audienceId: number): Promise<Entry[]> =>
  s.db.orm.execute<Entry>(sql`
    select m.profile_id::text as "profileId", m.state, coalesce(g.winner, m.profile_id)::text as person,
      coalesce(encode(m.cells[1], 'hex'), '') || ' ' || coalesce(encode(m.cells[2], 'hex'), '') as row
    from audience_members m left join profile_merges g on g.workspace_id = m.workspace_id and g.loser = m.profile_id
    where m.audience_id = ${audienceId}`);

async function controlsOf(audienceId: number): Promise<string[]> {
  const rows = await s.db.orm.execute<{ id: string }>(sql`
    select profile_id::text as id from audience_stays where audience_id = ${audienceId} and control and until is null`);
  return rows.map(({ id }) => id);
}

async function heldRows(name: string): Promise<string[]> {
  const audience = (await s.sandbox.control.audiences()).find((each) => each.name === name);
  if (!audience) return [];
  const rows: string[] = [];
  for await (const row of s.sandbox.control.members(audience.id)) rows.push(`${row.EMAIL ?? ''} ${row.PHONE ?? ''}`);
  return rows.sort();
}

/** Two people may have one and the same row, which Facebook has once. */
const rowsOf = (list: readonly { row: string }[]) => [...new Set(list.map(({ row }) => row))].sort();

async function check(life: Life): Promise<void> {
  const told = `seed ${life.name.slice(4)}: ${life.told.join(' ')}\n`;
  expect(await settled(life), `${told} no run is open`).toBe(true);
  const [audience] = await s.db.orm.select().from(audiences).where(eq(audiences.campaignId, life.id));
  const audienceId = audience?.id ?? 0;
  const ledger = await ledgerOf(audienceId);
  const inside = ledger.filter(({ state }) => state === 'in');
  expect(await heldRows(life.name), `${told} Facebook and the ledger`).toEqual(rowsOf(inside));
  expect(audience?.members, `${told} counted members`).toBe(inside.length);
  expect(
    ledger.filter(({ state }) => !['in', 'out'].includes(state)),
    `${told} in doubt`,
  ).toEqual([]);
  await checkCounts(life, told);
  checkMeant(life, told, await everybody(life), ledger, await controlsOf(audienceId));
}

async function checkCounts(life: Life, told: string): Promise<void> {
  const runs = await s.db.orm.select().from(syncRuns).where(eq(syncRuns.campaignId, life.id));
  const negative = runs.filter((run) =>
    [run.added, run.removed, run.toAdd, run.toRemove, run.received, run.invalid].some((n) => (n ?? 0) < 0),
  );
  expect(negative, `${told} negative counts`).toEqual([]);
}

function checkMeant(life: Life, told: string, all: Person[], ledger: Entry[], controls: string[]): void {
  const inside = ledger.filter(({ state }) => state === 'in');
  const known = new Map(all.map((person) => [person.profileId, person]));
  const unlawful = inside.filter(({ person }) => known.get(person)?.refused ?? true);
  expect(unlawful, `${told} withdrawn or erased`).toEqual([]);
  const meant = all.filter((person) => person.meant && !controls.includes(person.profileId));
  const over = new Set(ledger.filter(({ state }) => state === 'out').map(({ profileId }) => profileId));
  const stays = meant.filter(({ profileId }) => life.plan.stayDays === null || !over.has(profileId));
  const { cap, mode } = life.plan;
  const rowIn = new Map(inside.map(({ profileId, row }) => [profileId, row]));
  const missing = stays.filter(({ profileId, row }) => rowIn.get(profileId) !== row);
  if (cap === null) expect(missing, `${told} missing, or by another row`).toEqual([]);
  else expect(inside.length, `${told} as many as the cap allows`).toBeGreaterThanOrEqual(Math.min(cap ?? 0, stays.length));
  if (mode === 'add') return;
  const unmeant = inside.filter(({ profileId, row }) => !stays.some((person) => person.profileId === profileId && person.row === row));
  expect(unmeant, `${told} there without being meant`).toEqual([]);
  if (cap !== null) expect(inside.length, `${told} no more than the cap`).toBe(Math.min(cap ?? 0, stays.length));
}

async function begin(seed: number): Promise<Life> {
  random = randomOf(seed);
  const life = drawnLife(seed);
  await s.db.orm.execute(sql`delete from ad_account_budgets`);
  await send(
    life,
    life.people.map((userId) => arrival(life, userId)),
  );
  const start = now(life).toISOString();
  const schedule = { kind: 'every', every: { days: 1 }, time: '09:00', zone: 'UTC', start: start.slice(0, 10) } as const;
  const about = { name: life.name, definition: whoIs(life.name, life.tier), audience: { new: { name: life.name } } };
  life.id = await s.campaign({ ...about, schedule, identifiers: ['email', 'phone'], ...life.plan }, start);
  return life;
}

async function end(life: Life): Promise<void> {
  await s.db.orm.update(campaigns).set({ state: 'archived' }).where(eq(campaigns.id, life.id));
  nextStart = (Math.floor(life.at / dayMs) + 1) * dayMs + 6 * 60 * minuteMs;
}

it.each(seeds)(
  'ends as meant, and as the ledger says, whatever was refused, lost and commanded (seed %i)',
  async (seed) => {
    const life = await begin(seed);
    try {
      if (chance(0.8)) await occurrence(life);
      for (let left = 10 + below(16); left > 0; left--) await step(life);
      await quieten(life);
      await check(life);
    } finally {
      await clear();
      await end(life);
    }
  },
  120_000,
);
