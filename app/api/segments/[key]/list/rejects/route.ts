import { rejectLines } from '@/lib/list-request';
import { sessionRoute } from '@/lib/session-route';
import { csv } from '@/lib/stream';

export const dynamic = 'force-dynamic';

export const GET = sessionRoute<{ key: string }>('viewer', async ({ params: { key }, user, db }) =>
  csv(rejectLines(db, user.workspaceId, key), `${key.replace(/[^a-z0-9-]/g, '')}-rejects.csv`),
);
