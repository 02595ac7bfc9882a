import { createHash } from 'node:crypto';
import type { TransactionSql } from 'postgres';
import { jsonArray, plainArray, textArray } from '@/lib/array-literal';
import type { WorkspaceId } from '@/lib/auth';
import { isSampled } from '@/lib/identity/bucket';
import { localDays } from '@/lib/intake/local-day';
import type { Fault, IntakeRecord, Json, Properties, TrackRecord } from '@/lib/intake/record';
import { type CatalogueEvent, ensureEvents } from './catalogue';
import { addCounts, type CatalogueCounts, countEvent, countProperties, emptyCounts } from './catalogue-counts';
import type { Database } from './client';
import { correctListMembers, hasLists } from './list-members';
import { type Arrival, heardNames, noteArrivals } from './live-arrivals';
import { profileNews } from './live-campaigns';
import { ensurePartitions } from './partitions';
import { lockIdentities, resolveProfiles, StartAgain } from './profile-ids';
import { writeProfiles } from './profile-writes';
import { noteWithdrawals } from './withdrawals';

export type IntakeWorkspace = {
  id: WorkspaceId;
  zone: string;
  defaultCountry: string | null /** Absent: there is none. */;
  consentProperty?: string | null;
};

/** Restarts before the writer asks for the workspace alone, where nothing can come between. */
const startsShared = 3;
const startsInAll = 6;

/**
 * Stores the records in one transaction of a handful of set-based statements, whatever their number (some thousands serve best).
 * Their order is the order they were sent in. May be repeated: a repeat of an event changes nothing and is counted as a duplicate.
 */
export async function storeRecords(
  db: Database,
  workspace: IntakeWorkspace,
  records: readonly IntakeRecord[],
  receivedAt: Date,
): Promise<{ stored: number; duplicates: number }> {
  if (records.length === 0) return { stored: 0, duplicates: 0 };
  const events = await ensureEvents(db, workspace.id, records);
  await ensurePartitions(
    db,
    records.filter((record) => record.kind === 'track').map((record) => record.time),
  );
  let alone = false;
  for (let start = 1; ; start++) {
    try {
      return await db.sql.begin((tx) => write(db, tx, workspace, records, events, receivedAt, alone));
    } catch (error) {
      const deadlock = (error as { code?: unknown }).code === '40P01';
      if (!(deadlock || error instanceof StartAgain) || start === startsInAll) throw error;
      alone ||= (error instanceof StartAgain && error.alone) || start >= startsShared;
    }
  }
}

/** The order of the steps is the order of locks, and the steps take their rows sorted by key: so writers hardly ever block each other in a ring. */
async function write(
  db: Database,
  tx: TransactionSql,
  workspace: IntakeWorkspace,
  records: readonly IntakeRecord[],
  events: ReadonlyMap<string, CatalogueEvent>,
  receivedAt: Date,
  alone: boolean,
): Promise<{ stored: number; duplicates: number }> {
  // One after the other on the wire, without a wait between.
  const [, listed, heard] = await Promise.all([
    lockIdentities(tx, workspace.id, alone),
    hasLists(tx, workspace.id),
    heardNames(tx, workspace.id),
  ]);
  const all: Accepted[] = [];
  let fresh: ReadonlySet<IntakeRecord> | null = null;
  for (let rest = records; rest.length > 0; ) {
    const { profileIds, created, renamed, merged } = await resolveProfiles(tx, workspace.id, rest, receivedAt, alone);
    fresh ??= await freshRecords(tx, workspace.id, records);
    const resolved = rest.flatMap((record, i) => (profileIds[i] ? { record, profileId: profileIds[i] } : []));
    const accepted = resolved.filter(({ record }) => fresh?.has(record));
    // A repeat may come with an id never seen before; its profile exists from now on, but nothing the repeat says is taken.
    const bare = resolved.flatMap(({ record, profileId }) =>
      created.has(profileId) ? { record: { ...record, profile: null }, profileId } : [],
    );
    const { readdressed } = await writeProfiles(tx, workspace.id, [...bare, ...accepted], created);
    if (workspace.consentProperty)
      await noteWithdrawals(tx, workspace.id, workspace.consentProperty, { accepted, merged: [...merged] }, receivedAt);
    if (listed) await correctListMembers(tx, workspace.id, [...new Set([...renamed, ...readdressed])]);
    const rows = eventRows(accepted, events);
    await writeEvents(tx, workspace.id, rows);
    if (heard.size > 0) await noteArrivals(tx, workspace.id, heardOf(accepted, rows, heard, events), receivedAt);
    all.push(...accepted);
    rest = rest.filter((_, i) => !profileIds[i]);
  }
  const dayOf = localDays(workspace.zone);
  await addFaults(tx, workspace.id, all, dayOf(receivedAt.getTime()));
  await addCounts(db, tx, workspace.id, countsOf(all, eventRows(all, events), dayOf));
  return { stored: all.length, duplicates: records.length - all.length };
}

