import { redirect } from 'next/navigation';
import { firstOpenStep } from '@/components/campaign/draft-steps';
import { openCampaign } from '../../open-campaign';

/** An opened draft goes on at the first step that lacks something. */
export default async function EditPage({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params;
  const { campaign } = await openCampaign(id);
  redirect(`/campaigns/${id}/edit/${firstOpenStep(campaign.draft)}`);
}
