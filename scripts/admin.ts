/** `npm run admin -- …`: what the person who holds the database may do without a browser. Answers are JSON on standard output. */
import { parseArgs } from 'node:util';
import { type Database, openDatabase } from '@/db/client';
import { createKey, listKeys, revokeKey } from '@/db/keys';
import { migrate } from '@/db/migrate';
import type { Role } from '@/db/schema';
import { createWorkspace, workspaceInput } from '@/db/workspaces';
import { allWorkspaceIds, type WorkspaceId } from '@/lib/auth';
import { syncWorld } from '@/lib/engine';
import { parseEnv } from '@/lib/env';
import { AppError } from '@/lib/errors';
import { tick } from '@/lib/sync/tick';
import { upkeep } from '@/lib/upkeep';
import { loadDotEnv, localSecrets, openLocalDatabase, runningApp } from './local-settings';

const usage = `npm run admin -- workspace create --name NAME --zone ZONE [--country IN]
npm run admin -- workspace list
npm run admin -- key create --workspace ID --kind write|api [--name NAME] [--role owner|marketer|approver|viewer]
npm run admin -- key list --workspace ID
npm run admin -- key revoke --workspace ID --key KEY_ID
npm run admin -- tick [--at ISO_INSTANT]
`;

const options = {
  name: { type: 'string' },
  zone: { type: 'string' },
  country: { type: 'string' },
  'default-country': { type: 'string' },
  workspace: { type: 'string' },
  kind: { type: 'string' },
  role: { type: 'string' },
  key: { type: 'string' },
  at: { type: 'string' },
} as const;

const { values, positionals } = parseArgs({ allowPositionals: true, options });

type Options = typeof values;

await run(positionals.join(' ')).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});

async function run(command: string): Promise<void> {
  const commands: Record<string, (db: Database, url: string) => Promise<unknown>> = {
    'workspace create': (db) => create(db, values),
    'workspace list': (db) => allWorkspaceIds(db),
    'key create': (db) => newKey(db, values),
    'key list': async (db) => listKeys(db, await workspaceOf(db, values)),
    'key revoke': async (db) => revokeKey(db, await workspaceOf(db, values), needed('key'), new Date()).then(() => ({ revoked: true })),
    tick: (db, url) => tickOnce(db, url, values),
  };
  const chosen = commands[command];
  if (!chosen) throw new Error(usage);
  loadDotEnv();
  const { url, cluster } = await openLocalDatabase();
  await migrate(url);
  const db = openDatabase(url, 4);
  try {
    process.stdout.write(`${JSON.stringify(await chosen(db, url), null, 2)}\n`);
  } finally {
    await db.close();
    if (cluster?.started) await cluster.stop();
  }
}

async function create(db: Database, { name, zone, country, 'default-country': defaultCountry }: Options): Promise<unknown> {
  const parsed = workspaceInput.safeParse({ name, zone, defaultCountry: country ?? defaultCountry ?? null });
  if (!parsed.success)
    throw new Error(`${parsed.error.issues.map((issue) => `--${issue.path.join('.')}: ${issue.message}`).join('\n')}\n\n${usage}`);
  return createWorkspace(db, parsed.data, new Date());
}

async function newKey(db: Database, { kind, name, role }: Options): Promise<unknown> {
  if (kind !== 'write' && kind !== 'api') throw new Error(`--kind is write or api\n\n${usage}`);
  const roles: string[] = ['owner', 'marketer', 'approver', 'viewer'] satisfies Role[];
  if (role !== undefined && !roles.includes(role)) throw new Error(`--role is one of ${roles.join(', ')}`);
  const workspaceId = await workspaceOf(db, values);
  const key = { kind, name: name ?? `${kind} key`, role: (role as Role | undefined) ?? 'marketer' } as const;
  return { key: await createKey(db.orm, workspaceId, key, new Date()) };
}

/** The named workspace, or the only one. */
async function workspaceOf(db: Database, { workspace }: Options): Promise<WorkspaceId> {
  const all = await allWorkspaceIds(db);
  const found = workspace === undefined ? (all.length === 1 ? all[0] : undefined) : all.find((id) => id === Number(workspace));
  if (found === undefined) throw new AppError('not_found', `Name one with --workspace: ${all.join(', ') || 'there are none yet'}`);
  return found;
}

/** A tick at that instant: its clock starts there and runs at the usual pace. */
async function tickOnce(db: Database, url: string, { at }: Options): Promise<unknown> {
  const start = at === undefined ? new Date() : new Date(at);
  if (Number.isNaN(start.getTime())) throw new Error('--at is an instant such as 2026-12-01T09:00:00Z');
  const began = performance.now();
  const clock = () => new Date(start.getTime() + (performance.now() - began));
  const env = parseEnv({ ...process.env, ...(await localSecrets()), ...sandboxOfRunningApp(), DATABASE_URL: url });
  const counts = await tick(syncWorld(db, env, clock), env.syncBudgetSeconds * 1000);
  return { ...counts, ...(await upkeep(db, clock, env.syncBudgetSeconds * 1000 - (performance.now() - began))) };
}

/** Without a Facebook app of one's own, the sandbox that `npm start` runs. */
function sandboxOfRunningApp(): Record<string, string> {
  if (process.env.FACEBOOK_APP_ID) return {};
  const sandboxUrl = runningApp()?.sandboxUrl ?? 'http://127.0.0.1:4400';
  return {
    BECKON_SANDBOX_URL: sandboxUrl,
    FACEBOOK_APP_ID: 'sandbox-app',
    FACEBOOK_APP_SECRET: 'sandbox-app-secret',
    FACEBOOK_GRAPH_URL: sandboxUrl,
    FACEBOOK_DIALOG_URL: sandboxUrl,
  };
}

function needed(name: 'key'): string {
  const value = values[name];
  if (value === undefined) throw new Error(`--${name} is missing\n\n${usage}`);
  return value;
}