async function writeEvents(tx: TransactionSql, workspaceId: WorkspaceId, rows: readonly EventRow[]): Promise<void> {
  const sampled = rows.filter((row) => isSampled(row.profileId));
  await insertEvents(tx, 'events', workspaceId, rows);
  await insertEvents(tx, 'events_sample', workspaceId, sampled);
  await addRollUps(tx, 'profile_events', workspaceId, rows);
  await addRollUps(tx, 'profile_events_sample', workspaceId, sampled);
}

/** 16 bytes of SHA-256 as hex; Postgres reads it as a uuid. */
const digestOf = (workspaceId: WorkspaceId, repeatKey: string) =>
  createHash('sha256').update(`${workspaceId} ${repeatKey}`).digest('hex').slice(0, 32);

/** Those not stored before; of several equal ones in the batch the first. */
async function freshRecords(
  tx: TransactionSql,
  workspaceId: WorkspaceId,
  records: readonly IntakeRecord[],
): Promise<ReadonlySet<IntakeRecord>> {
  const byDigest = new Map<string, IntakeRecord>();
  const fresh: IntakeRecord[] = [];
  for (const record of records) {
    if (record.repeatKey === null) fresh.push(record);
    else {
      const digest = digestOf(workspaceId, record.repeatKey);
      if (!byDigest.has(digest)) byDigest.set(digest, record);
    }
  }
  if (byDigest.size === 0) return new Set(fresh);
  // Only the digests that were there come back: nearly always none.
  const repeats = await tx<{ digest: string }[]>`
    with given as (select digest from unnest(${plainArray([...byDigest.keys()].sort())}::text::uuid[]) as t(digest)),
    added as (insert into event_digests (digest) select digest from given on conflict do nothing returning digest)
    select replace(digest::text, '-', '') as digest from given where not exists (select from added where added.digest = given.digest)`;
  for (const { digest } of repeats) byDigest.delete(digest);
  return new Set([...fresh, ...byDigest.values()]);
}

export type Accepted = { record: IntakeRecord; profileId: string };

export type EventRow = {
  profileId: string;
  eventId: number;
  time: number;
  amount: number | null;
  label: string | null;
  properties: Properties;
};

/** `label` is part of an index entry, which ends at 2,704 bytes: 500 characters are safely below. The JSON is cut with it, so both agree. */
const longestLabel = 500;

function eventRows(accepted: readonly Accepted[], events: ReadonlyMap<string, CatalogueEvent>): EventRow[] {
  const rows: EventRow[] = [];
  for (const { record, profileId } of accepted) {
    if (record.kind === 'track') rows.push(eventRow(record, profileId, events.get(record.event)));
  }
  return rows;
}

function eventRow(record: TrackRecord, profileId: string, event: CatalogueEvent | undefined): EventRow {
  if (!event) throw new Error('invariant: the catalogue knows every event that is stored');
  let properties: Properties = record.properties;
  const amount = event.amountProperty === null ? null : properties[event.amountProperty];
  let label: Json | undefined = event.labelProperty === null ? null : properties[event.labelProperty];
  if (typeof label === 'string' && label.length > longestLabel) {
    // Not through the middle of a surrogate pair.
    label = label.slice(0, longestLabel).replace(/[\uD800-\uDBFF]$/, '');
    properties = { ...properties, [event.labelProperty as string]: label };
  }
  return {
    profileId,
    eventId: event.eventId,
    time: record.time,
    // JSON.parse makes infinity of 1e400, and JSON null of infinity.
    amount: typeof amount === 'number' && Number.isFinite(amount) ? amount : null,
    label: typeof label === 'string' ? label : null,
    properties,
  };
}

/** What live campaigns listen to: events by their names, and who is told of. */
function heardOf(
  accepted: readonly Accepted[],
  rows: readonly EventRow[],
  heard: ReadonlySet<string>,
  events: ReadonlyMap<string, CatalogueEvent>,
): Arrival[] {
  const eventIds = new Set([...heard].flatMap((name) => events.get(name)?.eventId ?? []));
  const told = heard.has(profileNews) ? accepted.filter(({ record }) => record.profile !== null) : [];
  const profileIds = [...new Set(told.map(({ profileId }) => profileId))];
  return [...rows.filter(({ eventId }) => eventIds.has(eventId)), ...profileIds.map((profileId) => ({ profileId, eventId: 0 }))];
}

