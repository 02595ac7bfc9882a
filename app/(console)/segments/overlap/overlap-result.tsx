import { OverlapView } from '@/components/segment/overlap-view';
import { FieldError } from '@/components/ui/field';
import { database } from '@/db/open';
import { overlapCounts } from '@/db/segment-overlap';
import type { Segment } from '@/db/segments';
import type { WorkspaceId } from '@/lib/auth';
import { AppError } from '@/lib/errors';

type Props = { workspaceId: WorkspaceId; segments: readonly Segment[] };

export async function OverlapResult({ workspaceId, segments }: Props) {
  const definitions = segments.map(({ key }) => ({ segment: key }));
  const counts = await overlapCounts(database(), workspaceId, definitions, new Date()).catch((error: unknown) => {
    if (error instanceof AppError) return error.message;
    throw error;
  });
  if (typeof counts === 'string') return <FieldError>{counts}</FieldError>;
  return <OverlapView segments={segments.map(({ key, name }) => ({ key, name }))} counts={counts} />;
}
