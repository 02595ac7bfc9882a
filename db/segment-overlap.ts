import { type SQL, sql } from 'drizzle-orm';
import type { WorkspaceId } from '@/lib/auth';
import { invariant } from '@/lib/errors';
import type { Definition } from '@/lib/segment/definition';
import type { Database } from './client';
import { runSegmentQuery } from './segment-query';
import { segmentSql } from './segments';

/** More make a picture that nobody reads; and a mask of eight bits has 255 values. */
export const mostCompared = 8;

/**
 * How many profiles are in exactly which of the definitions: bit i of `mask` stands for the i-th. Who is in none is not counted. One statement:
 * each segment is computed once, and one pass over their ids tells all the rest.
 */
export async function overlapCounts(
  db: Database,
  workspaceId: WorkspaceId,
  definitions: readonly Definition[],
  now: Date,
  signal?: AbortSignal,
): Promise<{ mask: number; count: number }[]> {
  invariant(definitions.length > 0 && definitions.length <= mostCompared, `one to ${mostCompared} segments are compared`);
  const segments = await Promise.all(definitions.map((definition) => segmentSql(db, workspaceId, definition, now)));
  const [first, second] = segments;
  const masks = first && second && segments.length === 2 ? masksOfTwo(first, second) : masksOfAll(segments);
  return runSegmentQuery<{ mask: number; count: number }>(
    db,
    sql`select mask, count(*)::int as count from (${masks}) masks group by mask order by mask`,
    signal,
  );
}

/** Ids come in order mostly, so two segments are merged: a third of the time that it takes to hash all their ids. */
const masksOfTwo = (first: SQL, second: SQL): SQL => sql`
  select case when a.profile_id is null then 2 when b.profile_id is null then 1 else 3 end as mask
  from (${first}) a full join (${second}) b on b.profile_id = a.profile_id`;

/** Unique within each segment, so the sum of the bits is the mask. */
function masksOfAll(segments: readonly SQL[]): SQL {
  const ids = sql.join(
    segments.map((segment, i) => sql`select profile_id, ${sql.raw(String(1 << i))} as bit from (${segment}) ${sql.raw(`s${i}`)}`),
    sql` union all `,
  );
  return sql`select sum(bit)::int as mask from (${ids}) ids group by profile_id`;
}