type EventTable = 'events' | 'events_sample';

async function insertEvents(tx: TransactionSql, table: EventTable, workspaceId: WorkspaceId, rows: readonly EventRow[]): Promise<void> {
  if (rows.length === 0) return;
  await tx`
    insert into ${tx(table)} (workspace_id, profile_id, event_id, time, amount, label, properties)
    select ${workspaceId}, profile_id, event_id, time, amount, label, properties from unnest(
      ${plainArray(rows.map((row) => row.profileId))}::text::bigint[], ${plainArray(rows.map((row) => row.eventId))}::text::int[],
      ${plainArray(rows.map((row) => new Date(row.time).toISOString()))}::text::timestamptz[], ${plainArray(rows.map((row) => row.amount))}::text::float8[],
      ${textArray(rows.map((row) => row.label))}::text::text[], ${jsonArray(rows.map((row) => row.properties))}::text::jsonb[]
    ) as t(profile_id, event_id, time, amount, label, properties)`;
}

/** Of one event to the roll-up's sum: were it to overflow, nothing this person does could be stored any more. */
const largestAddend = 1e290;

type RollUp = { profileId: string; eventId: number; count: number; first: number; last: number; sum: number };

type RollUpTable = 'profile_events' | 'profile_events_sample';

async function addRollUps(tx: TransactionSql, table: RollUpTable, workspaceId: WorkspaceId, rows: readonly EventRow[]): Promise<void> {
  if (rows.length === 0) return;
  const byKey = new Map<string, RollUp>();
  for (const { profileId, eventId, time, amount } of rows) {
    const key = `${profileId} ${eventId}`;
    const found = byKey.get(key);
    const addend = Math.max(-largestAddend, Math.min(amount ?? 0, largestAddend));
    if (!found) byKey.set(key, { profileId, eventId, count: 1, first: time, last: time, sum: addend });
    else {
      found.count += 1;
      found.sum += addend;
      if (time < found.first) found.first = time;
      if (time > found.last) found.last = time;
    }
  }
  const rollUps = [...byKey.values()].sort((a, b) => a.eventId - b.eventId || Number(a.profileId) - Number(b.profileId));
  await tx`
    insert into ${tx(table)} as p (workspace_id, profile_id, event_id, count, first_time, last_time, sum)
    select ${workspaceId}, * from unnest(
      ${plainArray(rollUps.map((r) => r.profileId))}::text::bigint[], ${plainArray(rollUps.map((r) => r.eventId))}::text::int[], ${plainArray(rollUps.map((r) => r.count))}::text::int[],
      ${plainArray(rollUps.map((r) => new Date(r.first).toISOString()))}::text::timestamptz[], ${plainArray(rollUps.map((r) => new Date(r.last).toISOString()))}::text::timestamptz[],
      ${plainArray(rollUps.map((r) => r.sum))}::text::float8[])
    on conflict (workspace_id, profile_id, event_id) do update set
      count = p.count + excluded.count, sum = p.sum + excluded.sum,
      first_time = least(p.first_time, excluded.first_time), last_time = greatest(p.last_time, excluded.last_time)`;
}

async function addFaults(tx: TransactionSql, workspaceId: WorkspaceId, accepted: readonly Accepted[], day: string): Promise<void> {
  const counts = new Map<Fault, number>();
  for (const { record } of accepted) for (const fault of record.faults) counts.set(fault, (counts.get(fault) ?? 0) + 1);
  if (counts.size === 0) return;
  const rows = [...counts].sort(([a], [b]) => (a < b ? -1 : 1));
  await tx`
    insert into identifier_faults as f (workspace_id, identifier, day, count)
    select ${workspaceId}, identifier, ${day}::date, count
    from unnest(${rows.map(([fault]) => fault)}::text[], ${rows.map(([, count]) => count)}::bigint[]) as t(identifier, count)
    on conflict (workspace_id, identifier, day) do update set count = f.count + excluded.count`;
}

function countsOf(accepted: readonly Accepted[], rows: readonly EventRow[], dayOf: (time: number) => string): CatalogueCounts {
  const counts = emptyCounts();
  for (const row of rows) {
    countEvent(counts, row.eventId, row.time, dayOf(row.time));
    countProperties(counts, row.eventId, row.properties, row.time);
  }
  for (const { record } of accepted) if (record.profile) countProperties(counts, 0, record.profile.properties, record.time);
  return counts;
}
