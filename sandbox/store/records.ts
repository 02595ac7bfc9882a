/** What the simulated Facebook remembers, apart from the members of audiences. Instants are milliseconds of the simulated clock. */

export interface App {
  id: string;
  name: string;
  secret: string;
  /** Exact redirect addresses; null: any address on this machine. */
  redirects: string[] | null;
  requireProof: boolean;
}

export interface Person {
  id: string;
  name: string;
  email: string | null;
  /** A system user belongs to a business and cannot use the login dialog. */
  systemUserOf: string | null;
}

export interface Business {
  id: string;
  name: string;
}

/** What a person said to an app; id is `app:person`. */
export interface Grant {
  id: string;
  appId: string;
  personId: string;
  granted: string[];
  declined: string[];
}

export interface Token {
  id: string;
  /** null: inspected by any app (the system-user token that can be pasted anywhere). */
  appId: string | null;
  personId: string;
  scopes: string[];
  issuedAt: number;
  /** 0: never. */
  expiresAt: number;
  /** Why it no longer works: the subcode of error 190, or null. */
  dead: number | null;
}

export interface LoginCode {
  id: string;
  appId: string;
  redirectUri: string;
  personId: string;
  scopes: string[];
  issuedAt: number;
  used: boolean;
}

export interface AdAccount {
  /** Digits, without `act_`. */
  id: string;
  seq: number;
  name: string;
  status: number;
  disableReason: number;
  currency: string;
  zone: { id: number; name: string; offsetHours: number };
  businessId: string | null;
  ownerId: string;
  /** Person to tasks; a person not named has no access. */
  roles: Record<string, string[]>;
  /** Whether the terms of value-based audiences are accepted; absent in worlds made before there were any: they are. */
  valueTerms?: boolean;
  createdAt: number;
}

/** One acceptance of the Custom Audience terms; id is `person:business`. */
export interface TermsAcceptance {
  id: string;
  personId: string;
  businessId: string;
  at: number;
}

export interface Campaign {
  id: string;
  seq: number;
  accountId: string;
  name: string;
  objective: string;
  status: 'ACTIVE' | 'PAUSED' | 'DELETED' | 'ARCHIVED';
  specialAdCategories: string[];
}

export type Targeting = Record<string, unknown>;

export interface AdSet {
  id: string;
  seq: number;
  accountId: string;
  campaignId: string;
  name: string;
  status: 'ACTIVE' | 'PAUSED' | 'DELETED' | 'ARCHIVED';
  targeting: Targeting;
  optimizationGoal: string;
  dailyBudget: string;
  startAt: number;
  updatedAt: number;
  /** When learning was last started anew, and why; null while settled. */
  learningResetAt: number | null;
  learningResetBy: 'targeting' | 'members' | null;
}

export interface ReplaceRun {
  sessionId: string;
  startedAt: number;
  schema: string;
  seqs: number[];
  received: number;
}

export interface Audience {
  id: string;
  seq: number;
  accountId: string;
  name: string;
  description: string;
  subtype: string;
  customerFileSource: string;
  valueBased: boolean;
  retentionDays: number;
  /** Every other accepted creation parameter that reads back as it was written. */
  extra: Record<string, unknown>;
  createdAt: number;
  updatedAt: number;
  contentUpdatedAt: number | null;
  deletedAt: number | null;
  /** Set while Facebook has announced to delete it for lack of use. */
  expiresAt: number | null;
  /** FILE_IMPORTED sub type, fixed by the first upload. */
  dataSource: string | null;
  /** Matched people as last made known; the true figure follows after the matching time. */
  knownMatched: number;
  lastInvalidShare: number;
  flagged: string[];
  /** Names the file of members; a finished replace moves to the next one. */
  generation: number;
  replace: ReplaceRun | null;
  replaceFailed: boolean;
  /** Overrides the computed status for tests; null otherwise. */
  forcedStatus: number | null;
  /** Of subtype LOOKALIKE. */
  lookalike?: Lookalike;
}

/** ratio: 0.01–0.20 of the country. */
export interface Lookalike {
  originId: string;
  country: string;
  ratio: number;
  type: string;
}

export interface UploadSession {
  /** `account:session`. */
  id: string;
  sessionId: string;
  accountId: string;
  audienceId: string;
  edge: 'users' | 'usersreplace';
  schema: string;
  seqs: number[];
  received: number;
  invalid: number;
  startedAt: number;
  lastAt: number;
  endedAt: number | null;
}

export type FaultKind =
  | 'error'
  | 'html500'
  | 'html502'
  | 'empty'
  | 'null-body'
  | 'reset-before'
  | 'reset-after'
  | 'slow'
  | 'timeout'
  | 'timeout-after'
  | 'truncated'
  | 'usage';

export interface Fault {
  id: string;
  kind: FaultKind;
  /** HTTP method, or null for any. A DELETE sent as POST with method=DELETE counts as DELETE. */
  method: string | null;
  /** Regular expression over the path without version, such as `/users$`. */
  route: string;
  /** What the body must hold; null for any. */
  contains: string | null;
  /** The first matching call that is hit, from 1. */
  nth: number;
  /** How many calls are hit; 0: all from then on. */
  times: number;
  /** Matching calls so far. */
  seen: number;
  ms: number;
  status: number | null;
  code: number | null;
  subcode: number | null;
  message: string | null;
  transient: boolean | null;
  /** Headers put on the answer, whatever the kind. */
  headers: Record<string, string>;
}

export interface Settings {
  id: 'settings';
  anchorReal: number;
  anchorSimulated: number;
  /** Simulated milliseconds per real millisecond. */
  speed: number;
  /** How long Facebook takes to match an upload and to tell the size. */
  matchingMs: number;
  /** Share of rows that belong to somebody on Facebook. */
  matchRate: number;
  /** Refuse removals that leave fewer matched people than this; 0: off. */
  removalFloor: number;
  /** Count the digest of the empty string as invalid. */
  refuseEmptyDigest: boolean;
  /** Refuse a gap in batch_seq. */
  strictSequence: boolean;
  omitExpiresIn: boolean;
  /** Calls to a Marketing version that ended (v24.0): served with a warning, or refused with 2635. */
  endedVersions: 'upgrade' | 'fail';
  heavyPage: number;
  maxNameLength: number;
  maxAudiences: number;
  tier: 'full' | 'limited';
  /** Multiplies every budget. */
  limitScale: number;
  /** Added to every answer of the Graph API, for rehearsing a slow Facebook. */
  latencyMs: number;
}
