import 'server-only';
import type { BuilderCatalogue, PropertyView } from '@/components/segment/catalogue';
import { eventNames, type PropertySummary, propertiesOf } from '@/db/catalogue';
import type { Database } from '@/db/client';
import type { SignedIn } from '@/lib/auth';

const builtIn: PropertyView[] = [
  { name: '$firstSeen', type: 'date', values: [] },
  { name: '$lastSeen', type: 'date', values: [] },
  { name: '$country', type: 'text', values: [] },
  { name: '$city', type: 'text', values: [] },
  { name: '$language', type: 'text', values: [] },
  { name: '$platform', type: 'text', values: [] },
];

/** The pick lists of the segment builder. */
export async function builderCatalogue(db: Database, user: SignedIn): Promise<BuilderCatalogue> {
  const names = await eventNames(db, user.workspaceId);
  const [own, ...ofEvents] = await Promise.all([null, ...names].map((name) => propertiesOf(db, user.workspaceId, name)));
  return {
    zone: user.workspace.zone,
    events: names.map((name, i) => ({ name, properties: (ofEvents[i] ?? []).map(viewOf) })),
    profileProperties: [...(own ?? []).map(viewOf), ...builtIn],
  };
}

const viewOf = ({ name, type, values }: PropertySummary): PropertyView => ({ name, type, values: values.map((each) => each.value) });
