import Link from 'next/link';
import type { CampaignDraft } from '@/lib/campaign/plan';
import { missingFrom, wizardSteps } from './draft-steps';

/** What is still to be chosen, each with the way to its step; nothing when nothing is. */
export function MissingParts({ id, draft }: { id: string; draft: CampaignDraft }) {
  const missing = missingFrom(draft);
  const open = wizardSteps.flatMap((step) => (step.key === 'overview' ? [] : missing[step.key].map((text) => ({ step, text }))));
  if (open.length === 0) return null;
  return (
    <section aria-label="Still to do" className="rounded-lg border border-warning/50 bg-warning/10 p-4">
      <p className="font-medium text-sm">Before it can be scheduled:</p>
      <ul className="mt-1.5 grid gap-1 text-sm">
        {open.map(({ step, text }) => (
          <li key={text}>
            <Link href={`/campaigns/${id}/edit/${step.key}`} className="underline underline-offset-2">
              {step.title}
            </Link>
            : {text}
          </li>
        ))}
      </ul>
    </section>
  );
}
