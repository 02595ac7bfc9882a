import { and, eq, inArray, isNull, like, or } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { alerts, audiences, campaigns, rejects, syncBatches, syncRuns } from '@/db/schema';
import { watchAlerts } from '@/lib/alerts/watch';
import { tick } from '@/lib/sync/tick';
import { type SandboxFault, sandboxAccounts } from '@/tests/support/sandbox';
import { digestOfEmail, emailOf, type Story, story } from '@/tests/support/story';

/**
 * The table of Facebook's codes (Marketing API "Error Codes" and the pages named in lib/facebook/errors.ts): what each does to a run and its
 * campaign, who is asked to act and in which words, whether somebody is told, when it is tried again, and that the audience is then equal.
 */

let s: Story;
beforeAll(async () => {
  s = await story('UTC');
  await s.sandbox.control.settings({ limitScale: 1_000_000, maxAudiences: 1000 });
});
afterAll(() => s.sandbox.stop());

type Step = 'members' | 'removal' | 'audience' | 'adSet';
type Then =
  /** Within seconds. */
  | { kind: 'again' }
  /** The campaign is blocked, and goes on by itself. */
  | { kind: 'blocked'; action: 'reconnect' | 'accept_terms' | 'fix' | 'remake' }
  /** The run is partial: the row is reported, or the removal put off. */
  | { kind: 'rejected' | 'deferred' }
  | { kind: 'failed' };
type Row = { name: string; fault: SandboxFault; at: Step; then: Then; says: RegExp };

const again: Then = { kind: 'again' };
const failed: Then = { kind: 'failed' };
const fix: Then = { kind: 'blocked', action: 'fix' };
const remake: Then = { kind: 'blocked', action: 'remake' };
const reconnect: Then = { kind: 'blocked', action: 'reconnect' };
const terms: Then = { kind: 'blocked', action: 'accept_terms' };

