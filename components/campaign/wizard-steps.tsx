'use client';

import { Check } from 'lucide-react';
import Link from 'next/link';
import { useSelectedLayoutSegment } from 'next/navigation';
import { cn } from '@/components/ui/cn';
import type { CampaignDraft } from '@/lib/campaign/plan';
import { missingFrom, wizardSteps } from './draft-steps';

/** Where one is in the wizard, and what is done; every step can be opened at any time. */
export function WizardSteps({ id, draft }: { id: string; draft: CampaignDraft }) {
  const current = useSelectedLayoutSegment();
  const missing = missingFrom(draft);
  return (
    <nav aria-label="Steps of the campaign">
      <ol className="grid grid-cols-4 gap-1 rounded-lg border bg-card p-1">
        {wizardSteps.map((step, i) => {
          const here = step.key === current;
          const done = step.key !== 'overview' && missing[step.key].length === 0;
          return (
            <li key={step.key}>
              <Link
                href={`/campaigns/${id}/edit/${step.key}`}
                aria-current={here ? 'step' : undefined}
                className={cn(
                  'flex items-center justify-center gap-2 rounded-md px-2 py-2 text-sm transition-colors focus-visible:outline-2 focus-visible:outline-ring',
                  here ? 'bg-primary font-medium text-primary-foreground' : 'text-muted-foreground hover:bg-muted hover:text-foreground',
                )}
              >
                <span
                  className={cn(
                    'grid size-5 shrink-0 place-items-center rounded-full border text-xs tabular-nums max-sm:hidden',
                    here ? 'border-primary-foreground/60' : 'border-current',
                  )}
                >
                  {done ? <Check className="size-3" aria-label="done" /> : i + 1}
                </span>
                {step.title}
              </Link>
            </li>
          );
        })}
      </ol>
    </nav>
  );
}
