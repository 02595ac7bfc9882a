import { LiveWhenStep } from '@/components/campaign/live-when-step';
import { WhenStep } from '@/components/campaign/when-step';
import { saveDraftPatch } from '../../../actions';
import { heldSchedule, openCampaign } from '../../../open-campaign';

export const metadata = { title: 'When' };

export default async function WhenPage({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params;
  const { user, campaign, now } = await openCampaign(id);
  const shared = { id, draft: campaign.draft, workspaceZone: user.workspace.zone, now, save: saveDraftPatch };
  return campaign.draft.trigger ? <LiveWhenStep {...shared} /> : <WhenStep {...shared} held={heldSchedule(campaign)} />;
}
