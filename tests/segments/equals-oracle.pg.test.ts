import fc from 'fast-check';
import { expect, it } from 'vitest';
import { testDatabase } from '@/tests/support/database';
import { definitions } from '@/tests/support/definition-arbitraries';
import { history } from '@/tests/support/history-arbitraries';
import { agree, asJson, type Case } from '@/tests/support/segment-difference';
import { type Moment, midnights, momentOf, moments } from '@/tests/support/segment-moments';
import { type History, store } from '@/tests/support/segment-population';

/**
 * The compiler against the oracle. A case is one random definition at one instant, over one whole population; people and definitions
 * are new in every run. SEGMENT_SEED repeats a run, SEGMENT_RUNS (cases in all) makes it longer.
 */
const seed = Number(process.env.SEGMENT_SEED ?? Math.floor(Math.random() * 2 ** 26));
const runs = Number(process.env.SEGMENT_RUNS ?? 20_000);

const people = 80;
const dayMs = 86_400_000;

const savedKeys = ['saved-0', 'saved-1', 'saved-2', 'saved-3'];
const listKeys = ['list-0', 'list-1'];
const keys = [...savedKeys, ...listKeys];

/** Of some who are there already, of some who come later, and of some who never do. */
function listsOf(ownSeed: number): History['lists'] {
  const some = (names: string[], salt: number) =>
    fc.sample(fc.subarray(names, { minLength: 10 }), { numRuns: 1, seed: ownSeed + salt })[0] ?? [];
  const numbers = Array.from({ length: people + 5 }, (_, i) => i);
  return {
    'list-0': {
      column: 'userId',
      values: some(
        numbers.flatMap((i) => [`u${i}`, `o${i}`, `a${i}`]),
        1,
      ),
      after: ownSeed % 2,
    },
    'list-1': {
      column: 'email',
      values: some(
        numbers.map((i) => `u${i}@example.com`),
        2,
      ),
      after: 1,
    },
  };
}

function historyOf(moment: Moment, later: boolean, ownSeed: number): History {
  const now = new Date(Date.parse(moment.at) + (later ? 50 * dayMs : 0)).toISOString();
  // Each may refer to those before it.
  const saved = savedKeys.map((key, i) => {
    const [definition] = fc
      .sample(definitions(moment, [...listKeys, ...savedKeys.slice(0, i)]), { numRuns: 9, seed: ownSeed + i })
      .slice(-1);
    return [key, definition];
  });
  return {
    zone: moment.zone,
    now,
    lists: listsOf(ownSeed),
    segments: asJson(Object.fromEntries(saved)),
    batches: history(moment, { later, count: people, seed: ownSeed }),
  };
}

/** Mostly the moment itself; also ends of windows, times of events, and an instant that is still to come. */
function instants(moment: Moment, { now, batches }: History): fc.Arbitrary<string> {
  const at = Date.parse(moment.at);
  const told = batches.flat().map(({ timestamp }) => Date.parse(timestamp));
  const passed = [at - 1, at + 1, ...midnights(moment), ...told, Date.parse(now)].filter((time) => time <= Date.parse(now));
  return fc
    .oneof(
      { arbitrary: fc.constant(at), weight: 3 },
      { arbitrary: fc.constantFrom(...fc.sample(fc.constantFrom(...passed), { numRuns: 12, seed: told.length })), weight: 1 },
      {
        arbitrary: fc.constantFrom(...[0, 1, 1000, 60_000, 300_000, 600_000].map((ago) => Date.parse(now) - ago), Date.parse(now) + dayMs),
        weight: 1,
      },
    )
    .map((time) => new Date(time).toISOString());
}

const places = [...moments, momentOf(seed)];

for (const [i, moment] of places.entries()) {
  const { db } = await testDatabase();
  it.each([
    { when: 'now', later: false },
    { when: 'as of then', later: true },
  ])(
    `selects whom the oracle selects, in ${moment.zone}, ${moment.why}, $when (SEGMENT_SEED=${seed})`,
    async ({ later }) => {
      const ownSeed = seed * 32 + i * 2 + Number(later);
      const past = historyOf(moment, later, ownSeed);
      const population = await store(db, past);
      await db.sql`analyze`;
      const cases = fc.record({ definition: definitions(moment, keys), at: instants(moment, past) }) as fc.Arbitrary<Case>;
      const { telling } = await agree(population, past, cases, { seed: ownSeed, runs: Math.ceil(runs / places.length / 2) });
      // Where everybody or nobody is selected little is seen.
      expect(telling).toBeGreaterThan(0.4);
    },
    Math.max(120_000, runs * 10),
  );
}
