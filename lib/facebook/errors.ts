/**
 * Graph error → who must act. Decided on numbers, never on text, which is unstable. The source of each line stands at its end; Meta's
 * pages, read 2026-09: [ERR] Marketing API Error Codes, [RL] Graph API Rate Limits, [MRL] Marketing API Rate Limiting, [CF] Customer File
 * Custom Audiences, [CA] Custom Audience, [CAU] Custom Audience Users, [LAL] Lookalike Audiences, [AS] Ad Set. [obs]: seen in other
 * people's public code and issues, and on none of these pages.
 */
export type GraphAction =
  /** Facebook's limits: go on when it says. */
  | 'wait'
  /** Passing trouble: again, later and later. */
  | 'retry'
  /** The token is dead or lacks a permission: a person must connect again. */
  | 'reconnect'
  /** A person must accept terms in a browser. */
  | 'accept_terms'
  /** A person must change something at Facebook. */
  | 'fix'
  /** Too much in one request: halve it. */
  | 'split'
  /** A removal that would leave too few: keep it for later. */
  | 'too_small'
  /** Neither waiting nor a person of the customer's helps. */
  | 'give_up';

export type GraphFacts = {
  /** budget: held back by ourselves, before a limit of Facebook's is met. */
  kind: 'api' | 'http' | 'network' | 'timeout' | 'budget';
  status: number | null;
  code?: number;
  subcode?: number;
  transient?: boolean;
};

/**
 * `leastWaitMs`: not to ask again before, even where Facebook names no time; calls made while blocked lengthen the block [MRL].
 * `alert`: a person is told although it passes by itself.
 */
type Verdict = { action: GraphAction; message: string; leastWaitMs?: number; alert?: true };

const seconds = 1_000;
const hours = 3_600_000;

const reconnect = (message: string): Verdict => ({ action: 'reconnect', message });
const fix = (message: string): Verdict => ({ action: 'fix', message });
const wait = (message: string, leastWaitMs?: number): Verdict => ({ action: 'wait', message, leastWaitMs });
const retry = (message: string): Verdict => ({ action: 'retry', message });
const giveUp = (message: string): Verdict => ({ action: 'give_up', message });
const terms = (message: string): Verdict => ({ action: 'accept_terms', message });
const split: Verdict = { action: 'split', message: 'Facebook could not take that much at once.' };

const targetingRetired = fix('The ad set’s targeting holds something Facebook no longer allows: open it in Ads Manager and save it once.');
const targetingClash = fix('The ad set’s settings contradict each other: open it in Ads Manager and save it once.');
const underAge = fix('The ad set reaches people too young for this: raise its minimum age.');
const blockedForHours: Verdict = { ...wait('Facebook has blocked this ad account for a while.', 2 * hours), alert: true };
const tooFast: Verdict = { ...wait('Facebook judged the requests too fast and has blocked them for a while.', 2 * hours), alert: true };
const loginStale = reconnect('The login at Facebook took too long or was used already: connect again.');

/** Limits of one ad set, or one audience; all others are the ad account's at least. */
const limitsOfOne = [1487225, 1487632, 1870145];