/** code, subcode, HTTP status, step, what then, what the person reads. */
const table: [number, number | undefined, number, Step, Then, RegExp][] = [
  [1, undefined, 500, 'members', again, /fault of its own/],
  [1, undefined, 400, 'audience', again, /fault of its own/],
  [1, 99, 500, 'members', { kind: 'rejected' }, /refuses this row/],
  [2, undefined, 503, 'members', again, /unavailable/],
  [2, undefined, 500, 'adSet', again, /unavailable/],
  [5000, undefined, 500, 'members', again, /fault of its own/],
  [-3, undefined, 500, 'members', again, /fault of its own/],
  [3, undefined, 400, 'members', fix, /whoever runs Beckon/],
  [10, undefined, 403, 'members', reconnect, /permission/],
  [10, undefined, 400, 'adSet', reconnect, /permission/],
  [100, undefined, 400, 'members', { kind: 'rejected' }, /refuses this row/],
  [100, undefined, 400, 'adSet', fix, /did not understand/],
  [100, 33, 400, 'audience', remake, /was deleted at Facebook/],
  [100, 33, 400, 'members', remake, /was deleted at Facebook/],
  [100, 33, 400, 'adSet', fix, /no longer shows/],
  [100, 1487694, 400, 'adSet', fix, /open it in Ads Manager/],
  [100, 2446394, 400, 'adSet', fix, /open it in Ads Manager/],
  [100, 1713228, 400, 'members', fix, /flagged/],
  [100, 1713230, 400, 'members', fix, /flagged/],
  [100, 1713231, 400, 'members', fix, /flagged/],
  [100, 1713232, 400, 'members', fix, /flagged/],
  [100, 1870227, 400, 'adSet', fix, /contradict/],
  [100, 1870188, 400, 'adSet', fix, /contradict/],
  [100, 1870189, 400, 'adSet', fix, /contradict/],
  [100, 1870196, 400, 'adSet', fix, /contradict/],
  [100, 1885502, 400, 'adSet', fix, /contradict/],
  [102, undefined, 401, 'members', reconnect, /no longer valid/],
  [104, undefined, 400, 'members', fix, /FACEBOOK_APP_SECRET/],
  [105, undefined, 400, 'members', { kind: 'rejected' }, /refuses this row/],
  [190, undefined, 401, 'members', reconnect, /no longer valid/],
  [190, undefined, 400, 'adSet', reconnect, /no longer valid/],
  [190, 458, 400, 'members', reconnect, /removed Beckon/],
  [190, 459, 400, 'members', reconnect, /log in at facebook\.com/],
  [190, 460, 400, 'members', reconnect, /password/],
  [190, 463, 400, 'members', reconnect, /expired/],
  [190, 464, 400, 'members', reconnect, /not confirmed/],
  [190, 467, 400, 'members', reconnect, /ended the session/],
  [190, 492, 400, 'members', reconnect, /no longer valid/],
  [194, undefined, 400, 'members', failed, /missed a part/],
  [200, undefined, 403, 'members', fix, /check their role/],
  [200, undefined, 403, 'adSet', fix, /check their role/],
  [200, 1870034, 403, 'members', terms, /terms/],
  [200, 1870034, 400, 'adSet', terms, /terms/],
  [200, 1870090, 403, 'members', terms, /terms/],
  [200, 1870047, 403, 'removal', { kind: 'deferred' }, /too small/],
  [1870047, undefined, 400, 'removal', { kind: 'deferred' }, /too small/],
  [200, 1870050, 403, 'members', fix, /belong to a business/],
  [270, undefined, 400, 'members', fix, /access level/],
  [272, undefined, 400, 'members', fix, /no role/],
  [273, undefined, 403, 'members', fix, /no role/],
  [294, undefined, 400, 'members', reconnect, /permission to manage ads/],
  [900, undefined, 400, 'members', fix, /FACEBOOK_APP_ID/],
  [2500, undefined, 400, 'members', failed, /did not understand/],
  [2635, undefined, 400, 'members', fix, /FACEBOOK_GRAPH_VERSION/],
  [2641, undefined, 400, 'adSet', fix, /shows no ads/],
  [2650, undefined, 400, 'members', fix, /use a new audience/],
  [2654, undefined, 400, 'members', fix, /could not make/],
  [2654, 1713092, 400, 'members', fix, /may not change audiences/],
  [2655, undefined, 400, 'members', terms, /terms/],
  [2656, undefined, 400, 'members', fix, /Lookalike/],
  [2663, undefined, 400, 'members', terms, /terms/],
  [2695, undefined, 400, 'adSet', fix, /iOS/],
  [1404163, undefined, 400, 'members', failed, /banned/],
  [1487007, undefined, 400, 'adSet', fix, /has ended/],
  [1487033, undefined, 400, 'adSet', fix, /end date/],
  [1487056, undefined, 400, 'adSet', fix, /was deleted/],
  [1487566, undefined, 400, 'adSet', fix, /was deleted/],
  [1487301, undefined, 400, 'adSet', fix, /not shared/],
  [1487366, undefined, 400, 'members', remake, /was deleted at Facebook/],
  [1487809, undefined, 400, 'members', fix, /limit of objects/],
  [1870065, undefined, 400, 'adSet', fix, /no longer active/],
  [1870088, undefined, 400, 'adSet', fix, /no longer allows/],
  [1870199, undefined, 400, 'adSet', fix, /no longer allows/],
  [200, 1870092, 403, 'members', terms, /Business Tools/],
  [1870165, undefined, 400, 'adSet', fix, /minimum age/],
  [3858064, undefined, 400, 'adSet', fix, /minimum age/],
  [2460003, undefined, 400, 'adSet', fix, /flagged/],
  [100, 246003, 400, 'adSet', fix, /flagged/],
  [987_654, undefined, 400, 'members', failed, /refused/],
  [987_654, undefined, 500, 'members', again, /fault of its own/],
];
const numbers = (code: number, sub: number | undefined, http: number) => `${code}${sub === undefined ? '' : `/${sub}`} with HTTP ${http}`;
const refusals: Row[] = table.map(([code, sub, http, at, then, says]) => ({
  name: `${numbers(code, sub, http)} at ${at}`,
  fault: { kind: 'error', code, subcode: sub, status: http },
  at,
  then,
  says,
}));

