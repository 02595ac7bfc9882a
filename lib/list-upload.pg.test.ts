import { Readable } from 'node:stream';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { storeRecords } from '@/db/events';
import { sweepLists } from '@/db/list-sweep';
import { leftAloneMs, listFacts, listRejects, openList, writeListPart } from '@/db/lists';
import { deleteSegment, memberIds, saveSegment } from '@/db/segments';
import { type Workspace, workspaceById } from '@/db/workspaces';
import { translate } from '@/lib/intake/segment-spec';
import { testDatabase, testWorkspace } from '@/tests/support/database';
import { type ListUpload, uploadList } from './list-upload';

const seed = Number(process.env.LIST_SEED ?? Math.floor(Math.random() * 2 ** 31));
const runs = Number(process.env.LIST_RUNS ?? 25);

const { db } = await testDatabase();
const now = new Date('2026-03-16T04:30:00Z');
const world = { db, clock: () => now };
let workspace: Workspace;

const newWorkspace = async () => workspaceById(db, await testWorkspace(db, { defaultCountry: 'IN' }));

beforeAll(async () => {
  workspace = await newWorkspace();
});

type Call = Record<string, unknown> & { type: string };

async function send(calls: Call[], to = workspace): Promise<void> {
  const batch = calls.map((call, i) => ({ messageId: `m${Math.random()}${i}`, timestamp: now.toISOString(), ...call }));
  const { records, rejected } = translate('batch', { batch } as Parameters<typeof translate>[1], 0, { ...to, receivedAt: now });
  expect(rejected).toEqual([]);
  await storeRecords(db, to, records, now);
}

const upload = (key: string, csv: string | Readable, more: Partial<ListUpload> = {}) =>
  uploadList(
    world,
    { workspace, key, choice: {}, userId: null, ...more },
    typeof csv === 'string' ? Readable.from([Buffer.from(csv)]) : csv,
  );

async function membersOf(key: string, of = workspace): Promise<string[]> {
  const found: string[] = [];
  for await (const member of memberIds(db, of.id, { segment: key }, now))
    found.push('userId' in member ? member.userId : `anonymous ${member.anonymousId}`);
  return found.sort();
}

async function rejectsOf(key: string) {
  const found: unknown[] = [];
  for await (const reject of listRejects(db, workspace.id, key)) found.push(reject);
  return found;
}

/** (list, profile) by the definition, computed from scratch; and as it is kept. */
async function recomputed() {
  return db.sql`
    select distinct v.list_id, i.profile_id from list_values v
    join profile_ids i on i.workspace_id = v.workspace_id and i.kind = 'user' and convert_to(i.value, 'UTF8') = v.value where v.identifier = 'userId'
    union select v.list_id, i.profile_id from list_values v
    join profile_identifiers i on i.workspace_id = v.workspace_id and i.email = v.value where v.identifier = 'email'
    union select v.list_id, i.profile_id from list_values v
    join profile_identifiers i on i.workspace_id = v.workspace_id and i.phone = v.value where v.identifier = 'phone' order by 1, 2`;
}
const kept = () => db.sql`select list_id, profile_id from list_members order by 1, 2`;

