import type { Identifier } from '@/lib/identity/identifiers';

/** The one internal record. Every door (Segment, CSV) only translates into it; db/events.ts stores it. */

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type Properties = { [key: string]: Json };

export type ProfileChanges = {
  /** Merged over what the profile has; null is stored as null. */
  properties: Properties;
  /** Digests (lib/identity/hash.ts); null takes the identifier away. Raw values never get this far. */
  identifiers: Partial<Record<Identifier, string | null>>;
  /** Absent: unchanged. Null: taken away. Country is ISO alpha-2, upper case. */
  country?: string | null;
  city?: string | null;
  language?: string;
  platform?: string;
};

export const changesAny = ({ properties, identifiers, country, city, language, platform }: ProfileChanges): boolean =>
  [country, city, language, platform].some((column) => column !== undefined) ||
  Object.keys(properties).length > 0 ||
  Object.keys(identifiers).length > 0;

export const clearsAny = ({ identifiers, country, city }: ProfileChanges): boolean =>
  country === null || city === null || Object.values(identifiers).includes(null);

type Call = {
  userId: string | null;
  anonymousId: string | null;
  /** Milliseconds since 1970, already corrected and clamped. */
  time: number;
  /** What makes a repeat a repeat within the workspace; null for calls that may simply be done again. */
  repeatKey: string | null;
  profile: ProfileChanges | null;
  /** What could not be normalized, one entry each; `eventTime` is an event that came from the future and was set to its arrival. */
  faults: Fault[];
};

export type Fault = Identifier | 'eventTime';

export type IdentifyRecord = Call & { kind: 'identify' };
export type TrackRecord = Call & { kind: 'track'; event: string; properties: Properties };
/** `previousId` may be a user id or an anonymous id: the sender need not know which. */
export type AliasRecord = Call & { kind: 'alias'; userId: string; previousId: string };

export type IntakeRecord = IdentifyRecord | TrackRecord | AliasRecord;

/** Of ids and names, in characters: index entries of Postgres end at 2,704 bytes, and a character takes at most four. Read 2026-11. */
export const longestName = 512;

/** Ten minutes: what the clocks of honest senders are off by. Later events are set to their arrival and counted. */
export const latestAheadMs = 10 * 60_000;

/** Events are stored in monthly partitions; a wrong clock must not be able to make a thousand of them. */
export const earliestTime = Date.UTC(1990, 0, 1);
