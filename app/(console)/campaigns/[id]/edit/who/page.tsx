import { WhoStep } from '@/components/campaign/who-step';
import { builderCatalogue } from '@/db/builder-catalogue';
import { listSegments } from '@/db/segments';
import { describe } from '@/lib/segment/describe';
import { saveDraftPatch } from '../../../actions';
import { openCampaign } from '../../../open-campaign';

export const metadata = { title: 'Who' };

export default async function WhoPage({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params;
  const { user, db, campaign } = await openCampaign(id);
  const [segments, catalogue] = await Promise.all([
    listSegments(db, user.workspaceId),
    builderCatalogue(db, user.workspaceId, user.workspace.zone),
  ]);
  return (
    <WhoStep
      id={id}
      draft={campaign.draft}
      segments={segments.map(({ key, name, definition }) => ({ key, name, sentence: describe(definition) }))}
      catalogue={catalogue}
      save={saveDraftPatch}
    />
  );
}
