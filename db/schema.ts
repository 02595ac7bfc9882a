import { sql } from 'drizzle-orm';
import {
  bigint,
  boolean,
  check,
  customType,
  date,
  doublePrecision,
  index,
  integer,
  jsonb,
  pgSequence,
  pgTable,
  primaryKey,
  smallint,
  text,
  timestamp,
  unique,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core';
import type { WorkspaceId } from '@/lib/auth';
import type { AdSetChoice, AudienceChoice, CampaignDraft, CampaignOptions } from '@/lib/campaign/plan';
import type { ListIdentifier } from '@/lib/intake/list-csv';
import type { LiveStep, Trigger } from '@/lib/live/trigger';
import type { Schedule } from '@/lib/schedule/schedule';
import type { Definition } from '@/lib/segment/definition';

/**
 * Rows that grow with the customers' users carry `workspace_id` and `profile_id`, and every unique key over them contains
 * `profile_id`, so that the same schema can be distributed by it (docs/scaling.md). They have no foreign keys for the same reason.
 */

const bytea = customType<{ data: Buffer }>({ dataType: () => 'bytea' });
const instant = (name: string) => timestamp(name, { withTimezone: true, mode: 'date' });
const workspaceId = () => integer('workspace_id').$type<WorkspaceId>().notNull();
const profileId = () => bigint('profile_id', { mode: 'bigint' }).notNull();

// ---------------------------------------------------------------------------------------------------------------- who may do what

export const workspaces = pgTable('workspaces', {
  id: integer('id').primaryKey().generatedAlwaysAsIdentity().$type<WorkspaceId>(),
  name: text('name').notNull(),
  /** IANA zone: local days of every window, default of new schedules. */
  zone: text('zone').notNull(),
  /** ISO 3166-1 alpha-2, upper case: for phone numbers that come without a country code. */
  defaultCountry: text('default_country'),
  /** Keys of saved segments whose members are never sent. */
  excludeSegments: text('exclude_segments').array().notNull().default([]),
  /** A profile that has it withdrawn (lib/campaign/consent.ts) is never sent, and is taken out of every audience; null where there is none. */
  consentProperty: text('consent_property'),
  createdAt: instant('created_at').notNull(),
});

export const users = pgTable('users', {
  id: uuid('id').primaryKey().defaultRandom(),
  facebookId: text('facebook_id').notNull().unique(),
  name: text('name').notNull(),
  email: text('email'),
  image: text('image'),
  /** Compared with the one in the session cookie; raising it signs the user out everywhere. */
  sessionVersion: integer('session_version').notNull().default(1),
  createdAt: instant('created_at').notNull(),
  signedInAt: instant('signed_in_at').notNull(),
});

export type Role = 'owner' | 'marketer' | 'approver' | 'viewer';

export const memberships = pgTable(
  'memberships',
  {
    workspaceId: workspaceId().references(() => workspaces.id),
    userId: uuid('user_id')
      .notNull()
      .references(() => users.id),
    role: text('role').$type<Role>().notNull(),
    createdAt: instant('created_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.workspaceId, t.userId] }), index('memberships_user').on(t.userId)],
);

export type KeyKind = 'write' | 'upload' | 'api';

/** Keys are shown once and stored as SHA-256 digests: they are random, so a plain digest is enough. */
export const keys = pgTable(
  'keys',
  {
    id: uuid('id').primaryKey().defaultRandom(),
    workspaceId: workspaceId().references(() => workspaces.id),
    kind: text('kind').$type<KeyKind>().notNull(),
    name: text('name').notNull(),
    digest: bytea('digest').notNull().unique(),
    /** The last four characters, to tell keys apart on the screen. */
    hint: text('hint').notNull(),
    /** The public half of an `upload` key (CleverTap's account id). */
    accountId: text('account_id'),
    role: text('role').$type<Role>().notNull(),
    createdAt: instant('created_at').notNull(),
    revokedAt: instant('revoked_at'),
  },
  (t) => [index('keys_workspace').on(t.workspaceId)],
);

// ------------------------------------------------------------------------------------------------------------- profiles and events

export const profileIdSequence = pgSequence('profile_id_sequence');

const profileColumns = () => ({
  workspaceId: workspaceId(),
  /** From profile_id_sequence: unique in the installation, so an event row needs no workspace to find its profile. */
  profileId: profileId(),
  firstSeen: instant('first_seen').notNull(),
  lastSeen: instant('last_seen').notNull(),
  /** 0–999, fixed for life, from a hash of the profile id: splits, control groups, samples. */
  bucket: smallint('bucket').notNull(),
  country: text('country'),
  city: text('city'),
  language: text('language'),
  platform: text('platform'),
  /** Bits of lib/identity/identifiers.ts: which identifiers exist, so that reach by identifier is a count over one integer. */
  identifierMask: integer('identifier_mask').notNull().default(0),
  properties: jsonb('properties').$type<Record<string, unknown>>().notNull().default({}),
});

export const profiles = pgTable('profiles', profileColumns(), (t) => [
  // include (identifier_mask, bucket) in the migration: a segment's members are split by identifier from the key alone.
  primaryKey({ columns: [t.workspaceId, t.profileId] }),
  index('profiles_country').on(t.workspaceId, t.country),
  index('profiles_properties').using('gin', sql`${t.properties} jsonb_path_ops`),
  check('profiles_bucket_range', sql`${t.bucket} between 0 and 999`),
]);

/**
 * Samples: the rows of the profiles in the first buckets (lib/identity/bucket.ts), copied, so that an estimate is the segment's own query
 * over other tables. Written in the transactions that write the rows they copy (db/samples.ts); docs/decisions/0013.
 */
export const profilesSample = pgTable('profiles_sample', profileColumns(), (t) => [primaryKey({ columns: [t.workspaceId, t.profileId] })]);

/** One wide row a profile: SHA-256 of each normalized identifier (the mobile advertiser id is sent plain, so it is kept plain). */
export const profileIdentifiers = pgTable(
  'profile_identifiers',
  {
    workspaceId: workspaceId(),
    profileId: profileId(),
    email: bytea('email'),
    phone: bytea('phone'),
    gender: bytea('gender'),
    birthYear: bytea('birth_year'),
    birthMonth: bytea('birth_month'),
    birthDay: bytea('birth_day'),
    firstName: bytea('first_name'),
    lastName: bytea('last_name'),
    firstInitial: bytea('first_initial'),
    city: bytea('city'),
    state: bytea('state'),
    zip: bytea('zip'),
    country: bytea('country'),
    mobileAdvertiserId: text('mobile_advertiser_id'),
    /** 64 bits over all of the above: the ledger compares this in place of the digests. */
    fingerprint: bigint('fingerprint', { mode: 'bigint' }).notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.workspaceId, t.profileId] }),
    index('profile_identifiers_email').on(t.workspaceId, t.email),
    index('profile_identifiers_phone').on(t.workspaceId, t.phone),
    index('profile_identifiers_madid').on(t.workspaceId, t.mobileAdvertiserId).where(sql`${t.mobileAdvertiserId} is not null`),
  ],
);

