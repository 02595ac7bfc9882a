import { database } from '@/db/open';
import { sameSecret } from '@/lib/crypto';
import { heartbeat } from '@/lib/engine';
import { env } from '@/lib/env';

export const dynamic = 'force-dynamic';
/** Seconds; above SYNC_BUDGET_SECONDS, which is what really ends a heartbeat. */
export const maxDuration = 300;

/** Vercel's cron calls this each minute with `Authorization: Bearer $CRON_SECRET`. */
export async function GET(request: Request): Promise<Response> {
  const { cronSecret } = env();
  const given = request.headers.get('authorization') ?? '';
  if (!cronSecret || !sameSecret(given, `Bearer ${cronSecret}`))
    return Response.json({ error: { code: 'unauthenticated', message: 'Not for you.' } }, { status: 401 });
  return Response.json(await heartbeat(database(), env()), { headers: { 'cache-control': 'no-store' } });
}
