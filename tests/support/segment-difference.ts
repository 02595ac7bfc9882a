import fc from 'fast-check';
import { parseDefinition } from '@/lib/segment/definition';
import { type History, namesOf, type Population, qualifyingIds, selectedIds, store } from './segment-population';

/** One definition at one instant, over a whole population. */
export type Case = { definition: unknown; at: string };

/** Of tests/segments/cases. */
export type CaseFile = History & { why: string; questions: (Case & { members: string[] })[] };

export const asJson = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

export type Difference = {
  /** Profile ids Postgres selects and the oracle does not, and the other way round. */
  extra: string[];
  missing: string[];
  /** What Postgres said instead of an answer. */
  fault?: string;
};

type Answer = { selected: number; difference: Difference | null };

const differenceOf = async (population: Population, one: Case): Promise<Difference | null> => (await answerTo(population, one)).difference;

async function answerTo(population: Population, one: Case): Promise<Answer> {
  const definition = parseDefinition(asJson(one.definition));
  const at = new Date(one.at);
  const answer = selectedIds(population, definition, at).catch((error: unknown) => String(error));
  const wanted = new Set(qualifyingIds(population, definition, at));
  const found = await answer;
  if (typeof found === 'string') return { selected: 0, difference: { extra: [], missing: [], fault: found } };
  const ids = new Set(found);
  const extra = found.filter((id) => !wanted.has(id));
  const missing = [...wanted].filter((id) => !ids.has(id));
  const repeated = found.length - ids.size;
  const fault = repeated > 0 ? `${repeated} were selected more than once` : undefined;
  return { selected: ids.size, difference: repeated + extra.length + missing.length > 0 ? { extra, missing, fault } : null };
}

/** Statements under way at once: one is planned and run while the oracle thinks about another. */
const abreast = 3;

/**
 * Asks both for `runs` random cases. @throws with the smallest case found to differ, as a file for tests/segments/cases. @returns the share
 * of answers that were neither nobody nor everybody.
 */
export async function agree(
  population: Population,
  history: History,
  cases: fc.Arbitrary<Case>,
  { seed, runs }: { seed: number; runs: number },
): Promise<{ telling: number }> {
  const drawn = fc.sample(cases, { seed, numRuns: runs });
  let next = 0;
  let telling = 0;
  let differs: number | null = null;
  const work = async () => {
    while (next < drawn.length && differs === null) {
      const index = next++;
      const { selected, difference } = await answerTo(population, drawn[index] as Case);
      if (selected > 0 && selected < population.people.size) telling++;
      if (difference) differs = index;
    }
  };
  await Promise.all(Array.from({ length: abreast }, work));
  if (differs === null) return { telling: telling / drawn.length };
  const same = fc.asyncProperty(cases, async (one) => (await differenceOf(population, one)) === null);
  const { counterexample } = await fc.check(same, { seed, path: String(differs), numRuns: 1 });
  const one = asJson(counterexample?.[0] ?? (drawn[differs] as Case));
  throw new Error(await told(population, history, one));
}

/** A difference as a file for tests/segments/cases: with one of the people concerned, and of their calls those it takes. */
async function told(population: Population, history: History, one: Case): Promise<string> {
  const difference = await differenceOf(population, one);
  if (!difference) return `differed once, and then no more: ${JSON.stringify(one)}`;
  const what = difference.fault ?? `${difference.extra.length} too many, ${difference.missing.length} too few`;
  if (population.asked) return `${what} of ${JSON.stringify(population.asked)}: ${JSON.stringify(one)}`;
  const batches = await fewestCalls(population, await ofOnePerson(population, history, one, difference), one);
  const left = await store(population.db, { ...history, batches });
  const members = namesOf(left, qualifyingIds(left, parseDefinition(one.definition), new Date(one.at)));
  const file: CaseFile = { why: '', ...history, batches, questions: [{ ...one, members }] };
  return `${what}. To be kept in tests/segments/cases:\n${JSON.stringify(file)}`;
}

/** Of somebody who is told wrongly, or, where there is no answer, of the first who alone makes it fail; of all if it takes more. */
async function ofOnePerson(population: Population, history: History, one: Case, { extra, missing }: Difference): Promise<History> {
  const concerned = [...extra, ...missing];
  const candidates = concerned.length > 0 ? concerned.slice(0, 1) : [...population.people.keys()];
  for (const profileId of candidates) {
    const ids = population.people.get(profileId)?.person.ids ?? new Set();
    const batches = history.batches.map((batch) =>
      batch.filter(({ userId, anonymousId }) => ids.has(`user:${userId}`) || ids.has(`anonymous:${anonymousId}`)),
    );
    if (await differ(population, { ...history, batches }, one)) return { ...history, batches };
  }
  return history;
}

const differ = async ({ db }: Population, history: History, one: Case) => (await differenceOf(await store(db, history), one)) !== null;

async function fewestCalls(population: Population, history: History, one: Case): Promise<History['batches']> {
  let { batches } = history;
  if (batches.flat().length > 60) return batches;
  for (const call of batches.flat()) {
    const smaller = batches.map((batch) => batch.filter((each) => each !== call));
    if (await differ(population, { ...history, batches: smaller }, one)) batches = smaller;
  }
  return batches;
}
