import type { CampaignDraft } from '@/lib/campaign/plan';
import type { Definition } from '@/lib/segment/definition';
import { describe } from '@/lib/segment/describe';

export type NamedSegment = { key: string; name: string; definition: Definition };

/** Who a campaign is for, in words, without a full stop; a saved segment by its name and what it means today. */
export function whoSentence(plan: Pick<CampaignDraft, 'segment' | 'definition'>, segments: readonly NamedSegment[]): string {
  if (plan.segment) {
    const saved = segments.find((one) => one.key === plan.segment);
    return saved ? `${saved.name}: ${describe(saved.definition)}` : `Segment “${plan.segment}”, which is gone`;
  }
  return plan.definition ? describe(plan.definition) : 'Nobody chosen yet';
}