/** What is not Graph's envelope says nothing of the request: it may have been done or not. */
const answers: [SandboxFault, Step, Then, RegExp][] = [
  [{ kind: 'html500' }, 'members', again, /fault of its own/],
  [{ kind: 'html502' }, 'adSet', again, /fault of its own/],
  [{ kind: 'html502', status: 400 }, 'members', again, /Something other than Facebook/],
  [{ kind: 'html502', status: 403 }, 'members', again, /Something other than Facebook/],
  [{ kind: 'html502', status: 404 }, 'audience', again, /Something other than Facebook/],
  [{ kind: 'html502', status: 200 }, 'members', again, /fault of its own/],
  [{ kind: 'html502', status: 413 }, 'members', { kind: 'rejected' }, /refuses this row/],
  [{ kind: 'empty' }, 'members', again, /fault of its own/],
  [{ kind: 'empty', status: 200 }, 'removal', again, /fault of its own/],
  [{ kind: 'empty', status: 401 }, 'members', again, /Something other than Facebook/],
  [{ kind: 'null-body' }, 'members', again, /fault of its own/],
  [{ kind: 'null-body' }, 'audience', again, /fault of its own/],
  [{ kind: 'truncated' }, 'members', again, /fault of its own/],
  [{ kind: 'truncated' }, 'removal', again, /fault of its own/],
  [{ kind: 'truncated' }, 'adSet', again, /fault of its own/],
  [{ kind: 'reset-before' }, 'members', again, /could not be reached/],
  [{ kind: 'reset-after' }, 'removal', again, /could not be reached/],
  [{ kind: 'reset-after' }, 'adSet', again, /could not be reached/],
];
const rows: Row[] = [
  ...refusals,
  ...answers.map(([fault, at, then, says]) => ({ name: `${fault.kind} ${fault.status ?? ''} at ${at}`, fault, at, then, says })),
];

/** The clock stands still: how fast the machine is decides nothing. */
const tickAt = (at: string) => tick({ ...s.engine(at), clock: () => new Date(at) }, 60_000);

const in_ = (...userIds: string[]) =>
  userIds.map((userId) => ({ type: 'identify', userId, traits: { email: emailOf(userId), tier: 'in' } }));
const digests = (...userIds: string[]) => userIds.map((userId) => digestOfEmail(emailOf(userId))).sort();
const definition = { property: 'tier', op: 'is', value: 'in' } as never;
const dailyFrom = (start: string) => ({ kind: 'every', every: { days: 1 }, time: '08:00', zone: 'UTC', start }) as const;

type Facts = {
  run: typeof syncRuns.$inferSelect;
  campaign: typeof campaigns.$inferSelect;
  rejected: string[];
  deferred: number;
  alerts: string[];
};

async function factsOf(campaignId: string): Promise<Facts> {
  const { orm } = s.db;
  const all = await orm.select().from(syncRuns).where(eq(syncRuns.campaignId, campaignId)).orderBy(syncRuns.occurrenceAt);
  const [campaign] = await orm.select().from(campaigns).where(eq(campaigns.id, campaignId));
  const run = all.at(-1);
  if (!run || !campaign) throw new Error('there is no run');
  const reasons = await orm.select({ reason: rejects.reason }).from(rejects).where(eq(rejects.runId, run.id));
  const put = await orm
    .select()
    .from(syncBatches)
    .where(and(eq(syncBatches.runId, run.id), eq(syncBatches.state, 'deferred')));
  const keys = [`run:${run.id}`, `campaign:${campaignId}`];
  const shared = or(like(alerts.key, 'connection:%'), like(alerts.key, 'terms:%'), like(alerts.key, 'wait:%'), inArray(alerts.key, keys));
  const told = await orm
    .select({ key: alerts.key })
    .from(alerts)
    .where(and(isNull(alerts.resolvedAt), shared));
  return { run, campaign, rejected: reasons.map((one) => one.reason), deferred: put.length, alerts: told.map((one) => one.key) };
}

