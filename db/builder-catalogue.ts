import type { WorkspaceId } from '@/lib/auth';
import { countryCodes, countryName } from '@/lib/identity/countries';
import { builtInProperties } from '@/lib/segment/property-condition';
import type { PropertyType } from './catalogue';
import type { Database } from './client';

type Value = { value: string; label?: string; count?: number };
type Property = { name: string; type: PropertyType; values: Value[] };

export type BuilderCatalogue = {
  zone: string;
  events: { name: string; count: number; properties: Property[] }[];
  profileProperties: Property[];
  segments: { key: string; name: string }[];
};

/** The page carries the whole catalogue: the most frequent properties of a name, and of each its most frequent values. */
const propertiesOffered = 100;
const valuesOffered = 30;

/** All that the segment builder's pick lists offer: events by frequency, with their properties; profile properties, the built-in first. */
export async function builderCatalogue(db: Database, workspaceId: WorkspaceId, zone: string): Promise<BuilderCatalogue> {
  const [events, properties, builtIn, segments] = await Promise.all([
    eventCounts(db, workspaceId),
    propertiesByEvent(db, workspaceId),
    builtInOnes(db, workspaceId),
    db.sql<{ key: string; name: string }[]>`select key, name from segments where workspace_id = ${workspaceId} order by lower(name), key`,
  ]);
  return {
    zone,
    events: events.map(({ eventId, name, count }) => ({ name, count, properties: properties.get(eventId) ?? [] })),
    profileProperties: [...builtIn, ...(properties.get(0) ?? [])],
    segments: [...segments],
  };
}

const eventCounts = (db: Database, workspaceId: WorkspaceId) => db.sql<{ eventId: number; name: string; count: number }[]>`
  select e.event_id as "eventId", e.name, coalesce(sum(v.count), 0)::float8 as count
  from event_names e left join event_volumes v on v.workspace_id = e.workspace_id and v.event_id = e.event_id
  where e.workspace_id = ${workspaceId} group by e.event_id, e.name order by 3 desc, 2`;

/** By event id, 0 for the profiles'; alphabetically, each of the type that most of its values have. */
async function propertiesByEvent(db: Database, workspaceId: WorkspaceId): Promise<Map<number, Property[]>> {
  const rows = await db.sql<(Property & { eventId: number })[]>`
    with kinds as (
      select event_id, name, text_count + number_count + boolean_count + date_count + list_count as seen,
        (select kind from (values ('text', text_count, 1), ('number', number_count, 2), ('boolean', boolean_count, 3), ('date', date_count, 4), ('list', list_count, 5))
          as k(kind, seen, ord) order by seen desc, ord limit 1) as type
      from property_names where workspace_id = ${workspaceId}
    ), frequent as (
      select *, row_number() over (partition by event_id order by seen desc, name) as place from kinds where seen > 0
    )
    select p.event_id as "eventId", p.name, p.type, coalesce(v.list, '[]'::json) as "values"
    from frequent p left join lateral (
      select json_agg(json_build_object('value', top.value, 'count', top.count) order by top.count desc, top.value) as list
      from (
        select value, count from property_values
        where workspace_id = ${workspaceId} and event_id = p.event_id and name = p.name order by count desc, value limit ${valuesOffered}
      ) top
    ) v on true
    where p.place <= ${propertiesOffered} order by p.event_id, p.name`;
  const found = new Map<number, Property[]>();
  for (const { eventId, ...property } of rows) found.set(eventId, [...(found.get(eventId) ?? []), property]);
  return found;
}

/** As many profiles as tell what is frequent, however many there are. */
const profilesRead = 20_000;

/** Countries are offered whether or not somebody is there, the most frequent first. */
async function builtInOnes(db: Database, workspaceId: WorkspaceId): Promise<Property[]> {
  const rows = await db.sql<{ name: string; value: string }[]>`
    with read as (select country, city, language, platform from profiles where workspace_id = ${workspaceId} limit ${profilesRead}),
    counted as (
      select k.name, k.value, count(*) as seen, row_number() over (partition by k.name order by count(*) desc, k.value) as place
      from read, lateral (values ('$country', country), ('$city', city), ('$language', language), ('$platform', platform)) as k(name, value)
      where k.value is not null group by k.name, k.value
    )
    select name, value from counted where place <= ${valuesOffered} or name = '$country' order by name, place`;
  return Object.entries(builtInProperties).map(([name, type]) => {
    const seen = rows.filter((row) => row.name === name).map((row) => row.value);
    return { name, type, values: name === '$country' ? countries(seen) : seen.map((value) => ({ value })) };
  });
}

function countries(seen: string[]): Value[] {
  const labelled = (codes: readonly string[]) => codes.map((value) => ({ value, label: countryName(value) ?? value }));
  const others = labelled(countryCodes.filter((code) => !seen.includes(code))).sort((a, b) => (a.label < b.label ? -1 : 1));
  return [...labelled(seen), ...others];
}
