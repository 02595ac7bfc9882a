import { TriangleAlert } from 'lucide-react';
import { AlertSettingsForm } from '@/components/alert/alert-settings-form';
import { PanelCard } from '@/components/campaign/panel-card';
import { dayAndTime } from '@/components/campaign/zoned-text';
import { alertSettingsOf, defaultReachPercent, type FailedDelivery, lastFailedDelivery } from '@/db/alert-settings';
import { database } from '@/db/open';
import { requireUser, roleAllows } from '@/lib/auth';
import { env } from '@/lib/env';
import { saveAlerts, testAlerts } from '../../alert-actions';

export const metadata = { title: 'Alerts' };

const kinds = [
  ['A run fails', 'with what Facebook said, and the page of the run.'],
  [
    'Something needs attention',
    'a connection or campaigns that cannot go on before somebody acts; it is closed by itself once that is done.',
  ],
  ['A token ends', '14, 7 and 1 days before.'],
  ['Reach changes', 'by more than the share below.'],
] as const;

export default async function AlertSettingsPage() {
  const { workspaceId, workspace, role } = await requireUser();
  const db = database();
  const mayEdit = roleAllows(role, 'owner');
  return (
    <>
      <PanelCard title="What is told" line="Everybody in the workspace sees it behind the bell.">
        <ul className="grid gap-2 text-sm">
          {kinds.map(([what, more]) => (
            <li key={what}>
              <span className="font-medium">{what}:</span> <span className="text-muted-foreground">{more}</span>
            </li>
          ))}
        </ul>
      </PanelCard>
      {mayEdit ? (
        <PanelCard title="Where else it goes">
          <div className="grid gap-5">
            <FailedNotice failed={await lastFailedDelivery(db, workspaceId)} zone={workspace.zone} />
            <AlertSettingsForm
              settings={await alertSettingsOf(db, workspaceId, env().encryptionKeys)}
              defaultPercent={defaultReachPercent}
              mailWorks={env().smtp !== undefined}
              save={saveAlerts}
              test={testAlerts}
            />
          </div>
        </PanelCard>
      ) : (
        <p className="text-muted-foreground text-sm">An owner sets who is told by e-mail and in chat.</p>
      )}
    </>
  );
}

function FailedNotice({ failed, zone }: { failed: FailedDelivery | null; zone: string }) {
  if (!failed) return null;
  return (
    <p className="flex items-start gap-2 rounded-lg bg-warning/15 p-3 text-sm text-warning-foreground">
      <TriangleAlert aria-hidden className="mt-0.5 size-4 shrink-0" />
      <span>
        “{failed.title}” could not be sent to {failed.address ?? 'the webhook'} ({dayAndTime(failed.at, zone)}). {failed.fault}
      </span>
    </p>
  );
}