const openRuns = ['queued', 'audience_ready', 'frozen', 'sent'];
const secondsToWait = ({ run }: Facts, at: string) => ((run.waitUntil?.getTime() ?? 0) - Date.parse(at)) / 1000;

describe('one refusal, and what it does', () => {
  const ids = new Map<Row, string>();
  const day2 = '2026-09-02T08:00:05Z';
  const met = new Map<Row, Facts>();
  const early = new Map<Row, Facts>();
  const cured = new Map<Row, Facts>();
  const nextDay = new Map<Row, { facts: Facts; held: string[] }>();
  const each = async <T>(into: Map<Row, T>, read: (id: string, row: Row) => Promise<T>) => {
    for (const [row, id] of ids) into.set(row, await read(id, row));
  };

  beforeAll(async () => {
    await s.send(in_('a', 'b'), '2026-09-01T06:00:00Z');
    const main = sandboxAccounts.main.replace('act_', '');
    const free = (await s.sandbox.control.adSets()).filter((one) => one.accountId === main && one.status === 'ACTIVE').map((one) => one.id);
    for (const row of rows) {
      const adSetId = row.at === 'adSet' ? free.shift() : undefined;
      if (row.at === 'adSet' && adSetId === undefined) throw new Error('the sandbox has too few ad sets');
      const { name } = row;
      const plan = {
        name,
        definition,
        audience: { new: { name } },
        schedule: dailyFrom(adSetId ? '2026-09-02' : '2026-09-01'),
        adSets: adSetId ? [{ id: adSetId, as: 'include' as const }] : [],
      };
      ids.set(row, await s.campaign(plan, '2026-09-01T07:00:00Z'));
      if (adSetId) await refuse(row, 'POST', `^/${adSetId}$`);
    }
    await watchAlerts(s.db, new Date('2026-09-01T07:00:00Z'));
    await tickAt('2026-09-01T08:00:05Z');
    // Somebody comes and somebody leaves.
    await s.send([...in_('c'), { type: 'identify', userId: 'b', traits: { tier: 'out' } }], '2026-09-01T12:00:00Z');
    for (const [row, id] of ids) {
      const [audience] = await s.db.orm.select().from(audiences).where(eq(audiences.campaignId, id));
      if (row.at === 'members') await refuse(row, 'POST', `^/${audience?.facebookId}/users$`);
      if (row.at === 'removal') await refuse(row, 'DELETE', `^/${audience?.facebookId}/users$`);
      if (row.at === 'audience') await refuse(row, 'GET', `^/${audience?.facebookId}$`);
    }
    await tickAt(day2);
    await watchAlerts(s.db, new Date('2026-09-02T08:00:20Z'));
    await each(met, factsOf);
    await s.sandbox.control.clearFaults();
    await tickAt('2026-09-02T08:01:00Z');
    await each(early, factsOf);
    await tickAt('2026-09-02T08:04:00Z');
    await watchAlerts(s.db, new Date('2026-09-02T08:04:10Z'));
    await each(cured, factsOf);
    await tickAt('2026-09-03T08:00:05Z');
    await each(nextDay, async (id, row) => ({ facts: await factsOf(id), held: await s.held(row.name) }));
  }, 300_000);

  const refuse = ({ fault }: Row, method: 'GET' | 'POST' | 'DELETE', route: string) =>
    s.sandbox.control.fault({ ...fault, method, route, times: 0 });
  const told = <T>(of: Map<Row, T>, row: Row): T => {
    const found = of.get(row);
    if (found === undefined) throw new Error(`nothing is known of ${row.name}`);
    return found;
  };

  it.each(rows.map((row) => [row.name, row] as const))('%s', (_, row) => {
    const at = told(met, row);
    const id = ids.get(row) ?? '';
    switch (row.then.kind) {
      case 'again':
        expect(openRuns).toContain(at.run.state);
        expect(at.run.errorMessage).toMatch(row.says);
        expect(at.campaign).toMatchObject({ state: 'running', blocker: null });
        expect(at.run.attempts).toBe(1);
        expect(secondsToWait(at, day2)).toBeLessThanOrEqual(4);
        expect(at.alerts.filter((key) => key.endsWith(id))).toEqual([]);
        expect(told(early, row).run).toMatchObject({ state: 'confirmed', invalid: 0, errorMessage: null });
        break;
      case 'blocked': {
        const { action } = row.then;
        expect(openRuns).toContain(at.run.state);
        expect(at.campaign).toMatchObject({ state: 'blocked', blocker: { action } });
        expect(at.campaign.blocker?.message).toMatch(row.says);
        expect(secondsToWait(at, day2)).toBeGreaterThanOrEqual(180);
        const prefix = { reconnect: 'connection:', accept_terms: 'terms:', fix: `campaign:${id}`, remake: `campaign:${id}` }[action];
        expect(at.alerts.some((key) => key.startsWith(prefix))).toBe(true);
        expect(told(early, row).campaign.state).toBe('blocked');
        expect(told(cured, row).run).toMatchObject({ state: 'confirmed', invalid: 0 });
        expect(told(cured, row).campaign).toMatchObject({ state: 'awaiting_next', blocker: null });
        expect(told(cured, row).alerts).toEqual([]);
        break;
      }
      case 'rejected':
        expect(at.run).toMatchObject({ state: 'confirmed', invalid: 1 });
        expect(at.rejected).toEqual([expect.stringMatching(row.says)]);
        break;
      case 'deferred':
        expect(at.run).toMatchObject({ state: 'confirmed', invalid: 0, errorMessage: expect.stringMatching(row.says) });
        expect(at.deferred).toBe(1);
        break;
      case 'failed':
        expect(at.run).toMatchObject({ state: 'failed', errorMessage: expect.stringMatching(row.says) });
        expect(at.campaign.state).toBe('awaiting_next');
        expect(at.alerts).toContain(`run:${at.run.id}`);
        expect(told(cured, row).run.state).toBe('failed');
        break;
    }
    const { facts, held } = told(nextDay, row);
    expect(facts.run).toMatchObject({ state: 'confirmed', invalid: 0 });
    expect(facts.campaign).toMatchObject({ state: 'awaiting_next', blocker: null });
    expect(held).toEqual(digests('a', 'c'));
  });
});

