import { PanelCard } from '@/components/campaign/panel-card';
import { WorkspaceForm } from '@/components/campaign/workspace-form';
import { requireUser, roleAllows } from '@/lib/auth';
import { saveWorkspace } from './actions';

export const metadata = { title: 'Workspace' };

export default async function WorkspacePage() {
  const { role, workspace } = await requireUser();
  const { name, zone, defaultCountry } = workspace;
  return (
    <PanelCard title="Workspace" line="Local days in every segment, and the default of new schedules, follow its time zone.">
      <WorkspaceForm values={{ name, zone, defaultCountry }} mayEdit={roleAllows(role, 'owner')} save={saveWorkspace} />
    </PanelCard>
  );
}
