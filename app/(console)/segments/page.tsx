import { Plus, UsersRound } from 'lucide-react';
import type { Metadata } from 'next';
import Link from 'next/link';
import { Suspense } from 'react';
import { SegmentMenu } from '@/components/segment/segment-menu';
import { Button } from '@/components/ui/button';
import { EmptyState } from '@/components/ui/empty-state';
import { PageHeader } from '@/components/ui/page-header';
import { Skeleton } from '@/components/ui/skeleton';
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from '@/components/ui/table';
import { database } from '@/db/open';
import { reach } from '@/db/reach';
import { campaignsUsing, listSegments, type Segment } from '@/db/segments';
import { requireUser, roleAllows, type SignedIn } from '@/lib/auth';
import { describe } from '@/lib/segment/describe';
import { templates } from '@/lib/segment/templates';
import { remove } from './actions';

export const metadata: Metadata = { title: 'Segments' };

export default async function Segments() {
  const user = await requireUser();
  const segments = await listSegments(database(), user.workspaceId);
  const mayEdit = roleAllows(user.role, 'marketer');
  return (
    <>
      <PageHeader
        title="Segments"
        description="Groups of users by what they did, did not do and who they are. Campaigns follow them as they are edited."
        actions={
          mayEdit && (
            <Button asChild>
              <Link href="/segments/new">
                <Plus aria-hidden /> New segment
              </Link>
            </Button>
          )
        }
      />
      {segments.length === 0 ? <NoSegments /> : <SegmentTable segments={segments} user={user} mayEdit={mayEdit} />}
    </>
  );
}

function NoSegments() {
  return (
    <EmptyState
      icon={UsersRound}
      title="No segment yet"
      description="Start from one of these, or from nothing."
      action={templates.map((template) => (
        <Button key={template.key} asChild variant="outline" title={template.line}>
          <Link href={`/segments/new?from=${template.key}`}>{template.name}</Link>
        </Button>
      ))}
    />
  );
}

function SegmentTable({ segments, user, mayEdit }: { segments: Segment[]; user: SignedIn; mayEdit: boolean }) {
  return (
    <div className="rounded-2xl border bg-card shadow-xs">
      <Table>
        <TableHeader>
          <TableRow className="hover:bg-transparent">
            <TableHead>Segment</TableHead>
            <TableHead className="text-right">Qualify</TableHead>
            <TableHead className="text-right">Reachable</TableHead>
            <TableHead>Used by</TableHead>
            <TableHead>Changed</TableHead>
            <TableHead>
              <span className="sr-only">Actions</span>
            </TableHead>
          </TableRow>
        </TableHeader>
        <TableBody>
          {segments.map((segment) => (
            <SegmentRow key={segment.key} segment={segment} user={user} mayEdit={mayEdit} />
          ))}
        </TableBody>
      </Table>
    </div>
  );
}

async function SegmentRow({ segment, user, mayEdit }: { segment: Segment; user: SignedIn; mayEdit: boolean }) {
  const used = await campaignsUsing(database().orm, user.workspaceId, [segment.key]);
  const changed = new Intl.DateTimeFormat('en-GB', {
    timeZone: user.workspace.zone,
    day: 'numeric',
    month: 'short',
    year: 'numeric',
  }).format(segment.updatedAt);
  return (
    <TableRow>
      <TableCell className="min-w-64 max-w-md">
        <Link className="font-medium hover:underline" href={`/segments/${segment.key}`}>
          {segment.name}
        </Link>
        <p className="line-clamp-2 text-muted-foreground text-xs">{describe(segment.definition)}</p>
      </TableCell>
      <Suspense fallback={<ReachSkeleton />}>
        <ReachCells segment={segment} user={user} />
      </Suspense>
      <TableCell className="text-sm">
        {used.length === 0 ? <span className="text-muted-foreground">–</span> : used.map((each) => each.name).join(', ')}
      </TableCell>
      <TableCell className="whitespace-nowrap text-muted-foreground">
        {changed}
        {segment.owner && <span className="block text-xs">{segment.owner}</span>}
      </TableCell>
      <TableCell>{mayEdit && <SegmentMenu segmentKey={segment.key} name={segment.name} remove={remove} />}</TableCell>
    </TableRow>
  );
}

async function ReachCells({ segment, user }: { segment: Segment; user: SignedIn }) {
  const now = new Date();
  const counts = await reach(database(), user.workspaceId, segment.definition, now, now).catch(() => null);
  if (!counts) {
    return (
      <TableCell colSpan={2} className="text-right text-muted-foreground text-xs">
        takes too long to count
      </TableCell>
    );
  }
  return (
    <>
      <TableCell className="text-right tabular-nums">{counts.qualify.toLocaleString('en-US')}</TableCell>
      <TableCell className="text-right tabular-nums">{counts.reachable.toLocaleString('en-US')}</TableCell>
    </>
  );
}

function ReachSkeleton() {
  return (
    <TableCell colSpan={2}>
      <Skeleton className="ml-auto h-4 w-24" />
    </TableCell>
  );
}
