import type { TransactionSql } from 'postgres';
import type { WorkspaceId } from '@/lib/auth';
import { kindOf, type PropertyKind } from '@/lib/intake/property-kind';
import type { Properties } from '@/lib/intake/record';
import type { Database } from './client';

/** Values a property keeps for the pick lists, the first that came; two processes may each fill it, so it is about a hundred. */
const valuesKept = 100;
const longestValue = 100;
/** Names an event, or the profiles, are known by: objects keyed by ids must not fill the catalogue. */
const namesKept = 500;
const longestPropertyName = 255;

export type CatalogueCounts = {
  events: Map<number, { firstTime: number; lastTime: number; days: Map<string, number> }>;
  properties: Map<string, PropertyCount>;
};

type PropertyCount = { eventId: number; name: string; kinds: Record<PropertyKind, number>; lastTime: number; values: Map<string, number> };

export const emptyCounts = (): CatalogueCounts => ({ events: new Map(), properties: new Map() });

export function countEvent(counts: CatalogueCounts, eventId: number, time: number, day: string): void {
  let event = counts.events.get(eventId);
  if (!event) {
    event = { firstTime: time, lastTime: time, days: new Map() };
    counts.events.set(eventId, event);
  }
  if (time > event.lastTime) event.lastTime = time;
  if (time < event.firstTime) event.firstTime = time;
  event.days.set(day, (event.days.get(day) ?? 0) + 1);
}

/** @param eventId 0 for the properties of profiles. */
export function countProperties(counts: CatalogueCounts, eventId: number, properties: Properties, time: number): void {
  for (const name in properties) {
    const value = properties[name] ?? null;
    const kind = kindOf(value);
    if (kind === null || name.length > longestPropertyName) continue;
    const key = `${eventId} ${name}`;
    let property = counts.properties.get(key);
    if (!property) {
      property = {
        eventId,
        name,
        kinds: { text: 0, number: 0, boolean: 0, date: 0, list: 0, other: 0 },
        lastTime: time,
        values: new Map(),
      };
      counts.properties.set(key, property);
    }
    property.kinds[kind] += 1;
    if (time > property.lastTime) property.lastTime = time;
    if (kind === 'text' && typeof value === 'string' && value !== '' && value.length <= longestValue) {
      property.values.set(value, (property.values.get(value) ?? 0) + 1);
    }
  }
}

type Kept = { names: Set<string>; values: Map<string, Set<string>> };
const kept = new WeakMap<Database, Map<string, Kept>>();

/** What is kept already of one event's properties; read once a process. */
async function keptOf(db: Database, tx: TransactionSql, workspaceId: WorkspaceId, eventId: number): Promise<Kept> {
  let all = kept.get(db);
  if (!all) {
    all = new Map();
    kept.set(db, all);
  }
  const key = `${workspaceId} ${eventId}`;
  const found = all.get(key);
  if (found) return found;
  const fresh: Kept = { names: new Set(), values: new Map() };
  for (const { name } of await tx<
    { name: string }[]
  >`select name from property_names where workspace_id = ${workspaceId} and event_id = ${eventId}`)
    fresh.names.add(name);
  for (const { name, value } of await tx<{ name: string; value: string }[]>`
    select name, value from property_values where workspace_id = ${workspaceId} and event_id = ${eventId}`) {
    setOf(fresh.values, name).add(value);
  }
  all.set(key, fresh);
  return fresh;
}

function setOf(map: Map<string, Set<string>>, name: string): Set<string> {
  let set = map.get(name);
  if (!set) {
    set = new Set();
    map.set(name, set);
  }
  return set;
}

/**
 * Adds the counts. Goes last in the transaction: these few rows are shared by all writers, and so they wait for each other only here,
 * each time in the same order.
 */
export async function addCounts(db: Database, tx: TransactionSql, workspaceId: WorkspaceId, counts: CatalogueCounts): Promise<void> {
  await addVolumes(tx, workspaceId, counts);
  const properties: PropertyCount[] = [];
  const values: { eventId: number; name: string; value: string; count: number }[] = [];
  for (const property of counts.properties.values()) {
    const there = await keptOf(db, tx, workspaceId, property.eventId);
    if (!there.names.has(property.name)) {
      if (there.names.size >= namesKept) continue;
      there.names.add(property.name);
    }
    properties.push(property);
    const set = setOf(there.values, property.name);
    for (const [value, count] of property.values) {
      if (!set.has(value)) {
        if (set.size >= valuesKept) continue;
        set.add(value);
      }
      values.push({ eventId: property.eventId, name: property.name, value, count });
    }
  }
  await addProperties(tx, workspaceId, properties);
  await addValues(tx, workspaceId, values);
}