/** Numbers that mean the same wherever they stand: Facebook prints them as `code` or as `error_subcode` under 100, 190, 200. */
const bySpecificNumber: Record<number, Verdict> = {
  33: fix('Facebook no longer shows this object: it was deleted, or access to it was taken away.'), // [ERR], under 100 only
  99: split, // [obs] facebook-java-business-sdk #46, under 1 only
  458: reconnect('The person removed Beckon from their Facebook account.'), // [obs]
  459: reconnect('Facebook asks the person to confirm their identity: log in at facebook.com, then connect again.'), // [obs]
  460: reconnect('The person changed their Facebook password.'), // [obs] flutter_facebook_login #151
  463: reconnect('The Facebook connection has expired.'), // [obs] facy #15
  464: reconnect('The Facebook account is not confirmed: log in at facebook.com, then connect again.'), // [obs]
  467: reconnect('Facebook ended the session.'), // [obs]
  1996: wait('Facebook asks for steadier traffic.'), // [RL]
  36007: loginStale, // [obs] the login code has expired
  36008: giveUp('The address Facebook sends people back to is not the one they left from: check NEXTAUTH_URL and the app’s settings.'), // [obs]
  36009: loginStale, // [obs] the login code was used already
  246003: fix('The ad set names an audience that Facebook has flagged.'), // [AS], printed both ways
  1390008: tooFast, // [obs] under 368
  1404078: blockedForHours, // [ERR]
  1404163: giveUp('Facebook has banned this account from advertising.'), // [ERR]
  1487007: fix('The ad set has ended.'), // [ERR]
  1487033: fix('The ad set has an end date in the past.'), // [ERR]
  1487056: fix('The ad set was deleted.'), // [ERR]
  1487225: wait('Facebook’s limit of new ads in an hour is reached.', hours), // [MRL]
  1487301: fix('The audience is not shared with this ad account.'), // [obs] rudder-transformer
  1487366: fix('The audience was deleted at Facebook.'), // [obs] rudder-transformer
  1487566: fix('The campaign of the ad set was deleted.'), // [ERR]
  1487632: wait('The ad set was changed too often in an hour.', hours), // [MRL]
  1487694: targetingRetired, // [ERR] a category was retired
  1487742: wait('Too many calls for this ad account.', 60 * seconds), // [MRL] the score: blocked 60 s, or 300 s in the limited tier
  1487809: fix('The ad account has reached a limit of objects.'), // [obs]
  1713092: fix('The connected person may not change audiences of this ad account.'), // [ERR]
  1713228: fix('Facebook has flagged the audience; it cannot be edited.'), // [CA]
  1713230: fix('Facebook has flagged the audience for its name or description and takes no members.'), // [CAU]
  1713231: fix('Facebook has flagged the audience: change its name or description.'), // [CA]
  1713232: fix('Facebook has flagged the audience this lookalike is made from.'), // [LAL]
  1870034: terms('The Custom Audience terms of this ad account are not accepted.'), // [ERR]
  1870047: { action: 'too_small', message: 'Facebook refuses removals that would leave the audience too small.' }, // [ERR]
  1870050: fix('The ad account must belong to a business to use customer lists.'), // [CF]
  1870065: fix('The ad set uses an audience that is no longer active.'), // [ERR]
  1870088: targetingRetired, // [ERR] connections
  1870090: terms('The Custom Audience terms of this business are not accepted.'), // [CF]
  1870092: terms('The Meta Business Tools terms are not accepted.'), // [ERR]
  1870144: giveUp('The audience is too large to be replaced at once.'), // [CF]
  1870145: wait('Facebook is still putting a new list in place.', 60 * seconds), // [CF] until the status is normal again
  1870147: retry('Facebook missed the first part of a replacement.'), // [CF]
  1870148: retry('Facebook did not finish replacing the audience.'), // [CF]
  1870158: retry('Replacing the audience took longer than Facebook allows.'), // [CF]
  1870159: retry('Facebook has closed this replacement already.'), // [CF]
  1870165: underAge, // [ERR]
  1870188: targetingClash, // [obs] minimum age with Advantage+
  1870189: targetingClash, // [obs] maximum age with Advantage+
  1870196: targetingClash, // [obs] type of the Advantage+ flag
  1870199: targetingRetired, // [ERR] location_types
  1870227: targetingClash, // [obs] Advantage+ flag missing
  1885502: targetingClash, // [ERR] the ad set and its ads
  2446079: wait('Facebook’s limit of calls is reached.'), // [RL]
  2446394: targetingRetired, // [ERR] an interest was retired
  2460003: fix('The ad set names an audience that Facebook has flagged.'), // [AS]
  2859015: blockedForHours, // [ERR]
  3858064: underAge, // [ERR]
  5044001: wait('Too many edits a second for this ad account.'), // [MRL]
};

