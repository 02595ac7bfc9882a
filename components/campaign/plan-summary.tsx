import Link from 'next/link';
import type { CampaignDraft } from '@/lib/campaign/plan';
import { describeSchedule } from '@/lib/schedule/describe';
import type { WizardStep } from './draft-steps';
import { adSetsSentence, audienceSentence, endSentence, identifiersSentence, limitsSentence, modes } from './plan-sentences';

/** Everything that was chosen, in sentences, each with the way back to where it was chosen. */
export function PlanSummary({ id, draft, who, madeName }: { id: string; draft: CampaignDraft; who: string; madeName: string | null }) {
  const mode = modes[draft.mode ?? 'mirror'];
  const rows: { title: string; text: string; step?: WizardStep }[] = [
    { title: 'Who', text: `${who}.`, step: 'who' },
    { title: 'When', text: draft.schedule ? `${describeSchedule(draft.schedule)}.` : 'Not chosen yet.', step: 'when' },
    { title: 'Ad account', text: draft.adAccountName ?? draft.adAccountId ?? 'Not chosen yet.', step: 'where' },
    { title: 'Audience', text: audienceSentence(draft.audience, madeName), step: 'where' },
    { title: 'Does', text: `${mode.title}. ${mode.line}`, step: 'where' },
    { title: 'Ad sets', text: adSetsSentence(draft.adSets), step: 'where' },
    { title: 'Sends', text: identifiersSentence(draft.identifiers), step: 'where' },
    { title: 'Limits', text: limitsSentence(draft), step: 'where' },
    { title: 'At the end', text: endSentence(draft.atEnd), step: 'where' },
  ];
  return (
    <dl className="divide-y overflow-hidden rounded-lg border bg-card">
      {rows.map(({ title, text, step }) => (
        <div key={title} className="grid grid-cols-[1fr_auto] gap-x-4 px-4 py-3 sm:grid-cols-[7rem_1fr_auto] sm:px-5">
          <dt className="text-muted-foreground text-sm max-sm:col-span-2">{title}</dt>
          <dd className="min-w-0 break-words text-sm">{text}</dd>
          {step && (
            <dd className="text-sm">
              <Link
                href={`/campaigns/${id}/edit/${step}`}
                className="text-muted-foreground text-sm underline underline-offset-2 hover:text-foreground"
              >
                Change<span className="sr-only"> {title.toLowerCase()}</span>
              </Link>
            </dd>
          )}
        </div>
      ))}
    </dl>
  );
}
