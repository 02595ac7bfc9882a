import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { openDatabase } from '@/db/client';
import { migrate } from '@/db/migrate';
import { type Cluster, openCluster } from '@/scripts/local-postgres';
import { type Story, story } from '@/tests/support/story';
import { calls, onTheWire, type Step } from './steps';
import { type FacebookWire, facebookWire, type Interference, type Moment, postgresWire } from './wires';

const root = path.resolve(import.meta.dirname, '..', '..');

export type Engine = { kill(): Promise<void>; ended: Promise<number | null> };

/** What is done when the engine comes to that moment of that step; what it returns happens to what is on the wire. */
export type Trap = {
  step: Step;
  moment: Moment /** The how-manieth time the engine comes by, from 1. */;
  nth?: number;
  act: () => Promise<Interference>;
};

/** An engine whose every word to Facebook and to Postgres can be held, changed and cut; a story beside it that sees all. */
export type Rig = {
  story: Story;
  /** What a server over the wires is started with. */
  variables: Record<string, string>;
  facebook: FacebookWire;
  engine(at: string): Promise<Engine>;
  /** When no engine is at anything any more: time that is only told must not pass an engine that works. */
  quiet(): Promise<void>;
  /** @returns whether it was sprung; asked when the engine has ended. */
  set(trap: Trap): () => boolean;
  /** Runs `act` when so many things have passed on the wires, in whatever step that is. */
  countdown(passes: number, act: () => Promise<void>): void;
  /** Things that have passed since the last countdown was set. */
  passed(): number;
  crashPostgres(): Promise<void>;
  close(): Promise<void>;
};

/** @param patienceMs how long the engine waits for an answer of Facebook's. */
export async function openRig(patienceMs = 1_500): Promise<Rig> {
  // Under the prefix of tests/support/cluster.ts, which sweeps what a killed run leaves behind.
  const dir = await mkdtemp(path.join(os.tmpdir(), 'beckon-test-pg-'));
  await chmod(dir, 0o755);
  await writeFile(path.join(dir, 'owner'), String(process.pid));
  const options = { dir: path.join(dir, 'cluster'), durable: false };
  let cluster = await openCluster(options);
  await migrate(cluster.url());
  await commitFirst(cluster.url());
  const port = () => cluster.port;
  const plainWire = await postgresWire(port, async () => null);
  const urlAt = (wirePort: number) => cluster.url().replace(/:\d+\//, `:${wirePort}/`);
  const db = openDatabase(urlAt(plainWire.port), 6);
  const s = await story('UTC', { db, url: urlAt(plainWire.port) });
  await s.sandbox.control.settings({ limitScale: 1_000_000, maxAudiences: 100_000 });

  const traps = new Traps();
  const facebook = await facebookWire(s.sandbox.url, traps.meet, traps.delivered);
  const watched = await postgresWire(port, traps.meet, traps.pass);
  const variables = { ...s.variables, DATABASE_URL: urlAt(watched.port), FACEBOOK_GRAPH_URL: `http://127.0.0.1:${facebook.port}` };
  const engines = new Engines({ ...variables, ENGINE_PATIENCE_MS: String(patienceMs) });
  return {
    story: s,
    variables,
    facebook,
    engine: (at) => engines.start(at),
    quiet: () => engines.quiet(),
    set: traps.set,
    countdown: traps.countdown,
    passed: traps.passed,
    crashPostgres: async () => {
      await crash(cluster);
      cluster = await openCluster(options);
    },
    close: async () => {
      await engines.close();
      await s.sandbox.stop();
      await Promise.all([facebook.close(), db.close().catch(() => {})]);
      await Promise.all([watched.close(), plainWire.close()]);
      await cluster.stop();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

/** Here it does crash: what it has said is committed must be so. */
async function commitFirst(url: string): Promise<void> {
  const db = openDatabase(url, 1);
  await db.sql`alter role all set synchronous_commit = on`;
  await db.close();
}

/** As if the machine had cut it off: sessions die in the middle of whatever they do, and the log is replayed at the next start. */
async function crash(cluster: Cluster): Promise<void> {
  const file = path.join(cluster.dir, 'pg18', 'postmaster.pid');
  process.kill(Number(readFileSync(file, 'utf8').split('\n')[0]), 'SIGQUIT');
  while (existsSync(file)) await delay(20);
}

class Traps {
  private trap: Trap | null = null;
  private seen = 0;
  private heard = new Set<string>();
  private left = Number.POSITIVE_INFINITY;
  private count = 0;
  private alarm: () => Promise<void> = async () => {};

  set = (asked: Trap): (() => boolean) => {
    const trap = { ...asked, step: onTheWire(asked.step) };
    this.trap = trap;
    this.seen = 0;
    this.heard.clear();
    return () => {
      const sprung = this.trap !== trap;
      if (!sprung) this.trap = null;
      return sprung;
    };
  };

  countdown = (passes: number, act: () => Promise<void>): void => {
    this.left = passes;
    this.count = 0;
    this.alarm = act;
  };

  passed = (): number => this.count;

  /** The transaction that follows upon an answer is that of its step. */
  delivered = (step: Step | 'other'): void => void this.heard.add(step);

  meet = async (step: Step | 'other', moment: Moment): Promise<Interference> => {
    await this.pass();
    const trap = this.trap;
    if (!trap || trap.moment !== moment) return null;
    const isCommit = moment === 'uncommitted' || moment === 'committed';
    const isHere = isCommit && calls.includes(trap.step) ? this.heard.has(trap.step) : step === trap.step;
    if (!isHere) return null;
    this.heard.delete(trap.step);
    this.seen++;
    if (this.seen < (trap.nth ?? 1)) return null;
    this.trap = null;
    return trap.act();
  };

  pass = async (): Promise<void> => {
    this.count++;
    this.left--;
    if (this.left === 0) await this.alarm();
  };
}

/** A few stand ready, for starting takes longer than most of what an engine does. */
const standingReady = 3;

class Engines {
  private readonly ready: ChildProcess[] = [];
  private readonly all = new Set<ChildProcess>();
  private readonly working = new Set<Promise<unknown>>();

  constructor(private readonly variables: Record<string, string>) {
    for (let i = 0; i < standingReady; i++) this.ready.push(this.spawn());
  }

  async start(at: string): Promise<Engine> {
    const child = this.ready.shift() ?? this.spawn();
    this.ready.push(this.spawn());
    const ended = once(child, 'exit').then(([code]) => code as number | null);
    this.working.add(ended);
    void ended.finally(() => this.working.delete(ended));
    child.stdin?.write(`${at}\n`);
    const kill = async () => {
      child.kill('SIGKILL');
      await ended;
    };
    return { kill, ended };
  }

  async quiet(): Promise<void> {
    await Promise.all(this.working);
  }

  private spawn(): ChildProcess {
    const env = { ...process.env, ...this.variables };
    const child = spawn(process.execPath, ['--import', 'tsx', path.join(import.meta.dirname, 'engine.ts')], {
      cwd: root,
      env,
      stdio: ['pipe', 'ignore', 'inherit'],
    });
    child.stdin.on('error', () => {});
    this.all.add(child);
    child.once('exit', () => this.all.delete(child));
    return child;
  }

  async close(): Promise<void> {
    for (const child of this.all) child.kill('SIGKILL');
  }
}