const byCode: Record<number, Verdict> = {
  1: retry('Facebook had a fault of its own.'), // [ERR]
  2: retry('Facebook is unavailable for the moment.'), // [obs]
  3: fix('The Facebook app lacks a capability: whoever runs Beckon must look at the app’s settings.'), // [obs]
  4: wait('The Facebook app has reached its limit of calls.'), // [RL]
  10: reconnect('A permission was not granted or was taken away.'), // [obs] facebook.cr #2
  17: wait('The connected person has reached a limit of calls.'), // [RL]
  32: wait('A limit of calls is reached.'), // [RL]
  // One row that Facebook cannot read is enough; outside sending it is our fault.
  100: { action: 'split', message: 'Facebook did not understand the request.' }, // [ERR]
  102: reconnect('The Facebook session is no longer valid.'), // [ERR]
  104: fix('The signature of the Facebook app is not right: whoever runs Beckon must check FACEBOOK_APP_SECRET.'), // [ERR]
  105: split, // [CAU]
  190: reconnect('The Facebook connection is no longer valid.'), // [ERR]
  194: giveUp('Facebook missed a part of the request.'), // [CAU]
  200: fix('The connected person may not do this in the ad account: check their role.'), // [ERR]
  270: fix('The Facebook app’s access level may not act on this ad account: whoever runs Beckon must ask Facebook for a higher one.'), // [CA]
  272: fix('The connected person has no role in the ad account.'), // [obs]
  273: fix('The connected person has no role in the ad account.'), // [obs]
  294: reconnect('The permission to manage ads is missing.'), // [ERR]
  341: wait('A limit of the Facebook app is reached.'), // [obs]
  368: tooFast, // [CAU]
  613: { ...wait('Facebook takes no calls for this ad account for a while.', 5 * 60 * seconds), alert: true }, // [MRL] without subcode: abuse prevention
  900: fix('There is no such Facebook app: whoever runs Beckon must check FACEBOOK_APP_ID.'), // [ERR]
  2500: giveUp('Facebook did not understand the request.'), // [ERR]
  2635: fix('The Graph API version has ended: whoever runs Beckon must set FACEBOOK_GRAPH_VERSION to a newer one.'), // [CAU]
  2641: fix('The ad set names a place where Facebook shows no ads.'), // [ERR]
  2650: fix('Facebook could not update the audience. If it was filled by another tool, use a new audience.'), // [CAU]
  2654: fix('Facebook could not make the audience.'), // [ERR]
  2655: terms('Further terms of the ad account are not accepted.'), // [obs]
  2656: fix('Lookalike audiences depend on this audience.'), // [CA]
  2663: terms('Further terms of the ad account are not accepted.'), // [obs]
  2695: fix('The ad account has reached a limit of campaigns for iOS.'), // [ERR]
  5000: retry('Facebook had a fault of its own.'), // [ERR]
};

/** Total: whatever comes back, somebody is named to act. */
export function classify(facts: GraphFacts): Verdict {
  const verdict = numberVerdict(facts) ?? statusVerdict(facts);
  // Facebook's own word that it will pass; a hint only, and often absent [ERR].
  return facts.transient && verdict.action === 'give_up' ? { ...verdict, action: 'retry' } : verdict;
}

function numberVerdict({ code, subcode }: GraphFacts): Verdict | undefined {
  // Two small numbers mean something under one code only.
  if (subcode === 99) return byCode[code ?? 0] && code === 1 ? split : byCode[code ?? 0];
  if (subcode === 33 && code !== 100) return byCode[code ?? 0];
  if (subcode !== undefined && bySpecificNumber[subcode]) return bySpecificNumber[subcode];
  if (code === undefined) return undefined;
  if (code > 1000 && bySpecificNumber[code]) return bySpecificNumber[code];
  // One bucket of calls each; all are throttles [RL].
  if (code >= 80_000 && code < 80_100) return wait('Facebook’s limit of calls for this ad account is reached.');
  if (code < 0) return retry('Facebook had a fault of its own.'); // [ERR]
  return byCode[code];
}

/**
 * Where no number says it. Outages answer HTML, nothing, or half a body, and what stands between answers for itself: without Graph's
 * envelope nobody has refused anything, whatever the status.
 */
