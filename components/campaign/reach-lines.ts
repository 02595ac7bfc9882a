import type { CampaignDraft } from '@/lib/campaign/plan';

/** What is asked and answered while a person describes who is meant. */

export type Who = Pick<CampaignDraft, 'segment' | 'definition'>;

export type ReachCounts = {
  qualify: number;
  reachable: number;
  byIdentifier: { email: number; phone: number; mobileAdvertiserId: number };
} & ({ exact: true } | { exact: false /** ± of `qualify`. */; margin: number });

export type FunnelStep = { phrase: string; remaining: number };

/** In this order: an estimate and its funnel if there is one, the exact count, its funnel; or what went wrong. */
export type ReachLine =
  | { kind: 'reach'; reach: ReachCounts }
  | { kind: 'funnel'; steps: FunnelStep[] }
  | { kind: 'failed'; message: string };
