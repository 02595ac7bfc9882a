import { createHash } from 'node:crypto';
import { Temporal } from 'temporal-polyfill';
import { AppError } from '@/lib/errors';
import { digest } from '@/lib/identity/hash';
import { normalize } from '@/lib/identity/normalize';
import { cleanText } from './clean';
import { parseInstant } from './instant';
import { earliestTime, type IntakeRecord, type Json, latestAheadMs, longestName, type Properties } from './record';
import { contactOf, profileOfTraits } from './traits';

/** Rows of a CSV file into records; docs/intake.md has the columns. */

export type CsvKind = 'users' | 'events';

const fields = [
  'userId',
  'anonymousId',
  'event',
  'timestamp',
  'messageId',
  'email',
  'phone',
  'firstName',
  'lastName',
  'birthday',
  'gender',
  'city',
  'state',
  'postalCode',
  'country',
  'mobileAdvertiserId',
] as const;
export type CsvField = (typeof fields)[number];

/** Spellings of headers, letters only, that mean a field. */
const spellings: Record<CsvField, string[]> = {
  userId: ['userid', 'identity', 'customerid', 'externalid', 'uid'],
  anonymousId: ['anonymousid', 'anonid', 'visitorid'],
  event: ['event', 'eventname', 'evtname'],
  timestamp: ['timestamp', 'time', 'ts', 'date', 'datetime', 'occurredat', 'eventtime'],
  messageId: ['messageid', 'insertid', 'eventid'],
  email: ['email', 'mail', 'emailaddress'],
  phone: ['phone', 'phonenumber', 'mobile', 'mobilenumber', 'telephone'],
  firstName: ['firstname', 'givenname', 'fn'],
  lastName: ['lastname', 'surname', 'familyname', 'ln'],
  birthday: ['birthday', 'birthdate', 'dateofbirth', 'dob'],
  gender: ['gender', 'sex'],
  city: ['city', 'town'],
  state: ['state', 'province'],
  postalCode: ['postalcode', 'postcode', 'zip', 'zipcode'],
  country: ['country', 'countrycode'],
  mobileAdvertiserId: ['mobileadvertiserid', 'advertisingid', 'madid', 'idfa', 'gaid', 'aaid'],
};

const usersFields = new Set<CsvField>(fields.filter((field) => field !== 'event' && field !== 'messageId'));
const eventsFields = new Set<CsvField>(['userId', 'anonymousId', 'event', 'timestamp', 'messageId']);

/** A column is a field of ours, a property under its own name, or left out. */
export type CsvColumn = { field: CsvField } | { property: string } | { ignored: string };

/**
 * What each column is, guessed from its header. @throws AppError invalid when an obligatory column is missing or one is there twice.
 */
export function csvColumns(kind: CsvKind, header: readonly string[]): CsvColumn[] {
  const columns = header.map((name) => columnOf(kind, cleanText(name).trim()));
  const seen = new Set<string>();
  columns.forEach((column, i) => {
    const name = 'field' in column ? column.field : 'property' in column ? column.property : null;
    if (name === null) return;
    if (seen.has(name)) throw new AppError('invalid', `Two columns mean ${name}: ${header[i]} is the second.`, header[i]);
    seen.add(name);
  });
  if (!seen.has('userId') && !seen.has('anonymousId')) throw new AppError('invalid', 'There is no column userId.', 'userId');
  if (kind === 'events') {
    for (const name of ['event', 'timestamp']) if (!seen.has(name)) throw new AppError('invalid', `There is no column ${name}.`, name);
  }
  return columns;
}

const lettersOf = (name: string) => name.toLowerCase().replace(/[^a-z]/g, '');

/** The field a header means by one of its spellings. */
export const csvFieldOf = (header: string): CsvField | undefined =>
  fields.find((candidate) => spellings[candidate].includes(lettersOf(header)));

/** The separator the first line uses most. @param head the beginning of the file. */
export function separatorOf(head: string): string {
  const line = head.split(/\r?\n/)[0] ?? '';
  const counts = [',', ';', '\t'].map((separator) => ({ separator, count: line.split(separator).length }));
  return counts.sort((a, b) => b.count - a.count)[0]?.separator ?? ',';
}

/** Bytes: a row beyond is a quote that was never closed. */
const longestRow = 1_000_000;

/** How every CSV file is read: the options of csv-parse. */
export const csvParsing = (separator: string) => ({
  bom: true,
  delimiter: separator,
  relax_column_count: true,
  skip_empty_lines: true,
  max_record_size: longestRow,
});

function columnOf(kind: CsvKind, name: string): CsvColumn {
  const letters = lettersOf(name);
  const known = kind === 'users' ? usersFields : eventsFields;
  const field = csvFieldOf(name);
  // "date" and "time" are likely columns of people too; there only the unmistakable name is the time of the call.
  if (field && known.has(field) && (field !== 'timestamp' || kind === 'events' || letters === 'timestamp')) return { field };
  if (name === '' || name === '__proto__' || contactOf(name)) return { ignored: name };
  return { property: name };
}

export type CsvContext = { receivedAt: Date; defaultCountry: string | null; wallTime: (text: string) => number | null };

/** Reads times that name no offset as wall time of the zone; a time that comes twice is the first, one that is skipped the next. */
export function wallTimes(zone: string): (text: string) => number | null {
  const offsets = new Map<number, number>();
  return (text) => {
    // As if it were UTC: what is left is the zone's offset, whole quarters of an hour.
    const wall = parseInstant(text);
    if (wall === null) return null;
    const quarter = Math.floor(wall / 900_000) * 900_000;
    let offset = offsets.get(quarter);
    if (offset === undefined) {
      const local = Temporal.PlainDateTime.from(new Date(quarter).toISOString().slice(0, 19));
      offset = quarter - local.toZonedDateTime(zone).epochMilliseconds;
      offsets.set(quarter, offset);
    }
    return wall - offset;
  };
}

