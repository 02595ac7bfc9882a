import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import path from 'node:path';
import { createDraft, scheduleCampaign } from '@/db/campaigns';
import type { Database } from '@/db/client';
import { saveConnection } from '@/db/connections';
import { storeRecords } from '@/db/events';
import { memberIds } from '@/db/segments';
import { workspaceById } from '@/db/workspaces';
import type { WorkspaceId } from '@/lib/auth';
import type { CampaignDraft } from '@/lib/campaign/plan';
import { parseEncryptionKeys } from '@/lib/crypto';
import { syncWorld } from '@/lib/engine';
import { parseEnv } from '@/lib/env';
import { translate } from '@/lib/intake/segment-spec';
import { type Definition, parseDefinition } from '@/lib/segment/definition';
import type { SyncWorld } from '@/lib/sync/advance-run';
import { tick } from '@/lib/sync/tick';
import { testDatabase, testWorkspace } from './database';
import { type Sandbox, sandboxAccounts, sandboxApp, startSandbox, systemUserToken } from './sandbox';

/** A story: dated facts — events, ticks, faults — then what the audience at the sandbox holds. */
export type Story = {
  db: Database;
  workspaceId: WorkspaceId;
  sandbox: Sandbox;
  variables: Record<string, string>;
  /** Segment calls, as a client would send them. */
  send(calls: Record<string, unknown>[], at: string): Promise<void>;
  campaign(plan: Partial<CampaignDraft>, at: string): Promise<string>;
  tick(at: string): ReturnType<typeof tick>;
  /** An engine of its own, to take single steps with. Its clock starts at that instant and runs at the usual pace. */
  engine(at: string): SyncWorld;
  /** The engine as a process of its own, which can be killed. */
  tickProcess(at: string): { kill(): Promise<void>; ended: Promise<number | null> };
  /** E-mail digests of the segment's members who have one, sorted. */
  expected(definition: unknown, at: string): Promise<string[]>;
  /** What the audience of that name holds, sorted. */
  held(name?: string): Promise<string[]>;
};

const root = path.resolve(import.meta.dirname, '..', '..');

/** The e-mail everybody in a story has: by their id. */
export const emailOf = (userId: string) => `${userId}@example.com`;
export const digestOfEmail = (email: string) => createHash('sha256').update(email).digest('hex');

/** @param on a database of one's own; else a clone of the template. */
export async function story(zone = 'Asia/Kolkata', on?: { db: Database; url: string }): Promise<Story> {
  const { db, url } = on ?? (await testDatabase());
  const sandbox = await startSandbox();
  await sandbox.control.settings({ matchingMs: 0 });
  // As an app that demands appsecret_proof: a call without it is refused.
  await sandbox.control.registerApp({ id: sandboxApp.id, requireProof: true });
  const workspaceId = await testWorkspace(db, { zone });
  const variables = environment(url, sandbox.url);
  const env = parseEnv(variables);
  const connection = {
    kind: 'system' as const,
    facebookUserId: '1',
    name: 'Robot',
    token: systemUserToken,
    scopes: ['ads_management'],
    expiresAt: null,
  };
  await saveConnection(
    db,
    workspaceId,
    connection,
    { userId: null, keys: parseEncryptionKeys(variables.ENCRYPTION_KEYS ?? '') },
    new Date(),
  );
  const engine = (at: string) => {
    const began = performance.now();
    return syncWorld(db, env, () => new Date(Date.parse(at) + performance.now() - began));
  };
  return {
    db,
    workspaceId,
    sandbox,
    variables,
    send: async (calls, at) => send(db, workspaceId, calls, at),
    campaign: async (plan, at) => schedule(db, workspaceId, plan, new Date(at)),
    tick: (at) => tick(engine(at), 60_000),
    engine,
    tickProcess: (at) => spawnTick(variables, at),
    expected: (definition, at) => expected(db, workspaceId, parseDefinition(definition), new Date(at)),
    held: async (name = 'Audience') => {
      const audience = (await sandbox.control.audiences()).find((each) => each.name === name && !each.deleted);
      return audience ? sandbox.control.memberValues(audience.id, 'EMAIL') : [];
    },
  };
}

function environment(databaseUrl: string, sandboxUrl: string): Record<string, string> {
  return {
    DATABASE_URL: databaseUrl,
    NEXTAUTH_SECRET: 'a-secret-of-the-tests-that-is-long-enough',
    ENCRYPTION_KEYS: `test:${randomBytes(32).toString('base64')}`,
    BECKON_SANDBOX_URL: sandboxUrl,
    FACEBOOK_APP_ID: 'sandbox-app',
    FACEBOOK_APP_SECRET: 'sandbox-app-secret',
    FACEBOOK_GRAPH_URL: sandboxUrl,
    FACEBOOK_DIALOG_URL: sandboxUrl,
  };
}

async function send(db: Database, workspaceId: WorkspaceId, calls: Record<string, unknown>[], at: string): Promise<void> {
  const workspace = await workspaceById(db, workspaceId);
  const batch = calls.map((call, i) => ({ messageId: `${at}-${i}-${randomBytes(6).toString('hex')}`, timestamp: at, ...call }));
  for (let i = 0; i < batch.length; i += 500) {
    const body = { batch: batch.slice(i, i + 500) } as Parameters<typeof translate>[1];
    const { records, rejected } = translate('batch', body, 0, { ...workspace, receivedAt: new Date(at) });
    if (rejected.length > 0) throw new Error(`the story's data was refused: ${rejected[0]?.reason}`);
    await storeRecords(db, workspace, records, new Date(at));
  }
}

async function schedule(db: Database, workspaceId: WorkspaceId, plan: Partial<CampaignDraft>, now: Date): Promise<string> {
  const draft: CampaignDraft = {
    name: 'Campaign',
    schedule: { kind: 'now' },
    adAccountId: sandboxAccounts.main,
    audience: { new: { name: 'Audience' } },
    mode: 'mirror',
    adSets: [],
    ...plan,
  };
  const { id } = await createDraft(db, workspaceId, draft, null, now);
  await scheduleCampaign(db, workspaceId, id, now, null);
  return id;
}

function spawnTick(variables: Record<string, string>, at: string) {
  const child = spawn(process.execPath, ['--import', 'tsx', 'scripts/admin.ts', 'tick', '--at', at], {
    cwd: root,
    env: { ...process.env, ...variables },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const ended = once(child, 'exit').then(([code]) => code as number | null);
  return {
    ended,
    kill: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

async function expected(db: Database, workspaceId: WorkspaceId, definition: Definition, at: Date): Promise<string[]> {
  const digests: string[] = [];
  for await (const member of memberIds(db, workspaceId, definition, at))
    if ('userId' in member) digests.push(digestOfEmail(emailOf(member.userId)));
  return digests.sort();
}
