import { AppError } from '@/lib/errors';
import { digest } from '@/lib/identity/hash';
import { normalize } from '@/lib/identity/normalize';
import { cleanJson, needsCleaning, refuseDeep } from './clean';
import type { IdKey } from './identity-plan';
import { parseInstant } from './instant';
import {
  earliestTime,
  type Fault,
  type IntakeRecord,
  type Json,
  latestAheadMs,
  longestName,
  type ProfileChanges,
  type Properties,
} from './record';
import { contactOf, profileOfTraits, type TraitContext } from './traits';

/** Segment's HTTP tracking source, limits and fields as its specification has them (read 2026-11). */

export const segmentCalls = ['identify', 'track', 'page', 'screen', 'group', 'alias', 'batch', 'import'] as const;
export type SegmentCall = (typeof segmentCalls)[number];

/** Bytes: 32 KB an event, 500 KB a request. */
export const largestEvent = 32 * 1024;
export const largestRequest = 500 * 1024;
export const mostEvents = 2_500;

export type Rejected = { index: number; field: string; reason: string };
export type Translation = { records: IntakeRecord[]; rejected: Rejected[] };

type Item = { [key: string]: Json };
type ItemContext = TraitContext & { receivedMs: number; skewMs: number };

/** The JSON of a request. @throws AppError invalid when it is none, or no object. */
export function parseBody(text: string): Item {
  let body: Json;
  try {
    body = JSON.parse(text) as Json;
  } catch {
    throw new AppError('invalid', 'The body is not JSON.', '');
  }
  if (!isObject(body)) throw new AppError('invalid', 'The body must be a JSON object.', '');
  if (!needsCleaning(text)) return body;
  refuseDeep(body, '');
  return cleanJson(body) as Item;
}

/**
 * Records of one request, in the order they were sent. An item of a batch that can't be read is reported and its neighbours stay;
 * a call of its own, or a batch with nothing readable in it, throws AppError invalid; above the limits AppError too_large.
 * @param bytes of the body.
 */
export function translate(call: SegmentCall, body: Item, bytes: number, context: TraitContext): Translation {
  if (bytes > largestRequest) throw new AppError('too_large', `A request may have ${largestRequest / 1024} KB.`, '');
  const itemContext = { ...context, receivedMs: context.receivedAt.getTime(), skewMs: skewOf(body, context.receivedAt) };
  if (call === 'batch' || call === 'import') return translateBatch(body, bytes, itemContext);
  if (bytes > largestEvent) throw new AppError('too_large', `An event may have ${largestEvent / 1024} KB.`, '');
  return { records: [translateItem(call, body, itemContext, '')], rejected: [] };
}

function translateBatch(body: Item, bytes: number, context: ItemContext): Translation {
  const { batch } = body;
  if (!Array.isArray(batch)) throw new AppError('invalid', 'batch must be a list of calls.', 'batch');
  if (batch.length > mostEvents) throw new AppError('too_large', `A batch may have ${mostEvents} events.`, 'batch');
  if (bytes > largestEvent) refuseLarge(batch);
  const shared = isObject(body.context) ? body.context : null;
  const records: IntakeRecord[] = [];
  const rejected: Rejected[] = [];
  batch.forEach((item, index) => {
    const path = `batch[${index}]`;
    try {
      if (!isObject(item)) throw new AppError('invalid', 'Must be an object.', path);
      const own = isObject(item.context) ? item.context : {};
      records.push(translateItem(callOf(item, path), shared ? { ...item, context: { ...shared, ...own } } : item, context, path));
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      rejected.push({ index, field: error.field ?? path, reason: error.message });
    }
  });
  const [first] = rejected;
  if (first && records.length === 0) throw new AppError('invalid', first.reason, first.field);
  return { records, rejected };
}

function refuseLarge(batch: Json[]): void {
  batch.forEach((item, index) => {
    if (Buffer.byteLength(JSON.stringify(item)) > largestEvent) {
      throw new AppError('too_large', `An event may have ${largestEvent / 1024} KB.`, `batch[${index}]`);
    }
  });
}

type ItemCall = Exclude<SegmentCall, 'batch' | 'import'>;

