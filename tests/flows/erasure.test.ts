import { Readable } from 'node:stream';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stopCampaign } from '@/db/campaign-states';
import { eraseProfile } from '@/db/erasures';
import { saveExclusions } from '@/db/exclusions';
import { forgetMerges } from '@/db/profile-merge';
import { profileOfUser } from '@/db/profiles';
import { listReceipts, receiptById } from '@/db/removals';
import { workspaceById } from '@/db/workspaces';
import { uploadList } from '@/lib/list-upload';
import { tick } from '@/lib/sync/tick';
import { digestOfEmail, emailOf, type Story, story } from '@/tests/support/story';

let s: Story;
beforeAll(async () => {
  s = await story('UTC');
});
afterAll(() => s.sandbox.stop());

const definition = { did: 'Joined' };
const daily = { kind: 'every', every: { days: 1 }, time: '09:00', zone: 'UTC', start: '2026-05-01' } as const;
const people = ['ann', 'bob', 'cid', 'dee', 'eve', 'fay'];
const emails = (...names: string[]) => names.map((name) => digestOfEmail(emailOf(name))).sort();
const idOf = (userId: string) => profileOfUser(s.db, s.workspaceId, userId);
const erase = async (userId: string, at: string) => eraseProfile(s.db, s.workspaceId, await idOf(userId), null, new Date(at));
const receipt = (id: string) => receiptById(s.db, s.workspaceId, id);

/** Tables that still know the profile. */
async function knowing(profileId: string): Promise<string[]> {
  const tables = await s.db.orm.execute<{ name: string }>(sql`
    select c.table_name as name from information_schema.columns c join information_schema.tables t using (table_schema, table_name)
    where c.table_schema = 'public' and c.column_name = 'profile_id' and t.table_type = 'BASE TABLE' order by 1`);
  const found: string[] = [];
  for (const { name } of tables) {
    const rows = await s.db.orm.execute(sql`select from ${sql.identifier(name)} where profile_id = ${profileId}::bigint limit 1`);
    if (rows.length > 0) found.push(name);
  }
  return found;
}

