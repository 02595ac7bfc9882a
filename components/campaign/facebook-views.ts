/** What Facebook's lists hold, as far as the screens show it. */

export type ConnectionView = {
  id: string;
  kind: 'user' | 'system';
  name: string;
  scopes: string[];
  missing: string[];
  expiresAt: Date | null;
  brokenReason: string | null;
};

/** @param wanted the permissions Beckon asks for. */
export function connectionView<C extends Omit<ConnectionView, 'missing'>>(connection: C, wanted: readonly string[]): ConnectionView {
  const { id, kind, name, scopes, expiresAt, brokenReason } = connection;
  return { id, kind, name, scopes, missing: wanted.filter((scope) => !scopes.includes(scope)), expiresAt, brokenReason };
}

export type AdAccountView = {
  id: string;
  name: string;
  status: string;
  currency: string;
  zone: string;
  termsAccepted: boolean;
  termsUrl: string;
  business: string | null;
  usable: boolean;
  problem: string | null;
};

export type AdSetView = { id: string; name: string; status: string; campaignId: string; campaignName: string; advantageAudience: boolean };

export type AudienceView = {
  id: string;
  name: string;
  description: string;
  sizeLower: number | null;
  sizeUpper: number | null;
  operationText: string | null;
};

export type Page<T> = { items: T[]; after?: string };
export type Answer<T> = { ok: true; data: T } | { ok: false; message: string };

type PageQuery = { connectionId: string; accountId: string; search?: string; after?: string };

export type FacebookActions = {
  loadAdAccounts: (input: { connectionId: string }) => Promise<Answer<AdAccountView[]>>;
  searchAdSets: (input: PageQuery) => Promise<Answer<Page<AdSetView>>>;
  searchAudiences: (input: PageQuery) => Promise<Answer<Page<AudienceView>>>;
  connectToken: (input: { token: string }) => Promise<Answer<{ id: string; name: string }> & { field?: string }>;
};

/** Facebook's status words as a person reads them: "CAMPAIGN_PAUSED" → "Campaign paused". */
export function statusWords(status: string): string {
  const words = status.toLowerCase().replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** "12,000–15,000", or what it means when Facebook hides the size. */
export const hiddenSize = 'under 1,000 or still matching';

/** Ad sets by their campaign, in the order Facebook lists them. */
export function byCampaign(adSets: AdSetView[]): { id: string; name: string; adSets: AdSetView[] }[] {
  const groups = new Map<string, { id: string; name: string; adSets: AdSetView[] }>();
  for (const adSet of adSets) {
    const group = groups.get(adSet.campaignId) ?? { id: adSet.campaignId, name: adSet.campaignName || 'No campaign', adSets: [] };
    group.adSets.push(adSet);
    groups.set(adSet.campaignId, group);
  }
  return [...groups.values()];
}
