import { randomInt } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { randomOf } from '@/tests/support/random';
import { killAtRandom } from './kill-at-random';
import { killTheApp } from './kill-the-app';
import { LiveShop } from './live-shop';
import { play } from './play';
import { playLive } from './play-live';
import { openRig, type Rig } from './rig';
import { Shop } from './shop';
import { type Cell, cells, faults, isKill, ofLive, stepNames, steps } from './steps';
import { docsFile, keyOf, withTable } from './table';

/**
 * Whatever goes wrong at whatever step, the run ends and everything agrees: the sandbox with the segment as of the occurrence, the ledger with
 * the sandbox, each occurrence run once. `npm run faults` plays every fault at every step and kills hundreds of times; here a few, drawn anew.
 */

const { FAULT_SEED, FAULT_CELLS, FAULT_KILLS, FAULT_APP_KILLS, FAULT_WRITE } = process.env;
const seed = Number(FAULT_SEED ?? randomInt(1, 2 ** 31));
const random = randomOf(seed);
const drawn = FAULT_CELLS === 'all' ? cells : shuffled(cells).slice(0, Number(FAULT_CELLS ?? 5));
const wantedKills = Number(FAULT_KILLS ?? 12);
/** Of one campaign. */
const killsEach = 15;
const appKills = Number(FAULT_APP_KILLS ?? 1);

function shuffled(all: readonly Cell[]): Cell[] {
  return all
    .map((cell) => ({ cell, order: random() }))
    .toSorted((a, b) => a.order - b.order)
    .map(({ cell }) => cell);
}

let rig: Rig;
beforeAll(async () => {
  rig = await openRig();
});
afterAll(() => rig?.close());

const held = new Map<string, number>();
let kills = 0;
let appHeld = false;

describe(`one fault at one step (seed ${seed})`, () => {
  let shop: Shop;
  let liveShop: LiveShop;
  beforeAll(async () => {
    shop = new Shop(rig.story, random, 30);
    liveShop = new LiveShop(rig.story, random, 30);
    await shop.open();
    await liveShop.open();
  });

  it.each(drawn.map((cell) => [faults[cell.fault], steps[cell.step], cell] as const))('%s, while %s', async (_fault, _step, cell) => {
    const played = await (ofLive.includes(cell.step) ? playLive(rig, liveShop, cell) : play(rig, shop, cell));
    expect(played).toMatchObject({ wrongs: [], sprung: true });
    kills += played.kills;
    held.set(keyOf(cell), (held.get(keyOf(cell)) ?? 0) + 1);
  });

  it('the server of npm start, killed as often as asked for, and three crons at once on the one that lives', async () => {
    expect(await killTheApp(rig, shop, appKills)).toEqual([]);
    kills += appKills;
    appHeld = true;
  });
});

/** Those of the cells and of the app count. */
const share = FAULT_CELLS === 'all' ? wantedKills - appKills - cells.filter(isKill).length : wantedKills;
const campaigns = Array.from({ length: Math.ceil(share / killsEach) }, (_, i) => Math.min(killsEach, share - i * killsEach));

describe(`kills at any moment (seed ${seed})`, () => {
  let shop: Shop;
  let liveShop: LiveShop;
  beforeAll(async () => {
    shop = new Shop(rig.story, random, 200);
    liveShop = new LiveShop(rig.story, random, 200);
    await shop.open();
    await liveShop.open();
  });

  const kinds = ['replace', 'difference', 'live', 'live, waiting'] as const;

  it.each(campaigns.map((wanted, i) => [kinds[i % kinds.length] ?? 'live', wanted]))('a campaign by %s, %i times', async (kind, wanted) => {
    const done =
      kind === 'replace' || kind === 'difference'
        ? await killAtRandom(rig, shop, () => shop.campaign(kind), wanted, random)
        : await killAtRandom(rig, liveShop, () => liveShop.campaign(kind !== 'live'), wanted, random);
    expect(done).toEqual({ kills: wanted, wrongs: [] });
    kills += done.kills;
  });
});

afterAll(async () => {
  const counts = `${kills} kills by SIGKILL, ${appKills} of them of the built app, seed ${seed}`;
  process.stdout.write(`\n${counts}: ${held.size} of ${cells.length} faults at steps held (${stepNames.length} steps)\n`);
  if (!FAULT_WRITE) return;
  // What did not hold is not written down as if it had.
  if (!appHeld || held.size < cells.length || kills < wantedKills) throw new Error('not everything held: nothing is written');
  const file = path.resolve(import.meta.dirname, '..', '..', docsFile);
  const story = `Of one run of it: ${counts}; ${kills - appKills} of the engine. Nothing differed after any.`;
  await writeFile(file, withTable(await readFile(file, 'utf8'), { held, story }));
});
