import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { SegmentEditor } from '@/components/segment/segment-editor';
import { PageHeader } from '@/components/ui/page-header';
import { builderCatalogue } from '@/db/builder-catalogue';
import { database } from '@/db/open';
import { isUnderWay, reachedBy } from '@/db/segment-usage';
import { segmentByKey } from '@/db/segments';
import { requireUser, roleAllows } from '@/lib/auth';
import { AppError } from '@/lib/errors';
import { impact, save } from '../actions';
import { ListView } from './list-view';

export const metadata: Metadata = { title: 'Segment' };

export default async function SegmentPage({ params }: { params: Promise<{ key: string }> }) {
  const user = await requireUser();
  const { key } = await params;
  const saved = await segmentByKey(database(), user.workspaceId, key).catch((error: unknown) => {
    if (error instanceof AppError) notFound();
    throw error;
  });
  if (saved.kind === 'list') return <ListView segment={saved} user={user} />;
  const catalogue = await builderCatalogue(database(), user.workspaceId, user.workspace.zone);
  const { campaigns } = await reachedBy(database().orm, user.workspaceId, key);
  const followers = campaigns.filter(({ state }) => isUnderWay(state)).map(({ name }) => `“${name}”`);
  const { name, definition } = saved;
  const mayEdit = roleAllows(user.role, 'marketer');
  return (
    <>
      <PageHeader title={name} description={`Key for the API: ${key}`} />
      <SegmentEditor
        saved={{ key, name, definition }}
        catalogue={catalogue}
        mayEdit={mayEdit}
        followers={followers}
        save={save}
        impact={impact}
      />
    </>
  );
}
