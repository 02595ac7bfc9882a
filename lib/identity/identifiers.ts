/**
 * What Facebook can match a person by. Order, names and bits are stored (profiles.identifier_mask, campaign versions):
 * append, never reorder. Keys: Marketing API reference "Custom Audience Users", read 2026-09.
 */
export const identifiers = [
  'email',
  'phone',
  'mobileAdvertiserId',
  'firstName',
  'lastName',
  'firstInitial',
  'gender',
  'birthYear',
  'birthMonth',
  'birthDay',
  'city',
  'state',
  'zip',
  'country',
] as const;

export type Identifier = (typeof identifiers)[number];

export const facebookKey: Record<Identifier, string> = {
  email: 'EMAIL',
  phone: 'PHONE',
  mobileAdvertiserId: 'MADID',
  firstName: 'FN',
  lastName: 'LN',
  firstInitial: 'FI',
  gender: 'GEN',
  birthYear: 'DOBY',
  birthMonth: 'DOBM',
  birthDay: 'DOBD',
  city: 'CT',
  state: 'ST',
  zip: 'ZIP',
  country: 'COUNTRY',
};

export const identifierBit = Object.fromEntries(identifiers.map((name, i) => [name, 1 << i])) as Record<Identifier, number>;

/** The three that name a person by themselves; the others only sharpen a match. "Reachable" means one of these exists. */
export const reachingIdentifiers = ['email', 'phone', 'mobileAdvertiserId'] as const satisfies readonly Identifier[];

export type ReachingIdentifier = (typeof reachingIdentifiers)[number];

export const reachableMask = identifierBit.email | identifierBit.phone | identifierBit.mobileAdvertiserId;
