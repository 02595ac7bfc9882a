import { connectionView } from '@/components/campaign/facebook-views';
import { WhereStep } from '@/components/campaign/where-step';
import { builderCatalogue } from '@/db/builder-catalogue';
import { listConnections } from '@/db/connections';
import { roleAllows } from '@/lib/auth';
import { adsScopes } from '@/lib/facebook/connect';
import { saveDraftPatch } from '../../../actions';
import { connectToken, loadAdAccounts, searchAdSets, searchAudiences } from '../../../facebook-actions';
import { openCampaign } from '../../../open-campaign';

export const metadata = { title: 'Where' };

type Props = { params: Promise<{ id: string }>; searchParams: Promise<{ connect?: string | string[] }> };

export default async function WherePage({ params, searchParams }: Props) {
  const { id } = await params;
  const { connect } = await searchParams;
  const { user, db, campaign, now } = await openCampaign(id);
  const [connections, catalogue] = await Promise.all([
    listConnections(db, user.workspaceId),
    builderCatalogue(db, user.workspaceId, user.workspace.zone),
  ]);
  return (
    <WhereStep
      id={id}
      draft={campaign.draft}
      connections={connections.map((one) => connectionView(one, adsScopes))}
      mayConnect={roleAllows(user.role, 'owner')}
      justConnected={connect === 'connected'}
      now={now}
      catalogue={catalogue}
      save={saveDraftPatch}
      facebook={{ loadAdAccounts, searchAdSets, searchAudiences, connectToken }}
    />
  );
}
