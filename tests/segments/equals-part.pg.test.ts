import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { reach } from '@/db/reach';
import { memberIds } from '@/db/segments';
import { isSampled } from '@/lib/identity/bucket';
import { parseDefinition } from '@/lib/segment/definition';
import { testDatabase } from '@/tests/support/database';
import { definitions } from '@/tests/support/definition-arbitraries';
import { history } from '@/tests/support/history-arbitraries';
import { agree, asJson, type Case } from '@/tests/support/segment-difference';
import { type Moment, moments } from '@/tests/support/segment-moments';
import type { SegmentCall } from '@/tests/support/segment-people';
import { type History, type Population, qualifyingIds, store } from '@/tests/support/segment-population';

/** Asked about a part of the people, the sample or a handful, Postgres answers about them as it would among all. */
const seed = Number(process.env.SEGMENT_SEED ?? Math.floor(Math.random() * 2 ** 27));
const runs = Math.ceil(Number(process.env.SEGMENT_RUNS ?? 20_000) / 20);

const moment = moments[4] as Moment;
const drawn = history(moment, { later: true, count: 80, seed });

const ofOne = (calls: SegmentCall[]): SegmentCall[][] => {
  const byPerson = new Map<string, SegmentCall[]>();
  for (const call of calls) {
    const person = String(call.userId ?? call.anonymousId).slice(1);
    byPerson.set(person, [...(byPerson.get(person) ?? []), call]);
  }
  return [...byPerson.values()];
};
const past: History = { zone: moment.zone, now: '2026-12-14T01:30:00.000Z', batches: drawn.flatMap(ofOne) };

const { db } = await testDatabase();

/** Has every other new profile in the sample: of the ids as they come one in sixty would be. */
let wanted = false;
async function chooseId(): Promise<void> {
  const [row] = await db.sql<{ last: string }[]>`select last_value::text as last from profile_id_sequence`;
  let id = Number(row?.last) + 1;
  wanted = !wanted;
  while (wanted && !isSampled(String(id))) id++;
  await db.sql`select setval('profile_id_sequence', ${id - 1})`;
}

const whole = await store(db, past, chooseId);
await db.sql`analyze`;

const only = (ids: readonly string[], asked: Population['asked']): Population => ({
  ...whole,
  people: new Map([...whole.people].filter(([id]) => ids.includes(id))),
  asked,
});

describe.each([moment.at, past.now])('at %s', (at) => {
  const cases = fc.record({ definition: definitions(moment, []), at: fc.constant(at) }) as fc.Arbitrary<Case>;

  it(`the sample answers for those in it (SEGMENT_SEED=${seed})`, async () => {
    const sample = only([...whole.people.keys()].filter(isSampled), { sample: true });
    expect(sample.people.size).toBeGreaterThan(15);
    await agree(sample, past, cases, { seed, runs });
  });

  it(`a handful of profiles is told apart as among all (SEGMENT_SEED=${seed})`, async () => {
    const handful = fc.sample(fc.subarray([...whole.people.keys()], { minLength: 3, maxLength: 9 }), { numRuns: 1, seed })[0] ?? [];
    await agree(only(handful, { among: handful }), past, cases, { seed: seed + 1, runs });
  });

  it(`members go by a name of theirs, each once, and reach counts them (SEGMENT_SEED=${seed})`, async () => {
    const when = { at: new Date(at), now: new Date(past.now) };
    for (const { definition: json } of fc.sample(cases, { seed: seed + 2, numRuns: Math.ceil(runs / 10) })) {
      const definition = parseDefinition(asJson(json));
      const wanted = qualifyingIds(whole, definition, when.at);
      const found: string[] = [];
      for await (const member of memberIds(db, whole.workspaceId, definition, when)) {
        const id = 'userId' in member ? `user:${member.userId}` : `anonymous:${member.anonymousId}`;
        found.push([...whole.people].find(([, { person }]) => person.ids.has(id))?.[0] ?? id);
        const ids = whole.people.get(found.at(-1) ?? '')?.person.ids ?? [];
        const named = [...ids].some((each) => each.startsWith('user:'));
        expect('userId' in member, id).toBe(named);
      }
      expect(found.sort()).toEqual(wanted);
      const profiles = wanted.map((profileId) => whole.people.get(profileId)?.profile);
      const count = (name: 'email' | 'phone' | 'mobileAdvertiserId') => profiles.filter((profile) => profile?.has.includes(name)).length;
      expect(await reach(db, whole.workspaceId, definition, when.at, when.now)).toMatchObject({
        qualify: wanted.length,
        reachable: profiles.filter((profile) => profile && profile.has.length > 0).length,
        byIdentifier: { email: count('email'), phone: count('phone'), mobileAdvertiserId: count('mobileAdvertiserId') },
      });
    }
  });
});
