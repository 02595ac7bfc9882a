'use client';

import { useRouter } from 'next/navigation';
import { useCallback } from 'react';
import type { CampaignDraft } from '@/lib/campaign/plan';
import type { DraftSaving } from './draft-saving';
import { stepAfter, type WizardStep } from './draft-steps';

/** Saves the step as it is, and goes on to the next one once that is done. */
export function useStepWalk(id: string, step: WizardStep, saving: DraftSaving): { next: (patch: CampaignDraft) => Promise<void> } {
  const router = useRouter();
  const { change, flush } = saving;
  const next = useCallback(
    async (patch: CampaignDraft) => {
      change(patch);
      const after = stepAfter(step);
      if ((await flush()) && after) router.push(`/campaigns/${id}/edit/${after}`);
    },
    [change, flush, id, router, step],
  );
  return { next };
}
