import { expect, it } from 'vitest';
import { parseDefinition } from '@/lib/segment/definition';
import { testDatabase } from '@/tests/support/database';
import { texts } from '@/tests/support/history-arbitraries';
import type { SegmentCall } from '@/tests/support/segment-people';
import { qualifyingIds, selectedIds, store } from '@/tests/support/segment-population';

/** Every text against every text: too many pairs for chance. */
const { db } = await testDatabase();
const now = '2026-10-25T01:30:00.000Z';
const at = new Date(now);
const letters = ['Ⅷ', 'ⅷ', 'ﬀ', 'FF', 'Ω', 'ω', 'Å', 'å', 'Ɐ', 'ɐ', '𐐀', '𐐨', 'Ġ', 'ġ', 'Ñ', 'n\u0303', 'DŽ', 'İSTANBUL', 'istanbul'];
const all = [...texts, ...letters];

const calls: SegmentCall[] = all.flatMap((plan, i) => [
  { type: 'identify' as const, userId: `u${i}`, traits: { plan, list: [plan] }, timestamp: now },
  { type: 'track' as const, userId: `u${i}`, event: 'Viewed', properties: { plan, other: plan }, timestamp: now },
]);
const population = await store(db, { zone: 'Europe/London', now, batches: [calls] });

it.each(['is', 'contains', 'startsWith', 'endsWith', 'isOneOf', 'containsAny'])('%s, in exact case and in any', async (op) => {
  for (const text of all) {
    for (const ignoreCase of op === 'containsAny' ? [undefined] : [true, false]) {
      const value = op === 'isOneOf' || op === 'containsAny' ? [text, 'nothing'] : text;
      const condition = (property: string) => ({ property, op, value, ...(ignoreCase === undefined ? {} : { ignoreCase }) });
      const asked =
        op === 'containsAny'
          ? [condition('list')]
          : [condition('plan'), ...['plan', 'other'].map((name) => ({ did: 'Viewed', where: [condition(name)] }))];
      for (const json of asked) {
        const definition = parseDefinition(json);
        expect(await selectedIds(population, definition, at), JSON.stringify(json)).toEqual(qualifyingIds(population, definition, at));
      }
    }
  }
});
