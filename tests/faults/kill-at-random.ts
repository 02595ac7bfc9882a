import { momentOf, strike } from './play';
import type { Rig } from './rig';
import { dayMs, iso } from './shop';
import { type Cell, calls, cells, type Fault, isKill } from './steps';

/** An engine that has died may hold its run for two minutes. */
const leaseMs = 3 * 60_000;

/** Few enough that an audience needs many requests: what holds more is refused, and halved. */
const mostRows = 40;

const others: readonly Fault[] = ['postgres', 'clockAhead', 'crowd'];
const interferences: Cell[] = cells.filter((cell) => calls.includes(cell.step) && !isKill(cell) && !others.includes(cell.fault));

/** What a shop does with its campaigns. */
export type Trade<Campaign extends { first: number }> = {
  liveUntil(campaign: Campaign, occurrence: number): Promise<void>;
  driveOn(campaign: Campaign, occurrence: number, from: number): Promise<void>;
  wrongs(campaign: Campaign, occurrences: number[]): Promise<string[]>;
  retire(campaign: Campaign, last: number): Promise<void>;
};

/**
 * Days of one campaign in which engine after engine is killed, each after as many things on the wires as chance says; some meet another
 * fault first, and now and then Postgres dies in the engine's place. @returns what is not as it should be at the end of a day, in words.
 */
export async function killAtRandom<Campaign extends { first: number }>(
  rig: Rig,
  trade: Trade<Campaign>,
  begin: () => Promise<Campaign>,
  wanted: number,
  random: () => number,
): Promise<{ kills: number; wrongs: string[] }> {
  rig.facebook.mostRows = mostRows;
  const campaign = await begin();
  const occurrences: number[] = [];
  const wrongs: string[] = [];
  let kills = 0;
  // Of a whole day, as far as it is known yet.
  let passes = 300;
  while (kills < wanted && wrongs.length === 0) {
    const occurrence = campaign.first + occurrences.length * dayMs;
    occurrences.push(occurrence);
    await trade.liveUntil(campaign, occurrence);
    let at = occurrence + 5_000;
    for (let tries = 1 + Math.floor(random() * 6); tries > 0 && kills < wanted; tries--, at += leaseMs) {
      const { killed, passed, code } = await oneLife(rig, at, 1 + Math.floor(random() * passes), random);
      if (killed) kills++;
      else passes = Math.max(60, passed);
      if (!killed && code !== 0) wrongs.push(`an engine ended by itself, with ${code}`);
    }
    await trade.driveOn(campaign, occurrence, at);
    wrongs.push(...(await trade.wrongs(campaign, occurrences)).map((wrong) => `day ${occurrences.length}: ${wrong}`));
  }
  rig.facebook.mostRows = null;
  await trade.retire(campaign, occurrences.at(-1) ?? 0);
  return { kills, wrongs };
}

async function oneLife(
  rig: Rig,
  at: number,
  after: number,
  random: () => number,
): Promise<{ killed: boolean; passed: number; code: number | null }> {
  const engine = await rig.engine(iso(at));
  const crashes = random() < 0.04;
  let killed = false;
  rig.countdown(after, async () => {
    if (crashes) return rig.crashPostgres();
    killed = true;
    await engine.kill();
  });
  const cell = random() < 0.25 ? interferences[Math.floor(random() * interferences.length)] : undefined;
  const sprung = cell && rig.set({ step: cell.step, moment: momentOf(cell), act: () => strike(cell, rig, async () => null, at) });
  const code = await engine.ended;
  sprung?.();
  const passed = rig.passed();
  rig.countdown(Number.POSITIVE_INFINITY, async () => {});
  return { killed, passed, code };
}
