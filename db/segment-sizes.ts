import type { WorkspaceId } from '@/lib/auth';
import type { Database } from './client';
import { reach } from './reach';

/** How large a segment was; both null where it took too long to count. */
export type Size = { at: Date; qualify: number | null; reachable: number | null };

/** The newest size, and the last 30 local days, oldest first, null where none was recorded. */
export type Trend = { last: Size | null; days: { day: string; qualify: number | null }[] };

/**
 * Counts the segment and records it as the size of this local day, in the place of an earlier one. @param signal when to give up.
 * @throws AppError unprocessable for a key that names nothing, and where the count takes too long, which is recorded as such.
 */
export async function recordSize(db: Database, workspaceId: WorkspaceId, key: string, now: Date, signal?: AbortSignal): Promise<Size> {
  const { qualify, reachable } = await reach(db, workspaceId, { segment: key }, now, now, { signal }).catch(async (error: unknown) => {
    await writeSize(db, workspaceId, key, { at: now, qualify: null, reachable: null });
    throw error;
  });
  const size = { at: now, qualify, reachable };
  await writeSize(db, workspaceId, key, size);
  return size;
}

/** Nothing where the segment is gone. */
async function writeSize(db: Database, workspaceId: WorkspaceId, key: string, { at, qualify, reachable }: Size): Promise<void> {
  const instant = at.toISOString();
  await db.sql`
    insert into segment_sizes (workspace_id, segment_id, day, at, qualify, reachable)
    select s.workspace_id, s.id, (${instant}::text::timestamptz at time zone w.zone)::date, ${instant}::text::timestamptz, ${qualify}::int, ${reachable}::int
    from segments s join workspaces w on w.id = s.workspace_id where s.workspace_id = ${workspaceId} and s.key = ${key}
    on conflict (segment_id, day) do update set at = excluded.at, qualify = excluded.qualify, reachable = excluded.reachable`;
}

/** Of every segment of the workspace, by key. */
export async function segmentTrends(db: Database, workspaceId: WorkspaceId, now: Date): Promise<Map<string, Trend>> {
  const rows = await db.sql<{ key: string; at: Date | null; qualify: number | null; reachable: number | null; days: Trend['days'] }[]>`
    with today as (select (${now.toISOString()}::text::timestamptz at time zone zone)::date as day from workspaces where id = ${workspaceId})
    select s.key, l.at, l.qualify, l.reachable,
      (
        select json_agg(json_build_object('day', to_char(d.day, 'YYYY-MM-DD'), 'qualify', z.qualify) order by d.day)
        from (select today.day - n as day from today, generate_series(0, 29) n) d
        left join segment_sizes z on z.segment_id = s.id and z.day = d.day
      ) as days
    from segments s
    left join lateral (select at, qualify, reachable from segment_sizes z where z.segment_id = s.id order by day desc limit 1) l on true
    where s.workspace_id = ${workspaceId}`;
  return new Map(rows.map(({ key, at, qualify, reachable, days }) => [key, { last: at && { at, qualify, reachable }, days }]));
}

/** For the trend nobody waits: a segment that takes longer is recorded as one that does. */
const mostMs = 10_000;

/**
 * Records the sizes that no one has recorded yet this local day, those of the longest silence first, while there is budget. @param giveUp of
 * one count. @returns how many, and why some could not be counted: one fault does not keep the others from it.
 */
export async function recordDueSizes(
  db: Database,
  clock: () => Date,
  inBudget: () => boolean,
  giveUp: () => AbortSignal = () => AbortSignal.timeout(mostMs),
): Promise<{ recorded: number; faults: unknown[] }> {
  const due = await db.sql<{ workspaceId: WorkspaceId; key: string }[]>`
    select s.workspace_id as "workspaceId", s.key from segments s join workspaces w on w.id = s.workspace_id
    left join lateral (select max(day) as day from segment_sizes z where z.segment_id = s.id) l on true
    where l.day is distinct from (${clock().toISOString()}::text::timestamptz at time zone w.zone)::date
    order by l.day nulls first, s.created_at limit 500`;
  const faults: unknown[] = [];
  let recorded = 0;
  for (const { workspaceId, key } of due) {
    if (!inBudget()) break;
    await recordSize(db, workspaceId, key, clock(), giveUp()).then(
      () => recorded++,
      (error: unknown) => faults.push(error),
    );
  }
  return { recorded, faults };
}
