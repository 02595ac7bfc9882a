import { WhoStep } from '@/components/campaign/who-step';
import { builderCatalogue } from '@/db/builder-catalogue';
import { listSegments } from '@/db/segments';
import { segmentSentence } from '@/lib/segment/sentence';
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
  const names = new Map(segments.map(({ key, name }) => [key, name]));
  return (
    <WhoStep
      id={id}
      draft={campaign.draft}
      segments={segments.map((each) => ({ key: each.key, name: each.name, sentence: segmentSentence(each, names) }))}
      catalogue={catalogue}
      save={saveDraftPatch}
    />
  );
}
