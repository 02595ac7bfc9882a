import { CopyBox } from '@/components/campaign/copy-box';
import { KeyTable } from '@/components/campaign/key-table';
import { NewKeyDialog } from '@/components/campaign/new-key-dialog';
import { PanelCard } from '@/components/campaign/panel-card';
import { SourceCounts } from '@/components/campaign/source-counts';
import { listEvents } from '@/db/catalogue';
import { listKeys } from '@/db/keys';
import { database } from '@/db/open';
import { identifierFaults } from '@/db/profiles';
import { requireUser, roleAllows } from '@/lib/auth';
import { env } from '@/lib/env';
import { createWriteKey, revoke } from '../settings/actions';
import { curlSnippet, importSnippet, nodeSnippet } from './snippets';

export const metadata = { title: 'Sources' };

export default async function SourcesPage() {
  const user = await requireUser();
  const db = database();
  const [events, faults, keys] = await Promise.all([
    listEvents(db, user.workspaceId, new Date()),
    identifierFaults(db, user.workspaceId),
    listKeys(db, user.workspaceId),
  ]);
  const writeKeys = keys.filter((key) => key.kind === 'write');
  const mayEdit = roleAllows(user.role, 'owner');
  const { origin } = env();
  return (
    <div className="mx-auto grid w-full grid-cols-1 max-w-4xl gap-6">
      <header>
        <h1 className="font-semibold text-2xl tracking-tight">Sources</h1>
        <p className="text-muted-foreground">How what your users do reaches Beckon. Emails and phones are hashed on arrival.</p>
      </header>
      <SourceCounts events={events} faults={faults} zone={user.workspace.zone} />
      <PanelCard
        title="Write keys"
        line="They let your product send data in, and nothing else. Each is shown once."
        action={mayEdit && <NewKeyDialog kind="write" create={createWriteKey} />}
        flush={writeKeys.length > 0}
      >
        {writeKeys.length > 0 ? (
          <KeyTable keys={writeKeys} zone={user.workspace.zone} mayRevoke={mayEdit} revoke={revoke} />
        ) : (
          <p className="text-muted-foreground text-sm">No write key yet.</p>
        )}
      </PanelCard>
      <PanelCard title="From a server" line="Segment’s own library, pointed at this host.">
        <CopyBox label="Node.js" text={nodeSnippet(origin)} />
      </PanelCard>
      <PanelCard
        title="From anything that speaks HTTP"
        line="The same calls as Segment’s HTTP source: identify, track, page, screen, group, alias, batch."
      >
        <CopyBox label="curl" text={curlSnippet(origin)} />
      </PanelCard>
      <PanelCard title="From a file" line="Users or events as CSV, on the machine that runs Beckon. A repeated import changes nothing.">
        <CopyBox label="CSV import" text={importSnippet} />
      </PanelCard>
    </div>
  );
}