export type ProfileIdKind = 'user' | 'anonymous';

/** Every external id and the profile it names. A merge re-points rows. Distributed by value, in a group of its own. */
export const profileIds = pgTable(
  'profile_ids',
  {
    workspaceId: workspaceId(),
    kind: text('kind').$type<ProfileIdKind>().notNull(),
    value: text('value').notNull(),
    profileId: profileId(),
    createdAt: instant('created_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.workspaceId, t.kind, t.value] }), index('profile_ids_profile').on(t.workspaceId, t.profileId)],
);

/**
 * Profiles that are gone, and who they are now: never one that is gone itself. An audience may hold somebody under the profile they were when
 * they were sent.
 */
export const profileMerges = pgTable(
  'profile_merges',
  {
    workspaceId: workspaceId(),
    loser: bigint('loser', { mode: 'bigint' }).notNull(),
    winner: bigint('winner', { mode: 'bigint' }).notNull(),
    /** When it was last asked whether an audience holds the loser; at first, when it was merged. */
    lookedAt: instant('looked_at').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.workspaceId, t.loser] }),
    index('profile_merges_winner').on(t.workspaceId, t.winner),
    index('profile_merges_looked').on(t.lookedAt),
  ],
);

/** The catalogue. An event id belongs to one workspace, so an index led by it is already that workspace's. */
export const eventNames = pgTable(
  'event_names',
  {
    eventId: integer('event_id').primaryKey().generatedAlwaysAsIdentity(),
    workspaceId: workspaceId(),
    name: text('name').notNull(),
    firstSeen: instant('first_seen').notNull(),
    lastSeen: instant('last_seen').notNull(),
    /**
     * The property copied into `events.amount` / `events.label`. Chosen when the property is first seen with that type and
     * never changed: every event stored before has no such value, so the column and the JSON always agree.
     */
    amountProperty: text('amount_property'),
    labelProperty: text('label_property'),
    /** False once there was an amount that a column of doubles does not add up exactly: sums then read the JSON. */
    amountsAddUp: boolean('amounts_add_up').notNull().default(true),
  },
  (t) => [unique('event_names_name').on(t.workspaceId, t.name)],
);

export const eventVolumes = pgTable(
  'event_volumes',
  {
    workspaceId: workspaceId(),
    eventId: integer('event_id').notNull(),
    /** The event's local day in the workspace's zone. */
    day: date('day', { mode: 'string' }).notNull(),
    count: bigint('count', { mode: 'number' }).notNull(),
  },
  (t) => [primaryKey({ columns: [t.workspaceId, t.eventId, t.day] })],
);

/** Properties seen on events, and (event id 0) on profiles. */
export const propertyNames = pgTable(
  'property_names',
  {
    workspaceId: workspaceId(),
    eventId: integer('event_id').notNull(),
    name: text('name').notNull(),
    textCount: bigint('text_count', { mode: 'number' }).notNull().default(0),
    numberCount: bigint('number_count', { mode: 'number' }).notNull().default(0),
    booleanCount: bigint('boolean_count', { mode: 'number' }).notNull().default(0),
    dateCount: bigint('date_count', { mode: 'number' }).notNull().default(0),
    listCount: bigint('list_count', { mode: 'number' }).notNull().default(0),
    otherCount: bigint('other_count', { mode: 'number' }).notNull().default(0),
    lastSeen: instant('last_seen').notNull(),
  },
  (t) => [primaryKey({ columns: [t.workspaceId, t.eventId, t.name] })],
);

/** The builder's pick lists: at most 100 short values a property, with how often each was seen. */
export const propertyValues = pgTable(
  'property_values',
  {
    workspaceId: workspaceId(),
    eventId: integer('event_id').notNull(),
    name: text('name').notNull(),
    value: text('value').notNull(),
    count: bigint('count', { mode: 'number' }).notNull(),
  },
  (t) => [primaryKey({ columns: [t.workspaceId, t.eventId, t.name, t.value] })],
);

const eventColumns = () => ({
  workspaceId: workspaceId(),
  profileId: profileId(),
  eventId: integer('event_id').notNull(),
  time: instant('time').notNull(),
  amount: doublePrecision('amount'),
  label: text('label'),
  properties: jsonb('properties').$type<Record<string, unknown>>().notNull(),
});

/**
 * Partitioned by month on `time` (the migration says so; drizzle cannot). No key: `event_digests` keeps duplicates out.
 * The covering index answers did / did not / sums without visiting the table; docs/decisions/0011.
 */
