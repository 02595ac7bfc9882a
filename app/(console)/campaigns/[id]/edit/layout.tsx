import Link from 'next/link';
import { redirect } from 'next/navigation';
import type { ReactNode } from 'react';
import { CampaignName } from '@/components/campaign/campaign-name';
import { DiscardEdits } from '@/components/campaign/discard-edits';
import { WizardSteps } from '@/components/campaign/wizard-steps';
import { Button } from '@/components/ui/button';
import { roleAllows } from '@/lib/auth';
import { discard, saveDraftPatch } from '../../actions';
import { openCampaign } from '../../open-campaign';

type Props = { children: ReactNode; params: Promise<{ id: string }> };

/** The wizard's frame: name, steps, and for a campaign that runs already, that its old version goes on until Schedule is pressed. */
export default async function EditLayout({ children, params }: Props) {
  const { id } = await params;
  const { user, campaign } = await openCampaign(id);
  if (!roleAllows(user.role, 'marketer') || ['stopped', 'archived'].includes(campaign.state)) redirect(`/campaigns/${id}`);
  return (
    <div className="mx-auto grid w-full grid-cols-1 max-w-5xl gap-6">
      <header className="flex flex-wrap items-center justify-between gap-3">
        <h1 className="sr-only">Edit {campaign.draft.name ?? campaign.name}</h1>
        <CampaignName id={id} name={campaign.draft.name ?? campaign.name} save={saveDraftPatch} />
        <Button asChild variant="ghost" size="sm">
          <Link href={campaign.version ? `/campaigns/${id}` : '/campaigns'}>Close</Link>
        </Button>
      </header>
      {campaign.version && (
        <p className="flex flex-wrap items-center justify-between gap-3 rounded-lg border bg-card p-3.5 text-sm">
          {campaign.state === 'paused'
            ? 'The campaign is paused, and stays so when you press Schedule: the new version begins when it is resumed.'
            : `Version ${campaign.version.version} goes on as it is until you press Schedule.`}
          {campaign.hasUnscheduledEdits && <DiscardEdits id={id} discard={discard} />}
        </p>
      )}
      <WizardSteps id={id} draft={campaign.draft} />
      {children}
    </div>
  );
}