function callOf(item: Item, path: string): ItemCall {
  const { type } = item;
  if (type === 'track' || type === 'identify' || type === 'page' || type === 'screen' || type === 'group' || type === 'alias') return type;
  throw new AppError('invalid', 'type must be identify, track, page, screen, group or alias.', field(path, 'type'));
}

const field = (path: string, name: string) => (path === '' ? name : `${path}.${name}`);

const isObject = (value: Json | undefined): value is Item => typeof value === 'object' && value !== null && !Array.isArray(value);

/** How far the sender's clock is behind ours: Segment's rule, timestamp + (received − sent). */
function skewOf(body: Item, receivedAt: Date): number {
  const sent = parseInstant(body.sentAt);
  return sent === null ? 0 : receivedAt.getTime() - sent;
}

function idOf(item: Item, name: string, path: string): string | null {
  const value = item[name];
  if (value === undefined || value === null || value === '') return null;
  if (typeof value !== 'string' && typeof value !== 'number') throw new AppError('invalid', `${name} must be a text.`, field(path, name));
  const id = String(value);
  if (id.length > longestName) throw new AppError('invalid', `${name} may have ${longestName} characters.`, field(path, name));
  return id;
}

function objectOf(item: Item, name: string, path: string): Properties {
  const value = item[name];
  if (value === undefined || value === null) return {};
  if (!isObject(value)) throw new AppError('invalid', `${name} must be an object.`, field(path, name));
  refuseDeep(value, field(path, name));
  return value;
}

type Timing = { time: number; given: string; faults: Fault[] };

function timingOf(item: Item, context: ItemContext, path: string): Timing {
  const given = item.originalTimestamp ?? item.timestamp;
  if (given === undefined || given === null) return { time: context.receivedMs, given: String(context.receivedMs), faults: [] };
  const parsed = parseInstant(given);
  if (parsed === null) throw new AppError('invalid', 'timestamp must be an ISO 8601 date and time.', field(path, 'timestamp'));
  const time = parsed + context.skewMs;
  if (time < earliestTime) throw new AppError('invalid', 'timestamp lies before 1990.', field(path, 'timestamp'));
  if (time > context.receivedMs + latestAheadMs) return { time: context.receivedMs, given: String(given), faults: ['eventTime'] };
  return { time, given: String(given), faults: [] };
}

function translateItem(call: ItemCall, item: Item, context: ItemContext, path: string): IntakeRecord {
  const userId = idOf(item, 'userId', path);
  const anonymousId = idOf(item, 'anonymousId', path);
  const timing = timingOf(item, context, path);
  const base = { userId, anonymousId, time: timing.time };
  if (call === 'alias') return aliasRecord(item, base, timing, path);
  if (userId === null && anonymousId === null) throw new AppError('invalid', 'userId or anonymousId is required.', field(path, 'userId'));
  const repeatKey = (name: string, body: Properties) =>
    typeof item.messageId === 'string' && item.messageId !== ''
      ? `message ${item.messageId}`
      : `body ${JSON.stringify([call, userId, anonymousId, name, timing.given, body])}`;
  const ofContext = profileOfContext(isObject(item.context) ? item.context : {}, context);
  if (call === 'identify' || call === 'group') {
    const traits = objectOf(item, 'traits', path);
    const { profile, faults } =
      call === 'identify' ? profileOfTraits(traits, withCountry(context, userId, anonymousId)) : profileOfGroup(item, traits, path);
    const merged = ofContext ? { ...ofContext, ...profile, identifiers: { ...ofContext.identifiers, ...profile.identifiers } } : profile;
    return { kind: 'identify', ...base, repeatKey: repeatKey('', traits), profile: merged, faults: [...timing.faults, ...faults] };
  }
  const event = eventName(call, item, path);
  const properties = eventProperties(call, item, path);
  return { kind: 'track', ...base, event, properties, repeatKey: repeatKey(event, properties), profile: ofContext, faults: timing.faults };
}

function withCountry(context: ItemContext, userId: string | null, anonymousId: string | null): TraitContext {
  const known = context.countries?.get(`user:${userId ?? ''}`) ?? context.countries?.get(`anonymous:${anonymousId ?? ''}`);
  return known ? { ...context, defaultCountry: known } : context;
}