const number = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d{1,3})?$/;
const wallClock = /^(\d{4}-\d{2}-\d{2}) (\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)\s?(Z|[+-]\d{2}:?\d{2})?$/;

/** Numbers (not those with leading zeros or more digits than a number can hold), true and false; dates become ISO 8601; all else is text. */
export function csvValue(raw: string): Json {
  const text = raw.trim();
  if (number.test(text) && text.replace(/[^\d]/g, '').length <= 15 && Number.isFinite(Number(text))) return Number(text);
  if (/^(true|false)$/i.test(text)) return text.toLowerCase() === 'true';
  const date = wallClock.exec(text);
  if (date && parseInstant(text) !== null) return `${date[1]}T${date[2]}${date[3] ?? ''}`;
  return cleanText(raw);
}

/** Translates the rows of one file, in order: which of several equal rows a row is, is part of what it is. */
export class CsvReader {
  private readonly equalRows = new Map<string, number>();

  constructor(
    private readonly kind: CsvKind,
    private readonly columns: readonly CsvColumn[],
    private readonly context: CsvContext,
  ) {}

  /** @throws AppError invalid with the reason, for a person to read. */
  read(row: readonly string[]): IntakeRecord {
    if (row.length !== this.columns.length) {
      throw new AppError('invalid', `The row has ${row.length} columns, the header ${this.columns.length}.`);
    }
    const values: Partial<Record<CsvField, string>> = {};
    const properties: [string, Json][] = [];
    this.columns.forEach((column, i) => {
      const raw = row[i] ?? '';
      if (raw.trim() === '') return;
      if ('field' in column) values[column.field] = cleanText(raw).trim();
      else if ('property' in column) properties.push([column.property, csvValue(raw)]);
    });
    const userId = values.userId ?? null;
    const anonymousId = values.anonymousId ?? null;
    if (userId === null && anonymousId === null) throw new AppError('invalid', 'userId is empty.', 'userId');
    for (const [name, value] of Object.entries({ userId, anonymousId, event: values.event })) {
      if (value && value.length > longestName) throw new AppError('invalid', `${name} is longer than ${longestName} characters.`, name);
    }
    return this.kind === 'users'
      ? this.user(userId, anonymousId, values, Object.fromEntries(properties))
      : this.event(userId, anonymousId, values, Object.fromEntries(properties));
  }

  private user(
    userId: string | null,
    anonymousId: string | null,
    values: Partial<Record<CsvField, string>>,
    properties: Properties,
  ): IntakeRecord {
    const traits: Properties = { ...properties };
    for (const name of ['email', 'phone', 'firstName', 'lastName', 'birthday', 'gender'] as const) {
      if (values[name] !== undefined) traits[name] = values[name];
    }
    const address: Properties = {};
    for (const name of ['city', 'state', 'postalCode', 'country'] as const) if (values[name] !== undefined) address[name] = values[name];
    if (Object.keys(address).length > 0) traits.address = address;
    const { profile, faults } = profileOfTraits(traits, this.context);
    if (values.mobileAdvertiserId !== undefined) {
      const id = normalize('mobileAdvertiserId', values.mobileAdvertiserId, { country: null, year: 0 });
      if (id === null) faults.push('mobileAdvertiserId');
      else profile.identifiers.mobileAdvertiserId = digest('mobileAdvertiserId', id);
    }
    // A row of people may be sent again on purpose, to set back what changed since: it is never a repeat.
    return { kind: 'identify', userId, anonymousId, time: this.timeOf(values.timestamp).time, repeatKey: null, profile, faults };
  }

  private event(
    userId: string | null,
    anonymousId: string | null,
    values: Partial<Record<CsvField, string>>,
    properties: Properties,
  ): IntakeRecord {
    const { event } = values;
    if (event === undefined) throw new AppError('invalid', 'event is empty.', 'event');
    if (values.timestamp === undefined) throw new AppError('invalid', 'timestamp is empty.', 'timestamp');
    const { time, future } = this.timeOf(values.timestamp);
    const repeatKey =
      values.messageId === undefined
        ? this.rowKey([userId, anonymousId, event, values.timestamp, properties])
        : `message ${values.messageId}`;
    return { kind: 'track', userId, anonymousId, event, properties, time, repeatKey, profile: null, faults: future ? ['eventTime'] : [] };
  }

  /** Two equal rows of a file are two events; the same file again is the same events. */
  private rowKey(row: Json[]): string {
    const digestOfRow = createHash('sha256').update(JSON.stringify(row)).digest('base64').slice(0, 16);
    const before = this.equalRows.get(digestOfRow) ?? 0;
    this.equalRows.set(digestOfRow, before + 1);
    return `row ${before} ${JSON.stringify(row)}`;
  }

  private timeOf(text: string | undefined): { time: number; future: boolean } {
    const received = this.context.receivedAt.getTime();
    if (text === undefined) return { time: received, future: false };
    const hasOffset = /(?:Z|[T ]\d{2}:\d{2}.*[+-]\d{2}:?\d{2})$/i.test(text);
    const time = /^\d{9,13}$/.test(text) ? parseInstant(Number(text)) : hasOffset ? parseInstant(text) : this.context.wallTime(text);
    if (time === null)
      throw new AppError('invalid', 'timestamp is no ISO 8601 date, such as 2026-03-09 or 2026-03-09T14:30:00Z.', 'timestamp');
    if (time < earliestTime) throw new AppError('invalid', 'timestamp lies before 1990.', 'timestamp');
    return time > received + latestAheadMs ? { time: received, future: true } : { time, future: false };
  }
}