export const events = pgTable('events', eventColumns(), (t) => [
  // drizzle cannot say INCLUDE: the migration makes it (event_id, time) include (profile_id, amount, label).
  index('events_event_time').on(t.eventId, t.time),
  index('events_profile').on(t.profileId, t.eventId, t.time),
]);

/** Indexed as `events`, INCLUDE as there. */
export const eventsSample = pgTable('events_sample', eventColumns(), (t) => [
  index('events_sample_event_time').on(t.eventId, t.time),
  index('events_sample_profile').on(t.profileId, t.eventId, t.time),
]);

/** One row an event ever accepted: the first 16 bytes of SHA-256 over workspace and messageId. Distributed by digest. */
export const eventDigests = pgTable('event_digests', { digest: uuid('digest').primaryKey() });

const profileEventColumns = () => ({
  workspaceId: workspaceId(),
  profileId: profileId(),
  eventId: integer('event_id').notNull(),
  count: integer('count').notNull(),
  firstTime: instant('first_time').notNull(),
  lastTime: instant('last_time').notNull(),
  sum: doublePrecision('sum').notNull(),
});

/** Lifetime roll-up, written in the transaction that writes the events. */
export const profileEvents = pgTable('profile_events', profileEventColumns(), (t) => [
  // By event, then profile, and the migration includes all the rest: "did", "did not", "first" and "last" are merged with the profiles
  // in order of their ids, from indexes alone; docs/decisions/0015.
  primaryKey({ columns: [t.workspaceId, t.eventId, t.profileId] }),
]);

/** Keyed as `profile_events`, INCLUDE as there. */
export const profileEventsSample = pgTable('profile_events_sample', profileEventColumns(), (t) => [
  primaryKey({ columns: [t.workspaceId, t.eventId, t.profileId] }),
]);

/** What could not be normalized, counted and never stored: "312 emails were not valid". */
export const identifierFaults = pgTable(
  'identifier_faults',
  {
    workspaceId: workspaceId(),
    identifier: text('identifier').notNull(),
    day: date('day', { mode: 'string' }).notNull(),
    count: bigint('count', { mode: 'number' }).notNull(),
  },
  (t) => [primaryKey({ columns: [t.workspaceId, t.identifier, t.day] })],
);

// ------------------------------------------------------------------------------------------------------------ segments and campaigns

export type SegmentKind = 'behaviour' | 'list';

export const segments = pgTable(
  'segments',
  {
    id: uuid('id').primaryKey().defaultRandom(),
    workspaceId: workspaceId().references(() => workspaces.id),
    /** Slug, unique in the workspace: what definitions and scripts say. */
    key: text('key').notNull(),
    name: text('name').notNull(),
    kind: text('kind').$type<SegmentKind>().notNull().default('behaviour'),
    /** Of a behaviour segment. */
    definition: jsonb('definition').$type<Definition>(),
    /** Of a list segment: what was given last. */
    listId: uuid('list_id').references(() => lists.id),
    createdBy: uuid('created_by').references(() => users.id),
    createdAt: instant('created_at').notNull(),
    updatedAt: instant('updated_at').notNull(),
  },
  (t) => [
    unique('segments_key').on(t.workspaceId, t.key),
    check(
      'segments_one_source',
      sql`(${t.kind} = 'behaviour' and ${t.definition} is not null and ${t.listId} is null)
      or (${t.kind} = 'list' and ${t.definition} is null and ${t.listId} is not null)`,
    ),
  ],
);

/**
 * One upload. A list segment points at its last complete one, so that a new upload replaces the old at a stroke, and one that fails changes
 * nothing. What no segment points at is swept (db/list-sweep.ts).
 */
export const lists = pgTable(
  'lists',
  {
    id: uuid('id').primaryKey(),
    workspaceId: workspaceId().references(() => workspaces.id),
    /** What each row of the file is. */
    identifier: text('identifier').$type<ListIdentifier>().notNull(),
    /** Read so far, without the header. */
    rows: integer('rows').notNull().default(0),
    /** Different values among them. */
    kept: integer('kept').notNull().default(0),
    rejected: integer('rejected').notNull().default(0),
    createdBy: uuid('created_by').references(() => users.id),
    startedAt: instant('started_at').notNull(),
    /** When a part was last written, or the list let go. */
    touchedAt: instant('touched_at').notNull(),
    /** Null until the whole file was read. */
    finishedAt: instant('finished_at'),
  },
  (t) => [index('lists_workspace').on(t.workspaceId)],
);

/** What was given, whether or not a profile has it yet. Distributed by value, in a group of its own. */
export const listValues = pgTable(
  'list_values',
  {
    workspaceId: workspaceId(),
    identifier: text('identifier').$type<ListIdentifier>().notNull(),
    /** The user id in UTF-8, or SHA-256 of the normalized email or phone. */
    value: bytea('value').notNull(),
    listId: uuid('list_id').notNull(),
  },
  (t) => [primaryKey({ columns: [t.workspaceId, t.identifier, t.value, t.listId] }), index('list_values_list').on(t.listId)],
);

/** The profiles that have one of a list's values today; kept so by whoever changes profiles (db/list-members.ts). */
export const listMembers = pgTable(
  'list_members',
  { workspaceId: workspaceId(), listId: uuid('list_id').notNull(), profileId: profileId() },
  (t) => [primaryKey({ columns: [t.workspaceId, t.listId, t.profileId] }), index('list_members_profile').on(t.workspaceId, t.profileId)],
);

/** Rows of an upload that were not taken: where and why, never what they said. */
export const listRejects = pgTable(
  'list_rejects',
  { workspaceId: workspaceId(), listId: uuid('list_id').notNull(), line: integer('line').notNull(), reason: text('reason').notNull() },
  (t) => [primaryKey({ columns: [t.listId, t.line] })],
);

