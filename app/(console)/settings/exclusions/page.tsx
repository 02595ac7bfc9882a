import { ExclusionsForm } from '@/components/campaign/exclusions-form';
import { PanelCard } from '@/components/campaign/panel-card';
import { propertiesOf } from '@/db/catalogue';
import { exclusionsOf } from '@/db/exclusions';
import { database } from '@/db/open';
import { listSegments } from '@/db/segments';
import { requireUser, roleAllows } from '@/lib/auth';
import { saveWhoIsExcluded } from '../actions';

export const metadata = { title: 'Exclusions' };

export default async function ExclusionsPage() {
  const user = await requireUser();
  const db = database();
  const [values, segments, properties] = await Promise.all([
    exclusionsOf(db, user.workspaceId),
    listSegments(db, user.workspaceId),
    propertiesOf(db, user.workspaceId, null),
  ]);
  return (
    <PanelCard title="Exclusions" line="Whom no campaign of this workspace sends, whatever its segment says.">
      <ExclusionsForm
        values={values}
        segments={segments.map(({ key, name }) => ({ value: key, label: name }))}
        properties={properties.map(({ name }) => ({ value: name, label: name }))}
        mayEdit={roleAllows(user.role, 'owner')}
        save={saveWhoIsExcluded}
      />
    </PanelCard>
  );
}
