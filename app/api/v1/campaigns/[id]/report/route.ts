import { reportOf } from '@/db/reports';
import { goalOf } from '@/lib/campaign/report-request';
import { reportView } from '@/lib/campaign/report-view';
import { apiRoute } from '@/lib/respond';

export const dynamic = 'force-dynamic';

export const GET = apiRoute<{ id: string }>('viewer', async ({ request, params, db, workspaceId, now }) => {
  const goal = goalOf(new URL(request.url).searchParams);
  return reportView(await reportOf(db, workspaceId, params.id, goal, now), goal);
});
