import { WhenStep } from '@/components/campaign/when-step';
import { saveDraftPatch } from '../../../actions';
import { heldSchedule, openCampaign } from '../../../open-campaign';

export const metadata = { title: 'When' };

export default async function WhenPage({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params;
  const { user, campaign, now } = await openCampaign(id);
  const held = heldSchedule(campaign);
  return <WhenStep id={id} draft={campaign.draft} held={held} workspaceZone={user.workspace.zone} now={now} save={saveDraftPatch} />;
}
