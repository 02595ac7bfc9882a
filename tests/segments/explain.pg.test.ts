import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { explain } from '@/db/explain';
import { type Definition, parseDefinition } from '@/lib/segment/definition';
import type { Explained } from '@/lib/segment/explain';
import { testDatabase } from '@/tests/support/database';
import { definitions } from '@/tests/support/definition-arbitraries';
import { history } from '@/tests/support/history-arbitraries';
import { localDateOf, type Moment, moments } from '@/tests/support/segment-moments';
import { type OracleProfile, qualifies } from '@/tests/support/segment-oracle';
import { type Population, selectedIds, store } from '@/tests/support/segment-population';

/** Seed of the random definitions and histories; SEGMENT_SEED repeats a run, SEGMENT_RUNS makes it longer. */
const seed = Number(process.env.SEGMENT_SEED ?? Math.floor(Math.random() * 2 ** 31));
const runs = Number(process.env.SEGMENT_RUNS ?? 40);

const { db } = await testDatabase();

const mostMs = Math.max(120_000, runs * 2_000);
const hourMs = 3_600_000;
const saved = {
  buyers: { did: 'Bought', within: { last: { days: 30 } } },
  lapsed: { all: [{ segment: 'buyers' }, { didNot: 'Bought', within: { last: { hours: 48 } } }] },
};

for (const moment of moments) {
  describe(`explanations in ${moment.zone}, ${moment.why} (SEGMENT_SEED=${seed})`, () => {
    let population: Population;
    /** After the last event. */
    const now = new Date(Date.parse(moment.at) + 15 * 60_000);

    beforeAll(async () => {
      const batches = history(moment, { later: false, count: 60, seed });
      population = await store(db, { zone: moment.zone, now: now.toISOString(), batches, segments: saved });
    });

    /** Some for later, when nothing has happened for a while; some for earlier, when part of it had not happened yet. */
    const asked = fc.record({
      json: definitions(moment, Object.keys(saved)),
      hours: fc.constantFrom(0, 0, 1, 24, 24 * 6.5, 24 * 29, -1, -24, -24 * 7),
      person: fc.nat(),
    });

    const check = async (definition: Definition, profileId: string, hours: number) => {
      const at = new Date(now.getTime() + hours * hourMs);
      const tree = await explain(db, population.workspaceId, definition, profileId, at, now);
      const isSelected = async (instant: Date) => (await selectedIds(population, definition, instant)).includes(profileId);
      expect(tree.answer).toBe(await isSelected(at));
      if (tree.changesAt && hours >= 0) {
        expect(await isSelected(new Date(tree.changesAt.getTime() - 1))).toBe(tree.answer);
        expect(await isSelected(tree.changesAt)).toBe(!tree.answer);
      }
      const { profile } = population.people.get(profileId) as { profile: OracleProfile };
      const still = { ...profile, events: profile.events.filter((event) => event.time <= at.getTime()) };
      for (const { node, condition } of nodesOf(tree, definition, population.segments)) checkNode(node, condition, still, at);
    };

    function checkNode(node: Explained, condition: Definition, still: OracleProfile, at: Date) {
      const { zone } = moment;
      const text = JSON.stringify(condition);
      const answer = (instant: number) => qualifies(condition, still, { at: new Date(instant), zone, segments: population.segments });
      const turned = looksAt(still, moment, at.getTime()).find((instant) => answer(instant) !== node.answer);
      const told = node.changesAt?.getTime() ?? node.steadyUntil?.getTime() ?? Infinity;
      expect(answer(at.getTime()), text).toBe(node.answer);
      expect(turned === undefined || turned >= told, `${text} turned ${turned}, told ${told}`).toBe(true);
      if (!node.changesAt) return;
      expect(answer(told - 1), text).toBe(node.answer);
      expect(answer(told), text).toBe(!node.answer);
    }

    it(
      'give the compiled answer, and turn when they say and not before, at every condition',
      async () => {
        await fc.assert(
          fc.asyncProperty(asked, async ({ json, hours, person }) => {
            const everybody = [...population.people.keys()];
            await check(parseDefinition(JSON.parse(JSON.stringify(json))), everybody[person % everybody.length] as string, hours);
          }),
          { numRuns: runs, seed },
        );
      },
      mostMs,
    );

    it('turn with every window and every kind of condition', async () => {
      const busiest = [...population.people].sort(([, a], [, b]) => b.profile.events.length - a.profile.events.length).slice(0, 3);
      const definition = parseDefinition({ any: movingConditions });
      for (const [i, [profileId]] of busiest.entries()) await check(definition, profileId, [0, 60, -30][i] ?? 0);
    });
  });
}

