import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { saveConnection } from '@/db/connections';
import { deauthorizePerson } from '@/db/facebook-person';
import { askForLookalike, dropLookalike, lookalikeObstacle, lookalikesOfCampaign } from '@/db/lookalikes';
import { parseEncryptionKeys } from '@/lib/crypto';
import { tendLookalikes } from '@/lib/sync/lookalikes';
import { systemUserToken } from '@/tests/support/sandbox';
import { emailOf, type Story, story } from '@/tests/support/story';

let s: Story;
let campaign: string;
beforeAll(async () => {
  s = await story('UTC');
  const people = Array.from({ length: 160 }, (_, i) => `p${i}`);
  await s.send(
    people.map((userId) => ({ type: 'identify', userId, traits: { email: emailOf(userId) } })),
    '2026-05-01T08:00:00Z',
  );
  await s.send(
    people.map((userId) => ({ type: 'track', userId, event: 'Joined' })),
    '2026-05-01T08:00:00Z',
  );
  campaign = await s.campaign({ definition: { did: 'Joined' } }, '2026-05-01T09:00:00Z');
  await expect(ask('IN', 1, '2026-05-01T09:00:00Z')).rejects.toMatchObject({ code: 'unprocessable' });
  await s.tick('2026-05-01T09:00:01Z');
  // Facebook has counted the seed.
  await s.sandbox.control.audiences();
});
afterAll(() => s.sandbox.stop());

const ask = (country: string, percent: number, at: string) =>
  askForLookalike(s.db, s.workspaceId, campaign, { country, percent }, null, new Date(at));
const drop = (id: number, at: string) => dropLookalike(s.db, s.workspaceId, campaign, id, new Date(at));
const tend = (at: string) => tendLookalikes(s.engine(at), () => true);
const all = () => lookalikesOfCampaign(s.db, s.workspaceId, campaign);
const atFacebook = async () => (await s.sandbox.control.audiences()).filter(({ lookalike, deleted }) => lookalike && !deleted);
const dropNewest = async (at: string) => {
  await drop((await all())[0]?.id ?? 0, at);
  await tend(at);
};
const tendEvery = async (minutes: number, from: string, until: string) => {
  for (let at = Date.parse(from); at <= Date.parse(until); at += minutes * 60_000) await tend(new Date(at).toISOString());
};
const connect = () =>
  saveConnection(
    s.db,
    s.workspaceId,
    { kind: 'system', facebookUserId: '1', name: 'Robot', token: systemUserToken, scopes: ['ads_management'], expiresAt: null },
    { userId: null, keys: parseEncryptionKeys(s.variables.ENCRYPTION_KEYS ?? '') },
    new Date(),
  );

