import { database } from '@/db/open';
import { sameSecret } from '@/lib/crypto';
import { heartbeat } from '@/lib/engine';
import { env } from '@/lib/env';
import { upkeep } from '@/lib/upkeep';

export const dynamic = 'force-dynamic';
/** Seconds; above SYNC_BUDGET_SECONDS, which is what really ends a heartbeat. */
export const maxDuration = 300;

/** Vercel's cron calls this each minute with `Authorization: Bearer $CRON_SECRET`. */
export async function GET(request: Request): Promise<Response> {
  const { cronSecret } = env();
  const given = request.headers.get('authorization') ?? '';
  if (!cronSecret || !sameSecret(given, `Bearer ${cronSecret}`))
    return Response.json({ error: { code: 'unauthenticated', message: 'Not for you.' } }, { status: 401 });
  const began = Date.now();
  const counts = await heartbeat(database(), env());
  const left = env().syncBudgetSeconds * 1000 - (Date.now() - began);
  const kept = await upkeep(database(), () => new Date(), left);
  return Response.json({ ...counts, ...kept }, { headers: { 'cache-control': 'no-store' } });
}
