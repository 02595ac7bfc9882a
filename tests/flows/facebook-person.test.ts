import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { raiseAlert } from '@/db/alerts';
import { pauseCampaign } from '@/db/campaign-states';
import { campaignDetail } from '@/db/campaigns';
import { connectionToken, listConnections, saveConnection } from '@/db/connections';
import { deauthorizePerson } from '@/db/facebook-person';
import { claimRun, queueDueRun } from '@/db/run-queue';
import { runsOfCampaign } from '@/db/runs';
import { alerts, campaigns, connections, users } from '@/db/schema';
import { admitPerson } from '@/db/users';
import { campaignsBlocked } from '@/lib/alerts/alert';
import { watchAlerts } from '@/lib/alerts/watch';
import { parseEncryptionKeys } from '@/lib/crypto';
import { contextOf } from '@/lib/sync/advance-run';
import { noCounts, workOn } from '@/lib/sync/tick';
import { type App, startApp } from '@/tests/support/app';
import { sandboxPeople } from '@/tests/support/sandbox';
import { emailOf, type Story, story } from '@/tests/support/story';

/** Facebook tells the real app, over HTTP and signed, that somebody removed it or wants to be forgotten. */

let s: Story;
let app: App;
beforeAll(async () => {
  s = await story();
  app = await startApp(s.variables);
});
afterAll(async () => {
  await app?.stop();
  await s?.sandbox.stop();
});

const keys = () => parseEncryptionKeys(s.variables.ENCRYPTION_KEYS ?? '');
const definition = { property: 'plan', op: 'is', value: 'gold' } as never;

/** As the person does it at Facebook: the app they removed is told. */
const told = (kind: 'deauthorize' | 'deletion', personId: string, issuedAt?: number) =>
  s.sandbox.control.callback({
    kind,
    personId,
    url: `${app.origin}/api/facebook/${kind === 'deletion' ? 'data-deletion' : kind}`,
    ...(issuedAt === undefined ? {} : { issuedAt }),
  });

async function connect(personId: string, name: string, at: Date): Promise<string> {
  const token = await s.sandbox.control.token({ personId });
  const facts = { kind: 'user' as const, facebookUserId: personId, name, scopes: ['ads_management'], expiresAt: null };
  return saveConnection(s.db, s.workspaceId, { ...facts, token }, { userId: null, keys: keys() }, at);
}

const connection = async (id: string) => (await listConnections(s.db, s.workspaceId)).find((one) => one.id === id);
const detail = (id: string) => campaignDetail(s.db, s.workspaceId, id);

describe('somebody removes the app at Facebook', () => {
  it('while a run is between two steps: the connection says why', async () => {
    const began = new Date();
    await s.send([{ type: 'identify', userId: 'tom', traits: { email: emailOf('tom'), plan: 'tin' } }], began.toISOString());
    const connectionId = await connect(sandboxPeople.tom, 'Tom Reed', began);
    const tin = { property: 'plan', op: 'is', value: 'tin' } as never;
    const id = await s.campaign({ definition: tin, connectionId, audience: { new: { name: 'Between' } } }, began.toISOString());
    const world = s.engine(new Date().toISOString());
    await queueDueRun(s.db, id, world.clock());
    const run = await claimRun(s.db, world.lease, world.clock());
    if (!run) throw new Error('the run is there to be claimed');
    let steps = 0;
    await workOn(
      world,
      run,
      noCounts(),
      () => true,
      async (...asked) => {
        if (++steps === 2) await deauthorizePerson(s.db, sandboxPeople.tom, new Date());
        return contextOf(...asked);
      },
    );
    expect((await connection(connectionId))?.brokenReason).toBe('Tom Reed removed this app at Facebook.');
  });

  it('their token is dropped, their campaigns wait with the one thing to do, and go on when they connect again', async () => {
    const began = new Date();
    await s.send([{ type: 'identify', userId: 'ann', traits: { email: emailOf('ann'), plan: 'gold' } }], began.toISOString());
    const connectionId = await connect(sandboxPeople.maya, 'Maya Rivera', began);
    const schedule = { kind: 'every' as const, every: { days: 1 }, time: '09:00', zone: 'UTC', start: '2020-01-01' };
    const plan = { definition, connectionId, schedule, audience: { new: { name: 'Removed' } } };
    const id = await s.campaign(plan, began.toISOString());
    const { id: other } = await otherCampaign(began);

    expect((await told('deauthorize', sandboxPeople.maya)).status).toBe(200);
    const message = 'Maya Rivera removed this app at Facebook.';
    expect((await connection(connectionId))?.brokenReason).toBe(message);
    await expect(connectionToken(s.db, s.workspaceId, connectionId, keys())).rejects.toMatchObject({ code: 'not_found' });
    expect(await detail(id)).toMatchObject({ state: 'blocked', blocker: { action: 'reconnect', message } });
    expect((await detail(other)).state).not.toBe('blocked');

    const due = new Date((await detail(id)).nextAt?.getTime() ?? 0).toISOString();
    await s.tick(due);
    expect((await detail(id)).state).toBe('blocked');
    expect(await runsOfCampaign(s.db, s.workspaceId, id)).toMatchObject([{ state: 'queued' }]);

    await connect(sandboxPeople.maya, 'Maya Rivera', new Date());
    await s.tick(due);
    expect(await detail(id)).toMatchObject({ state: 'awaiting_next', blocker: null });
    expect(await s.held('Removed')).toHaveLength(1);
  });

  it('a campaign without a run in hand goes back to waiting when they connect again', async () => {
    const connectionId = await connect(sandboxPeople.tom, 'Tom Okafor', new Date());
    const schedule = { kind: 'every' as const, every: { days: 1 }, time: '09:00', zone: 'UTC', start: '2020-01-01' };
    const id = await s.campaign({ definition, connectionId, schedule, audience: { new: { name: 'Quiet' } } }, new Date().toISOString());
    await told('deauthorize', sandboxPeople.tom);
    expect((await detail(id)).state).toBe('blocked');
    await connect(sandboxPeople.tom, 'Tom Okafor', new Date());
    expect(await detail(id)).toMatchObject({ state: 'awaiting_next', blocker: null });
  });

  it('an old request that comes again breaks no connection made since, and may come twice', async () => {
    const before = new Date(Date.now() - 3_600_000);
    const id = await connect(sandboxPeople.lin, 'Lin Chen', new Date());
    expect((await told('deauthorize', sandboxPeople.lin, before.getTime())).status).toBe(200);
    expect((await connection(id))?.brokenReason).toBeNull();
    for (let i = 0; i < 2; i++) await told('deauthorize', sandboxPeople.lin);
    expect((await connection(id))?.brokenReason).toBe('Lin Chen removed this app at Facebook.');
    expect(await deauthorizePerson(s.db, '999', new Date())).toBe(0);
  });

  it('nobody but Facebook can say so', async () => {
    const post = (body: string) =>
      fetch(`${app.origin}/api/facebook/deauthorize`, {
        method: 'POST',
        body,
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
      });
    const payload = Buffer.from(JSON.stringify({ user_id: sandboxPeople.maya, algorithm: 'HMAC-SHA256', issued_at: 1 })).toString(
      'base64url',
    );
    for (const body of ['', 'signed_request=', 'signed_request=a.b', `signed_request=AAAA.${payload}`]) {
      const response = await post(body);
      expect([response.status, ((await response.json()) as { error: { code: string } }).error.code]).toEqual([401, 'unauthenticated']);
    }
    expect((await post(`signed_request=${'a'.repeat(30_000)}`)).status).toBe(413);
  });
});