describe('a list', () => {
  it('of user ids holds the profiles that have one, counts what it was given, and keeps the ids nobody has yet', async () => {
    await send([
      { type: 'identify', userId: 'u1' },
      { type: 'identify', userId: 'u2' },
      { type: 'identify', anonymousId: 'u3' },
    ]);
    const answer = await upload('ids', 'userId\nu1\n u2 \nu3\nu1\n""\nlater\n', { name: 'Given ids' });
    expect(answer).toEqual({
      created: true,
      identifier: 'userId',
      rows: 6,
      kept: 4,
      known: 2,
      unknown: 2,
      duplicates: 1,
      rejected: 1,
    });
    expect(await membersOf('ids')).toEqual(['u1', 'u2']);
    expect(await rejectsOf('ids')).toEqual([{ line: 6, reason: 'Empty.' }]);
    await send([{ type: 'identify', userId: 'later' }]);
    expect(await membersOf('ids')).toEqual(['later', 'u1', 'u2']);
    expect(await listFacts(db, workspace.id, 'ids')).toMatchObject({ kept: 4, profiles: 3, duplicates: 1 });
  });

  it('of emails or phones holds digests alone, and follows who has them', async () => {
    await send([
      { type: 'identify', userId: 'e1', traits: { email: 'E1@example.com', phone: '+919820098200' } },
      { type: 'identify', anonymousId: 'e2', traits: { email: 'e2@example.com' } },
    ]);
    expect(await upload('mails', 'email\n e1@EXAMPLE.com\ne2@example.com\ne3@example.com\nnobody\n')).toMatchObject({
      kept: 3,
      known: 2,
      rejected: 1,
    });
    await upload('phones', 'Name,Mobile\nAda,98200 98200\n');
    expect(await membersOf('mails')).toEqual(['anonymous e2', 'e1']);
    expect(await membersOf('phones')).toEqual(['e1']);
    await send([
      { type: 'identify', userId: 'e1', traits: { email: 'new@example.com' } },
      { type: 'identify', userId: 'u1', traits: { email: 'e3@example.com' } },
    ]);
    expect(await membersOf('mails')).toEqual(['anonymous e2', 'u1']);
    const [{ raw } = { raw: 1 }] = await db.sql<{ raw: number }[]>`
      select count(*)::int as raw from list_values where identifier <> 'userId' and octet_length(value) <> 32`;
    expect(raw).toBe(0);
  });

  it('moves with a merge', async () => {
    await send([
      { type: 'track', anonymousId: 'a1', event: 'Seen' },
      { type: 'identify', anonymousId: 'a1', traits: { email: 'merged@example.com' } },
    ]);
    await upload('merging', 'email\nmerged@example.com\n');
    expect(await membersOf('merging')).toEqual(['anonymous a1']);
    await send([
      { type: 'identify', userId: 'm1' },
      { type: 'identify', userId: 'm1', anonymousId: 'a1' },
    ]);
    expect(await membersOf('merging')).toEqual(['m1']);
    await send([{ type: 'alias', userId: 'm2', previousId: 'm1' }]);
    expect(await membersOf('merging')).toHaveLength(1);
    expect(await kept()).toEqual(await recomputed());
  });

  it('is replaced whole by the next upload, and stays as it is when that fails', async () => {
    await upload('weekly', 'userId\nu1\nu2\n');
    expect(await upload('weekly', 'userId\nu2\nlater\n')).toMatchObject({ created: false, kept: 2 });
    expect(await membersOf('weekly')).toEqual(['later', 'u2']);
    const broken = new Readable({
      read() {
        this.push(`userId\n${Array.from({ length: 12_000 }, (_, i) => `x${i}`).join('\n')}\n`);
        this.destroy(new Error('the connection broke'));
      },
    });
    await expect(upload('weekly', broken)).rejects.toThrow('the connection broke');
    await expect(upload('weekly', 'userId\n""\n""\n')).rejects.toMatchObject({
      code: 'unprocessable',
      message: 'None of the 2 rows could be used (line 2: Empty.). Nothing was changed.',
    });
    await expect(upload('weekly', '')).rejects.toMatchObject({ code: 'invalid' });
    await expect(upload('weekly', 'name\nu1\n')).rejects.toMatchObject({ code: 'invalid', field: 'column' });
    expect(await membersOf('weekly')).toEqual(['later', 'u2']);
  });

  it('leaves nothing behind once it is replaced or deleted and an hour has passed', async () => {
    workspace = await newWorkspace();
    await upload('swept', 'userId\nold\nbad"row\n');
    await upload('swept', 'userId\nnew\n');
    const count = async () => {
      const [row] = await db.sql<{ values: number; lists: number }[]>`
        select (select count(*)::int from list_values where workspace_id = ${workspace.id}) as values,
          (select count(*)::int from lists where workspace_id = ${workspace.id}) as lists`;
      return row;
    };
    const later = (ms: number) => new Date(now.getTime() + ms);
    await sweepLists(db, later(leftAloneMs - 1), () => true);
    expect(await count()).toEqual({ values: 2, lists: 2 });
    await sweepLists(db, later(leftAloneMs + 1), () => true);
    expect(await count()).toEqual({ values: 1, lists: 1 });
    await deleteSegment(db, workspace.id, 'swept', later(leftAloneMs));
    await sweepLists(db, later(2 * leftAloneMs + 1), () => true);
    expect(await count()).toEqual({ values: 0, lists: 0 });
  });

  it('that stood still for an hour is given up, rather than be closed half swept', async () => {
    const list = { id: crypto.randomUUID(), workspaceId: workspace.id, identifier: 'userId' as const };
    await openList(db, list, null, now);
    const late = new Date(now.getTime() + leftAloneMs + 1);
    await expect(writeListPart(db, list, { rows: 1, values: ['75'], rejects: [] }, late)).rejects.toMatchObject({ code: 'conflict' });
  });

  it('and a segment by behaviour cannot take each other’s key', async () => {
    await saveSegment(db, workspace.id, { key: 'behaviour', name: 'B', definition: { has: 'email' } }, null, now);
    await expect(upload('behaviour', 'userId\nu1\n')).rejects.toMatchObject({ code: 'conflict', field: 'key' });
    await upload('listed', 'userId\nu1\n');
    await expect(
      saveSegment(db, workspace.id, { key: 'listed', name: 'L', definition: { has: 'email' } }, null, now),
    ).rejects.toMatchObject({ code: 'conflict', field: 'key' });
  });
});

