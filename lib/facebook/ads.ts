import { CustomAudience, AdAccount as SdkAdAccount, AdSet as SdkAdSet, User } from 'facebook-nodejs-business-sdk';
import { GraphError } from './errors';
import type { Graph } from './transport';

/** What the screens and the engine ask Facebook for, through the SDK's objects. Every call may throw GraphError. */

export type AdAccount = {
  /** "act_…" */
  id: string;
  name: string;
  status: string;
  currency: string;
  /** IANA. */
  zone: string;
  termsAccepted: boolean;
  /** Where a person accepts the Custom Audience terms. */
  termsUrl: string;
  /** Those of value-based audiences. */
  valueTermsAccepted: boolean;
  business: string | null;
  usable: boolean;
  /** Why it is not usable, in words. */
  problem: string | null;
};

type Raw = Record<string, unknown>;

const accountFields = [
  'id',
  'account_id',
  'name',
  'account_status',
  'disable_reason',
  'currency',
  'timezone_name',
  'business',
  'tos_accepted',
];

/** Marketing API "Ad Account" reference, account_status; read 2026-09. */
const accountStatus: Record<number, { name: string; problem?: string }> = {
  1: { name: 'Active' },
  2: { name: 'Disabled', problem: 'Facebook has disabled this ad account.' },
  3: { name: 'Unsettled' },
  7: { name: 'In review', problem: 'Facebook is reviewing this ad account.' },
  8: { name: 'Pending settlement' },
  9: { name: 'In grace period' },
  100: { name: 'Pending closure', problem: 'This ad account is being closed.' },
  101: { name: 'Closed', problem: 'This ad account is closed.' },
};

/** Of the connected person, 100 at most: Facebook allows 25. */
export async function adAccounts(graph: Graph): Promise<AdAccount[]> {
  const cursor = await new User('me', {}, null, graph).getAdAccounts(accountFields, { limit: 100 });
  return [...cursor].map((raw) => accountOf(graph, dataOf(raw)));
}

export async function adAccount(graph: Graph, id: string): Promise<AdAccount> {
  return accountOf(graph, dataOf(await new SdkAdAccount(id, {}, null, graph).get(accountFields)));
}

/** Where somebody with a role in the ad account accepts the Custom Audience terms. */
export const termsUrl = ({ businessUrl }: Graph, accountId: string): string =>
  `${businessUrl}/ads/manage/customaudiences/tos/?act=${accountId.replace('act_', '')}`;

/** And those of value-based audiences, which Facebook refuses with 1870092. Seen in the documents of other tools; read 2026-11. */
export const valueTermsUrl = ({ businessUrl }: Graph, accountId: string): string =>
  `${businessUrl}/customaudiences/value_based/tos?act=${accountId.replace('act_', '')}`;

function accountOf(graph: Graph, raw: Raw): AdAccount {
  const id = String(raw.id);
  const status = accountStatus[Number(raw.account_status)] ?? { name: 'Unknown' };
  const business = (raw.business as { name?: string } | undefined)?.name ?? null;
  const accepted = (raw.tos_accepted ?? {}) as Record<string, number>;
  const problem = status.problem ?? (business === null ? 'It must belong to a business to use customer lists.' : null);
  return {
    id,
    name: String(raw.name ?? id),
    status: status.name,
    currency: String(raw.currency ?? ''),
    zone: String(raw.timezone_name ?? 'UTC'),
    termsAccepted: accepted.custom_audience_tos === 1,
    termsUrl: termsUrl(graph, id),
    valueTermsAccepted: accepted.value_based_custom_audience_tos === 1,
    business,
    usable: problem === null,
    problem,
  };
}

export type AdSet = {
  id: string;
  name: string;
  /** Facebook's effective_status: ACTIVE, PAUSED, CAMPAIGN_PAUSED, … */
  status: string;
  campaignId: string;
  campaignName: string;
  /** Facebook may then go beyond included audiences. */
  advantageAudience: boolean;
};

export type Page<T> = { items: T[] /** Pass as `after` for the next page; absent on the last. */; after?: string };
export type PageQuery = { search?: string; ids?: readonly string[]; after?: string; limit?: number };

const adSetFields = ['id', 'name', 'effective_status', 'campaign{id,name}', 'targeting'];

/** Newest first; deleted and archived ones are left out by Facebook. */
export async function adSets(graph: Graph, accountId: string, query: PageQuery = {}): Promise<Page<AdSet>> {
  const cursor = await new SdkAdAccount(accountId, {}, null, graph).getAdSets(adSetFields, pageParams(query));
  return pageOf(cursor, adSetOf);
}

export async function adSet(graph: Graph, id: string): Promise<AdSet> {
  return adSetOf(dataOf(await new SdkAdSet(id, {}, null, graph).get(adSetFields)));
}

