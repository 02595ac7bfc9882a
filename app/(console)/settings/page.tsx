import { getCountries } from 'libphonenumber-js/max';
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
      <WorkspaceForm
        values={{ name, zone, defaultCountry }}
        mayEdit={roleAllows(role, 'owner')}
        countries={countries()}
        save={saveWorkspace}
      />
    </PanelCard>
  );
}

/** Those that have phone numbers, by their English names; made here, for browsers name some of them otherwise. */
function countries() {
  const names = new Intl.DisplayNames('en', { type: 'region' });
  return getCountries()
    .map((code) => ({ code, name: names.of(code) ?? code }))
    .sort((a, b) => a.name.localeCompare(b.name, 'en'));
}