/** Ids whose country, if their profiles have one, helps to read this request: people whose phone comes without one. */
export function idsOfNationalPhones(body: Item): IdKey[] {
  const items = Array.isArray(body.batch) ? body.batch : [body];
  const keys: IdKey[] = [];
  for (const item of items) {
    if (!isObject(item) || !isObject(item.traits)) continue;
    const { phone, address } = item.traits;
    if (phone === undefined || phone === null || /^\s*(\+|00)/.test(String(phone)) || (isObject(address) && address.country)) continue;
    if (typeof item.userId === 'string') keys.push(`user:${item.userId}`);
    if (typeof item.anonymousId === 'string') keys.push(`anonymous:${item.anonymousId}`);
  }
  return keys;
}

function aliasRecord(
  item: Item,
  base: { userId: string | null; anonymousId: string | null; time: number },
  timing: Timing,
  path: string,
): IntakeRecord {
  const previousId = idOf(item, 'previousId', path);
  if (base.userId === null) throw new AppError('invalid', 'userId is required.', field(path, 'userId'));
  if (previousId === null) throw new AppError('invalid', 'previousId is required.', field(path, 'previousId'));
  return { kind: 'alias', ...base, userId: base.userId, previousId, repeatKey: null, profile: null, faults: timing.faults };
}

function eventName(call: 'track' | 'page' | 'screen', item: Item, path: string): string {
  if (call === 'page') return 'Page Viewed';
  if (call === 'screen') return 'Screen Viewed';
  const { event } = item;
  if (typeof event !== 'string' || event.trim() === '') throw new AppError('invalid', 'event must be a name.', field(path, 'event'));
  if (event.length > longestName) throw new AppError('invalid', `event may have ${longestName} characters.`, field(path, 'event'));
  return event;
}

const pageFields = ['url', 'path', 'referrer', 'title', 'search'];

function eventProperties(call: 'track' | 'page' | 'screen', item: Item, path: string): Properties {
  const properties = withoutContacts(objectOf(item, 'properties', path));
  if (call === 'track') return properties;
  const added: Properties = {};
  const page = isObject(item.context) && isObject(item.context.page) ? item.context.page : {};
  for (const name of pageFields) if (typeof page[name] === 'string') added[name] = page[name];
  for (const name of ['name', 'category']) if (typeof item[name] === 'string' && item[name] !== '') added[name] = item[name];
  return { ...added, ...properties };
}

/** A raw email or phone is not kept, in an event as little as in a profile. */
function withoutContacts(properties: Properties): Properties {
  for (const name in properties) {
    if (contactOf(name) || name === '__proto__') {
      return Object.fromEntries(Object.entries(properties).filter(([key]) => !contactOf(key) && key !== '__proto__'));
    }
  }
  return properties;
}

/** A group is a property of its members: its id, and what is known of it. */
function profileOfGroup(item: Item, traits: Properties, path: string): { profile: ProfileChanges; faults: Fault[] } {
  const groupId = idOf(item, 'groupId', path);
  if (groupId === null) throw new AppError('invalid', 'groupId is required.', field(path, 'groupId'));
  return { profile: { properties: { groupId, group: withoutContacts(traits) }, identifiers: {} }, faults: [] };
}

/** What every call says of its profile beside its own matter; null when nothing. */
function profileOfContext(context: Item, traits: TraitContext): ProfileChanges | null {
  const profile: ProfileChanges = { properties: {}, identifiers: {} };
  let found = false;
  const language = typeof context.locale === 'string' ? /^[A-Za-z]{2,3}(?=[-_]|$)/.exec(context.locale)?.[0] : undefined;
  if (language) {
    profile.language = language.toLowerCase();
    found = true;
  }
  const os = isObject(context.os) ? context.os.name : undefined;
  const device = isObject(context.device) ? context.device : {};
  const platform = [os, device.type].find((name) => typeof name === 'string' && name !== '');
  if (typeof platform === 'string') {
    profile.platform = platform.slice(0, 100);
    found = true;
  }
  // The owner of the device may have said no; then the id is there but not ours to use.
  if (device.advertisingId !== undefined && device.adTrackingEnabled !== false) {
    const id = normalize('mobileAdvertiserId', device.advertisingId, { country: null, year: traits.receivedAt.getUTCFullYear() });
    if (id !== null) {
      profile.identifiers.mobileAdvertiserId = digest('mobileAdvertiserId', id);
      found = true;
    }
  }
  return found ? profile : null;
}