/** code, subcode, least seconds, and whether somebody is told although it passes by itself. */
const limits: [number, number | undefined, number, 'told' | ''][] = [
  [4, undefined, 60, ''],
  [4, 1504022, 60, ''],
  [4, 1504039, 60, ''],
  [17, undefined, 60, ''],
  [17, 2446079, 60, ''],
  [17, 1885172, 60, ''],
  [32, undefined, 60, ''],
  [341, undefined, 60, ''],
  [368, undefined, 7200, 'told'],
  [368, 1390008, 7200, 'told'],
  [613, undefined, 300, 'told'],
  [613, 1996, 60, ''],
  [613, 1487742, 60, ''],
  [613, 5044001, 60, ''],
  [613, 1487632, 3600, ''],
  [613, 1487225, 3600, ''],
  [80_000, 2446079, 60, ''],
  [80_001, undefined, 60, ''],
  [80_002, undefined, 60, ''],
  [80_003, 2446079, 60, ''],
  [80_004, 2446079, 60, ''],
  [80_005, undefined, 60, ''],
  [80_006, undefined, 60, ''],
  [80_007, undefined, 60, ''],
  [80_008, undefined, 60, ''],
  [80_009, undefined, 60, ''],
  [80_014, undefined, 60, ''],
  [1_404_078, undefined, 7200, 'told'],
  [2_859_015, undefined, 7200, 'told'],
];
type Limit = { name: string; fault: SandboxFault; leastSeconds: number; told: boolean };
const headers = {
  'x-business-use-case-usage': '{"480100000000001":[{"type":"custom_audience","call_count":100,"estimated_time_to_regain_access":30}]}',
};
const waits: Limit[] = [
  ...limits.map(([code, sub, leastSeconds, told]) => ({
    name: numbers(code, sub, 400),
    fault: { kind: 'error' as const, code, subcode: sub, status: 400 },
    leastSeconds,
    told: told === 'told',
  })),
  { name: 'HTML with HTTP 429', fault: { kind: 'html502', status: 429 }, leastSeconds: 60, told: false },
  {
    name: '80003/2446079 whose headers name half an hour',
    fault: { kind: 'error', code: 80_003, subcode: 2446079, status: 400, headers },
    leastSeconds: 1800,
    told: false,
  },
];

