import { settleLive } from '@/lib/live/settle';
import type { LiveCampaign, LiveShop } from './live-shop';
import { momentOf, type Played, strike } from './play';
import type { Engine, Rig } from './rig';
import { dayMs, iso } from './shop';
import type { Cell, Step } from './steps';
import type { Interference } from './wires';

const secondMs = 1_000;
const minuteMs = 60_000;

/** What has happened is settled before; the engine finds people to be decided anew. */
const ofFlush: readonly Step[] = ['flush', 'join', 'leave'];

/** One fault at one step of a live campaign; then on until nothing is left to do, another day, and a look at everything. */
export async function playLive(rig: Rig, shop: LiveShop, cell: Cell): Promise<Played> {
  const { fault, step } = cell;
  const campaign = await shop.campaign(step === 'wake');
  const moments: number[] = [];
  const wrongs: string[] = [];
  let at = campaign.begins + 5 * secondMs;
  if (step !== 'show') {
    await shop.story.tick(iso(at));
    // Somebody has to be in who can leave.
    if (step === 'leave') wrongs.push(...(await calmDay(shop, campaign, moments)));
    const moment = nextMoment(campaign, moments);
    // The comparison that is due: what the trap waits for is not to be met in it.
    if (step === 'leave') await shop.story.tick(iso(moment - 20 * minuteMs));
    await shop.liveUntil(campaign, moment);
    at = moment + 5 * secondMs;
    if (ofFlush.includes(step)) await settleLive(shop.story.engine(iso(at)), new Date(at - 2 * secondMs));
  }
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
  if (fault === 'clockBack') await (await rig.engine(iso(at - 60 * minuteMs))).ended;
  await shop.driveOn(campaign, at, at);
  wrongs.push(...(await shop.wrongs(campaign, moments)));
  wrongs.push(...(await calmDay(shop, campaign, moments)));
  await shop.retire(campaign, moments.at(-1) ?? at);
  return { wrongs, kills, sprung: met };
}

function nextMoment(campaign: LiveCampaign, moments: number[]): number {
  const moment = campaign.first + moments.length * dayMs;
  moments.push(moment);
  return moment;
}

async function calmDay(shop: LiveShop, campaign: LiveCampaign, moments: number[]): Promise<string[]> {
  const moment = nextMoment(campaign, moments);
  await shop.liveUntil(campaign, moment);
  await shop.driveOn(campaign, moment, moment + 5 * secondMs);
  return shop.wrongs(campaign, moments);
}
