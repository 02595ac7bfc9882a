/**
 * Which profile each call belongs to, and what must be joined. A user id names a profile; an anonymous id names one until it comes
 * with a user id, and then its profile is merged into that user's. An anonymous profile that already is a user's is left alone: a
 * shared device must not melt two people into one. Only an alias, which says so, joins two known profiles.
 */

export type IdKind = 'user' | 'anonymous';
export type IdKey = `${IdKind}:${string}`;
/** `known`: a user id names the profile. */
export type KnownId = { profileId: string; known: boolean };
export type Call = {
  userId: string | null;
  anonymousId: string | null;
  previousId?: string;
  /** It says something of its profile; it takes something away. */
  changes?: boolean;
  clears?: boolean;
};

type Node = {
  profileId: string | null;
  known: boolean;
  into: Node | null;
  /** By calls before. */
  changed: boolean;
  cleared: boolean;
  /** A call of it waits, so later ones wait as well. */
  waits: boolean;
};

const newNode = (profileId: string | null, known: boolean): Node => ({
  profileId,
  known,
  into: null,
  changed: false,
  cleared: false,
  waits: false,
});

export type IdentityPlan = {
  /**
   * By call; every entry is one of `created` or has a profile id. Null for a call that can be planned only when those before it are written:
   * it merges what they have changed, and where both sides say something the known profile's word must stand.
   */
  profiles: (ProfileRef | null)[];
  /** Profiles to be made: give each its id before anything is written. */
  created: ProfileRef[];
  newIds: { kind: IdKind; value: string; profile: ProfileRef; alias: boolean }[];
  /** Winner first seen as winner; a loser is never a winner. */
  merges: { loser: string; winner: ProfileRef }[];
  /** True when a profile that was there gets another id or another's history: then no other writer may be under way. */
  changesExisting: boolean;
};

/** A profile that may not have its id yet. */
export type ProfileRef = { profileId: string | null };

const root = (node: Node): Node => {
  let at = node;
  while (at.into) at = at.into;
  return at;
};

/** The ids to look up before planning; no duplicates. */
export function idsOf(calls: readonly Call[]): IdKey[] {
  const keys = new Set<IdKey>();
  for (const call of calls) {
    if (call.userId !== null) keys.add(`user:${call.userId}`);
    if (call.anonymousId !== null) keys.add(`anonymous:${call.anonymousId}`);
    if (call.previousId !== undefined) {
      keys.add(`user:${call.previousId}`);
      keys.add(`anonymous:${call.previousId}`);
    }
  }
  return [...keys];
}

class Planner {
  private readonly byKey = new Map<IdKey, Node>();
  private readonly byProfile = new Map<string, Node>();
  readonly nodes: Node[] = [];
  readonly newIds: { kind: IdKind; value: string; node: Node; alias: boolean }[] = [];
  readonly merges: { loser: string; into: Node }[] = [];
  changesExisting = false;
  private readonly waiting = new Set<IdKey>();

  constructor(private readonly existing: ReadonlyMap<IdKey, KnownId>) {}

  find(kind: IdKind, value: string): Node | null {
    const key: IdKey = `${kind}:${value}`;
    const planned = this.byKey.get(key);
    if (planned) return root(planned);
    const known = this.existing.get(key);
    if (!known) return null;
    let node = this.byProfile.get(known.profileId);
    if (!node) {
      node = newNode(known.profileId, known.known);
      this.byProfile.set(known.profileId, node);
    }
    this.byKey.set(key, node);
    return root(node);
  }

  findOrCreate(kind: IdKind, value: string): Node {
    const found = this.find(kind, value);
    if (found) return found;
    const node = newNode(null, false);
    this.nodes.push(node);
    this.name(kind, value, node);
    return node;
  }

  name(kind: IdKind, value: string, node: Node, alias = false): void {
    if (node.profileId !== null) this.changesExisting = true;
    if (kind === 'user') node.known = true;
    this.byKey.set(`${kind}:${value}`, node);
    this.newIds.push({ kind, value, node, alias });
  }

