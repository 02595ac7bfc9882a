import { CircleDot, ListPlus, Plus, SearchX, UsersRound } from 'lucide-react';
import type { Metadata } from 'next';
import Link from 'next/link';
import { SegmentFilters } from '@/components/segment/segment-filters';
import { isSort, shownSegments } from '@/components/segment/segment-item';
import { SegmentList } from '@/components/segment/segment-list';
import { Button } from '@/components/ui/button';
import { EmptyState } from '@/components/ui/empty-state';
import { PageHeader } from '@/components/ui/page-header';
import { requireUser, roleAllows } from '@/lib/auth';
import { templates } from '@/lib/segment/templates';
import { remove } from './actions';
import { segmentItems } from './segment-items';
import { countNow } from './size-actions';

export const metadata: Metadata = { title: 'Segments' };

type Query = { q?: string | string[]; sort?: string | string[] };

export default async function Segments({ searchParams }: { searchParams: Promise<Query> }) {
  const user = await requireUser();
  const { q, sort } = await searchParams;
  const now = new Date();
  const items = await segmentItems(user, now);
  const shown = shownSegments(items, typeof q === 'string' ? q : '', isSort(sort) ? sort : 'updated');
  const mayEdit = roleAllows(user.role, 'marketer');
  return (
    <>
      <PageHeader
        title="Segments"
        description="Groups of users that campaigns follow, as they are edited."
        actions={<HeaderActions mayEdit={mayEdit} mayCompare={items.length > 1} />}
      />
      {items.length > 0 && <SegmentFilters />}
      {shown.length > 0 && (
        <SegmentList items={shown} now={now} zone={user.workspace.zone} mayEdit={mayEdit} countNow={countNow} remove={remove} />
      )}
      {shown.length === 0 && items.length > 0 && (
        <EmptyState icon={SearchX} title="No segment fits" description="Search for another word to see more." />
      )}
      {items.length === 0 && <NoSegments mayEdit={mayEdit} />}
    </>
  );
}

function HeaderActions({ mayEdit, mayCompare }: { mayEdit: boolean; mayCompare: boolean }) {
  return (
    <>
      {mayCompare && (
        <Button asChild variant="ghost">
          <Link href="/segments/overlap">
            <CircleDot aria-hidden /> Compare
          </Link>
        </Button>
      )}
      {mayEdit && (
        <>
          <Button asChild variant="outline">
            <Link href="/segments/lists/new">
              <ListPlus aria-hidden /> New list
            </Link>
          </Button>
          <Button asChild>
            <Link href="/segments/new">
              <Plus aria-hidden /> New segment
            </Link>
          </Button>
        </>
      )}
    </>
  );
}

function NoSegments({ mayEdit }: { mayEdit: boolean }) {
  return (
    <EmptyState
      icon={UsersRound}
      title="No segment yet"
      description={mayEdit ? 'Start from one of these, from nothing, or from a list of ids.' : 'A marketer of the workspace makes them.'}
      action={
        mayEdit &&
        templates.map((template) => (
          <Button key={template.key} asChild variant="outline" title={template.line}>
            <Link href={`/segments/new?from=${template.key}`}>{template.name}</Link>
          </Button>
        ))
      }
    />
  );
}