describe('a limit', () => {
  const everybody = ['w'];
  let id: string;
  const at = (day: number, seconds: number) =>
    new Date(Date.parse('2026-10-02T08:00:00Z') + day * 86_400_000 + seconds * 1000).toISOString();
  beforeAll(async () => {
    await s.db.orm.update(campaigns).set({ state: 'archived', nextAt: null });
    await s.send([{ type: 'identify', userId: 'w', traits: { email: emailOf('w'), crowd: 'limits' } }], '2026-10-01T06:00:00Z');
    const plan = { name: 'Limits', audience: { new: { name: 'Limits' } }, schedule: dailyFrom('2026-10-01') };
    id = await s.campaign({ ...plan, definition: { property: 'crowd', op: 'is', value: 'limits' } as never }, '2026-10-01T07:00:00Z');
    await tickAt('2026-10-01T08:00:05Z');
  });

  it.each(waits.map((one, day) => [one.name, day, one] as const))('%s is waited out', async (_, day, { fault, leastSeconds, told }) => {
    const newcomer = `w${day}`;
    everybody.push(newcomer);
    await s.send([{ type: 'identify', userId: newcomer, traits: { email: emailOf(newcomer), crowd: 'limits' } }], at(day - 1, 3600));
    await s.sandbox.control.fault({ ...fault, method: 'POST', route: '/users$', times: 0 });
    await tickAt(at(day, 5));
    await s.sandbox.control.clearFaults();
    await watchAlerts(s.db, new Date(at(day, 10)));
    const met = await factsOf(id);
    expect(met.run).toMatchObject({ state: 'frozen', attempts: 1 });
    expect(met.campaign).toMatchObject({ state: 'running', blocker: null });
    expect(met.run.waitReason).toMatch(/^[A-Z].+\.$/);
    expect(secondsToWait(met, at(day, 5))).toBeGreaterThanOrEqual(leastSeconds);
    expect(secondsToWait(met, at(day, 5))).toBeLessThanOrEqual(leastSeconds + 15);
    expect(met.alerts).toEqual(told ? [`wait:${sandboxAccounts.main}`] : []);
    await s.sandbox.control.clearRequests();
    await tickAt(at(day, 4 + leastSeconds));
    expect(await s.sandbox.control.requests()).toEqual([]);
    await tickAt(at(day, 5 + leastSeconds + 16));
    await watchAlerts(s.db, new Date(at(day, 30 + leastSeconds)));
    expect(await factsOf(id)).toMatchObject({ run: { state: 'confirmed' }, campaign: { state: 'awaiting_next' }, alerts: [] });
    expect(await s.held('Limits')).toEqual(digests(...everybody));
  });
});