  merge(loser: Node, winner: Node): void {
    if (loser === winner) return;
    if (loser.profileId !== null) {
      this.changesExisting = true;
      // A user seen for the first time simply takes over the anonymous profile: nothing has to move.
      if (winner.profileId === null) winner.profileId = loser.profileId;
      else {
        this.merges.push({ loser: loser.profileId, into: winner });
        // What it got is its own from now on: should it be merged on, that must not be mixed up with what comes from others.
        winner.changed = true;
      }
    }
    winner.known ||= loser.known;
    winner.changed ||= loser.changed;
    winner.cleared ||= loser.cleared;
    loser.into = winner;
  }

  /** True for a call that cannot be planned yet, and from then on for all calls of the same people. */
  waits(call: Call): boolean {
    const must = this.dependsOnOrder(call);
    if (!must && this.waiting.size === 0) return false;
    const keys = idsOf([call]);
    const nodes = keys.flatMap((key) => this.find(...keyParts(key)) ?? []);
    if (!must && !keys.some((key) => this.waiting.has(key)) && !nodes.some((node) => node.waits)) return false;
    for (const key of keys) this.waiting.add(key);
    for (const node of nodes) node.waits = true;
    return true;
  }

  /** Whether merging first and changing afterwards, which is how a plan is carried out, would end otherwise than the calls one by one. */
  private dependsOnOrder(call: Call): boolean {
    if (call.userId === null || (call.anonymousId === null && call.previousId === undefined)) return false;
    const user = this.find('user', call.userId);
    const anonymous = call.anonymousId === null ? null : this.find('anonymous', call.anonymousId);
    const previous = call.previousId === undefined ? [] : [this.find('user', call.previousId), this.find('anonymous', call.previousId)];
    const losers = [anonymous?.known ? null : anonymous, ...previous].filter((node) => node !== null && node !== user);
    const others = losers.length > 1 || (user !== null && (user.profileId !== null || user.changed));
    return losers.length > 0 && ((others && losers.some((node) => node?.changed)) || user?.cleared === true);
  }
}

const keyParts = (key: IdKey): [IdKind, string] => {
  const at = key.indexOf(':');
  return [key.slice(0, at) as IdKind, key.slice(at + 1)];
};

function planCall(planner: Planner, call: Call): Node {
  if (call.userId === null) return planner.findOrCreate('anonymous', call.anonymousId ?? '');
  const user = planner.findOrCreate('user', call.userId);
  if (call.anonymousId !== null) {
    const anonymous = planner.find('anonymous', call.anonymousId);
    if (!anonymous) planner.name('anonymous', call.anonymousId, user);
    else if (!anonymous.known) planner.merge(anonymous, user);
  }
  if (call.previousId !== undefined && call.previousId !== call.userId) planAlias(planner, call.previousId, user);
  return user;
}

function planAlias(planner: Planner, previousId: string, user: Node): void {
  const known = [planner.find('user', previousId), planner.find('anonymous', previousId)].filter((node) => node !== null);
  for (const node of known) planner.merge(root(node), root(user));
  if (known.length > 0) return;
  // Which kind it is shows when its calls arrive, which may be later than the alias.
  planner.name('anonymous', previousId, root(user), true);
  planner.name('user', previousId, root(user), true);
}

function changedBy(call: Call, node: Node): Node {
  const at = root(node);
  at.changed ||= call.changes ?? false;
  at.cleared ||= call.clears ?? false;
  return at;
}

/** @param existing what the ids of {@link idsOf} name today. The order of calls decides, as it was sent. */
export function planIdentities(calls: readonly Call[], existing: ReadonlyMap<IdKey, KnownId>): IdentityPlan {
  const planner = new Planner(existing);
  const nodes = calls.map((call) => (planner.waits(call) ? null : changedBy(call, planCall(planner, call))));
  const merges = planner.merges.map(({ loser, into }) => ({ loser, winner: root(into) }));
  return {
    profiles: nodes.map((node) => node && root(node)),
    created: planner.nodes.filter((node) => node.into === null && node.profileId === null),
    newIds: planner.newIds.map(({ kind, value, node, alias }) => ({ kind, value, alias, profile: root(node) })),
    merges,
    changesExisting: planner.changesExisting,
  };
}
