/**
 * `npm run seed`: the demo shop. To the running app if there is one (or --to ORIGIN), else straight into the database.
 * Options: --if-empty (only a fresh installation, or a demo broken off), --profiles N, --events N, --seed N, --workspace ID.
 */
import { parseArgs } from 'node:util';
import { eq } from 'drizzle-orm';
import { builderCatalogue } from '@/db/builder-catalogue';
import { type Database, openDatabase } from '@/db/client';
import { createKey, listKeys, revokeKey } from '@/db/keys';
import { migrate } from '@/db/migrate';
import { workspaces } from '@/db/schema';
import { listSegments, saveSegment } from '@/db/segments';
import { createWorkspace, type Workspace, workspaceById } from '@/db/workspaces';
import { allWorkspaceIds } from '@/lib/auth';
import { definitionOf, isKnown, templates } from '@/lib/segment/templates';
import { seed } from './demo-shop';
import { postByDatabase, postByHttp } from './intake-post';
import { loadDotEnv, openLocalDatabase, runningApp } from './local-settings';

const { values } = parseArgs({
  options: {
    'if-empty': { type: 'boolean', default: false },
    to: { type: 'string' },
    profiles: { type: 'string', default: '20000' },
    events: { type: 'string', default: '500000' },
    seed: { type: 'string', default: '20260301' },
    workspace: { type: 'string' },
  },
});

const demoName = 'Demo shop';

function count(name: 'profiles' | 'events' | 'seed'): number {
  const value = Number(values[name]);
  if (!Number.isInteger(value) || value < 1) throw new Error(`--${name} must be a whole number above 0.`);
  return value;
}

async function main(): Promise<void> {
  loadDotEnv();
  const size = { profiles: count('profiles'), events: count('events'), seed: count('seed') };
  if (size.events < size.profiles) throw new Error('--events must be at least --profiles: everyone did something.');
  const { url, cluster } = await openLocalDatabase();
  await migrate(url);
  const db = openDatabase(url, 4);
  try {
    const workspace = await shopWorkspace(db, new Date());
    if (!workspace || (values['if-empty'] && (await isComplete(db, workspace, size.profiles)))) return;
    await fill(db, workspace, size);
  } finally {
    await db.close();
    if (cluster?.started) await cluster.stop();
  }
}

/** Null where there is an installation with workspaces of its own and only an empty one was to be filled. */
async function shopWorkspace(db: Database, now: Date): Promise<(Workspace & { createdAt: Date }) | null> {
  const ids = await allWorkspaceIds(db);
  const withDate = async (id: (typeof ids)[number]) => {
    const [row] = await db.orm.select({ createdAt: workspaces.createdAt }).from(workspaces).where(eq(workspaces.id, id));
    return { ...(await workspaceById(db, id)), createdAt: row?.createdAt ?? now };
  };
  if (values.workspace) {
    const id = ids.find((each) => each === Number(values.workspace));
    if (!id) throw new Error(`There is no workspace ${values.workspace}.`);
    return withDate(id);
  }
  for (const id of ids) {
    const workspace = await withDate(id);
    if (workspace.name === demoName) return workspace;
  }
  if (ids.length > 0 && values['if-empty']) return null;
  const { workspaceId } = await createWorkspace(db, { name: demoName, zone: 'Europe/Berlin', defaultCountry: 'DE' }, now);
  return withDate(workspaceId);
}

/** Nearly all: somebody may have been erased since, and that is no reason to make the shop again. */
async function isComplete(db: Database, workspace: Workspace, profiles: number): Promise<boolean> {
  const [row] = await db.sql<{ n: number }[]>`select count(*)::int as n from profiles where workspace_id = ${workspace.id}`;
  return (row?.n ?? 0) >= profiles * 0.99;
}

const keyName = 'Demo data';

const demoKey = (db: Database, workspace: Workspace) =>
  createKey(db.orm, workspace.id, { kind: 'write', name: keyName, role: 'marketer' }, new Date());

/** Keys that only this script used, those of a run that was broken off as well. */
async function revokeDemoKeys(db: Database, workspace: Workspace): Promise<void> {
  for (const key of await listKeys(db, workspace.id)) if (key.name === keyName) await revokeKey(db, workspace.id, key.id, new Date());
}

async function fill(
  db: Database,
  workspace: Workspace & { createdAt: Date },
  size: { profiles: number; events: number; seed: number },
): Promise<void> {
  const started = Date.now();
  const origin = values.to ?? runningApp()?.origin;
  const post = origin ? postByHttp(origin, await demoKey(db, workspace)) : postByDatabase(db, workspace);
  // A demo that was broken off is made again with the same instants, so that what is there already is recognised.
  const now = values['if-empty'] ? workspace.createdAt : new Date();
  let shown = -1;
  await seed(post, {
    ...size,
    now,
    onProgress: (sent, all) => {
      const percent = Math.floor((sent / all) * 100);
      if (percent === shown || (!process.stdout.isTTY && percent % 20 !== 0)) return;
      shown = percent;
      process.stdout.write(`${process.stdout.isTTY ? '\r' : ''}  Demo data: ${percent} %${process.stdout.isTTY ? '' : '\n'}`);
    },
  });
  await revokeDemoKeys(db, workspace);
  await saveTemplates(db, workspace);
  const seconds = Math.round((Date.now() - started) / 1000);
  const text = `Demo data: ${size.profiles.toLocaleString('en')} profiles, ${size.events.toLocaleString('en')} events in ${seconds} s.`;
  process.stdout.write(`${process.stdout.isTTY ? '\r' : ''}  ${text}\n`);
}

/** What a marketer would have saved by now; nothing where somebody has. */
async function saveTemplates(db: Database, workspace: Workspace): Promise<void> {
  if ((await listSegments(db, workspace.id)).length > 0) return;
  const catalogue = await builderCatalogue(db, workspace.id, workspace.zone);
  for (const template of templates.filter((each) => isKnown(each, catalogue))) {
    const { key, name } = template;
    await saveSegment(db, workspace.id, { key, name, definition: definitionOf(template, catalogue) }, null, new Date());
  }
}

await main().catch((error: unknown) => {
  process.stderr.write(`\n  ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
