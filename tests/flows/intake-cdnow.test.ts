import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { reach } from '@/db/reach';
import { memberIds } from '@/db/segments';
import { parseDefinition } from '@/lib/segment/definition';
import { cdnowCsv, cdnowFile, cdnowIsThere, type Purchase, readPurchases } from '@/tests/support/cdnow';
import { testDatabase, testWorkspace } from '@/tests/support/database';
import { npmRun } from '@/tests/support/npm-run';

if (!cdnowIsThere) {
  process.stderr.write(`\n  SKIPPED: the CDNOW purchases are not at ${cdnowFile}; ten definitions over real data were NOT checked.\n\n`);
}

/** One customer's purchases up to the evaluation instant, answered from the text file alone. */
type Test = (purchases: readonly Purchase[]) => boolean;
type Case = { name: string; definition: object; at?: string; holds: Test };

const within = (from: string, to: string) => (purchase: Purchase) => purchase.day >= from && purchase.day <= to;
const count = (purchases: readonly Purchase[], matches: (purchase: Purchase) => boolean = () => true) => purchases.filter(matches).length;
const E = 'Purchased';

/** Noon in New York, where the shop's days are. */
const atTheEnd = '1998-06-30T16:00:00Z';
const inJanuary = '1998-01-15T17:00:00Z';

const cases: Case[] = [
  {
    name: 'bought in the first quarter of 1997',
    definition: { did: E, within: { between: ['1997-01-01', '1997-03-31'] } },
    holds: (p) => count(p, within('1997-01-01', '1997-03-31')) >= 1,
  },
  { name: 'bought at least five times', definition: { did: E, count: { gte: 5 } }, holds: (p) => count(p) >= 5 },
  { name: 'bought exactly once by January 1998', definition: { did: E, count: { eq: 1 } }, at: inJanuary, holds: (p) => count(p) === 1 },
  {
    name: 'bought for more than 100 dollars at once in the last twelve months',
    definition: { did: E, where: [{ property: 'amount', op: 'gt', value: 100 }], within: { last: { months: 12 } } },
    holds: (p) => count(p, (one) => one.amount > 100 && one.day >= '1997-06-30') >= 1,
  },
  {
    name: 'did not buy in the last six months',
    definition: { didNot: E, within: { last: { months: 6 } } },
    holds: (p) => count(p, (one) => one.day >= '1997-12-30') === 0,
  },
  {
    name: 'twice took five or more CDs before 1998',
    definition: { did: E, where: [{ property: 'cds', op: 'gte', value: 5 }], within: { before: '1998-01-01' }, count: { gte: 2 } },
    holds: (p) => count(p, (one) => one.cds >= 5 && one.day < '1998-01-01') >= 2,
  },
  {
    name: 'never came back after March 1997',
    definition: {
      all: [
        { did: E, within: { between: ['1997-01-01', '1997-03-31'] } },
        { didNot: E, within: { after: '1997-03-31' } },
      ],
    },
    holds: (p) => count(p, within('1997-01-01', '1997-03-31')) >= 1 && count(p, (one) => one.day > '1997-03-31') === 0,
  },
  {
    name: 'bought on New Year’s Day 1997, or something for nothing, or twice to four times for 10 to 20 dollars in 1998',
    definition: {
      any: [
        { did: E, within: { on: '1997-01-01' } },
        { did: E, where: [{ property: 'amount', op: 'eq', value: 0 }] },
        {
          did: E,
          where: [{ property: 'amount', op: 'between', value: [10, 20] }],
          within: { after: '1997-12-31' },
          count: { between: [2, 4] },
        },
      ],
    },
    holds: (p) => {
      const cheap = count(p, (one) => one.amount >= 10 && one.amount <= 20 && one.day > '1997-12-31');
      return count(p, (one) => one.day === '1997-01-01' || one.amount === 0) >= 1 || (cheap >= 2 && cheap <= 4);
    },
  },
  {
    name: 'bought in the last 26 weeks, but not twice, as of January 1998',
    definition: {
      all: [{ did: E, within: { last: { weeks: 26 } } }, { not: { did: E, within: { last: { weeks: 26 } }, count: { gte: 2 } } }],
    },
    at: inJanuary,
    holds: (p) => count(p, (one) => one.day >= '1997-07-17') === 1,
  },
  {
    name: 'many small or few large: all, any and not together',
    definition: {
      all: [
        {
          any: [
            {
              did: E,
              where: [
                { property: 'amount', op: 'lt', value: 15 },
                { property: 'cds', op: 'eq', value: 1 },
              ],
              count: { gt: 2 },
            },
            { did: E, where: [{ property: 'amount', op: 'gte', value: 250 }] },
          ],
        },
        {
          not: {
            all: [
              { did: E, within: { last: { days: 90 } } },
              { did: E, count: { gt: 10 } },
            ],
          },
        },
        { didNot: E, where: [{ property: 'cds', op: 'gt', value: 20 }] },
      ],
    },
    holds: (p) =>
      (count(p, (one) => one.amount < 15 && one.cds === 1) > 2 || count(p, (one) => one.amount >= 250) >= 1) &&
      !(count(p, (one) => one.day >= '1998-04-01') >= 1 && count(p) > 10) &&
      count(p, (one) => one.cds > 20) === 0,
  },
];

