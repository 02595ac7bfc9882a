/**
 * Graph error → who must act. Source of every line: Marketing API "Error Codes", "Rate Limiting" and "Custom Audience" references, read
 * 2026-09, and the third-party observations that shared reference marks V2. Decided on numbers, never on text, which is unstable.
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
  kind: 'api' | 'http' | 'network' | 'timeout' | 'aborted';
  status: number | null;
  code?: number;
  subcode?: number;
  transient?: boolean;
};

type Verdict = { action: GraphAction; message: string };

const reconnect = (message: string): Verdict => ({ action: 'reconnect', message });
const fix = (message: string): Verdict => ({ action: 'fix', message });
const wait = (message: string): Verdict => ({ action: 'wait', message });
const retry = (message: string): Verdict => ({ action: 'retry', message });
const giveUp = (message: string): Verdict => ({ action: 'give_up', message });
const terms = (message: string): Verdict => ({ action: 'accept_terms', message });

/** Numbers that mean the same wherever they stand: Facebook prints them as `code` or as `error_subcode` under 100, 190, 200. */
const bySpecificNumber: Record<number, Verdict> = {
  99: { action: 'split', message: 'Facebook could not take that many rows at once.' },
  33: fix('Facebook no longer shows this object: it was deleted, or access to it was taken away.'),
  458: reconnect('The person removed Beckon from their Facebook account.'),
  459: reconnect('Facebook asks the person to confirm their identity: log in at facebook.com, then connect again.'),
  460: reconnect('The person changed their Facebook password.'),
  463: reconnect('The Facebook connection has expired.'),
  464: reconnect('The Facebook account is not confirmed: log in at facebook.com, then connect again.'),
  467: reconnect('Facebook ended the session.'),
  1996: wait('Facebook asks for steadier traffic.'),
  1404078: wait('Facebook has blocked this ad account for a while.'),
  2859015: wait('Facebook has blocked this ad account for a while.'),
  1390008: wait('Facebook judged the requests too fast and has blocked them for a while.'),
  1404163: giveUp('Facebook has banned this account from advertising.'),
  1487007: fix('The ad set has ended.'),
  1487033: fix('The ad set has an end date in the past.'),
  1487056: fix('The ad set was deleted.'),
  1487566: fix('The campaign of the ad set was deleted.'),
  1487301: fix('The audience is not shared with this ad account.'),
  1487366: fix('The audience was deleted at Facebook.'),
  1487809: fix('The ad account has reached a limit of objects.'),
  1487742: wait('Too many calls for this ad account.'),
  5044001: wait('Too many edits a second for this ad account.'),
  1713092: fix('The connected person may not change audiences of this ad account.'),
  1713228: fix('Facebook has flagged the audience; it cannot be edited.'),
  1713230: fix('Facebook has flagged the audience for its name or description and takes no members.'),
  1713231: fix('Facebook has flagged the audience: change its name or description.'),
  1713232: fix('Facebook has flagged the audience this lookalike is made from.'),
  1870034: terms('The Custom Audience terms of this ad account are not accepted.'),
  1870090: terms('The Custom Audience terms of this business are not accepted.'),
  1870092: terms('The Meta Business Tools terms are not accepted.'),
  1870047: { action: 'too_small', message: 'Facebook refuses removals that would leave the audience too small.' },
  1870050: fix('The ad account must belong to a business to use customer lists.'),
  1870065: fix('The ad set uses an audience that is no longer active.'),
  1870145: retry('Facebook is still replacing the audience.'),
  2446079: wait('Facebook’s limit of calls is reached.'),
  2460003: fix('The ad set names an audience that Facebook has flagged.'),
  246003: fix('The ad set names an audience that Facebook has flagged.'),
};

