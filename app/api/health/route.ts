import { sql } from 'drizzle-orm';
import { database } from '@/db/open';

export const dynamic = 'force-dynamic';

/** For load balancers: 200 while the database answers, 503 while it does not. Says nothing else to strangers. */
export async function GET(): Promise<Response> {
  const alive = await database()
    .orm.execute(sql`select 1`)
    .then(
      () => true,
      () => false,
    );
  return Response.json({ ok: alive }, { status: alive ? 200 : 503, headers: { 'cache-control': 'no-store' } });
}
