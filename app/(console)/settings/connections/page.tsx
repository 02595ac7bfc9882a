import { ConnectionCard } from '@/components/campaign/connection-card';
import { connectionView } from '@/components/campaign/facebook-views';
import { PanelCard } from '@/components/campaign/panel-card';
import { TokenDialog } from '@/components/campaign/token-dialog';
import { Button } from '@/components/ui/button';
import { listCampaigns } from '@/db/campaign-list';
import { listConnections } from '@/db/connections';
import { database } from '@/db/open';
import { requireUser, roleAllows } from '@/lib/auth';
import { adsScopes } from '@/lib/facebook/connect';
import { connectToken } from '../../campaigns/facebook-actions';

export const metadata = { title: 'Connections' };

const here = '/settings/connections';

export default async function ConnectionsPage() {
  const user = await requireUser();
  const db = database();
  const [connections, campaigns] = await Promise.all([listConnections(db, user.workspaceId), listCampaigns(db, user.workspaceId)]);
  const mayEdit = roleAllows(user.role, 'owner');
  const usedBy = (id: string) =>
    campaigns.filter((one) => (one.version?.connectionId ?? one.draft.connectionId) === id).map((one) => ({ id: one.id, name: one.name }));
  const connect = (
    <div className="flex flex-wrap gap-2">
      <Button asChild>
        <a href={`/connect/facebook?returnTo=${encodeURIComponent(here)}`}>Connect with Facebook</a>
      </Button>
      <TokenDialog connectToken={connectToken} />
    </div>
  );
  return (
    <PanelCard
      title="Connections"
      line="Whose access to Facebook Beckon uses. Tokens are stored encrypted and never shown."
      action={mayEdit && connections.length > 0 && connect}
    >
      {connections.length > 0 ? (
        <ul className="grid gap-3">
          {connections.map((one) => (
            <ConnectionCard
              key={one.id}
              connection={connectionView(one, adsScopes)}
              usedBy={usedBy(one.id)}
              reconnectHref={mayEdit && one.kind === 'user' ? `/connect/facebook?returnTo=${encodeURIComponent(here)}` : null}
              zone={user.workspace.zone}
              now={new Date()}
            />
          ))}
        </ul>
      ) : (
        <div className="grid justify-items-start gap-3">
          <p className="text-muted-foreground text-sm">No connection yet: a campaign needs one to reach your ad accounts.</p>
          {mayEdit && connect}
        </div>
      )}
    </PanelCard>
  );
}