/** How large a segment was, once a local day. */
export const segmentSizes = pgTable(
  'segment_sizes',
  {
    workspaceId: workspaceId(),
    segmentId: uuid('segment_id')
      .notNull()
      .references(() => segments.id, { onDelete: 'cascade' }),
    /** Local, in the workspace's zone. */
    day: date('day', { mode: 'string' }).notNull(),
    at: instant('at').notNull(),
    /** Null where it took too long to count. */
    qualify: integer('qualify'),
    reachable: integer('reachable'),
  },
  (t) => [primaryKey({ columns: [t.segmentId, t.day] })],
);

export type ConnectionKind = 'user' | 'system';

export const connections = pgTable(
  'connections',
  {
    id: uuid('id').primaryKey().defaultRandom(),
    workspaceId: workspaceId().references(() => workspaces.id),
    kind: text('kind').$type<ConnectionKind>().notNull(),
    facebookUserId: text('facebook_user_id').notNull(),
    name: text('name').notNull(),
    /** AES-256-GCM by lib/crypto.ts; the sealed text names the key that sealed it. Empty once the person took it back. */
    sealedToken: text('sealed_token').notNull(),
    scopes: text('scopes').array().notNull(),
    /** Null where Facebook names no expiry: revocable, not eternal. */
    expiresAt: instant('expires_at'),
    /** Why Facebook no longer takes the token, in words; null while it does. */
    brokenReason: text('broken_reason'),
    /** When Facebook was last asked whether the token still is what it was. */
    checkedAt: instant('checked_at'),
    createdBy: uuid('created_by').references(() => users.id),
    createdAt: instant('created_at').notNull(),
    /** When it was last connected. */
    updatedAt: instant('updated_at').notNull(),
  },
  (t) => [unique('connections_facebook_user').on(t.workspaceId, t.facebookUserId)],
);

/**
 * Receipts of people who asked Facebook that we forget them: what the status page tells, by the code Facebook was given. Nothing in it
 * says who it was.
 */
export const facebookDeletions = pgTable('facebook_deletions', {
  code: text('code').primaryKey(),
  requestedAt: instant('requested_at').notNull(),
  finishedAt: instant('finished_at').notNull(),
  /** How many rows each kind of thing was erased from. */
  users: integer('users').notNull(),
  connections: integer('connections').notNull(),
});

export type CampaignState =
  | 'draft'
  | 'scheduled'
  | 'running'
  | 'awaiting_next'
  | 'completed'
  | 'paused'
  | 'stopped'
  | 'blocked'
  | 'failed'
  | 'archived';

/** What stops a blocked or failed campaign, in words for the marketer, and the one thing to do. */
export type Blocker = {
  action: 'reconnect' | 'accept_terms' | 'fix' | 'release' | 'remake';
  message: string;
  link?: string;
  /** That has met it; absent where the connection as a whole is at fault. */
  runId?: number;
};

export const campaigns = pgTable(
  'campaigns',
  {
    id: uuid('id').primaryKey().defaultRandom(),
    workspaceId: workspaceId().references(() => workspaces.id),
    name: text('name').notNull(),
    state: text('state').$type<CampaignState>().notNull(),
    blocker: jsonb('blocker').$type<Blocker>(),
    /** What the wizard holds before Schedule; null once a version exists and nothing is being edited. */
    draft: jsonb('draft').$type<CampaignDraft>(),
    versionId: integer('version_id'),
    /** The next occurrence not yet made into a run; null when there is none or the campaign does not move. */
    nextAt: instant('next_at'),
    /** Occurrences that fell due under the current version, skipped ones included. */
    occurrencesDone: integer('occurrences_done').notNull().default(0),
    createdBy: uuid('created_by').references(() => users.id),
    createdAt: instant('created_at').notNull(),
    updatedAt: instant('updated_at').notNull(),
  },
  (t) => [
    index('campaigns_workspace').on(t.workspaceId, t.updatedAt),
    // The tick asks for exactly this; ten thousand idle campaigns cost it nothing.
    index('campaigns_due').on(t.nextAt).where(sql`${t.nextAt} is not null`),
  ],
);

export type CampaignMode = 'mirror' | 'add' | 'remove';
export type AtEnd = 'keep' | 'empty' | 'detach';

/** Immutable. A run keeps the version it was made under. */
export const campaignVersions = pgTable(
  'campaign_versions',
  {
    id: integer('id').primaryKey().generatedAlwaysAsIdentity(),
    workspaceId: workspaceId(),
    campaignId: uuid('campaign_id')
      .notNull()
      .references(() => campaigns.id),
    version: integer('version').notNull(),
    /** A saved segment by key (followed as it is edited) or a definition of its own; one is set, or a trigger. */
    segmentKey: text('segment_key'),
    definition: jsonb('definition').$type<Definition>(),
    /** Of a live campaign: what makes a profile qualify, and what ends its stay; segment or definition, at most one, narrow it. */
    trigger: jsonb('trigger').$type<Trigger>(),
    exit: jsonb('exit').$type<LiveStep[]>(),
    schedule: jsonb('schedule').$type<Schedule>().notNull(),
    /** The instant Schedule was pressed: "now" and the past are judged by it. */
    scheduledAt: instant('scheduled_at').notNull(),
    connectionId: uuid('connection_id')
      .notNull()
      .references(() => connections.id),
    /** "act_…" */
    adAccountId: text('ad_account_id').notNull(),
    adAccountName: text('ad_account_name').notNull(),
    audience: jsonb('audience').$type<AudienceChoice>().notNull(),
    mode: text('mode').$type<CampaignMode>().notNull(),
    adSets: jsonb('ad_sets').$type<AdSetChoice[]>().notNull(),
    /** Names of lib/identity/identifiers.ts; null sends all that exist. */
    identifiers: text('identifiers').array(),
    atEnd: text('at_end').$type<AtEnd>().notNull(),
    options: jsonb('options').$type<CampaignOptions>().notNull(),
    createdBy: uuid('created_by').references(() => users.id),
    createdAt: instant('created_at').notNull(),
  },
  (t) => [
    unique('campaign_versions_number').on(t.campaignId, t.version),
    check(
      'campaign_versions_one_source',
      sql`(${t.segmentKey} is null) <> (${t.definition} is null) or (${t.trigger} is not null and ${t.segmentKey} is null and ${t.definition} is null)`,
    ),
  ],
);

