import type { Metadata } from 'next';
import { SegmentEditor } from '@/components/segment/segment-editor';
import { PageHeader } from '@/components/ui/page-header';
import { builderCatalogue } from '@/db/builder-catalogue';
import { database } from '@/db/open';
import { requireUser, roleAllows } from '@/lib/auth';
import { definitionOf, templates } from '@/lib/segment/templates';
import { impact, save } from '../actions';

export const metadata: Metadata = { title: 'New segment' };

export default async function NewSegment({ searchParams }: { searchParams: Promise<{ from?: string }> }) {
  const user = await requireUser();
  const { from } = await searchParams;
  const catalogue = await builderCatalogue(database(), user.workspaceId, user.workspace.zone);
  const template = templates.find((each) => each.key === from);
  const begin = template && { name: template.name, definition: definitionOf(template, catalogue) };
  const mayEdit = roleAllows(user.role, 'marketer');
  return (
    <>
      <PageHeader title="New segment" />
      <SegmentEditor template={begin} catalogue={catalogue} mayEdit={mayEdit} followers={[]} save={save} impact={impact} />
    </>
  );
}
