import { setTimeout as delay } from 'node:timers/promises';
import type { Engine, Rig } from './rig';
import { type Campaign, dayMs, iso, type Shop } from './shop';
import { type Cell, calls, type Fault, type Step } from './steps';
import type { Interference, Moment } from './wires';

export type Played = {
  /** What is not as it should be, in words. */
  wrongs: string[];
  kills: number;
  /** Whether the engine came by where the fault lay. */
  sprung: boolean;
};

/** These happen in a campaign's first run alone. */
const firstRun: readonly Step[] = ['find', 'make', 'read', 'point'];

const secondMs = 1_000;
const minuteMs = 60_000;

/** One fault at one step of one run; then on to the end, another run, and a look at everything. */
export async function play(rig: Rig, shop: Shop, cell: Cell): Promise<Played> {
  const { fault, step } = cell;
  const campaign = await shop.campaign(step === 'replace' ? 'replace' : 'difference');
  const occurrences: number[] = [];
  const wrongs: string[] = [];
  if (!firstRun.includes(step)) wrongs.push(...(await calmRun(shop, campaign, occurrences)));
  const occurrence = nextOccurrence(campaign, occurrences);
  await shop.liveUntil(campaign, occurrence);
  const at = occurrence + 5 * secondMs;
  let kills = 0;
  let engine: Engine | null = null;
  const kill = async (): Promise<Interference> => {
    kills++;
    await engine?.kill();
    return { cut: true };
  };
  const sprung = rig.set({ step, moment: momentOf(cell), act: () => strike(cell, rig, kill, at) });
  engine = await rig.engine(iso(at));
  const code = await engine.ended;
  if (kills === 0 && code !== 0) wrongs.push(`the engine ended by itself, with ${code}`);
  await rig.quiet();
  const met = sprung();
  if (fault === 'clockBack') wrongs.push(...(await goOnBehind(rig, campaign, at)));
  await shop.driveOn(campaign, occurrence, at);
  wrongs.push(...(await shop.wrongs(campaign, occurrences)));
  wrongs.push(...(await calmRun(shop, campaign, occurrences)));
  await shop.retire(campaign, occurrences.at(-1) ?? at);
  return { wrongs, kills, sprung: met };
}

/** The dead engine's leases are let go, or one whose clock is behind would only wait for their end. */
async function goOnBehind(rig: Rig, campaign: Campaign, at: number): Promise<string[]> {
  const { sql } = rig.story.db;
  const open = await sql`
    update sync_runs set leased_by = null, leased_until = null, wait_until = null where campaign_id = ${campaign.id} and finished_at is null returning id`;
  await sql`delete from ad_set_leases`;
  const before = await progressOf(rig, campaign);
  await (await rig.engine(iso(at - 60 * minuteMs))).ended;
  return open.length > 0 && (await progressOf(rig, campaign)) === before ? ['the engine whose clock is behind did nothing'] : [];
}

async function progressOf(rig: Rig, campaign: Campaign): Promise<string> {
  const rows = await rig.story.db.sql`
    select r.id, r.state, r.finished_at, array_agg(b.state order by b.seq) as batches
    from sync_runs r left join sync_batches b on b.run_id = r.id where r.campaign_id = ${campaign.id} group by r.id order by r.id`;
  return JSON.stringify(rows);
}

function nextOccurrence(campaign: Campaign, occurrences: number[]): number {
  const occurrence = campaign.first + occurrences.length * dayMs;
  occurrences.push(occurrence);
  return occurrence;
}

async function calmRun(shop: Shop, campaign: Campaign, occurrences: number[]): Promise<string[]> {
  const occurrence = nextOccurrence(campaign, occurrences);
  await shop.liveUntil(campaign, occurrence);
  await shop.story.tick(iso(occurrence + 5 * secondMs));
  return shop.wrongs(campaign, occurrences);
}

export function momentOf({ fault, step }: Cell): Moment {
  if (fault === 'killCommitted') return 'committed';
  if (fault === 'killUncommitted' || !calls.includes(step)) return 'uncommitted';
  return (['killBefore', 'cutBefore', 'silentBefore', 'html', 'empty'] as Fault[]).includes(fault) ? 'before' : 'after';
}

/** Longer than the engine's patience. */
const silenceMs = 1_800;
/** For engines that wait for what is held here. */
const patienceMs = 2_500;

export async function strike({ fault, step }: Cell, rig: Rig, kill: () => Promise<Interference>, at: number): Promise<Interference> {
  switch (fault) {
    case 'killBefore':
    case 'killAfter':
    case 'killUncommitted':
    case 'killCommitted':
    case 'clockBack':
      return kill();
    case 'cutBefore':
    case 'cutAfter':
      return { cut: true };
    case 'silentBefore':
    case 'silentAfter':
      await delay(silenceMs);
      return { cut: true };
    case 'html':
    case 'htmlAfter':
      return { status: 502, body: '<html><body>Sorry, something went wrong.</body></html>' };
    case 'truncated':
      return { half: true };
    case 'empty':
      return { status: 500, body: '' };
    case 'postgres':
      await rig.crashPostgres();
      // A transaction that was open died with it.
      return calls.includes(step) ? null : { cut: true };
    case 'clockAhead':
      await Promise.race([(await rig.engine(iso(at + 10 * minuteMs))).ended, delay(patienceMs)]);
      return null;
    case 'crowd': {
      const crons = [0, 1, 2].map(() => rig.story.tick(iso(at)));
      const second = (await rig.engine(iso(at))).ended;
      const all = Promise.allSettled([...crons, second]);
      await Promise.race([all, delay(patienceMs)]);
      return null;
    }
  }
}