function adSetOf(raw: Raw): AdSet {
  const campaign = raw.campaign as { id?: string; name?: string } | undefined;
  const automation = (raw.targeting as { targeting_automation?: { advantage_audience?: number } } | undefined)?.targeting_automation;
  return {
    id: String(raw.id),
    name: String(raw.name ?? raw.id),
    status: String(raw.effective_status ?? 'UNKNOWN'),
    campaignId: campaign?.id ?? '',
    campaignName: campaign?.name ?? '',
    advantageAudience: automation?.advantage_audience === 1,
  };
}

export type AudienceInfo = {
  id: string;
  name: string;
  description: string;
  subtype: string;
  accountId: string;
  /** Facebook's band; null where it hides or does not know the size. */
  sizeLower: number | null;
  sizeUpper: number | null;
  operationCode: number | null;
  operationText: string | null;
  deliveryCode: number | null;
  deliveryText: string | null;
  /** When Facebook deletes it, for no use; null while it does not mean to. */
  deletedAt: Date | null;
};

const audienceFields = [
  'id',
  'account_id',
  'name',
  'description',
  'subtype',
  'approximate_count_lower_bound',
  'approximate_count_upper_bound',
  'operation_status',
  'delivery_status',
  'delete_time',
];

/** Customer-list audiences of the account, newest first. */
export const audiences = (graph: Graph, accountId: string, query: PageQuery = {}): Promise<Page<AudienceInfo>> =>
  audiencesOf(graph, accountId, 'CUSTOM', query);

async function audiencesOf(graph: Graph, accountId: string, subtype: string, query: PageQuery): Promise<Page<AudienceInfo>> {
  const cursor = await new SdkAdAccount(accountId, {}, null, graph).getCustomAudiences(audienceFields, pageParams(query));
  const page = pageOf(cursor, audienceOf);
  return { ...page, items: page.items.filter((audience) => audience.subtype === subtype) };
}

/** Customer-list audiences of the account. */
export async function audienceCount(graph: Graph, accountId: string): Promise<number> {
  let count = 0;
  let after: string | undefined;
  do {
    const page: Page<AudienceInfo> = await lighterPage((limit) => audiences(graph, accountId, { after, limit }), 100);
    count += page.items.length;
    after = page.after;
  } while (after);
  return count;
}

export async function audienceInfo(graph: Graph, id: string): Promise<AudienceInfo> {
  return audienceOf(dataOf(await new CustomAudience(id, {}, null, graph).get(audienceFields)));
}

/** Looks through all audiences of the account (500 at most, by Facebook's limit) for our mark in the description. */
export const findAudienceByMark = (graph: Graph, accountId: string, mark: string): Promise<AudienceInfo | null> =>
  findByMark(graph, accountId, mark, 'CUSTOM');

export async function findByMark(graph: Graph, accountId: string, mark: string, subtype: string): Promise<AudienceInfo | null> {
  let after: string | undefined;
  do {
    const page: Page<AudienceInfo> = await lighterPage((limit) => audiencesOf(graph, accountId, subtype, { after, limit }), 100);
    const found = page.items.find((audience) => audience.description.includes(mark));
    if (found) return found;
    after = page.after;
  } while (after);
  return null;
}

/** A page that is too heavy is refused with code 1, as a fault of Facebook's own is: asked for by half, and by half again [ERR]. */
async function lighterPage<T>(ask: (limit: number) => Promise<T>, limit: number): Promise<T> {
  try {
    return await ask(limit);
  } catch (error) {
    const heavy = error instanceof GraphError && error.facts.code === 1 && limit > lightestPage;
    if (!heavy) throw error;
    return lighterPage(ask, Math.floor(limit / 2));
  }
}

/** Below what Meta recommends (20): whoever is refused this has another trouble. Marketing API "Ad Account Customaudiences", read 2026-09. */
const lightestPage = 10;

/** Not idempotent at Facebook: look for the mark first. @returns the new audience's id. */
export async function createAudience(
  graph: Graph,
  accountId: string,
  { name, description, source, valued }: { name: string; description: string; source: string; valued: boolean },
): Promise<string> {
  const value = valued ? { is_value_based: true } : {};
  const facts = { name, description, subtype: 'CUSTOM', customer_file_source: source, ...value };
  return madeId(await new SdkAdAccount(accountId, {}, null, graph).createCustomAudience([], facts));
}

/** Of what an answer says was made. */
export function madeId(answer: unknown): string {
  const { id } = dataOf(answer);
  // Without it nobody has said that there is one.
  if (id === undefined) throw new GraphError({ kind: 'http', status: 200 }, null, null);
  return String(id);
}