function statusVerdict({ kind, status, code }: GraphFacts): Verdict {
  if (kind === 'budget') return wait('Facebook’s limit of calls for this ad account is nearly reached.');
  if (kind === 'timeout') return retry('Facebook did not answer in time.');
  if (kind === 'network' || status === null) return retry('Facebook could not be reached.');
  if (status === 413 || status === 414 || status === 431) return split;
  if (status === 429) return wait('Too many calls.');
  if (status >= 500 || status < 400) return retry('Facebook had a fault of its own.');
  return code === undefined ? retry('Something other than Facebook answered in its place.') : giveUp('Facebook refused the request.');
}

/** Of a code text that a run has kept; null where it was no refusal of Facebook's. */
function kept(codeText: string): Verdict | null {
  if (codeText === 'budget') return classify({ kind: 'budget', status: null });
  const [, status, code, subcode] = /^(?:HTTP (\d+)|(-?\d+)(?:\/(\d+))?)$/.exec(codeText) ?? [];
  if (status !== undefined) return classify({ kind: 'http', status: Number(status) });
  if (code === undefined) return null;
  return classify({ kind: 'api', status: 400, code: Number(code), ...(subcode === undefined ? {} : { subcode: Number(subcode) }) });
}

/** Whether what a run waits for is a limit of Facebook's. @param codeText GraphError.codeText */
export const isLimit = (codeText: string): boolean => kept(codeText)?.action === 'wait';

/** Whether it tells why removals were put off. @param codeText GraphError.codeText */
export const isTooSmall = (codeText: string): boolean => kept(codeText)?.action === 'too_small';

/** Whether a person is told of the wait. @param codeText GraphError.codeText */
export const isTold = (codeText: string): boolean => kept(codeText)?.alert === true;

export type GraphSubject =
  | { kind: 'audience' /** The rows of one request to it. */; batch?: true }
  | { kind: 'adAccount' }
  | { kind: 'adSet'; name: string };

/** What may be known of a failed call; it never holds a token, a URL or a payload. */
export class GraphError extends Error {
  readonly action: GraphAction;
  /** One sentence for the marketer. */
  readonly userMessage: string;
  /** How long to leave Facebook alone; null where neither its answer nor its documentation says. */
  readonly waitMs: number | null;
  /** What was refused, where the caller knows. */
  subject: GraphSubject | null = null;

  /** @param namedWaitMs what the answer's usage headers say; null where they do not. */
  constructor(
    readonly facts: GraphFacts,
    readonly traceId: string | null,
    namedWaitMs: number | null,
  ) {
    const { action, message, leastWaitMs = null } = classify(facts);
    super(`graph ${facts.kind} ${facts.status ?? '-'} code ${facts.code ?? '-'}/${facts.subcode ?? '-'}`);
    this.name = 'GraphError';
    this.action = action;
    this.userMessage = message;
    this.waitMs = namedWaitMs === null ? leastWaitMs : Math.max(namedWaitMs, leastWaitMs ?? 0);
  }

  /** The object is not there any more. */
  get isGone(): boolean {
    const { code, subcode } = this.facts;
    return (code === 100 && subcode === 33) || [code, subcode].some((number) => number === 1487366 || number === 1487056);
  }

  /** A limit that every other call in the ad account would meet as well. */
  get stopsAccount(): boolean {
    const { kind, code = 0, subcode = 0 } = this.facts;
    return this.action === 'wait' && kind !== 'budget' && ![code, subcode].some((number) => limitsOfOne.includes(number));
  }

  /** The same refusal, of this object. */
  of(subject: GraphSubject): GraphError {
    const named = new GraphError(this.facts, this.traceId, this.waitMs);
    named.subject = subject;
    return named;
  }

  /** "80003/2446079", or the kind of failure. */
  get codeText(): string {
    const { code, subcode, kind, status } = this.facts;
    return code === undefined ? (status === null ? kind : `HTTP ${status}`) : subcode === undefined ? `${code}` : `${code}/${subcode}`;
  }
}

/** A refusal then names what it is about. */
export const ofBatch = (error: unknown): unknown => (error instanceof GraphError ? error.of({ kind: 'audience', batch: true }) : error);
export const ofAudience = (error: unknown): unknown => (error instanceof GraphError ? error.of({ kind: 'audience' }) : error);
