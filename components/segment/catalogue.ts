/** What the pick lists offer; from db/builder-catalogue.ts. */
export type ValueView = { value: string /** Where it is not shown as it is written. */; label?: string; count?: number };
export type PropertyView = { name: string; type: 'text' | 'number' | 'boolean' | 'date' | 'list'; values: ValueView[] };

export type BuilderCatalogue = {
  /** IANA: local days of every window. */
  zone: string;
  /** The most frequent first. */
  events: { name: string; count: number; properties: PropertyView[] }[];
  /** The customer's own, and the built-in ones. */
  profileProperties: PropertyView[];
  /** Saved and list segments. */
  segments: { key: string; name: string }[];
};

const builtInLabels: Record<string, string> = {
  $country: 'Country',
  $city: 'City',
  $language: 'Language',
  $platform: 'Platform',
  $firstSeen: 'First seen',
  $lastSeen: 'Last seen',
};

export const propertyLabel = (name: string): string => builtInLabels[name] ?? name;

/** Of all the named events, each once; of those that several have, the first. */
export function propertiesOfEvents({ events }: BuilderCatalogue, names: readonly string[]): PropertyView[] {
  const found = new Map<string, PropertyView>();
  for (const event of events)
    if (names.includes(event.name))
      for (const property of event.properties) if (!found.has(property.name)) found.set(property.name, property);
  return [...found.values()];
}
