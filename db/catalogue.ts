import type { WorkspaceId } from '@/lib/auth';
import { addsUp, choosePromoted } from '@/lib/intake/property-kind';
import type { IntakeRecord, Properties } from '@/lib/intake/record';
import type { Database } from './client';

export type CatalogueEvent = { eventId: number; amountProperty: string | null; labelProperty: string | null };

type Entry = CatalogueEvent & { amountsAddUp: boolean };

/** Committed entries by database, workspace and name. A promoted property never changes once set, so it may be kept. */
const known = new WeakMap<Database, Map<string, Entry>>();

const cacheOf = (db: Database) => {
  let cache = known.get(db);
  if (!cache) {
    cache = new Map();
    known.set(db, cache);
  }
  return cache;
};

/**
 * Event ids of the tracked names, new ones made, promoted properties chosen. Committed before the events are: a name without events does no
 * harm, and no writer holds a lock on it while it writes. May be repeated.
 */
export async function ensureEvents(
  db: Database,
  workspaceId: WorkspaceId,
  records: readonly IntakeRecord[],
): Promise<Map<string, CatalogueEvent>> {
  const cache = cacheOf(db);
  const answer = new Map<string, Entry>();
  const unsettled = new Map<string, { events: Properties[]; time: number }>();
  for (const record of records) {
    if (record.kind !== 'track') continue;
    const entry = answer.get(record.event) ?? cache.get(`${workspaceId} ${record.event}`);
    if (entry) answer.set(record.event, entry);
    if (entry?.amountProperty != null && entry.labelProperty != null) continue;
    const seen = unsettled.get(record.event);
    if (seen) seen.events.push(record.properties);
    else unsettled.set(record.event, { events: [record.properties], time: record.time });
  }
  const wanted = [...unsettled]
    .map(([name, { events, time }]) => ({ name, time: new Date(time).toISOString(), ...choosePromoted(events) }))
    .filter(({ name, amount, label }) => {
      const entry = answer.get(name);
      return !entry || (entry.amountProperty === null && amount !== null) || (entry.labelProperty === null && label !== null);
    });
  if (wanted.length > 0) {
    for (const { name, ...entry } of await settle(db, workspaceId, wanted)) {
      cache.set(`${workspaceId} ${name}`, entry);
      answer.set(name, entry);
    }
  }
  await tellWildAmounts(db, workspaceId, records, answer);
  return answer;
}

async function tellWildAmounts(
  db: Database,
  workspaceId: WorkspaceId,
  records: readonly IntakeRecord[],
  entries: ReadonlyMap<string, Entry>,
): Promise<void> {
  const wild = new Set<Entry>();
  for (const record of records) {
    if (record.kind !== 'track') continue;
    const entry = entries.get(record.event);
    if (!entry?.amountsAddUp || entry.amountProperty === null) continue;
    const amount = record.properties[entry.amountProperty];
    if (typeof amount === 'number' && !addsUp(amount)) wild.add(entry);
  }
  if (wild.size === 0) return;
  await db.sql`
    update event_names set amounts_add_up = false
    where workspace_id = ${workspaceId} and event_id = any(${[...wild].map((entry) => entry.eventId)}::int[]) and amounts_add_up`;
  for (const entry of wild) entry.amountsAddUp = false;
}

type Wanted = { name: string; time: string; amount: string | null; label: string | null };

async function settle(db: Database, workspaceId: WorkspaceId, wanted: Wanted[]): Promise<(Entry & { name: string })[]> {
  wanted.sort((a, b) => (a.name < b.name ? -1 : 1));
  // coalesce: whoever came first has chosen, whatever this writer's cache said.
  return db.sql<(Entry & { name: string })[]>`
    insert into event_names as e (workspace_id, name, first_seen, last_seen, amount_property, label_property)
    select ${workspaceId}, name, time, time, amount, label
    from unnest(${wanted.map((w) => w.name)}::text[], ${wanted.map((w) => w.time)}::text[]::timestamptz[], ${wanted.map((w) => w.amount)}::text[], ${wanted.map((w) => w.label)}::text[]) as t(name, time, amount, label)
    on conflict (workspace_id, name) do update set
      amount_property = coalesce(e.amount_property, excluded.amount_property), label_property = coalesce(e.label_property, excluded.label_property)
    returning name, event_id as "eventId", amount_property as "amountProperty", label_property as "labelProperty", amounts_add_up as "amountsAddUp"`;
}