describe.skipIf(!cdnowIsThere)('over the real purchases of 23,570 customers', async () => {
  const { db, url } = await testDatabase();
  const workspaceId = await testWorkspace(db, { zone: 'America/New_York', defaultCountry: 'US' });
  const byCustomer = new Map<string, Purchase[]>();
  let dir: string;

  beforeAll(async () => {
    dir = await mkdtemp(path.join(tmpdir(), 'beckon-cdnow-'));
    const purchases = await readPurchases();
    for (const purchase of purchases) {
      const known = byCustomer.get(purchase.customer);
      if (known) known.push(purchase);
      else byCustomer.set(purchase.customer, [purchase]);
    }
    const { users, events } = cdnowCsv(purchases);
    await writeFile(path.join(dir, 'users.csv'), users);
    await writeFile(path.join(dir, 'events.csv'), events);
  });

  afterAll(() => rm(dir, { recursive: true, force: true }));

  test('npm run import takes them all, each once', async () => {
    const run = (kind: string) => npmRun('import', [kind, path.join(dir, `${kind}.csv`)], { DATABASE_URL: url });
    expect(await run('users')).toMatchObject({ code: 0, output: expect.stringContaining('23,570 rows read') });
    expect(await run('events')).toMatchObject({
      code: 0,
      output: expect.stringContaining('69,659 stored, 0 were there already, 0 rejected'),
    });
    expect(await run('events')).toMatchObject({ code: 0, output: expect.stringContaining('0 stored, 69,659 were there already') });
    const [row] = await db.sql`
      select (select count(*)::int from profiles) as people, (select count(*)::int from events) as events,
        (select round(sum(amount)::numeric, 2)::text from events) as amount, (select sum(count)::int from profile_events) as rolled`;
    const amount = [...byCustomer.values()].flat().reduce((sum, purchase) => sum + Math.round(purchase.amount * 100), 0) / 100;
    expect(row).toEqual({ people: 23_570, events: 69_659, amount: amount.toFixed(2), rolled: 69_659 });
  });

  test.each(cases)('$name', async ({ definition, at = atTheEnd, holds }) => {
    const parsed = parseDefinition(definition);
    const instant = new Date(at);
    const expected: string[] = [];
    for (const [customer, purchases] of byCustomer)
      if (holds(purchases.filter((one) => one.day <= at.slice(0, 10)))) expected.push(customer);
    const members: string[] = [];
    for await (const member of memberIds(db, workspaceId, parsed, instant)) members.push('userId' in member ? member.userId : '?');
    expect(expected.length).toBeGreaterThan(0);
    expect(members.sort()).toEqual(expected.sort());
    expect(await reach(db, workspaceId, parsed, instant, instant)).toMatchObject({
      qualify: expected.length,
      reachable: expected.length,
      byIdentifier: { email: expected.length, phone: 0, mobileAdvertiserId: 0 },
    });
  });
});
