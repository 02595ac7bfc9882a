import type { WorkspaceId } from '@/lib/auth';
import type { Database } from './client';
import { lockIdentities } from './profile-ids';

/**
 * How long a list that no segment points at is left alone: an upload that still grows touches it with every part, and a run that has read
 * which list it is about asks for its members a moment later.
 */
const leftAloneMs = 60 * 60_000;

/** Removes what failed and replaced uploads have left. May be repeated, and stopped at any point. @returns how many lists are gone. */
export async function sweepLists(db: Database, now: Date, inBudget: () => boolean): Promise<number> {
  const before = new Date(now.getTime() - leftAloneMs).toISOString();
  const left = await db.sql<{ id: string; workspaceId: WorkspaceId }[]>`
    select l.id, l.workspace_id as "workspaceId" from lists l
    where l.touched_at < ${before}::text::timestamptz and not exists (select from segments s where s.list_id = l.id) order by l.touched_at`;
  let swept = 0;
  for (const list of left) {
    if (!inBudget()) break;
    await dropList(db, list.workspaceId, list.id);
    swept += 1;
  }
  return swept;
}

/** The list must be one that no segment points at. */
export async function dropList(db: Database, workspaceId: WorkspaceId, listId: string): Promise<void> {
  await db.sql`delete from list_values where list_id = ${listId}`;
  // A writer that has seen the values may be about to add members; after it has ended nobody does.
  await db.sql.begin((tx) => lockIdentities(tx, workspaceId, true));
  await db.sql.begin(async (tx) => {
    await tx`delete from list_members where workspace_id = ${workspaceId} and list_id = ${listId}`;
    await tx`delete from list_rejects where list_id = ${listId}`;
    await tx`delete from lists where id = ${listId}`;
  });
}