/** Ids of the named events and the promoted properties that may be asked in place of the JSON; names never seen are not in the answer. */
export async function eventIds(db: Database, workspaceId: WorkspaceId, names: readonly string[]): Promise<Map<string, CatalogueEvent>> {
  const rows = await db.sql<(CatalogueEvent & { name: string })[]>`
    select name, event_id as "eventId", case when amounts_add_up then amount_property end as "amountProperty", label_property as "labelProperty"
    from event_names where workspace_id = ${workspaceId} and name = any(${[...names]}::text[])`;
  return new Map(rows.map(({ name, ...entry }) => [name, entry]));
}

/** Every name seen, alphabetically. */
export async function eventNames(db: Database, workspaceId: WorkspaceId): Promise<string[]> {
  const rows = await db.sql<{ name: string }[]>`select name from event_names where workspace_id = ${workspaceId} order by name`;
  return rows.map((row) => row.name);
}

export type EventSummary = { name: string; lastSeen: Date; total: number; volume: { day: string; count: number }[] };

/** By total, the most frequent first. `volume` has the last 30 local days, the oldest first, days without events as 0. */
export async function listEvents(db: Database, workspaceId: WorkspaceId, now: Date): Promise<EventSummary[]> {
  return db.sql<EventSummary[]>`
    with today as (select (${now.toISOString()}::timestamptz at time zone zone)::date as day from workspaces where id = ${workspaceId})
    select e.name, e.last_seen as "lastSeen",
      coalesce((select sum(v.count) from event_volumes v where v.workspace_id = e.workspace_id and v.event_id = e.event_id), 0)::float8 as total,
      (
        select json_agg(json_build_object('day', to_char(d.day, 'YYYY-MM-DD'), 'count', coalesce(v.count, 0)) order by d.day)
        from (select today.day - n as day from today, generate_series(0, 29) n) d
        left join event_volumes v on v.workspace_id = e.workspace_id and v.event_id = e.event_id and v.day = d.day
      ) as volume
    from event_names e where e.workspace_id = ${workspaceId}
    order by total desc, e.name`;
}

export type PropertyType = 'text' | 'number' | 'boolean' | 'date' | 'list';
export type PropertySummary = { name: string; type: PropertyType; values: { value: string; count: number }[] };

/**
 * Properties seen on an event, or (null) on profiles, alphabetically, each with the type most of its values have and its most
 * frequent short texts. An unknown event has none.
 */
export async function propertiesOf(db: Database, workspaceId: WorkspaceId, eventName: string | null): Promise<PropertySummary[]> {
  return db.sql<PropertySummary[]>`
    with event as (
      select 0 as event_id where ${eventName}::text is null
      union all select event_id from event_names where workspace_id = ${workspaceId} and name = ${eventName}
    )
    select p.name,
      (
        select kind from (values ('text', p.text_count, 1), ('number', p.number_count, 2), ('boolean', p.boolean_count, 3), ('date', p.date_count, 4), ('list', p.list_count, 5))
          as k(kind, seen, ord) order by seen desc, ord limit 1
      ) as type,
      coalesce((
        select json_agg(json_build_object('value', v.value, 'count', v.count) order by v.count desc, v.value)
        from property_values v where v.workspace_id = p.workspace_id and v.event_id = p.event_id and v.name = p.name
      ), '[]'::json) as "values"
    from event join property_names p on p.workspace_id = ${workspaceId} and p.event_id = event.event_id
    where p.text_count + p.number_count + p.boolean_count + p.date_count + p.list_count > 0
    order by p.name`;
}