const byCode: Record<number, Verdict> = {
  1: retry('Facebook had a fault of its own.'),
  2: retry('Facebook is unavailable for the moment.'),
  3: giveUp('The Facebook app lacks a capability: see its settings.'),
  4: wait('The Facebook app has reached its limit of calls.'),
  10: reconnect('A permission was not granted or was taken away.'),
  17: wait('The connected person has reached a limit of calls.'),
  32: wait('A limit of calls is reached.'),
  100: giveUp('Facebook did not understand the request.'),
  102: reconnect('The Facebook session is no longer valid.'),
  104: giveUp('The signature of the Facebook app is not right: check FACEBOOK_APP_SECRET.'),
  105: { action: 'split', message: 'Facebook could not take that much at once.' },
  190: reconnect('The Facebook connection is no longer valid.'),
  194: giveUp('Facebook missed a part of the request.'),
  200: fix('The connected person may not do this in the ad account: check their role.'),
  270: giveUp('The Facebook app’s access level may not act on this ad account.'),
  272: fix('The connected person has no role in the ad account.'),
  273: fix('The connected person has no role in the ad account.'),
  294: reconnect('The permission to manage ads is missing.'),
  341: wait('A limit of the Facebook app is reached.'),
  368: wait('Facebook judged the requests too fast and has blocked them for a while.'),
  613: wait('Too many calls for this ad account.'),
  900: giveUp('There is no such Facebook app: check FACEBOOK_APP_ID.'),
  2500: giveUp('Facebook did not understand the request.'),
  2635: giveUp('The Graph API version has ended: set FACEBOOK_GRAPH_VERSION to a newer one.'),
  2650: fix('Facebook could not update the audience. If it was filled by another tool, use a new audience.'),
  2654: fix('Facebook could not make the audience.'),
  2655: terms('Further terms of the ad account are not accepted.'),
  2656: fix('Lookalike audiences depend on this audience.'),
  2663: terms('Further terms of the ad account are not accepted.'),
  5000: retry('Facebook had a fault of its own.'),
};

/** Total: whatever comes back, somebody is named to act. */
export function classify(facts: GraphFacts): Verdict {
  const specific = numberVerdict(facts);
  if (specific) return specific;
  if (facts.kind === 'timeout') return { action: 'retry', message: 'Facebook did not answer in time.' };
  if (facts.kind === 'network' || facts.kind === 'aborted') return retry('Facebook could not be reached.');
  if (facts.status === 413 || facts.status === 414) return { action: 'split', message: 'Facebook could not take that much at once.' };
  if (facts.status === 429) return wait('Too many calls.');
  if (facts.transient || facts.status === null || facts.status >= 500 || facts.status < 400)
    return retry('Facebook had a fault of its own.');
  return giveUp('Facebook refused the request.');
}

function numberVerdict({ code, subcode }: GraphFacts): Verdict | undefined {
  if (code === 1 && subcode === 99) return bySpecificNumber[99];
  if (subcode === 33 && code !== 100) return byCode[code ?? 0];
  if (subcode !== undefined && subcode !== 99 && bySpecificNumber[subcode]) return bySpecificNumber[subcode];
  if (code === undefined) return undefined;
  if (code > 1000 && bySpecificNumber[code]) return bySpecificNumber[code];
  if (code >= 80_000 && code < 80_100) return wait('Facebook’s limit of calls for this ad account is reached.');
  if (code < 0) return retry('Facebook had a fault of its own.');
  return byCode[code];
}

/** What may be known of a failed call; it never holds a token, a URL or a payload. */
export class GraphError extends Error {
  readonly action: GraphAction;
  /** One sentence for the marketer. */
  readonly userMessage: string;

  /** @param waitMs how long Facebook says to wait, by its usage headers; null where it does not say. */
  constructor(
    readonly facts: GraphFacts,
    readonly traceId: string | null,
    readonly waitMs: number | null,
  ) {
    const { action, message } = classify(facts);
    super(`graph ${facts.kind} ${facts.status ?? '-'} code ${facts.code ?? '-'}/${facts.subcode ?? '-'}`);
    this.name = 'GraphError';
    this.action = action;
    this.userMessage = message;
  }

  /** "80003/2446079", or the kind of failure. */
  get codeText(): string {
    const { code, subcode, kind, status } = this.facts;
    return code === undefined ? (status === null ? kind : `HTTP ${status}`) : subcode === undefined ? `${code}` : `${code}/${subcode}`;
  }
}