const byText = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

async function addVolumes(tx: TransactionSql, workspaceId: WorkspaceId, counts: CatalogueCounts): Promise<void> {
  if (counts.events.size === 0) return;
  const events = [...counts.events].sort(([a], [b]) => a - b);
  await tx`
    update event_names e set last_seen = greatest(e.last_seen, t.last_seen), first_seen = least(e.first_seen, t.first_seen)
    from (
      select e.event_id, t.first_seen, t.last_seen from event_names e
      join unnest(
        ${events.map(([id]) => id)}::int[], ${events.map(([, event]) => new Date(event.firstTime).toISOString())}::text[]::timestamptz[],
        ${events.map(([, event]) => new Date(event.lastTime).toISOString())}::text[]::timestamptz[]
      ) as t(event_id, first_seen, last_seen) on t.event_id = e.event_id
      where e.last_seen < t.last_seen or e.first_seen > t.first_seen
      order by e.event_id for update of e
    ) t where e.event_id = t.event_id`;
  const days = events.flatMap(([eventId, event]) =>
    [...event.days].sort(([a], [b]) => byText(a, b)).map(([day, count]) => ({ eventId, day, count })),
  );
  await tx`
    insert into event_volumes as v (workspace_id, event_id, day, count)
    select ${workspaceId}, event_id, day, count
    from unnest(${days.map((d) => d.eventId)}::int[], ${days.map((d) => d.day)}::date[], ${days.map((d) => d.count)}::bigint[]) as t(event_id, day, count)
    on conflict (workspace_id, event_id, day) do update set count = v.count + excluded.count`;
}

async function addProperties(tx: TransactionSql, workspaceId: WorkspaceId, properties: PropertyCount[]): Promise<void> {
  if (properties.length === 0) return;
  properties.sort((a, b) => a.eventId - b.eventId || byText(a.name, b.name));
  const seen = (kind: PropertyKind) => properties.map((p) => p.kinds[kind]);
  await tx`
    insert into property_names as p
      (workspace_id, event_id, name, text_count, number_count, boolean_count, date_count, list_count, other_count, last_seen)
    select ${workspaceId}, * from unnest(
      ${properties.map((p) => p.eventId)}::int[], ${properties.map((p) => p.name)}::text[], ${seen('text')}::bigint[], ${seen('number')}::bigint[],
      ${seen('boolean')}::bigint[], ${seen('date')}::bigint[], ${seen('list')}::bigint[], ${seen('other')}::bigint[],
      ${properties.map((p) => new Date(p.lastTime).toISOString())}::text[]::timestamptz[])
    on conflict (workspace_id, event_id, name) do update set
      text_count = p.text_count + excluded.text_count, number_count = p.number_count + excluded.number_count,
      boolean_count = p.boolean_count + excluded.boolean_count, date_count = p.date_count + excluded.date_count,
      list_count = p.list_count + excluded.list_count, other_count = p.other_count + excluded.other_count,
      last_seen = greatest(p.last_seen, excluded.last_seen)`;
}

async function addValues(
  tx: TransactionSql,
  workspaceId: WorkspaceId,
  values: { eventId: number; name: string; value: string; count: number }[],
): Promise<void> {
  if (values.length === 0) return;
  values.sort((a, b) => a.eventId - b.eventId || byText(a.name, b.name) || byText(a.value, b.value));
  await tx`
    insert into property_values as v (workspace_id, event_id, name, value, count)
    select ${workspaceId}, * from unnest(
      ${values.map((v) => v.eventId)}::int[], ${values.map((v) => v.name)}::text[], ${values.map((v) => v.value)}::text[],
      ${values.map((v) => v.count)}::bigint[])
    on conflict (workspace_id, event_id, name, value) do update set count = v.count + excluded.count`;
}