// ------------------------------------------------------------------------------------------------------- audiences, ledger and runs

/** The one Custom Audience a campaign owns or feeds. */
export const audiences = pgTable(
  'audiences',
  {
    id: integer('id').primaryKey().generatedAlwaysAsIdentity(),
    workspaceId: workspaceId(),
    campaignId: uuid('campaign_id')
      .notNull()
      .unique()
      .references(() => campaigns.id),
    adAccountId: text('ad_account_id').notNull(),
    /** Null until it was found or made at Facebook. */
    facebookId: text('facebook_id'),
    /** The one it replaces, that was deleted at Facebook: an ad set that still names it cannot be written. */
    formerFacebookId: text('former_facebook_id'),
    /** Written into the description at Facebook: how our audience is found again after a lost answer. */
    mark: text('mark').notNull().unique(),
    name: text('name').notNull(),
    /** False where the marketer picked one that was there: then only what Beckon added is removed. */
    made: boolean('made').notNull(),
    /** Facebook keys in column order, fixed for the audience's life: mixing data sources is refused (2650). */
    schema: text('schema').array().notNull(),
    /** Facebook's band; null while it is hidden or unknown. */
    sizeLower: bigint('size_lower', { mode: 'number' }),
    sizeUpper: bigint('size_upper', { mode: 'number' }),
    operationCode: integer('operation_code'),
    operationText: text('operation_text'),
    deliveryCode: integer('delivery_code'),
    checkedAt: instant('checked_at'),
    /** When its size is read again; null where no run has read it, or nobody waits for it any more. */
    lookAt: instant('look_at'),
    /** In the audience by the ledger; counted when a run is confirmed. */
    members: integer('members').notNull().default(0),
    createdAt: instant('created_at').notNull(),
  },
  // One audience is fed by one campaign at a time; not unique, for a finished campaign keeps the name of what it fed.
  (t) => [
    index('audiences_facebook').on(t.workspaceId, t.adAccountId, t.facebookId),
    index('audiences_due').on(t.lookAt).where(sql`${t.lookAt} is not null`),
  ],
);

/** retiring: on the way out, and then `out`: not in the audience, but remembered while they qualify (docs/runs.md). */
export type MemberState = 'adding' | 'in' | 'removing' | 'retiring' | 'out';

/**
 * The ledger: what is, or may be, in the audience at Facebook. Written ahead of every request. A row that a batch without an answer
 * names may or may not be there, whatever its state (docs/decisions/0005). One index, and none on what changes: a first run writes
 * a row for everybody.
 */
export const audienceMembers = pgTable(
  'audience_members',
  {
    workspaceId: workspaceId(),
    audienceId: integer('audience_id').notNull(),
    profileId: profileId(),
    state: text('state').$type<MemberState>().notNull(),
    /** Of the identifiers in `cells`. */
    fingerprint: bigint('fingerprint', { mode: 'bigint' }).notNull(),
    /** The row as sent or about to be, in the order of the audience's schema: digests, the advertiser id as text; null where there is none. */
    cells: bytea('cells').array().notNull(),
    /** Rows of older digests that are, or may be, at Facebook still, as JSON text; removed before the row is added. */
    staleRows: text('stale_rows').array(),
    /** The run that wrote the state; whoever else changes the state must change this, too. */
    runId: integer('run_id').notNull(),
    since: instant('since').notNull(),
  },
  (t) => [primaryKey({ columns: [t.audienceId, t.profileId] })],
);

/**
 * Who was in an audience, or in its control group, from when until when. Of members the stays that are over (the others stand in the
 * ledger), of controls all: what lift is computed from.
 */
export const audienceStays = pgTable(
  'audience_stays',
  {
    workspaceId: workspaceId(),
    audienceId: integer('audience_id').notNull(),
    profileId: profileId(),
    control: boolean('control').notNull(),
    since: instant('since').notNull(),
    /** Null for a control that still qualifies. */
    until: instant('until'),
  },
  (t) => [
    primaryKey({ columns: [t.audienceId, t.profileId, t.since] }),
    index('audience_stays_open').on(t.audienceId, t.profileId).where(sql`${t.until} is null`),
  ],
);

/** Profiles whose consent was withdrawn since the last look: what is in an audience is to be taken out. */
export const withdrawals = pgTable(
  'withdrawals',
  { workspaceId: workspaceId(), profileId: profileId(), at: instant('at').notNull() },
  (t) => [primaryKey({ columns: [t.workspaceId, t.profileId] })],
);

/** erasure: the profile is deleted here. withdrawal: its consent was withdrawn; it stays. */
export type ReceiptKind = 'erasure' | 'withdrawal';

/** That a profile has to leave every audience it was put in, and has. Says nothing of who an erased person was. */
export const removalReceipts = pgTable(
  'removal_receipts',
  {
    id: uuid('id').primaryKey().defaultRandom(),
    workspaceId: workspaceId(),
    kind: text('kind').$type<ReceiptKind>().notNull(),
    profileId: profileId(),
    /** Null for a call of the API, and for consent that came in. */
    requestedBy: uuid('requested_by').references(() => users.id),
    requestedAt: instant('requested_at').notNull(),
    /** Of an erasure: how many events were deleted. */
    events: integer('events'),
    /** When no audience held the profile any more. */
    finishedAt: instant('finished_at'),
  },
  (t) => [
    index('removal_receipts_requested').on(t.workspaceId, t.requestedAt),
    index('removal_receipts_open').on(t.workspaceId, t.profileId).where(sql`${t.finishedAt} is null`),
  ],
);

