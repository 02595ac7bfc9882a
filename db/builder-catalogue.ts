import type { WorkspaceId } from '@/lib/auth';
import { builtInProperties } from '@/lib/segment/property-condition';
import { countryCounts, eventNames, type PropertyType, propertiesOf } from './catalogue';
import type { Database } from './client';

export type BuilderCatalogue = {
  zone: string;
  events: { name: string; properties: { name: string; type: PropertyType; values: string[] }[] }[];
  profileProperties: { name: string; type: PropertyType; values: string[] }[];
};

/** All that the segment builder's pick lists offer: events with their properties, profile properties, the built-in ones first. */
export async function builderCatalogue(db: Database, workspaceId: WorkspaceId, zone: string): Promise<BuilderCatalogue> {
  const names = await eventNames(db, workspaceId);
  const view = (property: Awaited<ReturnType<typeof propertiesOf>>[number]) => ({
    ...property,
    values: property.values.map((each) => each.value),
  });
  const events = await Promise.all(
    names.map(async (name) => ({ name, properties: (await propertiesOf(db, workspaceId, name)).map(view) })),
  );
  const own = (await propertiesOf(db, workspaceId, null)).map(view);
  const countries = await countryCounts(db, workspaceId);
  const builtIn = Object.entries(builtInProperties).map(([name, type]) => ({ name, type, values: name === '$country' ? countries : [] }));
  return { zone, events, profileProperties: [...builtIn, ...own] };
}
