import { env } from '@/lib/env';
import { AppError } from '@/lib/errors';
import { adSets } from '@/lib/facebook/ads';
import { graphFor } from '@/lib/facebook/graph-for';
import { apiRoute } from '@/lib/respond';

export const dynamic = 'force-dynamic';

/** `?search=` in names, `?after=` the cursor of the page before, `?limit=` up to 100, `?connection=`. */
export const GET = apiRoute<{ id: string }>('viewer', async ({ request, params, db, workspaceId }) => {
  if (!/^act_\d+$/.test(params.id)) throw new AppError('invalid', 'An ad account id looks like act_123.', 'id');
  const query = new URL(request.url).searchParams;
  const text = (name: string) => query.get(name) ?? undefined;
  const limit = Math.min(100, Math.max(1, Number(text('limit') ?? 25) || 25));
  const graph = await graphFor({ db, ...env() }, workspaceId, text('connection'));
  const page = await adSets(graph, params.id, { search: text('search'), after: text('after'), limit });
  return { adSets: page.items, after: page.after };
});