describe('members of lists', () => {
  const id = fc.integer({ min: 0, max: 6 }).map((n) => `p${n}`);
  const email = fc.integer({ min: 0, max: 5 }).map((n) => `m${n}@example.com`);
  const phone = fc.integer({ min: 0, max: 3 }).map((n) => `+91982009820${n}`);
  const traits = fc.record({ email: fc.option(email), phone: fc.option(phone) }, { requiredKeys: [] });
  const call = fc.oneof(
    fc.record({ type: fc.constant('identify'), userId: id, traits }),
    fc.record({ type: fc.constant('identify'), anonymousId: id, traits }),
    fc.record({ type: fc.constant('identify'), userId: id, anonymousId: id, traits }),
    fc.record({ type: fc.constant('track'), anonymousId: id, event: fc.constant('Seen') }),
    fc.record({ type: fc.constant('alias'), userId: id, previousId: id }),
  );
  const file = fc.oneof(
    fc.array(id, { minLength: 1, maxLength: 8 }).map((rows) => ['userId', ...rows].join('\n')),
    fc.array(email, { minLength: 1, maxLength: 6 }).map((rows) => ['email', ...rows].join('\n')),
    fc.array(phone, { minLength: 1, maxLength: 4 }).map((rows) => ['phone', ...rows].join('\n')),
  );
  const step = fc.oneof(
    { weight: 4, arbitrary: fc.array(call, { minLength: 1, maxLength: 8 }).map((calls) => ({ calls })) },
    { weight: 1, arbitrary: fc.record({ key: fc.constantFrom('one', 'two', 'three'), file }) },
  );

  it(`are what the values say, whatever is sent, merged and uploaded, one thing after the other or at once (seed ${seed})`, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 2, maxLength: 14 }), fc.boolean(), async (steps, atOnce) => {
        workspace = await newWorkspace();
        const run = (each: (typeof steps)[number]) => ('calls' in each ? send(each.calls as Call[]) : upload(each.key, each.file));
        if (atOnce) await Promise.all(steps.map(run));
        else for (const each of steps) await run(each);
        expect(await kept()).toEqual(await recomputed());
      }),
      { seed, numRuns: runs },
    );
  });
});
