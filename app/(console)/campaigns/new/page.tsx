import { redirect } from 'next/navigation';
import { NewCampaignForm } from '@/components/campaign/new-campaign-form';
import { requireUser, roleAllows } from '@/lib/auth';
import { createCampaign } from '../actions';

export const metadata = { title: 'New campaign' };

/** @param searchParams.segment key of a saved segment to begin with. */
export default async function NewCampaignPage({ searchParams }: { searchParams: Promise<{ segment?: string | string[] }> }) {
  const user = await requireUser();
  if (!roleAllows(user.role, 'marketer')) redirect('/campaigns');
  const { segment } = await searchParams;
  return (
    <div className="mx-auto grid w-full max-w-xl gap-6 pt-4 sm:pt-12">
      <div className="grid gap-1">
        <h1 className="font-semibold text-2xl tracking-tight">New campaign</h1>
        <p className="text-muted-foreground">
          Four steps: who, when, where, and a look at everything before it starts. Each step is saved as you go.
        </p>
      </div>
      <NewCampaignForm create={createCampaign} segment={typeof segment === 'string' ? segment : undefined} />
    </div>
  );
}
