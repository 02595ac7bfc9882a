import type { CampaignDraft } from '@/lib/campaign/plan';
import { describeLive } from '@/lib/live/describe';
import type { Definition } from '@/lib/segment/definition';
import { describe } from '@/lib/segment/describe';
import { segmentSentence } from '@/lib/segment/sentence';

export type NamedSegment = { key: string; name: string; kind: 'behaviour' | 'list'; definition: Definition };

type Meant = Pick<CampaignDraft, 'segment' | 'definition' | 'trigger' | 'exit' | 'stayDays'>;

/** Who a campaign is for, in words, without a full stop; a saved segment by its name and what it means today. */
export function whoSentence(plan: Meant, segments: readonly NamedSegment[]): string {
  const names = new Map(segments.map(({ key, name }) => [key, name]));
  if (plan.trigger) {
    const narrowing = plan.segment ? { segment: plan.segment } : plan.definition;
    return describeLive({ trigger: plan.trigger, exit: plan.exit, stayDays: plan.stayDays, narrowing }, names);
  }
  if (plan.segment) {
    const saved = segments.find((one) => one.key === plan.segment);
    return saved ? `${saved.name}: ${segmentSentence(saved, names)}` : `Segment “${plan.segment}”, which is gone`;
  }
  return plan.definition ? describe(plan.definition, names) : 'Nobody chosen yet';
}
