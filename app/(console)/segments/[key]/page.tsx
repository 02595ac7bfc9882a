import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { SegmentEditor } from '@/components/segment/segment-editor';
import { PageHeader } from '@/components/ui/page-header';
import { builderCatalogue } from '@/db/builder-catalogue';
import { database } from '@/db/open';
import { campaignsUsing, segmentByKey } from '@/db/segments';
import { requireUser, roleAllows } from '@/lib/auth';
import { AppError } from '@/lib/errors';
import { save } from '../actions';

export const metadata: Metadata = { title: 'Segment' };

export default async function SegmentPage({ params }: { params: Promise<{ key: string }> }) {
  const user = await requireUser();
  const { key } = await params;
  const saved = await segmentByKey(database(), user.workspaceId, key).catch((error: unknown) => {
    if (error instanceof AppError) notFound();
    throw error;
  });
  const catalogue = await builderCatalogue(database(), user.workspaceId, user.workspace.zone);
  const followers = (await campaignsUsing(database().orm, user.workspaceId, [key])).map((campaign) => `“${campaign.name}”`);
  const { name, definition } = saved;
  const mayEdit = roleAllows(user.role, 'marketer');
  return (
    <>
      <PageHeader title={name} description={`Key for the API: ${key}`} />
      <SegmentEditor saved={{ key, name, definition }} catalogue={catalogue} mayEdit={mayEdit} followers={followers} save={save} />
    </>
  );
}