function audienceOf(raw: Raw): AudienceInfo {
  const operation = statusOf(raw.operation_status);
  const delivery = statusOf(raw.delivery_status);
  const lower = Number(raw.approximate_count_lower_bound ?? -1);
  return {
    id: String(raw.id),
    name: String(raw.name ?? ''),
    description: String(raw.description ?? ''),
    subtype: String(raw.subtype ?? ''),
    accountId: `act_${String(raw.account_id ?? '').replace('act_', '')}`,
    // Below about 1,000 Facebook shows one floor for all sizes.
    sizeLower: lower > 1000 ? lower : null,
    sizeUpper: lower > 1000 ? Number(raw.approximate_count_upper_bound) : null,
    operationCode: operation.code,
    operationText: operation.text,
    deliveryCode: delivery.code,
    deliveryText: delivery.text,
    deletedAt: raw.delete_time ? new Date(Number(raw.delete_time) * 1000) : null,
  };
}

/** One page of Facebook's own prints `status` in place of `code`. */
function statusOf(value: unknown): { code: number | null; text: string | null } {
  const raw = value as { code?: number; status?: number; description?: string } | undefined;
  return { code: raw?.code ?? raw?.status ?? null, text: raw?.description ?? null };
}

export type Upload = {
  /** Facebook keys, in the rows' order. */
  schema: readonly string[];
  /** JSON texts of the rows, joined by commas, in UTF-8; 10,000 rows at most. */
  data: Buffer;
  /** Ours: below 2^53 and unique in the ad account; batches from 1. */
  session: { sessionId: number; batchSeq: number; last: boolean; estimatedTotal: number };
};

export type UploadAnswer = {
  received: number;
  invalid: number;
  /** Row as JSON text → reason; 100 at most. */
  samples: Record<string, string>;
  traceId: string | null;
};

/** Set semantics: adding again is harmless. */
export const addMembers = async (graph: Graph, audienceId: string, upload: Upload): Promise<UploadAnswer> =>
  answerOf(await graph.callPrepared('POST', [audienceId, 'users'], uploadBody(upload)));

/** The rows exactly as they were added. */
export const removeMembers = async (graph: Graph, audienceId: string, upload: Upload): Promise<UploadAnswer> =>
  answerOf(await graph.callPrepared('DELETE', [audienceId, 'users'], uploadBody(upload)));

/** A part of the whole list: what is not among the parts of one session is not in the audience afterwards. */
export const replaceMembers = async (graph: Graph, audienceId: string, upload: Upload): Promise<UploadAnswer> =>
  answerOf(await graph.callPrepared('POST', [audienceId, 'usersreplace'], uploadBody(upload)));

function uploadBody({ schema, data, session }: Upload): Buffer<ArrayBuffer> {
  const { sessionId, batchSeq, last, estimatedTotal } = session;
  const told = { session_id: sessionId, batch_seq: batchSeq, last_batch_flag: last, estimated_num_total: estimatedTotal };
  const before = `{"payload":{"schema":${JSON.stringify(schema)},"data":[`;
  const after = `]},"session":${JSON.stringify(told)}}`;
  return Buffer.concat([Buffer.from(before), data, Buffer.from(after)]);
}

function answerOf(raw: Raw): UploadAnswer {
  // Without the count nobody has said that the rows were taken.
  if (raw.num_received === undefined) throw new GraphError({ kind: 'http', status: 200 }, null, null);
  const samples = raw.invalid_entry_samples;
  return {
    received: Number(raw.num_received),
    invalid: Number(raw.num_invalid_entries ?? 0),
    samples: typeof samples === 'object' && samples !== null && !Array.isArray(samples) ? (samples as Record<string, string>) : {},
    traceId: typeof raw.fbtrace_id === 'string' ? raw.fbtrace_id : null,
  };
}

function pageParams({ search, ids, after, limit }: PageQuery): Raw {
  const filtering = [
    ...(search ? [{ field: 'name', operator: 'CONTAIN', value: search }] : []),
    ...(ids ? [{ field: 'id', operator: 'IN', value: ids }] : []),
  ];
  return { limit: limit ?? 25, after, filtering: filtering.length > 0 ? filtering : undefined };
}

type CursorLike = Iterable<unknown> & { paging?: { next?: string; cursors?: { after?: string } } };

function pageOf<T>(cursor: unknown, read: (raw: Raw) => T): Page<T> {
  const { paging } = cursor as CursorLike;
  const items = [...(cursor as CursorLike)].map((raw) => read(dataOf(raw)));
  return paging?.next && paging.cursors?.after ? { items, after: paging.cursors.after } : { items };
}

/** The SDK's objects keep what they were given in `_data`. */
const dataOf = (object: unknown): Raw => (object as { _data?: Raw })._data ?? (object as Raw);
