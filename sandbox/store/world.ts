import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Journal, type Table } from './journal';
import type { MemberSet } from './member-set';
import { MemberStore } from './member-store';
import type {
  AdAccount,
  AdSet,
  App,
  Audience,
  Business,
  Campaign,
  Fault,
  Grant,
  LoginCode,
  Person,
  Settings,
  TermsAcceptance,
  Token,
  UploadSession,
} from './records';
import { RequestLog } from './request-log';

interface Counter {
  id: string;
  value: number;
}

const defaults: Omit<Settings, 'anchorReal' | 'anchorSimulated'> = {
  id: 'settings',
  speed: 1,
  matchingMs: 20_000,
  matchRate: 0.8,
  removalFloor: 0,
  refuseEmptyDigest: true,
  strictSequence: false,
  omitExpiresIn: false,
  endedVersions: 'upgrade',
  heavyPage: 500,
  maxNameLength: 255,
  maxAudiences: 500,
  tier: 'full',
  limitScale: 1,
  latencyMs: 0,
};

/** Everything the simulated Facebook knows, on disk under one folder. */
export class World {
  readonly apps: Table<App>;
  readonly people: Table<Person>;
  readonly businesses: Table<Business>;
  readonly grants: Table<Grant>;
  readonly tokens: Table<Token>;
  readonly codes: Table<LoginCode>;
  readonly accounts: Table<AdAccount>;
  readonly terms: Table<TermsAcceptance>;
  readonly campaigns: Table<Campaign>;
  readonly adSets: Table<AdSet>;
  readonly audiences: Table<Audience>;
  readonly sessions: Table<UploadSession>;
  readonly faults: Table<Fault>;
  readonly members: MemberStore;
  readonly log: RequestLog;
  private readonly settingsTable: Table<Settings>;
  private readonly counters: Table<Counter>;
  private readonly journal: Journal;

  constructor(dir: string) {
    mkdirSync(dir, { recursive: true });
    this.journal = new Journal(join(dir, 'records.jsonl'));
    this.members = new MemberStore(join(dir, 'members'));
    this.log = new RequestLog(join(dir, 'requests.jsonl'));
    this.apps = this.journal.table('apps');
    this.people = this.journal.table('people');
    this.businesses = this.journal.table('businesses');
    this.grants = this.journal.table('grants');
    this.tokens = this.journal.table('tokens');
    this.codes = this.journal.table('codes');
    this.accounts = this.journal.table('accounts');
    this.terms = this.journal.table('terms');
    this.campaigns = this.journal.table('campaigns');
    this.adSets = this.journal.table('adSets');
    this.audiences = this.journal.table('audiences');
    this.sessions = this.journal.table('sessions');
    this.faults = this.journal.table('faults');
    this.settingsTable = this.journal.table('settings');
    this.counters = this.journal.table('counters');
  }

  get isEmpty(): boolean {
    return this.apps.all().length === 0;
  }

  get settings(): Settings {
    return (
      this.settingsTable.get('settings') ?? {
        ...defaults,
        anchorReal: 0,
        anchorSimulated: 0,
      }
    );
  }

  changeSettings(change: Partial<Settings>): Settings {
    return this.settingsTable.put({
      ...this.settings,
      ...change,
      id: 'settings',
    });
  }

  /** The simulated clock, in milliseconds. */
  now(): number {
    const { anchorReal, anchorSimulated, speed } = this.settings;
    return Math.floor(anchorSimulated + (Date.now() - anchorReal) * speed);
  }

  /** Sets the simulated clock to an instant, or the rate at which it runs. */
  setClock(change: { now?: number; speed?: number }): void {
    const now = change.now ?? this.now();
    this.changeSettings({
      anchorReal: Date.now(),
      anchorSimulated: now,
      speed: change.speed ?? this.settings.speed,
    });
  }

  /** Counts from 1, per name, for good. */
  next(name: string): number {
    const value = (this.counters.get(name)?.value ?? 0) + 1;
    this.counters.put({ id: name, value });
    return value;
  }

  /** An object id as Facebook's look: 18 digits, the same ones in the same order after every reset. */
  newId(): { id: string; seq: number } {
    const seq = this.next('objects');
    return {
      id: String(120_210_000_000_000_000n + BigInt(seq) * 10_007n + BigInt((seq * 7_919) % 9_973)),
      seq,
    };
  }

  membersOf(audience: Audience): MemberSet {
    return this.members.of(audience.id, audience.generation);
  }

  /** Forgets everything; the caller seeds anew. */
  clear(): void {
    this.journal.clear();
    this.members.clear();
    this.log.clear();
  }

  close(): void {
    this.members.close();
    this.journal.close();
  }
}
