import { KeyTable } from '@/components/campaign/key-table';
import { NewKeyDialog } from '@/components/campaign/new-key-dialog';
import { PanelCard } from '@/components/campaign/panel-card';
import { listKeys } from '@/db/keys';
import { database } from '@/db/open';
import { requireUser, roleAllows } from '@/lib/auth';
import { createApiKey, revoke } from '../actions';

export const metadata = { title: 'API keys' };

export default async function KeysPage() {
  const user = await requireUser();
  const keys = (await listKeys(database(), user.workspaceId)).filter((key) => key.kind === 'api');
  const mayEdit = roleAllows(user.role, 'owner');
  return (
    <PanelCard
      title="API keys"
      line="For scripts that call /api/v1. A key is shown once; Beckon keeps only its digest."
      action={mayEdit && <NewKeyDialog kind="API" withRole create={createApiKey} />}
      flush={keys.length > 0}
    >
      {keys.length > 0 ? (
        <KeyTable keys={keys} zone={user.workspace.zone} mayRevoke={mayEdit} revoke={revoke} />
      ) : (
        <p className="text-muted-foreground text-sm">No API key yet.</p>
      )}
    </PanelCard>
  );
}
