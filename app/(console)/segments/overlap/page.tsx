import { ArrowLeft } from 'lucide-react';
import type { Metadata } from 'next';
import Link from 'next/link';
import { Suspense } from 'react';
import { OverlapPicker } from '@/components/segment/overlap-picker';
import { Button } from '@/components/ui/button';
import { PageHeader } from '@/components/ui/page-header';
import { Skeleton } from '@/components/ui/skeleton';
import { database } from '@/db/open';
import { mostCompared } from '@/db/segment-overlap';
import { listSegments } from '@/db/segments';
import { requireUser } from '@/lib/auth';
import { OverlapResult } from './overlap-result';

export const metadata: Metadata = { title: 'Overlap' };

/** `s`: keys of the segments. */
type Query = { s?: string | string[] };

export default async function Overlap({ searchParams }: { searchParams: Promise<Query> }) {
  const user = await requireUser();
  const { s } = await searchParams;
  const segments = (await listSegments(database(), user.workspaceId)).sort((a, b) => a.name.localeCompare(b.name));
  const asked = [...new Set([s ?? []].flat())].slice(0, mostCompared);
  const chosen = asked.flatMap((key) => segments.find((segment) => segment.key === key) ?? []);
  const keys = chosen.map(({ key }) => key);
  return (
    <>
      <PageHeader
        title="Overlap of segments"
        description="How many users two segments have in common, counted as of now. Choose up to eight."
        actions={
          <Button asChild variant="ghost">
            <Link href="/segments">
              <ArrowLeft aria-hidden /> Segments
            </Link>
          </Button>
        }
      />
      <div className="grid grid-cols-[minmax(0,1fr)] gap-6">
        <OverlapPicker key={keys.join(' ')} segments={segments.map(({ key, name }) => ({ key, name }))} chosen={keys} most={mostCompared} />
        {chosen.length > 1 && (
          <Suspense key={`result ${keys.join(' ')}`} fallback={<Skeleton className="h-72" />}>
            <OverlapResult workspaceId={user.workspaceId} segments={chosen} />
          </Suspense>
        )}
      </div>
    </>
  );
}