describe('somebody who is erased', () => {
  beforeAll(async () => {
    await s.send(
      people.map((userId) => ({ type: 'identify', userId, traits: { email: emailOf(userId), ads: 'yes' } })),
      '2026-05-01T08:00:00Z',
    );
    await s.send(
      people.map((userId) => ({ type: 'track', userId, event: 'Joined' })),
      '2026-05-01T08:00:00Z',
    );
    const workspace = await workspaceById(s.db, s.workspaceId);
    const file = `email\n${emailOf('ann')}\n${emailOf('bob')}\n`;
    const world = { db: s.db, clock: () => new Date('2026-05-01T08:10:00Z') };
    await uploadList(world, { workspace, userId: null, key: 'vip', choice: {} }, Readable.from([Buffer.from(file)]));
    await s.campaign({ definition, schedule: daily, changeBrakePercent: null }, '2026-05-01T08:30:00Z');
    await s.tick('2026-05-01T09:00:05Z');
    expect(await s.held()).toEqual(emails(...people));
  });

  it('is gone from every table at once, and from the audience with the next tick, as the receipt says', async () => {
    const ann = await idOf('ann');
    const id = await erase('ann', '2026-05-01T10:00:00Z');
    expect(await knowing(ann)).toEqual(['audience_members', 'removal_receipts', 'withdrawals']);
    await expect(idOf('ann')).rejects.toMatchObject({ code: 'not_found' });
    expect(await s.db.orm.execute(sql`select from list_values where value = decode(${digestOfEmail(emailOf('ann'))}, 'hex')`)).toEqual([]);
    expect(await receipt(id)).toMatchObject({
      kind: 'erasure',
      events: 1,
      finishedAt: null,
      removals: [{ audience: 'Audience', outcome: null }],
    });

    await s.tick('2026-05-01T10:01:00Z');
    expect(await s.held()).toEqual(emails('bob', 'cid', 'dee', 'eve', 'fay'));
    const told = await receipt(id);
    expect(told).toMatchObject({ finishedAt: expect.any(Date), removals: [{ outcome: 'removed', traceId: expect.any(String) }] });
    expect(told.removals[0]?.at?.toISOString()).toMatch(/^2026-05-01T10:01/);
    expect(await knowing(ann)).toEqual(['removal_receipts']);
    expect(JSON.stringify(told)).not.toMatch(/ann|[0-9a-f]{64}/);
  });

  it('is not erased twice', async () => {
    const [before] = await listReceipts(s.db, s.workspaceId);
    const profileId = before?.profileId ?? '';
    await expect(eraseProfile(s.db, s.workspaceId, profileId, null, new Date())).rejects.toMatchObject({ code: 'not_found' });
    expect(await listReceipts(s.db, s.workspaceId)).toHaveLength(1);
  });

  it('is somebody new when they come back', async () => {
    await s.send(
      [
        { type: 'identify', userId: 'ann', traits: { email: emailOf('ann') } },
        { type: 'track', userId: 'ann', event: 'Joined' },
      ],
      '2026-05-01T12:00:00Z',
    );
    await s.tick('2026-05-02T09:00:05Z');
    expect(await s.held()).toEqual(emails(...people));
  });

  it('is removed once Facebook can be reached again; until then the receipt is open', async () => {
    await s.sandbox.control.fault({ kind: 'html500', method: 'DELETE', route: '/users$', times: 0 });
    const id = await erase('bob', '2026-05-02T10:00:00Z');
    await s.tick('2026-05-02T10:01:00Z');
    expect(await receipt(id)).toMatchObject({ finishedAt: null, removals: [{ outcome: null }] });
    await s.sandbox.control.clearFaults();
    await s.tick('2026-05-02T10:10:00Z');
    expect(await receipt(id)).toMatchObject({ finishedAt: expect.any(Date), removals: [{ outcome: 'removed' }] });
    expect(await s.held()).toEqual(emails('ann', 'cid', 'dee', 'eve', 'fay'));
  });

  it('is asked to be removed again where Facebook refuses for the size of the audience', async () => {
    await s.sandbox.control.fault({
      kind: 'error',
      code: 200,
      subcode: 1870047,
      status: 400,
      method: 'DELETE',
      route: '/users$',
      times: 1,
    });
    const id = await erase('cid', '2026-05-02T11:00:00Z');
    await s.tick('2026-05-02T11:01:00Z');
    expect(await receipt(id)).toMatchObject({ finishedAt: null });
    await s.tick('2026-05-02T11:30:00Z');
    expect(await receipt(id)).toMatchObject({ finishedAt: null });
    await s.tick('2026-05-02T12:02:00Z');
    await s.tick('2026-05-02T12:03:00Z');
    expect(await receipt(id)).toMatchObject({ finishedAt: expect.any(Date), removals: [{ outcome: 'removed' }] });
    expect(await s.held()).toEqual(emails('ann', 'dee', 'eve', 'fay'));
  });

  it('is not sent by a run that had taken them up before', async () => {
    await s.send([{ type: 'identify', userId: 'gus', traits: { email: emailOf('gus') } }], '2026-05-02T13:00:00Z');
    await s.send([{ type: 'track', userId: 'gus', event: 'Joined' }], '2026-05-02T13:00:00Z');
    await s.sandbox.control.fault({ kind: 'html500', method: 'POST', route: '/users$', times: 0 });
    await s.tick('2026-05-03T09:00:05Z');
    const id = await erase('gus', '2026-05-03T09:01:00Z');
    await s.sandbox.control.clearFaults();
    await s.tick('2026-05-03T09:10:00Z');
    await s.tick('2026-05-03T09:20:00Z');
    expect(await receipt(id)).toMatchObject({ finishedAt: expect.any(Date) });
    expect(await s.held()).toEqual(emails('ann', 'dee', 'eve', 'fay'));
  });

  it('is taken out after all where a run puts them in late', async () => {
    const dee = await idOf('dee');
    await s.db.orm.execute(sql`create table read_before as select * from audience_members where profile_id = ${dee}::bigint`);
    const id = await erase('dee', '2026-05-03T10:00:00Z');
    await s.tick('2026-05-03T10:01:00Z');
    expect(await receipt(id)).toMatchObject({ finishedAt: expect.any(Date) });
    // As a freeze commits that had read the profile before it was erased.
    await s.db.orm.execute(sql`insert into audience_members select * from read_before`);
    await s.db.orm.execute(sql`drop table read_before`);
    await s.tick('2026-05-03T10:02:00Z');
    expect(await receipt(id)).toMatchObject({ finishedAt: null, removals: [{ outcome: null }] });
    await s.tick('2026-05-03T10:03:00Z');
    expect(await receipt(id)).toMatchObject({ finishedAt: expect.any(Date), removals: [{ outcome: 'removed' }] });
    expect(await knowing(dee)).toEqual(['removal_receipts']);
  });
});

