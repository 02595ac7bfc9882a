import type { CampaignDraft } from '@/lib/campaign/plan';
import { describe } from '@/lib/segment/describe';

/** Who a campaign is for, in words. @param names of saved segments by key. */
export function whoSentence(plan: Pick<CampaignDraft, 'segment' | 'definition'>, names: Map<string, string>): string {
  if (plan.segment) return `Segment “${names.get(plan.segment) ?? plan.segment}”`;
  return plan.definition ? describe(plan.definition) : 'Nobody chosen yet';
}