const did = ['Viewed', 'Bought', 'viewed', ' Viewed'];
const windows = [
  ...['today', 'yesterday', 'thisMonth', 'previousMonth'],
  ...[{ last: { hours: 100 } }, { last: { days: 3 } }, { last: { months: 1 } }, { exactly: { days: 2 } }, { exactly: { months: 1 } }],
  { ago: { from: { days: 9 }, to: { days: 3 } } },
];

/** What depends on the instant it is asked for: each kind of behaviour in each window, and each operator of dates. */
const movingConditions = [
  ...windows.flatMap((within) => [
    { did, within, count: { eq: 2 } },
    { didNot: 'Viewed', within },
    { did, within, aggregate: { fn: 'distinct', property: 'amount', lte: 1 }, includeZero: true },
    { did, within, occurrence: 'first' },
    { did, within, occurrence: 'last' },
    { sequence: [{ did }, { did: 'Bought' }], gap: { hours: 48 }, within },
    { sequence: [{ did }, { didNot: 'Bought' }], gap: { hours: 24 }, within },
  ]),
  ...[{ hours: 30 }, { days: 3 }, { months: 1 }].flatMap((value) =>
    ['inLast', 'notInLast', 'inNext'].map((op) => ({ property: 'when', op, value })),
  ),
  ...[0, 7, 365].map((days) => ({ property: 'born', op: 'anniversaryIn', value: { days } })),
  { property: '$lastSeen', op: 'inLast', value: { days: 7 } },
  { did, where: [{ property: 'when', op: 'inNext', value: { days: 3 } }], count: { gte: 1 } },
  { did, where: [{ property: 'born', op: 'anniversaryIn', value: { days: 7 } }], within: { last: { days: 30 } } },
  { sequence: [{ did, where: [{ property: 'when', op: 'inLast', value: { days: 3 } }] }, { didNot: 'Bought' }], gap: { hours: 24 } },
];

/** Every condition with its explanation, those of segments referred to among them. */
function* nodesOf(
  node: Explained,
  condition: Definition,
  segments: ReadonlyMap<string, Definition>,
): Generator<{ node: Explained; condition: Definition }> {
  yield { node, condition };
  if ('not' in node && 'not' in condition) yield* nodesOf(node.not, condition.not, segments);
  const [parts, wholes] =
    'all' in node && 'all' in condition
      ? [node.all, condition.all]
      : 'any' in node && 'any' in condition
        ? [node.any, condition.any]
        : [[], []];
  for (const [i, part] of parts.entries()) yield* nodesOf(part, wholes[i] as Definition, segments);
  if ('because' in node && node.because.kind === 'segment' && 'segment' in condition && node.because.explained)
    yield* nodesOf(node.because.explained, segments.get(condition.segment) as Definition, segments);
}

/** Instants later than `at` at which something may turn unannounced, in order. */
function looksAt(profile: OracleProfile, { zone }: Moment, at: number): number[] {
  const today = localDateOf(at, zone);
  const midnights = [...Array(70).keys(), 120, 365, 366, 400].map(
    (days) => today.add({ days: days + 1 }).toZonedDateTime(zone).epochMilliseconds,
  );
  const laters = profile.events.flatMap(({ time }) => [0.5, 1, 2, 24, 30, 48, 100].map((hours) => time + hours * hourMs));
  const soon = [1, 10 * 60_000, hourMs, 5.3 * hourMs].map((ms) => at + ms);
  return [...midnights, ...laters, ...soon].filter((instant) => instant > at).sort((a, b) => a - b);
}
