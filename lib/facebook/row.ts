import { facebookKey, type Identifier, identifiers } from '@/lib/identity/identifiers';

/** Facebook's keys for these identifiers in the one fixed order: an audience keeps its schema for life. */
export const keysFor = (chosen: readonly Identifier[]): string[] =>
  identifiers.filter((name) => chosen.includes(name)).map((name) => facebookKey[name]);

/** The identifiers behind an audience's schema, in its order. */
export const identifiersOf = (schema: readonly string[]): Identifier[] => identifiers.filter((name) => schema.includes(facebookKey[name]));
