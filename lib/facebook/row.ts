import { facebookKey, type Identifier, identifiers } from '@/lib/identity/identifiers';

/**
 * Its column says ["LDU"] in each row: Facebook then processes the person as a service provider, where the law of their place asks for it.
 * Country and state are left to Facebook. Marketing API "Customer File Custom Audiences", read 2026-09.
 */
export const limitedDataUseKey = 'DATA_PROCESSING_OPTIONS';

/** Of value-based audiences: what a member is worth, a number from 0. */
export const valueKey = 'LOOKALIKE_VALUE';

/** Facebook's keys for these identifiers in the one fixed order: an audience keeps its schema for life. */
export const keysFor = (
  chosen: readonly Identifier[],
  { limitedDataUse, valued }: { limitedDataUse: boolean; valued: boolean },
): string[] => [
  ...identifiers.filter((name) => chosen.includes(name)).map((name) => facebookKey[name]),
  ...(limitedDataUse ? [limitedDataUseKey] : []),
  ...(valued ? [valueKey] : []),
];

const keys: readonly string[] = [...identifiers.map((name) => facebookKey[name]), 'EXTERN_ID', limitedDataUseKey, valueKey];

/** The column that Facebook's reason for refusing a row names; null where it names none. */
export const refusedField = (reason: string): string | null =>
  /external id/i.test(reason) ? 'EXTERN_ID' : (keys.find((key) => new RegExp(`\\b${key}\\b`).test(reason)) ?? null);

/** The identifiers behind an audience's schema, in its order. */
export const identifiersOf = (schema: readonly string[]): Identifier[] => identifiers.filter((name) => schema.includes(facebookKey[name]));
