import { birthParts } from '@/lib/identity/birthday';
import { countryCode } from '@/lib/identity/countries';
import { digest } from '@/lib/identity/hash';
import type { Identifier } from '@/lib/identity/identifiers';
import { type NormalizeContext, normalize } from '@/lib/identity/normalize';
import type { IdKey } from './identity-plan';
import type { Fault, Json, ProfileChanges, Properties } from './record';

export type TraitContext = {
  /** The workspace's. */
  defaultCountry: string | null;
  receivedAt: Date;
  /** Countries known of profiles (ISO alpha-2), by the key of lib/intake/identity-plan.ts: they come before the workspace's. */
  countries?: ReadonlyMap<IdKey, string>;
};

// Maps, not objects: somebody's trait is named "constructor".
const simple = new Map<string, Identifier>([
  ['firstName', 'firstName'],
  ['lastName', 'lastName'],
  ['gender', 'gender'],
]);
const ofAddress = new Map<string, Identifier>([
  ['city', 'city'],
  ['state', 'state'],
  ['postalCode', 'zip'],
  ['country', 'country'],
]);

/** Email and phone are recognised however they are spelled: a raw one must not end up among the properties. */
export function contactOf(name: string): 'email' | 'phone' | null {
  const plain = name.toLowerCase();
  return plain === 'email' || plain === 'phone' ? plain : null;
}

const isObject = (value: Json | undefined): value is { [key: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const blank = (value: Json | undefined) => value === undefined || (typeof value === 'string' && value.trim() === '');

/**
 * Parts the traits of an identify call into digests and properties. What names a person does not stay readable: email, phone, names,
 * birthday, gender and address become digests only; country and city are kept, as the built-in properties.
 */
export function profileOfTraits(traits: Properties, context: TraitContext): { profile: ProfileChanges; faults: Fault[] } {
  const address = isObject(traits.address) ? traits.address : {};
  const country = typeof address.country === 'string' ? countryCode(address.country) : null;
  const rules: NormalizeContext = { country: country ?? context.defaultCountry, year: context.receivedAt.getUTCFullYear() };
  const reader = new Reader(rules);
  const properties: [string, Json][] = [];
  for (const [name, value] of Object.entries(traits)) {
    const contact = contactOf(name);
    const plain = simple.get(name);
    if (contact) reader.read(contact, value);
    else if (plain) reader.read(plain, value);
    else if (name === 'birthday') reader.readBirthday(value);
    else if (name === 'address' && isObject(value)) properties.push(...reader.readAddress(value));
    else if (name !== '__proto__') properties.push([name, value]);
  }
  const profile: ProfileChanges = { properties: Object.fromEntries(properties), identifiers: reader.identifiers };
  if (address.country === null) profile.country = null;
  else if (country !== null) profile.country = country;
  if (address.city === null) profile.city = null;
  else if (typeof address.city === 'string' && !blank(address.city)) profile.city = address.city.trim();
  return { profile, faults: reader.faults };
}

class Reader {
  readonly identifiers: ProfileChanges['identifiers'] = {};
  readonly faults: Fault[] = [];

  constructor(private readonly rules: NormalizeContext) {}

  /** Null takes the identifier away; a blank says nothing; what can't be normalized leaves what was known. */
  read(identifier: Identifier, value: Json): void {
    if (blank(value)) return;
    if (value === null) this.identifiers[identifier] = null;
    else {
      const normalized = normalize(identifier, value, this.rules);
      if (normalized !== null) this.identifiers[identifier] = digest(identifier, normalized);
      // A gender other than two words is no mistake; Facebook just can't use it.
      else if (identifier !== 'gender') this.faults.push(identifier);
    }
    if (identifier === 'firstName') this.readInitial(value);
  }

  private readInitial(firstName: Json): void {
    const initial = firstName === null ? null : normalize('firstInitial', firstName, this.rules);
    if (firstName === null) this.identifiers.firstInitial = null;
    else if (initial !== null) this.identifiers.firstInitial = digest('firstInitial', initial);
  }

  readBirthday(value: Json): void {
    if (blank(value)) return;
    if (value === null) {
      Object.assign(this.identifiers, { birthYear: null, birthMonth: null, birthDay: null });
      return;
    }
    const parts = birthParts(value, this.rules);
    if (!parts) {
      this.faults.push('birthDay');
      return;
    }
    this.identifiers.birthYear = parts.birthYear === null ? null : digest('birthYear', parts.birthYear);
    this.identifiers.birthMonth = digest('birthMonth', parts.birthMonth);
    this.identifiers.birthDay = digest('birthDay', parts.birthDay);
  }

  /** @returns what is left of the address as a property, if anything is. */
  readAddress(address: { [key: string]: Json }): [string, Json][] {
    const rest: [string, Json][] = [];
    for (const [name, value] of Object.entries(address)) {
      const identifier = ofAddress.get(name);
      if (identifier) this.read(identifier, value);
      else if (name !== '__proto__') rest.push([name, value]);
    }
    return rest.length > 0 ? [['address', Object.fromEntries(rest)]] : [];
  }
}
