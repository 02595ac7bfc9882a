import { listSegments } from '@/db/segments';
import { apiRoute } from '@/lib/respond';
import { describe } from '@/lib/segment/describe';

export const dynamic = 'force-dynamic';

export const GET = apiRoute('viewer', async ({ db, workspaceId }) => ({
  segments: (await listSegments(db, workspaceId)).map((segment) => ({ ...segment, sentence: describe(segment.definition) })),
}));
