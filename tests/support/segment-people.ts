import type { OracleProfile } from './segment-oracle';

/**
 * Who the people of a history are, told by taking its Segment calls one after the other: the rules of identity as product.md has them,
 * sharing nothing with intake. Times are taken as sent.
 */
export type SegmentCall = Record<string, unknown> & { type: 'identify' | 'track' | 'alias'; timestamp: string };

/** A profile and all the ids that lead to it, as "user:…" and "anonymous:…". */
export type Person = { ids: Set<string>; email?: string; profile: Omit<OracleProfile, 'bucket' | 'lists'> };

type Growing = {
  ids: Set<string>;
  properties: Record<string, unknown>;
  builtIn: Record<string, unknown>;
  has: Set<OracleProfile['has'][number]>;
  email?: string;
  events: OracleProfile['events'][number][];
};

export function peopleOf(calls: readonly SegmentCall[]): Person[] {
  const byId = new Map<string, Growing>();
  const known = new Set<unknown>();
  for (const call of calls) {
    if (call.messageId !== undefined && known.has(call.messageId)) continue;
    known.add(call.messageId);
    take(call, byId);
  }
  return [...new Set(byId.values())].map(({ ids, email, has, ...rest }) => ({ ids, email, profile: { ...rest, has: [...has] } }));
}

function take(call: SegmentCall, byId: Map<string, Growing>): void {
  const person = personOf(call, byId);
  const time = new Date(call.timestamp);
  const { $firstSeen: first, $lastSeen: last } = person.builtIn;
  if (!(first instanceof Date && first <= time)) person.builtIn.$firstSeen = time;
  if (!(last instanceof Date && last >= time)) person.builtIn.$lastSeen = time;
  if (call.type === 'track') {
    person.events.push({ name: String(call.event), time: time.getTime(), properties: objectIn(call, 'properties') });
  }
  if (call.type === 'identify') takeTraits(person, objectIn(call, 'traits'));
  takeContext(person, objectIn(call, 'context'));
}

const objectIn = (object: Record<string, unknown>, name: string) => (object[name] ?? {}) as Record<string, unknown>;

function personOf(call: SegmentCall, byId: Map<string, Growing>): Growing {
  const named = (id: string): Growing => {
    const found = byId.get(id) ?? { ids: new Set(), properties: {}, builtIn: {}, has: new Set(), events: [] };
    found.ids.add(id);
    byId.set(id, found);
    return found;
  };
  if (call.userId === undefined) return named(`anonymous:${call.anonymousId}`);
  const user = named(`user:${call.userId}`);
  const join = (id: string) => {
    const other = byId.get(id);
    if (other && other !== user) merge(user, other);
    for (const each of [id, ...(other?.ids ?? [])]) {
      user.ids.add(each);
      byId.set(each, user);
    }
  };
  if (call.anonymousId !== undefined) {
    const id = `anonymous:${call.anonymousId}`;
    // An anonymous id that is somebody's already stays theirs.
    if (![...(byId.get(id)?.ids ?? [])].some((each) => each.startsWith('user:'))) join(id);
  }
  if (call.type === 'alias') {
    const ids = [`user:${call.previousId}`, `anonymous:${call.previousId}`];
    const known = ids.filter((id) => byId.has(id));
    for (const id of known.length > 0 ? known : ids) join(id);
  }
  return user;
}

/** What the winner has stands. */
function merge(winner: Growing, loser: Growing): void {
  winner.properties = { ...loser.properties, ...winner.properties };
  const seen = { first: extreme(winner, loser, '$firstSeen', -1), last: extreme(winner, loser, '$lastSeen', 1) };
  winner.builtIn = { ...loser.builtIn, ...winner.builtIn, $firstSeen: seen.first, $lastSeen: seen.last };
  for (const each of loser.has) winner.has.add(each);
  winner.email ??= loser.email;
  winner.events.push(...loser.events);
}

function extreme(a: Growing, b: Growing, name: string, sign: 1 | -1): Date | undefined {
  const times = [a, b].map((each) => each.builtIn[name]).filter((time) => time instanceof Date);
  return times.sort((x, y) => sign * (y.getTime() - x.getTime()))[0];
}

function takeTraits(person: Growing, traits: Record<string, unknown>): void {
  for (const [name, value] of Object.entries(traits)) {
    if (name === 'email' || name === 'phone') {
      if (value === null) person.has.delete(name);
      else person.has.add(name);
      if (name === 'email') person.email = value === null ? undefined : String(value);
    } else if (name === 'birthday') {
      if (value === null) person.has.delete('birthDay');
      else person.has.add('birthDay');
    } else if (name === 'address') {
      for (const [part, text] of Object.entries(value as object)) {
        if (text === null) delete person.builtIn[`$${part}`];
        else person.builtIn[`$${part}`] = text;
      }
    } else person.properties[name] = value;
  }
}

function takeContext(person: Growing, context: Record<string, unknown>): void {
  const { locale } = context;
  if (typeof locale === 'string') person.builtIn.$language = locale.split('-')[0];
  const os = objectIn(context, 'os').name;
  if (os !== undefined) person.builtIn.$platform = os;
  if (objectIn(context, 'device').advertisingId !== undefined) person.has.add('mobileAdvertiserId');
}