describe('a lookalike', () => {
  it('is made from the campaign’s audience and followed until it is ready, asking Facebook ever more rarely', async () => {
    await s.sandbox.control.settings({ matchingMs: 3_600_000 });
    await ask('IN', 3, '2026-05-01T10:00:00Z');
    expect(await tend('2026-05-01T10:00:01Z')).toBe(1);
    expect(await atFacebook()).toMatchObject([{ name: 'Audience – lookalike 3 % India', lookalike: { country: 'IN', ratio: 0.03 } }]);
    expect(await all()).toMatchObject([{ state: 'made', sizeLower: null, fault: null }]);
    expect(await tend('2026-05-01T10:00:59Z')).toBe(0);
    for (const at of ['10:01:02', '10:03:04', '10:07:08']) expect(await tend(`2026-05-01T${at}Z`)).toBe(1);
    await s.sandbox.control.settings({ matchingMs: 0 });
    expect(await tend('2026-05-01T10:15:10Z')).toBe(1);
    expect(await all()).toMatchObject([{ state: 'ready', sizeLower: 10_000_000, sizeUpper: 13_000_000 }]);
    expect(await tend('2026-05-02T10:15:00Z')).toBe(0);
  });

  it('is made once, whoever asks, and whatever is lost', async () => {
    await expect(ask('IN', 3, '2026-05-02T11:00:00Z')).rejects.toMatchObject({ code: 'conflict', field: 'percent' });
    await ask('BR', 1, '2026-05-02T11:00:00Z');
    await s.sandbox.control.fault({ kind: 'reset-after', method: 'POST', route: '/customaudiences$' });
    await tend('2026-05-02T11:00:01Z');
    const [lost] = await all();
    expect(lost).toMatchObject({ state: 'asked', facebookId: null, fault: 'Facebook could not be reached.' });
    const at = '2026-05-02T11:05:00Z';
    await Promise.all([tend(at), tend(at), tend(at)]);
    const [made] = await all();
    expect(made).toMatchObject({ state: 'made', fault: null });
    expect((await atFacebook()).filter(({ lookalike }) => lookalike?.country === 'BR').map(({ id }) => id)).toEqual([made?.facebookId]);
  });

  it('that Facebook refuses says why, in words', async () => {
    await s.sandbox.control.fault({ kind: 'error', method: 'POST', route: '/customaudiences$', code: 100, subcode: 1713232, status: 400 });
    await ask('DE', 1, '2026-05-02T12:00:00Z');
    await tend('2026-05-02T12:00:01Z');
    const [refused] = await all();
    expect(refused?.fault).toBe('Facebook has flagged the audience this lookalike is made from.');
    await tend('2026-05-02T12:30:00Z');
    expect((await all())[0]).toMatchObject({ state: 'made', fault: null });
  });

  it('of a seed whose people are still being found is asked for again', async () => {
    await s.sandbox.control.fault({ kind: 'error', method: 'POST', route: '/customaudiences$', code: 100, status: 400 });
    await ask('GB', 2, '2026-05-02T20:00:00Z');
    await tend('2026-05-02T20:00:01Z');
    const [refused] = await all();
    expect(refused).toMatchObject({ state: 'asked', fault: expect.stringMatching(/does not take the audience as a seed yet/) });
    await tend('2026-05-02T20:02:10Z');
    const [made] = await all();
    expect(made).toMatchObject({ state: 'made', fault: null });
    await drop(made?.id ?? 0, '2026-05-02T20:03:00Z');
    await tend('2026-05-02T20:03:01Z');
  });

  it('that takes hours to be filled is not given up for what passes, however long it lasts', async () => {
    await s.sandbox.control.settings({ matchingMs: 3_600_000 });
    await ask('FR', 1, '2026-05-03T10:00:00Z');
    await tendEvery(70, '2026-05-03T10:00:01Z', '2026-05-03T15:00:00Z');
    const [filling] = await all();
    expect(filling).toMatchObject({ state: 'made', fault: null });
    const { id } = await s.sandbox.control.fault({ kind: 'html500', method: 'GET', route: `/${filling?.facebookId}$`, times: 0 });
    await tendEvery(20, '2026-05-03T16:00:00Z', '2026-05-03T20:00:00Z');
    expect((await all())[0]).toMatchObject({ state: 'made', fault: 'Facebook had a fault of its own.' });
    expect((await s.sandbox.control.faults()).find((fault) => fault.id === id)?.seen).toBeGreaterThanOrEqual(4);
    await s.sandbox.control.clearFaults();
    await s.sandbox.control.settings({ matchingMs: 0 });
    // An hour after the last look at most, and a moment.
    await tend('2026-05-03T21:10:00Z');
    expect((await all())[0]).toMatchObject({ state: 'ready', fault: null });
    await dropNewest('2026-05-03T21:11:00Z');
  });

  it.each([432, 433])('that Facebook could not build (%i) has failed, with what Facebook says of it', async (code) => {
    await s.sandbox.control.settings({ matchingMs: 3_600_000 });
    await ask('IT', 1, '2026-05-03T21:30:00Z');
    await tend('2026-05-03T21:30:01Z');
    await s.sandbox.control.changeAudience((await all())[0]?.facebookId ?? '', { forcedStatus: code });
    await tend('2026-05-03T21:31:10Z');
    expect((await all())[0]).toMatchObject({ state: 'failed', fault: 'The lookalike audience could not be built.', nextAt: null });
    await s.sandbox.control.settings({ matchingMs: 0 });
    await dropNewest('2026-05-03T21:32:00Z');
  });

  it('waits where the connection is withdrawn, its deletion too, and goes on when somebody has connected again', async () => {
    await ask('ES', 1, '2026-05-03T21:40:00Z');
    await tend('2026-05-03T21:40:01Z');
    await deauthorizePerson(s.db, '1', new Date());
    await tend('2026-05-03T21:42:00Z');
    const withdrawn = expect.stringMatching(/connection to Facebook was withdrawn/);
    expect((await all())[0]).toMatchObject({ state: 'made', fault: withdrawn });
    await connect();
    await tend('2026-05-03T21:50:00Z');
    expect((await all())[0]).toMatchObject({ state: 'ready', fault: null });
    await deauthorizePerson(s.db, '1', new Date());
    const before = (await all()).length;
    await dropNewest('2026-05-03T21:51:00Z');
    expect((await all())[0]).toMatchObject({ state: 'deleting', fault: withdrawn });
    await connect();
    await tend('2026-05-03T21:59:00Z');
    expect(await all()).toHaveLength(before - 1);
  });

  it('is deleted at Facebook, too; one that is gone there already says so first', async () => {
    const [german, brazilian, indian] = await all();
    await s.sandbox.control.deleteAudience(german?.facebookId ?? '');
    await tend('2026-05-04T22:30:00Z');
    expect((await all())[0]).toMatchObject({ state: 'failed', fault: 'It was deleted at Facebook.', nextAt: null });
    for (const each of [german, brazilian, indian]) await drop(each?.id ?? 0, '2026-05-04T23:00:00Z');
    await tend('2026-05-04T23:00:01Z');
    expect(await all()).toEqual([]);
    expect(await atFacebook()).toEqual([]);
    await expect(drop(indian?.id ?? 0, '2026-05-04T23:00:00Z')).rejects.toMatchObject({ code: 'not_found' });
  });
});

it('needs a seed of a hundred at Facebook', () => {
  expect(lookalikeObstacle(null)).toMatch(/first run/);
  expect(lookalikeObstacle({ facebookId: '1', members: 99 })).toMatch(/at least 100 people.*has 99/);
  expect(lookalikeObstacle({ facebookId: '1', members: 100 })).toBeNull();
});
