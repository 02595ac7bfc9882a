import { type CountryCode, parsePhoneNumberFromString } from 'libphonenumber-js/max';
import { countryCode, usStateCode } from './countries';
import type { Identifier } from './identifiers';

/**
 * Raw value → normalized value, by Facebook's rules ("Customer file custom audiences", read 2026-09), each function null where the
 * value can't be normalized. Nothing here is hashed, guessed or rewritten beyond those rules: no Gmail dots, no invented gender.
 */

export type NormalizeContext = {
  /** ISO alpha-2, upper case: for phones without country code, states and postcodes. */
  country: string | null;
  /** The latest year a birth can have. */
  year: number;
};

const invisible = /[\u200B-\u200D\u2060\uFEFF\u00AD]/g;

function email(raw: string): string | null {
  const value = raw.replace(invisible, '').trim().toLowerCase().normalize('NFC');
  const at = value.indexOf('@');
  const domain = value.slice(at + 1);
  if (at < 1 || value.length > 254 || domain.includes('@') || /[\s\p{C}<>,;]/u.test(value)) return null;
  const labels = domain.split('.');
  return labels.length >= 2 && labels.every((label) => label !== '') ? value : null;
}

/** Digits of any script to ASCII: NFKC leaves Devanagari, Arabic and the like as they are. Blocks of decimal digits are ten long and aligned. */
function asciiDigits(text: string): string {
  return text.replace(/\p{Nd}/gu, (digit) => {
    const code = digit.codePointAt(0) ?? 0;
    if (code < 128) return digit;
    let zero = code;
    while (code - zero < 9 && /\p{Nd}/u.test(String.fromCodePoint(zero - 1))) zero -= 1;
    return String(code - zero);
  });
}

function phone(raw: string, country: string | null): string | null {
  const text = asciiDigits(raw.replace(invisible, ''))
    .trim()
    .replace(/^\uFF0B/, '+')
    .replace(/^(?:\+\s*00|00)/, '+');
  // "(0)" is the trunk prefix of people who write both forms at once; it is never part of an international number.
  const international = text.startsWith('+') ? text.replace(/\(\s*0\s*\)/, '') : text;
  const parsed = parsePhoneNumberFromString(international, (country ?? undefined) as CountryCode | undefined);
  // Possible, not valid: Facebook's own example (555) is not a valid number, and numbering plans change faster than libraries.
  const number = parsed?.isPossible() ? parsed : withoutPlus(text);
  if (!number || /^(\d)\1+$/.test(number.nationalNumber)) return null;
  const digits = number.number.slice(1);
  return digits.length >= 8 && digits.length <= 15 ? digits : null;
}

/** E.164 that lost its plus. Only numbers too long to be national ones, and only valid ones: a guess here is another person's number. */
function withoutPlus(text: string) {
  const digits = text.replace(/[\s().-]/g, '');
  if (!/^\d{11,15}$/.test(digits)) return undefined;
  const parsed = parsePhoneNumberFromString(`+${digits}`);
  return parsed?.isValid() ? parsed : undefined;
}

const genders: Record<string, string> = {};
for (const word of ['m', 'male', 'man', 'masculine', 'männlich', 'mann', 'homme', 'hombre', 'masculino', 'uomo', 'maschio'])
  genders[word] = 'm';
for (const word of ['f', 'female', 'woman', 'feminine', 'weiblich', 'frau', 'femme', 'mujer', 'femenino', 'feminino', 'donna'])
  genders[word] = 'f';

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const fullMonths = 'january february march april may june july august september october november december'.split(' ');

function twoDigits(raw: string, from: number, to: number): string | null {
  if (!/^\d{1,2}$/.test(raw)) return null;
  const value = Number(raw);
  return value >= from && value <= to ? String(value).padStart(2, '0') : null;
}

function birthMonth(raw: string): string | null {
  const word = raw.toLowerCase().replace(/\.$/, '');
  const index = Math.max(months.indexOf(word), fullMonths.indexOf(word), word === 'sept' ? 8 : -1);
  return index >= 0 ? String(index + 1).padStart(2, '0') : twoDigits(raw, 1, 12);
}

function birthYear(raw: string, year: number): string | null {
  return /^\d{4}$/.test(raw) && Number(raw) >= 1900 && Number(raw) <= year ? raw : null;
}

function personName(raw: string): string | null {
  const value = raw
    .normalize('NFC')
    .toLowerCase()
    .replace(/[\p{P}\p{S}\p{Cc}\p{Cf}]/gu, '')
    .replace(/\s+/gu, ' ')
    .trim();
  return value === '' ? null : value;
}

const graphemes = new Intl.Segmenter('und', { granularity: 'grapheme' });

function firstInitial(raw: string): string | null {
  const name = personName(raw);
  return name === null ? null : ([...graphemes.segment(name)][0]?.segment ?? null);
}

function placeName(raw: string): string | null {
  const plain = raw.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
  const latin = plain.replace(/[^a-z]/g, '');
  if (latin !== '') return latin;
  const letters = raw
    .normalize('NFC')
    .toLowerCase()
    .replace(/[^\p{L}\p{M}]/gu, '');
  return letters === '' ? null : letters;
}

function state(raw: string, country: string | null): string | null {
  const name = placeName(raw);
  if (name === null || (country !== null && country !== 'US')) return name;
  return usStateCode(name) ?? name;
}

/** UK postcodes go whole: Facebook's wording (to the sector) and the large senders differ, and it is a weak key either way. */
function zip(raw: string, country: string | null): string | null {
  const value = raw
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[\s\p{Pd}]/gu, '');
  if (country === 'US' || (country === null && /^\d{5}-\d{4}$/.test(raw.trim())))
    return /^\d{5}(?:\d{4})?$/.test(value) ? value.slice(0, 5) : null;
  return /^[\p{L}\p{N}]{2,12}$/u.test(value) ? value : null;
}

function mobileAdvertiserId(raw: string): string | null {
  const value = raw.trim().toLowerCase();
  if (!/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/.test(value)) return null;
  return value === '00000000-0000-0000-0000-000000000000' ? null : value;
}

/** @param raw a text or a number; anything else is null. */
export function normalize(identifier: Identifier, raw: unknown, context: NormalizeContext): string | null {
  if (typeof raw !== 'string' && !(typeof raw === 'number' && Number.isFinite(raw))) return null;
  // A US postcode that was written as a number has lost its leading zeros.
  const text = (
    typeof raw === 'number' && identifier === 'zip' && context.country === 'US' ? String(raw).padStart(5, '0') : String(raw)
  ).trim();
  switch (identifier) {
    case 'email':
      return email(text);
    case 'phone':
      return phone(text, context.country);
    case 'mobileAdvertiserId':
      return mobileAdvertiserId(text);
    case 'firstName':
    case 'lastName':
      return personName(text);
    case 'firstInitial':
      return firstInitial(text);
    case 'gender':
      return genders[text.toLowerCase()] ?? null;
    case 'birthYear':
      return birthYear(text, context.year);
    case 'birthMonth':
      return birthMonth(text);
    case 'birthDay':
      return twoDigits(text, 1, 31);
    case 'city':
      return placeName(text);
    case 'state':
      return state(text, context.country);
    case 'zip':
      return zip(text, context.country);
    case 'country':
      return countryCode(text)?.toLowerCase() ?? null;
  }
}