describe('somebody who withdraws consent', () => {
  it('has a receipt of each audience they left, and of those they did not have to leave', async () => {
    await saveExclusions(s.db, s.workspaceId, { excludeSegments: [], consentProperty: 'ads' }, new Date('2026-05-03T11:00:00Z'));
    await s.send([{ type: 'identify', userId: 'eve', traits: { ads: 'no' } }], '2026-05-03T11:01:00Z');
    await s.tick('2026-05-03T11:02:00Z');
    expect(await s.held()).toEqual(emails('ann', 'fay'));
    const [first] = await listReceipts(s.db, s.workspaceId);
    expect(first).toMatchObject({
      kind: 'withdrawal',
      profileId: await idOf('eve'),
      events: null,
      finishedAt: expect.any(Date),
      removals: [{ outcome: 'removed', traceId: expect.any(String) }],
    });

    await s.sandbox.control.fault({ kind: 'html500', method: 'GET', times: 0 });
    await s.send([{ type: 'identify', userId: 'fay', traits: { ads: 'no' } }], '2026-05-03T12:01:00Z');
    await tick(s.engine('2026-05-03T12:02:00Z'), 60_000);
    await s.send([{ type: 'identify', userId: 'fay', traits: { ads: 'yes' } }], '2026-05-03T12:03:00Z');
    await s.sandbox.control.clearFaults();
    await s.tick('2026-05-03T12:10:00Z');
    const [second] = await listReceipts(s.db, s.workspaceId);
    expect(second).toMatchObject({ kind: 'withdrawal', finishedAt: expect.any(Date), removals: [{ outcome: 'kept' }] });
    expect(await s.held()).toEqual(emails('ann', 'fay'));
  });
});

/** Sent while anonymous, then signed in as somebody known: the audience has them under the profile they were. */
async function sentThenMerged(name: string, at: string): Promise<string> {
  const later = (minutes: number) => new Date(Date.parse(at) + minutes * 60_000).toISOString();
  await s.send([{ type: 'identify', userId: name, traits: { plan: 'free' } }], at);
  await s.send([{ type: 'identify', anonymousId: `${name}-device`, traits: { email: emailOf(name), was: name } }], at);
  const who = { property: 'was', op: 'is', value: name } as never;
  const id = await s.campaign({ name, definition: who, audience: { new: { name } }, schedule: { kind: 'now' } }, later(1));
  await s.tick(later(1));
  expect(await s.held(name)).toEqual(emails(name));
  return id;
}