/** removed: Facebook has answered the removal. kept: consent was given again before it went out. */
export type RemovalOutcome = 'removed' | 'kept';

/** One audience of a receipt. */
export const removals = pgTable(
  'removals',
  {
    receiptId: uuid('receipt_id')
      .notNull()
      .references(() => removalReceipts.id),
    audienceId: integer('audience_id').notNull(),
    /** Null while the audience holds the profile. */
    outcome: text('outcome').$type<RemovalOutcome>(),
    at: instant('at'),
    /** Of Facebook's answer, where it is still known. */
    traceId: text('trace_id'),
  },
  (t) => [
    primaryKey({ columns: [t.receiptId, t.audienceId] }),
    index('removals_pending').on(t.audienceId).where(sql`${t.outcome} is null`),
  ],
);

/** States say what is already true; lib/sync/run-state.ts has the allowed transitions. */
export type RunState =
  | 'queued'
  | 'audience_ready'
  | 'held'
  | 'frozen'
  | 'sent'
  | 'confirmed'
  | 'failed'
  | 'cancelled'
  | 'skipped'
  | 'collapsed';
export type RunTrigger = 'schedule' | 'catch_up' | 'manual';
/** sync: make the audience equal to the segment. withdraw: take out whose consent is withdrawn, and nobody else. */
export type RunPurpose = 'sync' | 'empty' | 'detach' | 'undo' | 'withdraw';
export type SendBy = 'difference' | 'replace';

export const syncRuns = pgTable(
  'sync_runs',
  {
    id: integer('id').primaryKey().generatedAlwaysAsIdentity(),
    workspaceId: workspaceId(),
    campaignId: uuid('campaign_id')
      .notNull()
      .references(() => campaigns.id),
    versionId: integer('version_id').notNull(),
    audienceId: integer('audience_id').notNull(),
    /** The instant the run stands for: "now" of every window in it, whenever it is worked on. */
    occurrenceAt: instant('occurrence_at').notNull(),
    trigger: text('trigger').$type<RunTrigger>().notNull(),
    purpose: text('purpose').$type<RunPurpose>().notNull().default('sync'),
    /** Of a live campaign: once frozen it stays open for what happens until its period is over, waiting without a reason. */
    live: boolean('live').notNull().default(false),
    /** The run that an undo takes back. */
    undoes: integer('undoes'),
    state: text('state').$type<RunState>().notNull(),
    /** Not to be claimed before; null when free. */
    waitUntil: instant('wait_until'),
    waitReason: text('wait_reason'),
    leasedBy: text('leased_by'),
    leasedUntil: instant('leased_until'),
    /** Tries of the step in hand; back to 0 when a step succeeds. */
    attempts: integer('attempts').notNull().default(0),
    /** Requests that Facebook would not take whole and that were halved, since one was taken last. */
    halvings: integer('halvings').notNull().default(0),
    /** The definition as it was when frozen, with the saved segments it refers to written out. */
    definition: jsonb('definition').$type<Definition>(),
    qualified: integer('qualified'),
    /** Qualified, but in an excluded segment or without consent. */
    excluded: integer('excluded'),
    /** Qualified, but drawn for the control group. */
    control: integer('control'),
    /** Qualified, but beyond the cap. */
    overCap: integer('over_cap'),
    /** Qualified but without any identifier that is sent. */
    unreachable: integer('unreachable'),
    toAdd: integer('to_add'),
    toRemove: integer('to_remove'),
    added: integer('added').notNull().default(0),
    removed: integer('removed').notNull().default(0),
    /** Of the rows that were to be added: those Facebook has looked at, and of them those it refused. */
    received: integer('received').notNull().default(0),
    invalid: integer('invalid').notNull().default(0),
    /** Why the change brake holds it, in words. */
    holdReason: text('hold_reason'),
    /** When a person let a held run go on. */
    releasedAt: instant('released_at'),
    sendBy: text('send_by').$type<SendBy>(),
    /** Names of ad sets that somebody had taken away from the audience at Facebook, and that were pointed at it again. */
    mended: text('mended').array(),
    /** Of a replacement that has begun: our session's id, and when its first batch went out. */
    replaceSession: bigint('replace_session', { mode: 'number' }),
    replaceStartedAt: instant('replace_started_at'),
    errorCode: text('error_code'),
    /** Words for the marketer; never a token, identifier or URL. */
    errorMessage: text('error_message'),
    errorTrace: text('error_trace'),
    createdAt: instant('created_at').notNull(),
    frozenAt: instant('frozen_at'),
    sentAt: instant('sent_at'),
    finishedAt: instant('finished_at'),
  },
  (t) => [
    unique('sync_runs_occurrence').on(t.campaignId, t.occurrenceAt),
    // What may still move: claimRun reads nothing else.
    index('sync_runs_open').on(t.audienceId, t.occurrenceAt).where(sql`${t.state} in ('queued', 'audience_ready', 'frozen', 'sent')`),
    // The same in the order in which they are claimed.
    index('sync_runs_next').on(t.occurrenceAt, t.id).where(sql`${t.state} in ('queued', 'audience_ready', 'frozen', 'sent')`),
    index('sync_runs_leased').on(t.audienceId).where(sql`${t.leasedBy} is not null`),
    index('sync_runs_campaign').on(t.campaignId, t.occurrenceAt),
    // The ends that alerts are about, in order.
    index('sync_runs_ended').on(t.finishedAt).where(sql`${t.state} in ('confirmed', 'failed')`),
  ],
);

