import { apiRoute } from '@/lib/respond';
import { segmentViews } from './segment-views';

export const dynamic = 'force-dynamic';

export const GET = apiRoute('viewer', async ({ db, workspaceId, now }) => ({ segments: await segmentViews(db, workspaceId, now) }));
