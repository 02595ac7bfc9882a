/** What the pick lists offer; from db/catalogue.ts. */
export type PropertyView = { name: string; type: 'text' | 'number' | 'boolean' | 'date' | 'list'; values: string[] };

export type BuilderCatalogue = {
  /** IANA: local days of every window. */
  zone: string;
  events: { name: string; properties: PropertyView[] }[];
  /** The customer's own, and the built-in ones. */
  profileProperties: PropertyView[];
};