/** replace: a part of the whole list, put in place of what is at Facebook when all parts are there. */
export type BatchOp = 'remove' | 'add' | 'replace';
/**
 * deferred: Facebook refused a removal that would leave too few; the rows stay `removing` for a later run. dropped: its run ended
 * before it had an answer, and a later run has decided anew. received: a part of a replacement that is not in place yet.
 */
export type BatchState = 'pending' | 'received' | 'sent' | 'deferred' | 'dropped';

export const syncBatches = pgTable(
  'sync_batches',
  {
    runId: integer('run_id')
      .notNull()
      .references(() => syncRuns.id),
    /** From 1; all removals come before all adds. */
    seq: integer('seq').notNull(),
    workspaceId: workspaceId(),
    op: text('op').$type<BatchOp>().notNull(),
    rows: integer('rows').notNull(),
    state: text('state').$type<BatchState>().notNull(),
    received: integer('received'),
    invalid: integer('invalid'),
    attempts: integer('attempts').notNull().default(0),
    traceId: text('trace_id'),
    startedAt: instant('started_at'),
    finishedAt: instant('finished_at'),
  },
  (t) => [primaryKey({ columns: [t.runId, t.seq] })],
);

/** Whose rows a batch holds, beside the ledger instead of in each of its rows; gone when a later run of the audience has frozen. */
export const batchMembers = pgTable(
  'batch_members',
  {
    audienceId: integer('audience_id').notNull(),
    runId: integer('run_id').notNull(),
    seq: integer('seq').notNull(),
    profileIds: bigint('profile_ids', { mode: 'bigint' }).array().notNull(),
    /** Of an addition: those who were members before, and are only sent again. */
    again: bigint('again', { mode: 'bigint' }).array(),
  },
  (t) => [primaryKey({ columns: [t.audienceId, t.runId, t.seq] })],
);

// ------------------------------------------------------------------------------------------------------------------ live campaigns

/** Which events a live campaign listens to, by name; empty for what is told of profiles themselves. Intake asks for nothing else. */
export const liveEvents = pgTable(
  'live_events',
  {
    workspaceId: workspaceId(),
    name: text('name').notNull(),
    campaignId: uuid('campaign_id')
      .notNull()
      .references(() => campaigns.id),
    /** Whether members are decided anew by it: the narrowing tree asks for it, or it is told of profiles. */
    narrows: boolean('narrows').notNull().default(true),
  },
  (t) => [primaryKey({ columns: [t.workspaceId, t.name, t.campaignId] }), index('live_events_campaign').on(t.campaignId)],
);

/** Events that were listened to, written in the transaction that stores them, until it is settled what they start and end. */
export const liveArrivals = pgTable(
  'live_arrivals',
  {
    id: bigint('id', { mode: 'bigint' }).primaryKey().generatedAlwaysAsIdentity(),
    ...eventColumns(),
    // Event id 0: something was told of the profile itself.
    arrivedAt: instant('arrived_at').notNull(),
  },
  (t) => [index('live_arrivals_workspace').on(t.workspaceId, t.id)],
);

/** Who has qualified: a member at t while `until` is after t and the narrowing tree, if any, holds. */
export const liveStays = pgTable(
  'live_stays',
  {
    workspaceId: workspaceId(),
    audienceId: integer('audience_id').notNull(),
    profileId: profileId(),
    /** When it qualified last. */
    since: instant('since').notNull(),
    until: instant('until').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.audienceId, t.profileId] }),
    index('live_stays_until').on(t.until),
    index('live_stays_profile').on(t.workspaceId, t.profileId),
  ],
);

/** Profiles that did the first and have time left not to do the second: looked at again when the time is up. */
export const liveWakes = pgTable(
  'live_wakes',
  {
    workspaceId: workspaceId(),
    audienceId: integer('audience_id').notNull(),
    profileId: profileId(),
    /** Of the earliest event that is not decided. */
    fromTime: instant('from_time').notNull(),
    dueAt: instant('due_at').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.audienceId, t.profileId] }),
    index('live_wakes_due').on(t.dueAt),
    index('live_wakes_profile').on(t.workspaceId, t.profileId),
  ],
);

/** Profiles about whom an audience has to be decided anew. */
export const liveTouched = pgTable(
  'live_touched',
  { workspaceId: workspaceId(), audienceId: integer('audience_id').notNull(), profileId: profileId() },
  (t) => [primaryKey({ columns: [t.audienceId, t.profileId] })],
);

/** Until which instant the dates of profiles were looked at, for a campaign with a date trigger. */
export const liveScans = pgTable('live_scans', {
  audienceId: integer('audience_id').primaryKey(),
  scannedUntil: instant('scanned_until').notNull(),
});

/** Rows Facebook did not take, by profile and reason; never the digests. */
export const rejects = pgTable(
  'rejects',
  {
    workspaceId: workspaceId(),
    runId: integer('run_id').notNull(),
    profileId: profileId(),
    batch: integer('batch').notNull(),
    reason: text('reason').notNull(),
  },
  (t) => [primaryKey({ columns: [t.runId, t.profileId] })],
);

/** Who is changing an ad set's targeting just now. */
export const adSetLeases = pgTable('ad_set_leases', {
  adSetId: text('ad_set_id').primaryKey(),
  leasedBy: text('leased_by').notNull(),
  leasedUntil: instant('leased_until').notNull(),
});

/** What is left of Facebook's limits for an ad account: shared by all campaigns and engines. */
export const adAccountBudgets = pgTable('ad_account_budgets', {
  adAccountId: text('ad_account_id').primaryKey(),
  /** The account's score as we reckon it: it runs off within five minutes. */
  points: doublePrecision('points').notNull(),
  pointsAt: instant('points_at').notNull(),
  /** Facebook's word for the account's access; null until it was told. */
  tier: text('tier'),
  /** The highest counter of the last answer's usage headers, 0–100. */
  percent: doublePrecision('percent').notNull().default(0),
  /** No call before. */
  nextAt: instant('next_at'),
});