const otherCampaign = async (at: Date) => {
  const [robot] = (await listConnections(s.db, s.workspaceId)).filter((one) => one.name === 'Robot');
  const schedule = { kind: 'at' as const, at: '2099-01-01T09:00', zone: 'UTC' };
  return {
    id: await s.campaign({ definition, connectionId: robot?.id, schedule, audience: { new: { name: 'Other' } } }, at.toISOString()),
  };
};

describe('somebody asks to be forgotten', () => {
  it('is answered with a code and a public page, and nothing that Facebook told of them is left', async () => {
    const person = { facebookId: sandboxPeople.sam, name: 'Sam Vale', email: 'sam@example.com', image: 'https://example.com/sam.jpg' };
    await admitPerson(s.db, person, new Date());
    const connectionId = await connect(sandboxPeople.sam, 'Sam Vale', new Date());
    const schedule = { kind: 'at' as const, at: '2099-01-01T09:00', zone: 'UTC' };
    const paused = await s.campaign(
      { definition, connectionId, schedule, audience: { new: { name: 'Paused' } } },
      new Date().toISOString(),
    );
    // What was told of them: that their token ends, and that they removed the app.
    await s.db.orm
      .update(connections)
      .set({ expiresAt: new Date(Date.now() + 86_400_000) })
      .where(eq(connections.id, connectionId));
    await watchAlerts(s.db, new Date());
    await told('deauthorize', sandboxPeople.sam);
    await watchAlerts(s.db, new Date());
    const message = 'Sam Vale removed this app at Facebook.';
    const blocked = campaignsBlocked(`campaign:${paused}`, [{ id: paused, name: 'Campaign', message }]);
    await raiseAlert(s.db, s.workspaceId, blocked, new Date());
    await pauseCampaign(s.db, s.workspaceId, paused, new Date());
    const wordsOf = async () => JSON.stringify([await s.db.orm.select().from(alerts), await s.db.orm.select().from(campaigns)]);
    expect((await wordsOf()).match(/Sam Vale/g)).toHaveLength(5);
    const answer = await told('deletion', sandboxPeople.sam);
    expect(answer.status).toBe(200);
    const { url, confirmation_code: code } = JSON.parse(answer.body) as { url: string; confirmation_code: string };
    expect(url).toBe(`${app.origin}/data-deletion/${code}`);

    const page = await (await fetch(url)).text();
    expect(page).toContain('Your data was deleted');
    expect(page).toContain(code);
    const left = JSON.stringify([await s.db.orm.select().from(users), await connection(connectionId)]);
    for (const trace of ['Sam', 'sam@', 'sam.jpg', sandboxPeople.sam]) expect(left).not.toContain(trace);
    expect(page).not.toContain('Sam');
    expect(await wordsOf()).not.toContain('Sam Vale');
    expect(await detail(paused)).toMatchObject({ state: 'paused', blocker: { message: 'The person asked Facebook to be forgotten.' } });
    expect((await connection(connectionId))?.brokenReason).toBe('The person asked Facebook to be forgotten.');
    expect((await fetch(`${app.origin}/data-deletion/nothing`)).status).toBe(404);
  });

  it('does not open the installation to the next stranger, and is told when there was nothing', async () => {
    expect(await admitPerson(s.db, { facebookId: '77', name: 'Stranger', email: null, image: null }, new Date())).toBeNull();
    const { url } = JSON.parse((await told('deletion', sandboxPeople.sam)).body) as { url: string };
    expect(await (await fetch(url)).text()).toContain('there was nothing to delete');
  });
});