describe('somebody who was merged after they were sent', () => {
  it('is erased from the audience all the same, and the receipt waits for it', async () => {
    await sentThenMerged('hal', '2026-05-05T08:00:00Z');
    await s.send([{ type: 'alias', userId: 'hal', previousId: 'hal-device' }], '2026-05-05T09:00:00Z');
    const id = await erase('hal', '2026-05-05T10:00:00Z');
    expect(await receipt(id)).toMatchObject({ finishedAt: null, removals: [{ audience: 'hal', outcome: null }] });
    await s.tick('2026-05-05T10:01:00Z');
    expect(await s.held('hal')).toEqual([]);
    expect(await receipt(id)).toMatchObject({
      finishedAt: expect.any(Date),
      removals: [{ outcome: 'removed', traceId: expect.any(String) }],
    });
  });

  it('leaves it when they withdraw consent, or when the merge brings a withdrawal', async () => {
    await sentThenMerged('ivy', '2026-05-06T08:00:00Z');
    await sentThenMerged('jon', '2026-05-06T08:00:00Z');
    await s.send([{ type: 'identify', anonymousId: 'jon-phone', traits: { ads: 'no' } }], '2026-05-06T08:30:00Z');
    const merges = ['ivy-device', 'jon-device', 'jon-phone'].map((previousId) => ({
      type: 'alias',
      userId: previousId.slice(0, 3),
      previousId,
    }));
    await s.send(merges, '2026-05-06T09:00:00Z');
    await s.send([{ type: 'identify', userId: 'ivy', traits: { ads: 'no' } }], '2026-05-06T09:30:00Z');
    await s.tick('2026-05-06T10:00:00Z');
    expect([await s.held('ivy'), await s.held('jon')]).toEqual([[], []]);
    const [one, other] = await listReceipts(s.db, s.workspaceId);
    expect([one?.profileId, other?.profileId].sort()).toEqual([await idOf('ivy'), await idOf('jon')].sort());
    expect([one, other]).toMatchObject(
      Array(2).fill({ kind: 'withdrawal', finishedAt: expect.any(Date), removals: [{ outcome: 'removed' }] }),
    );
  });

  it('is remembered as merged only while an audience has them or its report counts them', async () => {
    await sentThenMerged('kim', '2026-05-07T08:00:00Z');
    await s.send([{ type: 'alias', userId: 'kim', previousId: 'kim-device' }], '2026-05-07T09:00:00Z');
    await forgetMerges(s.db, new Date('2026-05-20T00:00:00Z'));
    const left = await s.db.orm.execute<{ winner: string }>(sql`select winner::text as winner from profile_merges`);
    const been = await Promise.all(['ivy', 'jon', 'kim'].map(idOf));
    expect(left.map(({ winner }) => winner).sort()).toEqual(been.sort());
  });
});

it('who withdraws consent while their removal is put off has a receipt, and it is asked for again', async () => {
  await s.send([{ type: 'identify', userId: 'lou', traits: { email: emailOf('lou'), was: 'lou' } }], '2026-05-08T08:00:00Z');
  const who = { property: 'was', op: 'is', value: 'lou' } as never;
  const id = await s.campaign(
    {
      name: 'lou',
      definition: who,
      audience: { new: { name: 'lou' } },
      schedule: { ...daily, start: '2026-05-08' },
      changeBrakePercent: null,
    },
    '2026-05-08T08:30:00Z',
  );
  await s.tick('2026-05-08T09:00:00Z');
  const tooSmall = { status: 400, code: 200, subcode: 1870047 };
  await s.sandbox.control.fault({ kind: 'error', method: 'DELETE', route: '/users$', times: 0, ...tooSmall });
  await s.send([{ type: 'identify', userId: 'lou', traits: { was: 'gone' } }], '2026-05-08T20:00:00Z');
  await s.tick('2026-05-09T09:00:00Z');
  await stopCampaign(s.db, s.workspaceId, id, new Date('2026-05-09T09:10:00Z'));
  await s.send([{ type: 'identify', userId: 'lou', traits: { ads: 'no' } }], '2026-05-09T09:20:00Z');
  await s.tick('2026-05-09T09:21:00Z');
  const [told] = await listReceipts(s.db, s.workspaceId);
  expect(told).toMatchObject({ kind: 'withdrawal', profileId: await idOf('lou'), finishedAt: null });
  await s.sandbox.control.clearFaults();
  await s.tick('2026-05-09T10:22:00Z');
  await s.tick('2026-05-09T10:23:00Z');
  expect(await s.held('lou')).toEqual([]);
  expect((await listReceipts(s.db, s.workspaceId))[0]).toMatchObject({ finishedAt: expect.any(Date), removals: [{ outcome: 'removed' }] });
});