export const audienceSizes = pgTable(
  'audience_sizes',
  {
    workspaceId: workspaceId(),
    audienceId: integer('audience_id').notNull(),
    at: instant('at').notNull(),
    /** Members by the ledger. */
    members: integer('members').notNull(),
    facebookLower: bigint('facebook_lower', { mode: 'number' }),
    facebookUpper: bigint('facebook_upper', { mode: 'number' }),
  },
  (t) => [primaryKey({ columns: [t.audienceId, t.at] })],
);

/** asked: not made at Facebook yet. made: being filled. deleting: asked to be deleted there. failed: Facebook will not. */
export type LookalikeState = 'asked' | 'made' | 'ready' | 'failed' | 'deleting';

/** Audiences of people who are like those of a campaign's. */
export const lookalikes = pgTable(
  'lookalikes',
  {
    id: integer('id').primaryKey().generatedAlwaysAsIdentity(),
    workspaceId: workspaceId(),
    audienceId: integer('audience_id')
      .notNull()
      .references(() => audiences.id),
    name: text('name').notNull(),
    /** ISO 3166-1 alpha-2, upper case. */
    country: text('country').notNull(),
    /** Of the country's people, 1–10. */
    percent: smallint('percent').notNull(),
    /** Written into the description at Facebook, as an audience's. */
    mark: text('mark').notNull().unique(),
    facebookId: text('facebook_id'),
    state: text('state').$type<LookalikeState>().notNull(),
    /** Facebook's band; null while it is not filled. */
    sizeLower: bigint('size_lower', { mode: 'number' }),
    sizeUpper: bigint('size_upper', { mode: 'number' }),
    /** What stood in the way of the last try, in words; null when nothing did. */
    fault: text('fault'),
    /** Looks and tries since the state changed: the pause grows with them. */
    attempts: integer('attempts').notNull().default(0),
    /** Not to be looked at before; null when there is nothing left to do. */
    nextAt: instant('next_at'),
    leasedUntil: instant('leased_until'),
    createdBy: uuid('created_by').references(() => users.id),
    createdAt: instant('created_at').notNull(),
  },
  (t) => [
    unique('lookalikes_once').on(t.audienceId, t.country, t.percent),
    index('lookalikes_due').on(t.nextAt).where(sql`${t.nextAt} is not null`),
  ],
);

// -------------------------------------------------------------------------------------------------------------------------- alerts

export type AlertKind = 'run_failed' | 'needs_attention' | 'token_expiring' | 'reach_changed';

/** What a workspace is told of. Words, and a path of ours; never a token, identifier or address. */
export const alerts = pgTable(
  'alerts',
  {
    id: integer('id').primaryKey().generatedAlwaysAsIdentity(),
    workspaceId: workspaceId().references(() => workspaces.id),
    kind: text('kind').$type<AlertKind>().notNull(),
    /** What it is about, "run:12": one open alert a key, so that watching again tells nothing twice. */
    key: text('key').notNull(),
    title: text('title').notNull(),
    message: text('message').notNull(),
    /** Path of the page where something can be done. */
    link: text('link').notNull(),
    createdAt: instant('created_at').notNull(),
    /** When what it is about was mended; what merely happened stays open. */
    resolvedAt: instant('resolved_at'),
  },
  (t) => [
    uniqueIndex('alerts_open').on(t.workspaceId, t.key).where(sql`${t.resolvedAt} is null`),
    index('alerts_workspace').on(t.workspaceId, t.id),
  ],
);

export const alertReads = pgTable(
  'alert_reads',
  {
    alertId: integer('alert_id')
      .notNull()
      .references(() => alerts.id),
    userId: uuid('user_id')
      .notNull()
      .references(() => users.id),
  },
  (t) => [primaryKey({ columns: [t.userId, t.alertId] })],
);

/** Where alerts go besides the screen; a workspace without a row has the defaults of db/alert-settings.ts. */
export const alertSettings = pgTable('alert_settings', {
  workspaceId: workspaceId()
    .primaryKey()
    .references(() => workspaces.id),
  emails: text('emails').array().notNull(),
  /** Sealed like a token: whoever knows a Slack webhook may write to its channel. */
  sealedWebhook: text('sealed_webhook'),
  /** Told when reach changes by more than this share from one run to the next; null never. */
  reachPercent: integer('reach_percent'),
  updatedAt: instant('updated_at').notNull(),
});

export type AlertChannel = 'email' | 'webhook';
export type DeliveryState = 'pending' | 'sent' | 'failed';

export const alertDeliveries = pgTable(
  'alert_deliveries',
  {
    id: integer('id').primaryKey().generatedAlwaysAsIdentity(),
    workspaceId: workspaceId(),
    alertId: integer('alert_id')
      .notNull()
      .references(() => alerts.id),
    channel: text('channel').$type<AlertChannel>().notNull(),
    /** The e-mail address; the webhook is the workspace's at the time of sending. */
    address: text('address'),
    state: text('state').$type<DeliveryState>().notNull(),
    attempts: integer('attempts').notNull().default(0),
    /** Not to be tried before. */
    dueAt: instant('due_at').notNull(),
    /** Why the last try failed, in words. */
    fault: text('fault'),
    finishedAt: instant('finished_at'),
  },
  (t) => [
    index('alert_deliveries_due').on(t.dueAt).where(sql`${t.state} = 'pending'`),
    index('alert_deliveries_workspace').on(t.workspaceId, t.id),
  ],
);

/** One row: how far the ends of runs have been looked at. */
export const alertWatch = pgTable('alert_watch', { id: integer('id').primaryKey(), seenUntil: instant('seen_until').notNull() });
